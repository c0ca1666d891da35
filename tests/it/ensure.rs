//! Things that shall be there, on the embedded Keystone.

use keystone_sdk::Session;
use keystone_sdk::auth::v3;
use keystone_sdk::identity::ensure::Ensured;
use keystone_sdk::identity::v3::{Client, Project, ProjectCreate, UserCreate};
use keystone_testing::{Fault, Keystone};
use serde_json::json;

use crate::ensure_cases;

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

#[tokio::test]
async fn things_are_made_changed_or_left_alone() {
    let keystone = Keystone::start().await.unwrap();
    ensure_cases::all(&session(&keystone)).await;
}

#[tokio::test]
async fn a_conflict_means_that_somebody_was_faster() {
    let keystone = Keystone::start().await.unwrap();
    let identity = Client::new(&session(&keystone));
    let wanted = || ProjectCreate::new("raced");
    identity.ensure_project("default", wanted()).await.unwrap();
    // The first look finds nothing, as it does when the other is a moment behind.
    let empty = json!({"projects": [], "links": {"next": null, "self": "x", "previous": null}});
    let nothing = Fault::body("application/json", empty.to_string());
    keystone.fail_next_at("GET", "/v3/projects", 1, nothing);
    let done = identity.ensure_project("default", wanted()).await.unwrap();
    assert!(matches!(done, Ensured::Unchanged(_)), "{done:?}");
    assert_eq!(keystone.requests().count("POST", "/v3/projects"), 2);
}

#[tokio::test]
async fn nothing_is_looked_for_by_half_its_name() {
    let keystone = Keystone::start().await.unwrap();
    let identity = Client::new(&session(&keystone));
    let error = identity.compare::<Project>(&ProjectCreate::new("x")).await;
    let error = error.unwrap_err().to_string();
    assert!(
        error.contains("the project to ensure has no `domain_id`"),
        "{error}"
    );
    assert_eq!(keystone.requests().total(), 0);
}

#[tokio::test]
async fn the_password_of_a_user_who_is_there_stays() {
    let keystone = Keystone::start().await.unwrap();
    let identity = Client::new(&session(&keystone));
    let alice = |password: &str| UserCreate::new("alice").password(password);
    let first = identity.ensure_user("default", alice("first")).await;
    assert!(first.unwrap().is_changed());
    let second = identity.ensure_user("default", alice("second")).await;
    assert!(!second.unwrap().is_changed());
    let login = v3::Password::builder(keystone.v3_url())
        .username("alice")
        .password("first")
        .user_domain_id("default");
    let session = Session::new(login.build().unwrap()).unwrap();
    session.token().await.unwrap();
}
