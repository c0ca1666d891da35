//! What tokens are revoked.

use keystone_sdk::client::Timestamp;

use crate::world::World;

cases!("revocations", both: [], real: [events]);

async fn events(world: &World) {
    let user = world.make_user("revoked").await;
    world.ok(world.client.users().revoke_tokens(&user.id)).await;
    let events = world.client.revocation_events();
    let since: Timestamp = "2012-01-01T00:00:00Z".parse().unwrap();
    let all = world.ok(events.list().since(since).all()).await;
    let event = all
        .iter()
        .find(|event| event.user_id.as_ref() == Some(&user.id));
    assert!(event.unwrap().issued_before > since);
    let future: Timestamp = "2095-01-01T00:00:00Z".parse().unwrap();
    assert!(world.ok(events.list().since(future).all()).await.is_empty());
    world
        .refused(401, world.stranger().revocation_events().list().all())
        .await;
    world.ok(world.client.users().delete(&user.id)).await;
}
