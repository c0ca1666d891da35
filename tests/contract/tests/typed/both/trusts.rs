//! Trusts: roles that one user lends to another.

use keystone_sdk::client::Timestamp;
use keystone_sdk::identity::v3::{Role, RoleRef, Trust, TrustCreate};

use crate::shape::lossless;
use crate::world::{World, status};

cases!(trusts);

async fn trusts(world: &World) {
    let trustee = world.make_user("trustee").await;
    let admin = world
        .client
        .roles()
        .find_by_name("admin")
        .await
        .unwrap()
        .unwrap();
    let expires: Timestamp = "2100-01-02T03:04:05Z".parse().unwrap();
    let trusts = world.client.trusts();
    let new = TrustCreate::new(&world.user, &trustee.id, false)
        .project_id(&world.project)
        .roles([RoleRef::new().name("admin")])
        .expires_at(expires)
        .remaining_uses(3);
    let trust = trusts.create(new).await.unwrap();
    assert_eq!(trust.expires_at, Some(expires));
    assert_eq!(trust.remaining_uses, Some(3));
    assert_eq!(trust.roles.unwrap()[0].id.as_ref(), Some(&admin.id));

    let shown = trusts.get(&trust.id).await.unwrap();
    assert!(!shown.impersonation && shown.deleted_at.is_none());
    let listed = trusts
        .list()
        .trustee_user_id(&trustee.id)
        .all()
        .await
        .unwrap();
    assert_eq!(listed[0].id, trust.id);
    assert!(listed[0].roles.is_none());
    let none = trusts.list().trustor_user_id(&trustee.id).all().await;
    assert!(none.unwrap().is_empty());
    assert_eq!(trusts.roles(&trust.id).all().await.unwrap()[0].id, admin.id);
    let role = trusts.role(&trust.id, &admin.id).await.unwrap();
    assert_eq!(role.name, "admin");
    assert!(trusts.has_role(&trust.id, &admin.id).await.unwrap());
    assert!(!trusts.has_role(&trust.id, &world.member).await.unwrap());
    let (service, id) = (world.client.service(), trust.id.as_str());
    lossless::<Trust>(service, &["OS-TRUST", "trusts", id], "trust").await;
    lossless::<Vec<Role>>(service, &["OS-TRUST", "trusts", id, "roles"], "roles").await;

    trusts.delete(&trust.id).await.unwrap();
    assert_eq!(status(trusts.get(&trust.id).await), 404);
    let unlimited = TrustCreate::new(&world.user, &trustee.id, true)
        .project_id(&world.project)
        .roles([RoleRef::new().id(&admin.id)]);
    let unlimited = trusts.create(unlimited).await.unwrap();
    assert!(unlimited.expires_at.is_none() && unlimited.remaining_uses.is_none());
    trusts.delete(&unlimited.id).await.unwrap();
    world.client.users().delete(&trustee.id).await.unwrap();
}
