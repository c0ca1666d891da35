//! Which endpoints the catalog of a project lists.

use keystone_sdk::identity::v3::{
    EndpointCreate, EndpointGroupCreate, EndpointGroupUpdate, EndpointInterface, ServiceCreate,
};
use serde_json::{Map, Value, json};

use crate::world::World;

cases!("endpoint_filters", both: [], real: [endpoints, groups, refusals]);

fn of_service(id: &str) -> Map<String, Value> {
    [("service_id".to_owned(), json!(id))].into_iter().collect()
}

async fn endpoints(world: &World) {
    let client = &world.client;
    let service = ServiceCreate::new("compute").name(world.name("filtered"));
    let service = world.ok(client.services().create(service)).await;
    let new = EndpointCreate::new(&service.id, EndpointInterface::Public, "http://c/");
    let endpoint = world.ok(client.endpoints().create(new)).await;
    let project = world.make_project("filtered").await;

    let own = client.project_endpoints(&project);
    assert!(!world.ok(own.check(&endpoint.id)).await);
    world.ok(own.add(&endpoint.id)).await;
    assert!(world.ok(own.check(&endpoint.id)).await);
    let listed = world.ok(own.list().all()).await;
    assert_eq!(listed[0].id, endpoint.id);
    let projects = client.endpoints().projects(&endpoint.id);
    assert_eq!(world.ok(projects.all()).await[0].id, project);
    world.ok(own.remove(&endpoint.id)).await;
    assert!(world.ok(own.list().all()).await.is_empty());
    world.refused(404, own.add("no-such-endpoint")).await;
    world.ok(client.projects().delete(&project)).await;
    world.ok(client.services().delete(&service.id)).await;
}

async fn groups(world: &World) {
    let client = &world.client;
    let service = ServiceCreate::new("compute").name(world.name("grouped"));
    let service = world.ok(client.services().create(service)).await;
    let new = EndpointCreate::new(&service.id, EndpointInterface::Public, "http://c/");
    let endpoint = world.ok(client.endpoints().create(new)).await;
    let project = world.make_project("grouped").await;
    let groups = client.endpoint_groups();
    let new = EndpointGroupCreate::new(world.name("group"), of_service(service.id.as_str()));
    let group = world.ok(groups.create(new)).await;
    assert_eq!(group.description, None);
    let change = EndpointGroupUpdate::new()
        .name(world.name("renamed"))
        .description("of one service");
    let group = world.ok(groups.update(&group.id, change)).await;
    let shown = world.ok(groups.get(&group.id)).await;
    assert_eq!(shown.description, group.description);
    let listed = groups.list().name(&group.name).all();
    assert_eq!(world.ok(listed).await[0].id, group.id);
    let found = groups.find_by_name(&group.name).await.unwrap();
    assert_eq!(found.unwrap().id, group.id);
    let members = world.ok(groups.endpoints(&group.id).all()).await;
    assert_eq!(members[0].id, endpoint.id);

    let of_group = client.endpoint_group_projects(&group.id);
    assert!(!world.ok(of_group.check(&project)).await);
    world.ok(of_group.add(&project)).await;
    assert!(world.ok(of_group.check(&project)).await);
    let link = world.ok(of_group.get(&project)).await;
    assert_eq!(link.project_id, project);
    assert_eq!(world.ok(of_group.list().all()).await[0].id, project);
    let of_project = client.projects().endpoint_groups(&project);
    assert_eq!(world.ok(of_project.all()).await[0].id, group.id);
    world.ok(of_group.remove(&project)).await;
    world.ok(groups.delete(&group.id)).await;
    world.refused(404, groups.get(&group.id)).await;
    world.ok(client.projects().delete(&project)).await;
    world.ok(client.services().delete(&service.id)).await;
}

async fn refusals(world: &World) {
    let groups = world.client.endpoint_groups();
    let nonsense = [("no_such".to_owned(), json!(1))].into_iter().collect();
    let nothing = EndpointGroupCreate::new("n", nonsense);
    world.refused(400, groups.create(nothing)).await;
    let change = EndpointGroupUpdate::new().description("d");
    world
        .refused(404, groups.update("no-such-group", change))
        .await;
    world.refused(404, groups.delete("no-such-group")).await;
    world
        .refused(401, world.stranger().endpoint_groups().list().all())
        .await;
}
