//! Roles that bring others with them.

use keystone_sdk::identity::v3::{RoleCreate, RoleInference};

use crate::shape::lossless;
use crate::world::{World, status};

cases!(implied_roles);

async fn implied_roles(world: &World) {
    let roles = world.client.roles();
    let head = roles
        .create(RoleCreate::new(world.name("head")))
        .await
        .unwrap();
    let hand = roles
        .create(RoleCreate::new(world.name("hand")))
        .await
        .unwrap();
    let implied = world.client.implied_roles(&head.id);
    assert!(!implied.check(&hand.id).await.unwrap());
    assert_eq!(status(implied.get(&hand.id).await), 404);

    let made = implied.add(&hand.id).await.unwrap();
    assert_eq!(
        (&made.prior_role.id, &made.implies.id),
        (&head.id, &hand.id)
    );
    assert!(implied.check(&hand.id).await.unwrap());
    let shown = implied.get(&hand.id).await.unwrap();
    assert_eq!(shown.implies.name, hand.name);
    let listed = implied.list().await.unwrap();
    assert_eq!(listed.implies[0].id, hand.id);
    let rules = world.client.role_inferences().list().all().await.unwrap();
    let rule = rules.iter().find(|rule| rule.prior_role.id == head.id);
    assert_eq!(rule.unwrap().implies[0].id, hand.id);
    let service = world.client.service();
    lossless::<Vec<RoleInference>>(service, &["role_inferences"], "role_inferences").await;
    let path = ["roles", head.id.as_str(), "implies"];
    lossless::<RoleInference>(service, &path, "role_inference").await;

    implied.remove(&hand.id).await.unwrap();
    assert!(implied.list().await.unwrap().implies.is_empty());
    roles.delete(&head.id).await.unwrap();
    roles.delete(&hand.id).await.unwrap();
}
