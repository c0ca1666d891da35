//! Projects.

use keystone_sdk::identity::v3::{ProjectCreate, ProjectUpdate};
use serde_json::{Map, json};

use crate::world::World;

cases!("projects", both: [life, trees, refusals], real: []);

async fn life(world: &World) {
    let projects = world.client.projects();
    let new = ProjectCreate::new(world.name("life"))
        .domain_id("default")
        .description("first")
        .tags(["blue", "green"])
        .enabled(false)
        .extra("colour", "blue");
    let made = world.ok(projects.create(new)).await;
    assert_eq!(made.tags, ["blue", "green"]);
    assert!(!made.enabled && !made.is_domain);
    let mut options = Map::new();
    options.insert("immutable".to_owned(), json!(false));
    let change = ProjectUpdate::new()
        .name(world.name("renamed"))
        .enabled(true)
        .tags(["red"])
        .options(options);
    let changed = world.ok(projects.update(&made.id, change)).await;
    assert_eq!(changed.tags, ["red"]);
    let change = ProjectUpdate::new().clear_description();
    let cleared = world.ok(projects.update(&made.id, change)).await;
    assert_eq!(cleared.description, None);
    let same = world
        .ok(projects.update(&made.id, ProjectUpdate::new()))
        .await;
    assert_eq!(same.name, cleared.name);

    let named = || projects.list().name(&cleared.name);
    assert_eq!(world.ok(named().all()).await[0].id, made.id);
    for list in [
        named().enabled(true).domain_id("default"),
        named().tags(["red"]),
        named().tags_any(["red", "blue"]),
        named().not_tags(["blue"]),
        named().not_tags_any(["blue", "green"]),
    ] {
        let found = world.ok(list.all()).await;
        assert_eq!(found.len(), 1);
    }
    assert!(world.ok(named().tags(["blue"]).all()).await.is_empty());
    let found = projects.find_by_name(&cleared.name).await.unwrap();
    assert_eq!(found.unwrap().id, made.id);
    world.ok(projects.delete(&made.id)).await;
    world.refused(404, projects.get(&made.id)).await;
}

async fn trees(world: &World) {
    let projects = world.client.projects();
    let top = world.make_project("top").await;
    let new = ProjectCreate::new(world.name("leaf")).parent_id(&top);
    let leaf = world.ok(projects.create(new)).await;
    assert_eq!(leaf.parent_id.as_ref(), Some(&top));
    let below = world.ok(projects.list().parent_id(&top).all()).await;
    assert_eq!(below[0].id, leaf.id);
    let up = projects.get(&leaf.id).parents_as_ids(true);
    let up = world.ok(up).await;
    assert!(up.extra.is_empty(), "{:?}", up.extra);
    world.ok(projects.get(&leaf.id).parents_as_list(true)).await;
    world.ok(projects.get(&top).subtree_as_ids(true)).await;
    world.ok(projects.get(&top).subtree_as_list(true)).await;
    world.refused(403, projects.delete(&top)).await;
    world.ok(projects.delete(&leaf.id)).await;
    world.ok(projects.delete(&top)).await;
}

async fn refusals(world: &World) {
    let projects = world.client.projects();
    let id = world.make_project("refused").await;
    let again = ProjectCreate::new(world.name("refused")).domain_id("default");
    world.refused(409, projects.create(again)).await;
    world
        .refused(400, projects.create(ProjectCreate::new("")))
        .await;
    let change = || ProjectUpdate::new().description("d");
    world
        .refused(404, projects.update("no-such-project", change()))
        .await;
    world.refused(404, projects.delete("no-such-project")).await;
    world
        .refused(401, world.stranger().projects().get(&id))
        .await;
    world.ok(projects.delete(&id)).await;
}
