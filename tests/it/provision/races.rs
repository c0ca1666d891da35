//! Runs that find the world otherwise than they left it.

use keystone_provision::{Action, Apply, File, NoSecrets, Plan, PlanOptions, State, Variables};
use keystone_sdk::identity::v3::Client;
use keystone_testing::Keystone;

use super::{file, session};

/// A bit of every kind that can be declared absent, `state` for each.
fn everything(state: &str) -> File {
    let text = "\
regions:
  north: {state: '${s}'}
  oslo: {state: '${s}', parent: north}
roles:
  reader: {state: existing}
  watcher: {state: '${s}'}
  auditor: {state: '${s}', implies: [watcher]}
domains:
  lab:
    state: ${s}
    projects: {web: {projects: {shop: }}}
    users: {ann: }
    groups: {ops: {members: [ann]}}
services:
  proxy:
    state: ${s}
    type: proxy
    endpoints: [{interface: public, region: oslo, url: 'http://proxy'}]
assignments:
  - {state: '${s}', role: reader, user: lab/ann, project: lab/web}
  - {state: '${s}', role: auditor, group: lab/ops, domain: lab}
  - {state: '${s}', role: auditor, user: lab/ann, system: true}
";
    let variables = Variables::from([("s".to_owned(), state.to_owned())]);
    File::read("lab.yaml", text, &variables).unwrap()
}

async fn plan(identity: &Client, file: &File) -> Plan {
    file.plan(identity, &PlanOptions::new()).await.unwrap()
}

fn lines(plan: &Plan) -> Vec<(&str, &Action)> {
    let planned = plan.planned();
    planned.map(|it| (it.what.as_str(), &it.action)).collect()
}

#[tokio::test]
async fn what_somebody_else_has_deleted_meanwhile_is_no_error() {
    let keystone = Keystone::start().await.unwrap();
    let identity = Client::new(&session(&keystone));
    let present = plan(&identity, &everything("present")).await;
    present
        .apply(&identity, &Apply::new(&NoSecrets))
        .await
        .unwrap();
    let (one, other) = (
        plan(&identity, &everything("absent")).await,
        plan(&identity, &everything("absent")).await,
    );
    assert!(one.counts().delete >= 10, "{one}");
    let how = Apply::new(&NoSecrets);
    let did = one.apply(&identity, &how).await.unwrap();
    // All that the other would delete is gone: each of its requests meets nothing.
    assert_eq!(other.apply(&identity, &how).await.unwrap(), did);
}

#[tokio::test]
async fn what_prune_would_delete_and_somebody_else_has_deleted_is_no_error() {
    let keystone = Keystone::start().await.unwrap();
    let identity = Client::new(&session(&keystone));
    let how = Apply::new(&NoSecrets);
    let present = plan(&identity, &everything("present")).await;
    present.apply(&identity, &how).await.unwrap();
    let rest = "\
domains: {lab: {users: {ann: }, groups: {ops: }}}
services: {proxy: {type: proxy}}
";
    let options = PlanOptions::new().prune(true);
    let rest = file(rest);
    let one = rest.plan(&identity, &options).await.unwrap();
    let other = rest.plan(&identity, &options).await.unwrap();
    let kinds = ["endpoint", "member", "project", "role"];
    for kind in kinds {
        let is_there = |it: &keystone_provision::Planned| it.what.starts_with(kind);
        assert!(one.planned().any(is_there), "{kind}: {one}");
    }
    one.apply(&identity, &how).await.unwrap();
    other.apply(&identity, &how).await.unwrap();

    // And the users and groups.
    let bare = file("domains: {lab: }\n");
    let one = bare.plan(&identity, &options).await.unwrap();
    let other = bare.plan(&identity, &options).await.unwrap();
    assert_eq!(one.counts().delete, 2, "{one}");
    one.apply(&identity, &how).await.unwrap();
    other.apply(&identity, &how).await.unwrap();
}

/// Whatever of a file is another: its text, a variable, the Keystone it was about.
#[tokio::test]
async fn the_state_of_another_file_is_not_used() {
    let keystone = Keystone::start().await.unwrap();
    let identity = Client::new(&session(&keystone));
    let text = "domains: {lab: {projects: {web: {description: one}}}}\n";
    let own = file(text);
    let fresh = plan(&identity, &own).await;
    let mut state = State::new(own.digest());
    for planned in fresh.planned() {
        let id = Some("0123456789abcdef0123456789abcdef".to_owned());
        state.done.insert(planned.what.clone(), id);
    }
    let resume = |state: &State| PlanOptions::new().resume(state.clone());

    let resumed = own.plan(&identity, &resume(&state)).await.unwrap();
    assert!(resumed.is_empty(), "{resumed}");
    for other in [
        text.replace("one", "two"),
        text.replace("web", "web2"),
        text.replace("{description: one}", ""),
        text.replace("{description", "{state: absent, description"),
        format!("{text}roles: {{r: }}\n"),
    ] {
        let other = file(&other);
        assert_ne!(other.digest(), own.digest());
        let fresh = plan(&identity, &other).await;
        let resumed = other.plan(&identity, &resume(&state)).await.unwrap();
        assert_eq!(lines(&resumed), lines(&fresh), "{resumed}");
    }
    for digest in [
        String::new(),
        format!("{}0", own.digest()),
        own.digest()[1..].to_owned(),
    ] {
        state.digest = digest;
        let resumed = own.plan(&identity, &resume(&state)).await.unwrap();
        assert_eq!(lines(&resumed), lines(&fresh), "{}", state.digest);
    }
}
