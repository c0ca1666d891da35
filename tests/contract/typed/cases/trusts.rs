//! Trusts: roles that one user lends to another.

use keystone_sdk::client::Timestamp;
use keystone_sdk::identity::v3::{RoleRef, TrustCreate};

use crate::world::World;

cases!("trusts", both: [life, refusals], real: []);

async fn life(world: &World) {
    let trustee = world.make_user("trustee").await;
    let admin = world.client.roles().find_by_name("admin").await.unwrap();
    let admin = admin.unwrap();
    let expires: Timestamp = "2095-01-02T03:04:05Z".parse().unwrap();
    let trusts = world.client.trusts();
    let new = TrustCreate::new(&world.user, &trustee.id, false)
        .project_id(&world.project)
        .roles([RoleRef::new().name("admin")])
        .expires_at(expires)
        .remaining_uses(3);
    let trust = world.ok(trusts.create(new)).await;
    assert_eq!(trust.expires_at, Some(expires));
    assert_eq!(trust.remaining_uses, Some(3));
    assert_eq!(trust.roles.unwrap()[0].id.as_ref(), Some(&admin.id));

    let shown = world.ok(trusts.get(&trust.id)).await;
    assert!(!shown.impersonation && shown.deleted_at.is_none());
    let listed = trusts.list().trustee_user_id(&trustee.id);
    let listed = world.ok(listed.all()).await;
    assert_eq!(listed[0].id, trust.id);
    assert!(listed[0].roles.is_none());
    let none = trusts.list().trustor_user_id(&trustee.id);
    assert!(world.ok(none.all()).await.is_empty());
    let roles = world.ok(trusts.roles(&trust.id).all()).await;
    assert_eq!(roles[0].id, admin.id);
    let role = world.ok(trusts.role(&trust.id, &admin.id)).await;
    assert_eq!(role.name, "admin");
    assert!(world.ok(trusts.has_role(&trust.id, &admin.id)).await);
    assert!(!world.ok(trusts.has_role(&trust.id, &world.member)).await);
    world.ok(trusts.delete(&trust.id)).await;
    world.refused(404, trusts.get(&trust.id)).await;

    let unlimited = TrustCreate::new(&world.user, &trustee.id, true)
        .project_id(&world.project)
        .roles([RoleRef::new().id(&admin.id)]);
    let unlimited = world.ok(trusts.create(unlimited)).await;
    assert!(unlimited.expires_at.is_none() && unlimited.remaining_uses.is_none());
    world.ok(trusts.delete(&unlimited.id)).await;
    world.ok(world.client.users().delete(&trustee.id)).await;
}

async fn refusals(world: &World) {
    let trusts = world.client.trusts();
    let new = || TrustCreate::new(&world.user, &world.user, false).project_id(&world.project);
    world.refused(403, trusts.create(new())).await;
    let never = RoleRef::new().name("no-such-role");
    world
        .refused(404, trusts.create(new().roles([never])))
        .await;
    world
        .refused(400, trusts.create(new().remaining_uses(0)))
        .await;
    world.refused(404, trusts.delete("no-such-trust")).await;
    world
        .refused(401, world.stranger().trusts().list().all())
        .await;
}
