//! Groups and who is in them.

use keystone_sdk::client::Match;
use keystone_sdk::identity::v3::{GroupCreate, GroupUpdate};

use crate::world::World;

cases!("groups", both: [life, members, refusals], real: []);

async fn life(world: &World) {
    let groups = world.client.groups();
    let new = GroupCreate::new(world.name("life"))
        .domain_id("default")
        .extra("colour", "blue");
    let made = world.ok(groups.create(new)).await;
    assert_eq!(made.extra["colour"], "blue");
    let shown = world.ok(groups.get(&made.id)).await;
    assert_eq!(shown.name, made.name);
    let change = GroupUpdate::new()
        .name(world.name("renamed"))
        .description("second");
    let changed = world.ok(groups.update(&made.id, change)).await;
    assert_eq!(changed.description.as_deref(), Some("second"));
    let change = GroupUpdate::new().clear_description();
    let cleared = world.ok(groups.update(&made.id, change)).await;
    assert_eq!(cleared.description, None);
    let part = Match::starts_with("renamed-");
    let found = groups.list().domain_id("default").name(part);
    assert!(
        world
            .ok(found.all())
            .await
            .iter()
            .any(|group| group.id == made.id)
    );
    let found = groups.find_by_name(&cleared.name).await.unwrap();
    assert_eq!(found.unwrap().id, made.id);
    world.ok(groups.delete(&made.id)).await;
    world.refused(404, groups.get(&made.id)).await;
}

async fn members(world: &World) {
    let group = GroupCreate::new(world.name("members"));
    let group = world.ok(world.client.groups().create(group)).await;
    let user = world.make_user("member").await;
    let members = world.client.group_users(&group.id);
    assert!(!world.ok(members.check(&user.id)).await);
    world.ok(members.add(&user.id)).await;
    assert!(world.ok(members.check(&user.id)).await);
    let listed = members.list().name(&user.name).enabled(true);
    assert_eq!(world.ok(listed.all()).await[0].id, user.id);
    let of_user = world.client.users().groups(&user.id).name(&group.name);
    let of_user = world.ok(of_user.all()).await;
    assert_eq!(of_user[0].id, group.id);
    world.ok(members.remove(&user.id)).await;
    assert!(world.ok(members.list().all()).await.is_empty());
    world.refused(404, members.remove(&user.id)).await;
    // Which end is missing is an error, and no response.
    world.refused(404, members.check("no-such-user")).await;
    world.refused(404, members.add("no-such-user")).await;
    let nowhere = world.client.group_users("no-such-group");
    world.refused(404, nowhere.check(&user.id)).await;
    world.refused(404, nowhere.list().all()).await;
    world.ok(world.client.users().delete(&user.id)).await;
    world.ok(world.client.groups().delete(&group.id)).await;
}

async fn refusals(world: &World) {
    let groups = world.client.groups();
    let made = world
        .ok(groups.create(GroupCreate::new(world.name("refused"))))
        .await;
    world
        .refused(409, groups.create(GroupCreate::new(&made.name)))
        .await;
    world
        .refused(400, groups.create(GroupCreate::new("")))
        .await;
    world
        .refused(400, groups.update(&made.id, GroupUpdate::new()))
        .await;
    let change = GroupUpdate::new().description("d");
    world
        .refused(404, groups.update("no-such-group", change))
        .await;
    world.refused(404, groups.delete("no-such-group")).await;
    world
        .refused(401, world.stranger().groups().list().all())
        .await;
    world.ok(groups.delete(&made.id)).await;
}
