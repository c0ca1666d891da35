//! Who has which role where.

use keystone_sdk::identity::v3::GroupCreate;

use crate::world::World;

cases!("assignments", both: [lists, refusals], real: []);

async fn lists(world: &World) {
    let client = &world.client;
    let user = world.make_user("assigned").await.id;
    let group = GroupCreate::new(world.name("assigned"));
    let group = world.ok(client.groups().create(group)).await.id;
    let project = world.make_project("assigned").await;
    let domain = world.make_domain("assigned").await;
    let member = &world.member;
    world
        .ok(client.project_user_roles(&project, &user).add(member))
        .await;
    world
        .ok(client.domain_group_roles(&domain, &group).add(member))
        .await;
    world.ok(client.system_user_roles(&user).add(member)).await;
    let heirs = client.inherited_domain_user_roles(&domain, &user);
    world.ok(heirs.add(member)).await;

    let all = || client.role_assignments().list();
    let of_user = world.ok(all().user_id(&user).all()).await;
    assert_eq!(of_user.len(), 3);
    let inherited = all().user_id(&user).inherited_to("projects");
    let inherited = world.ok(inherited.all()).await;
    assert_eq!(inherited[0].scope.inherited_to.as_deref(), Some("projects"));
    let system = all().user_id(&user).scope_system("all");
    let system = world.ok(system.all()).await;
    assert_eq!(system[0].scope.system.as_ref().unwrap()["all"], true);
    let named = all().scope_project_id(&project).include_names(true);
    let named = world.ok(named.all()).await;
    let name = named[0].user.as_ref().unwrap().name.clone();
    assert_eq!(name, Some(world.name("assigned")));
    let of_group = all().group_id(&group).scope_domain_id(&domain);
    let of_group = world.ok(of_group.role_id(member).all()).await;
    assert_eq!(of_group[0].group.as_ref().unwrap().id, group);
    let effective = all().user_id(&user).effective(true).all();
    assert!(!world.ok(effective).await.is_empty());
    let below = all().scope_project_id(&project).include_subtree(true);
    assert_eq!(world.ok(below.all()).await.len(), 1);

    world.ok(client.users().delete(&user)).await;
    world.ok(client.groups().delete(&group)).await;
    world.ok(client.projects().delete(&project)).await;
    world.remove_domain(&domain).await;
}

async fn refusals(world: &World) {
    let all = || world.client.role_assignments().list();
    world
        .refused(400, all().user_id("u").group_id("g").all())
        .await;
    let stranger = world.stranger().role_assignments().list();
    world.refused(401, stranger.all()).await;
}
