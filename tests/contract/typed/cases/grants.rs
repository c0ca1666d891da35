//! Roles of users and groups on projects, domains and the system, and on what is below those.

use keystone_sdk::identity::v3::{GroupCreate, GroupId};

use crate::world::World;

cases!(
    "grants",
    both: [
        of_users, of_groups, on_the_system, inherited_on_a_domain, inherited_on_a_project, refusals,
    ],
    real: [],
);

/// A role is granted, looked for, listed, taken away and looked for again.
macro_rules! come_and_go {
    ($world:expr, $roles:expr, list) => {{
        let roles = $roles;
        assert!($world.ok(roles.list().all()).await.is_empty());
        come_and_go!($world, roles);
        $world.ok(roles.add(&$world.member)).await;
        let listed = $world.ok(roles.list().all()).await;
        assert_eq!(listed[0].id, $world.member);
        $world.ok(roles.remove(&$world.member)).await;
    }};
    ($world:expr, $roles:expr) => {{
        let roles = &$roles;
        assert!(!$world.ok(roles.check(&$world.member)).await);
        $world.ok(roles.add(&$world.member)).await;
        assert!($world.ok(roles.check(&$world.member)).await);
        $world.ok(roles.remove(&$world.member)).await;
        assert!(!$world.ok(roles.check(&$world.member)).await);
        $world.refused(404, roles.remove(&$world.member)).await;
    }};
}

async fn make_group(world: &World) -> GroupId {
    let group = GroupCreate::new(world.name("grantees"));
    world.ok(world.client.groups().create(group)).await.id
}

async fn of_users(world: &World) {
    let user = world.make_user("grantee").await.id;
    let project = world.make_project("granted").await;
    let domain = world.make_domain("granted").await;
    let client = &world.client;
    come_and_go!(world, client.project_user_roles(&project, &user), list);
    come_and_go!(world, client.domain_user_roles(&domain, &user), list);
    world.ok(client.users().delete(&user)).await;
    world.ok(client.projects().delete(&project)).await;
    world.remove_domain(&domain).await;
}

async fn of_groups(world: &World) {
    let group = make_group(world).await;
    let project = world.make_project("granted").await;
    let domain = world.make_domain("granted").await;
    let client = &world.client;
    come_and_go!(world, client.project_group_roles(&project, &group), list);
    come_and_go!(world, client.domain_group_roles(&domain, &group), list);
    world.ok(client.groups().delete(&group)).await;
    world.ok(client.projects().delete(&project)).await;
    world.remove_domain(&domain).await;
}

async fn on_the_system(world: &World) {
    let user = world.make_user("operator").await.id;
    let group = make_group(world).await;
    let client = &world.client;
    come_and_go!(world, client.system_user_roles(&user), list);
    come_and_go!(world, client.system_group_roles(&group), list);
    world.ok(client.users().delete(&user)).await;
    world.ok(client.groups().delete(&group)).await;
}

async fn inherited_on_a_domain(world: &World) {
    let domain = world.make_domain("heirs").await;
    let user = world.make_user("heir").await.id;
    let group = make_group(world).await;
    let client = &world.client;
    let of_user = client.inherited_domain_user_roles(&domain, &user);
    come_and_go!(world, of_user, list);
    let of_group = client.inherited_domain_group_roles(&domain, &group);
    come_and_go!(world, of_group, list);
    let of_user = client.inherited_domain_user_roles(&domain, &user);
    world.ok(of_user.add(&world.member)).await;
    let direct = client.domain_user_roles(&domain, &user).list();
    assert!(world.ok(direct.all()).await.is_empty());
    world.ok(of_user.remove(&world.member)).await;
    world.ok(client.users().delete(&user)).await;
    world.ok(client.groups().delete(&group)).await;
    world.remove_domain(&domain).await;
}

async fn inherited_on_a_project(world: &World) {
    let project = world.make_project("estate").await;
    let user = world.make_user("heir").await.id;
    let group = make_group(world).await;
    let client = &world.client;
    come_and_go!(world, client.inherited_project_user_roles(&project, &user));
    come_and_go!(
        world,
        client.inherited_project_group_roles(&project, &group)
    );
    world.ok(client.users().delete(&user)).await;
    world.ok(client.groups().delete(&group)).await;
    world.ok(client.projects().delete(&project)).await;
}

async fn refusals(world: &World) {
    let project = world.make_project("refused").await;
    let user = world.make_user("refused").await;
    let client = &world.client;
    let roles = client.project_user_roles(&project, &user.id);
    world.refused(404, roles.check("no-such-role")).await;
    world.refused(404, roles.add("no-such-role")).await;
    // Keystone looks for the user of a direct grant only.
    let nobody = client.project_user_roles(&project, "nobody");
    let error = world.refused(404, nobody.check(&world.member)).await;
    assert!(error.to_string().contains("user: nobody"), "{error}");
    let inherited = client.inherited_project_user_roles(&project, &user.id);
    world.refused(404, inherited.check("no-such-role")).await;
    let nowhere = client.project_user_roles("no-such-project", &user.id);
    world.refused(404, nowhere.list().all()).await;
    let own = world.client_of(&user.id, crate::world::PASSWORD, None);
    let own = own.project_user_roles(&project, &user.id);
    world.refused(403, own.add(&world.member)).await;
    let stranger = world.stranger();
    let stranger = stranger.project_user_roles(&project, &user.id);
    world.refused(401, stranger.list().all()).await;
    world.ok(client.users().delete(&user.id)).await;
    world.ok(client.projects().delete(&project)).await;
}
