//! Tags of projects.

use crate::world::{World, status};

cases!(project_tags);

async fn project_tags(world: &World) {
    let project = world.make_project("tagged").await;
    let tags = world.client.project_tags(&project);
    assert!(tags.list().await.unwrap().is_empty());
    assert_eq!(
        tags.set(["blue", "green"]).await.unwrap(),
        ["blue", "green"]
    );
    tags.add("two words").await.unwrap();
    assert!(tags.check("two words").await.unwrap());
    assert_eq!(tags.list().await.unwrap().len(), 3);
    let found = world.client.projects().list().tags(["blue", "two words"]);
    assert_eq!(found.all().await.unwrap()[0].id, project);
    tags.remove("blue").await.unwrap();
    assert!(!tags.check("blue").await.unwrap());
    assert_eq!(status(tags.remove("blue").await), 404);
    assert_eq!(status(tags.set(["a,b"]).await), 400);
    tags.clear().await.unwrap();
    assert!(tags.list().await.unwrap().is_empty());
    world.client.projects().delete(&project).await.unwrap();
}
