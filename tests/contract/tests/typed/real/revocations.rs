//! What tokens are revoked.

use keystone_sdk::client::Timestamp;
use keystone_sdk::identity::v3::RevocationEvent;

use super::world;
use crate::shape::lossless;

#[tokio::test]
async fn a_disabled_user_leaves_an_event() {
    let world = world().await;
    let user = world.make_user("revoked").await;
    world.client.users().revoke_tokens(&user.id).await.unwrap();
    let events = world.client.revocation_events();
    let since: Timestamp = "2020-01-01T00:00:00Z".parse().unwrap();
    let all = events.list().since(since).all().await.unwrap();
    let event = all
        .iter()
        .find(|event| event.user_id.as_ref() == Some(&user.id));
    assert!(event.unwrap().issued_before > since);
    let future: Timestamp = "2100-01-01T00:00:00Z".parse().unwrap();
    assert!(events.list().since(future).all().await.unwrap().is_empty());
    let path = ["OS-REVOKE", "events"];
    lossless::<Vec<RevocationEvent>>(world.client.service(), &path, "events").await;
    world.client.users().delete(&user.id).await.unwrap();
}
