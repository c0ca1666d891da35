//! Twins of mistakes in calls of the typed Identity client.

use keystone_sdk::Session;
use keystone_sdk::auth::v3::Password;
use keystone_sdk::identity::v3::{
    Client, EndpointUpdate, ProjectCreate, ProjectId, ProjectUpdate, UserCreate,
};
use keystone_testing::Keystone;

async fn admin(keystone: &Keystone) -> Client {
    let admin = keystone.admin();
    let auth = Password::builder(keystone.v3_url())
        .username(admin.username())
        .password(admin.password())
        .user_domain_id(admin.domain_id())
        .project_name(admin.project_name())
        .project_domain_id(admin.domain_id())
        .build()
        .unwrap();
    Client::new(&Session::new(auth).unwrap())
}

// Twin of required_field_missing_in_create, user_id_where_a_project_id_belongs.
#[tokio::test]
async fn a_project_is_made_with_its_name_and_found_by_its_own_id() {
    let keystone = Keystone::start().await.unwrap();
    let identity = admin(&keystone).await;
    let new = ProjectCreate::new("twins");
    let made = identity.projects().create(new).send().await.unwrap();
    let id: ProjectId = made.id;
    let found = identity.projects().get(id).send().await.unwrap();
    assert_eq!(found.name, "twins");
}

// Twin of filter_that_the_list_lacks.
#[tokio::test]
async fn what_keystone_does_not_filter_is_filtered_here() {
    let keystone = Keystone::start().await.unwrap();
    let identity = admin(&keystone).await;
    let public = || identity.endpoints().list().interface("public");
    let there = public().send().await.unwrap();
    let off = there.first().unwrap().id.clone();
    let change = EndpointUpdate::new().enabled(false);
    let changed = identity.endpoints().update(&off, change).send().await;
    assert!(!changed.unwrap().enabled);

    let enabled = public().send().await.unwrap().into_iter();
    let left = enabled.filter(|endpoint| endpoint.enabled).count();
    assert_eq!(left, there.len() - 1);
}

// Twin of secret_from_a_reference_to_a_string.
#[tokio::test]
async fn a_password_is_handed_over_and_kept_from_debug() {
    let keystone = Keystone::start().await.unwrap();
    let identity = admin(&keystone).await;
    let password = String::from("canary");
    let new = UserCreate::new("alice").password(password.as_str());
    assert!(!format!("{new:?}").contains("canary"));
    identity.users().create(new).send().await.unwrap();
    let auth = Password::builder(keystone.v3_url())
        .username("alice")
        .password(password)
        .user_domain_id("default");
    let session = Session::new(auth.build().unwrap()).unwrap();
    assert_eq!(session.access().await.unwrap().username(), "alice");
}

// Twin of null_for_what_cannot_be_null.
#[tokio::test]
async fn what_can_be_null_is_cleared_and_what_cannot_is_set() {
    let keystone = Keystone::start().await.unwrap();
    let identity = admin(&keystone).await;
    let new = ProjectCreate::new("twins").description("d");
    let made = identity.projects().create(new).send().await.unwrap();
    let change = ProjectUpdate::new().clear_description().enabled(false);
    let changed = identity.projects().update(&made.id, change).send().await;
    let changed = changed.unwrap();
    assert_eq!((changed.description, changed.enabled), (None, false));
}
