//! Tags of projects.

use crate::world::World;

cases!("tags", both: [of_a_project], real: []);

async fn of_a_project(world: &World) {
    let project = world.make_project("tagged").await;
    let tags = world.client.project_tags(&project);
    assert!(world.ok(tags.list()).await.is_empty());
    let set = world.ok(tags.set(["blue", "green"])).await;
    assert_eq!(set, ["blue", "green"]);
    world.ok(tags.add("two words")).await;
    assert!(world.ok(tags.check("two words")).await);
    assert_eq!(world.ok(tags.list()).await.len(), 3);
    let found = world.client.projects().list().tags(["blue", "two words"]);
    assert_eq!(world.ok(found.all()).await[0].id, project);
    world.ok(tags.remove("blue")).await;
    assert!(!world.ok(tags.check("blue")).await);
    world.refused(404, tags.remove("blue")).await;
    world.refused(400, tags.set(["a,b"])).await;
    world.ok(tags.clear()).await;
    assert!(world.ok(tags.list()).await.is_empty());
    let nowhere = world.client.project_tags("no-such-project");
    world.refused(404, nowhere.list()).await;
    world.ok(world.client.projects().delete(&project)).await;
}
