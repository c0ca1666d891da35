//! What Keystone no longer offers.

use super::world;
use crate::world::status;

#[tokio::test]
#[expect(deprecated, reason = "that is what the case is about")]
async fn what_is_gone_says_so() {
    let world = world().await;
    let certificates = world.client.signing_certificates();
    assert_eq!(status(certificates.ca().await), 410);
    assert_eq!(status(certificates.all().await), 410);
    assert_eq!(status(world.client.tokens().revoked().await), 403);
}

#[tokio::test]
async fn the_json_home_names_relations() {
    let world = world().await;
    let home = world.client.versions().json_home().await.unwrap();
    let relation = "https://docs.openstack.org/api/openstack-identity/3/rel/users";
    assert!(home.resources.contains_key(relation));
}
