//! Files that declare what a Keystone shall hold, on the embedded one.

use keystone_provision::{Apply, Error, File, NoSecrets, PlanOptions, Variables};
use keystone_sdk::Session;
use keystone_sdk::auth::v3;
use keystone_sdk::identity::v3::Client;
use keystone_testing::{Fault, Keystone};

use crate::provision_cases;

mod prune;
mod races;

fn session(keystone: &Keystone) -> Session {
    let admin = keystone.admin();
    let auth = v3::Password::builder(keystone.v3_url())
        .username(admin.username())
        .password(admin.password())
        .user_domain_id(admin.domain_id())
        .project_name(admin.project_name())
        .project_domain_id(admin.domain_id());
    Session::new(auth.build().unwrap()).unwrap()
}

fn file(text: &str) -> File {
    File::read("lab.yaml", text, &Variables::new()).unwrap()
}

#[tokio::test]
async fn a_file_is_applied_stopped_resumed_changed_pruned_and_removed() {
    let keystone = Keystone::start().await.unwrap();
    provision_cases::all(&session(&keystone)).await;
}

#[tokio::test]
async fn a_plan_only_reads() {
    let keystone = Keystone::start().await.unwrap();
    let identity = Client::new(&session(&keystone));
    let text = "domains: {lab: {projects: {web: }, users: {a: }}}\nroles: {r: {description: x}}\n";
    let plan = file(text)
        .plan(&identity, &PlanOptions::new().prune(true))
        .await;
    assert_eq!(plan.unwrap().counts().create, 4);
    let seen = keystone.requests().all();
    let writes = seen
        .iter()
        .filter(|seen| !matches!(seen.method.as_str(), "GET" | "HEAD"));
    let writes: Vec<&str> = writes.map(|seen| seen.path.as_str()).collect();
    assert_eq!(writes, ["/v3/auth/tokens"]);
}

#[tokio::test]
async fn what_is_taken_for_granted_must_be_there() {
    let keystone = Keystone::start().await.unwrap();
    let identity = Client::new(&session(&keystone));
    let text = "roles:\n  admin: {state: existing}\n  amdin: {state: existing}\n";
    let error = file(text)
        .plan(&identity, &PlanOptions::new())
        .await
        .unwrap_err();
    assert_eq!(
        error.to_string(),
        "role amdin (lab.yaml:3:3) has `state: existing` but does not exist; create it, or remove `state: existing`"
    );
}

#[tokio::test]
async fn no_password_is_missed_half_way() {
    let keystone = Keystone::start().await.unwrap();
    let identity = Client::new(&session(&keystone));
    let text = "domains: {lab: {users: {a: {password: {env: PIN}}}}}\n";
    let plan = file(text)
        .plan(&identity, &PlanOptions::new())
        .await
        .unwrap();
    let error = plan.apply(&identity, &Apply::new(&NoSecrets)).await;
    let error = error.unwrap_err();
    assert!(matches!(error, Error::Secret { .. }), "{error:?}");
    assert!(
        error.to_string().contains("user lab/a (lab.yaml:1:25)"),
        "{error}"
    );
    assert_eq!(keystone.requests().count("POST", "/v3/domains"), 0);
}

#[tokio::test]
async fn an_error_names_the_thing_its_place_and_the_cause() {
    let keystone = Keystone::start().await.unwrap();
    let identity = Client::new(&session(&keystone));
    let file = file("domains:\n  lab:\n    groups: {one: , two: }\n");
    let plan = file.plan(&identity, &PlanOptions::new()).await.unwrap();
    keystone.fail_next_at("POST", "/v3/groups", 1, Fault::status(403));
    let error = plan.apply(&identity, &Apply::new(&NoSecrets)).await;
    let error = error.unwrap_err();
    assert!(error.to_string().starts_with("group lab/"), "{error}");
    assert!(error.to_string().contains("(lab.yaml:3:"), "{error}");
    assert!(
        std::error::Error::source(&error)
            .unwrap()
            .to_string()
            .contains("403")
    );

    // What was done stays done, and the rest follows.
    let plan = file.plan(&identity, &PlanOptions::new()).await.unwrap();
    assert_eq!(plan.counts().create, 1, "{plan}");
    plan.apply(&identity, &Apply::new(&NoSecrets))
        .await
        .unwrap();
}
