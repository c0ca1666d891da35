//! Which endpoints the catalog of a project lists.

use keystone_sdk::identity::v3::{
    EndpointCreate, EndpointGroup, EndpointGroupCreate, EndpointGroupUpdate, EndpointInterface,
    ProjectEndpointGroup, ServiceCreate,
};
use serde_json::{Map, Value, json};

use super::world;
use crate::shape::lossless;
use crate::world::status;

fn of_service(id: &str) -> Map<String, Value> {
    [("service_id".to_owned(), json!(id))].into_iter().collect()
}

#[tokio::test]
async fn endpoints_and_their_groups_belong_to_projects() {
    let world = world().await;
    let client = &world.client;
    let service = ServiceCreate::new("compute").name(world.name("filtered"));
    let service = client.services().create(service).await.unwrap();
    let new = EndpointCreate::new(&service.id, EndpointInterface::Public, "http://c/");
    let endpoint = client.endpoints().create(new).await.unwrap();
    let project = world.make_project("filtered").await;

    let own = client.project_endpoints(&project);
    assert!(!own.check(&endpoint.id).await.unwrap());
    own.add(&endpoint.id).await.unwrap();
    assert!(own.check(&endpoint.id).await.unwrap());
    assert_eq!(own.list().all().await.unwrap()[0].id, endpoint.id);
    let projects = client
        .endpoints()
        .projects(&endpoint.id)
        .all()
        .await
        .unwrap();
    assert_eq!(projects[0].id, project);
    own.remove(&endpoint.id).await.unwrap();
    assert!(own.list().all().await.unwrap().is_empty());

    let groups = client.endpoint_groups();
    let new = EndpointGroupCreate::new(world.name("group"), of_service(service.id.as_str()));
    let group = groups.create(new).await.unwrap();
    assert_eq!(group.description, None);
    let change = EndpointGroupUpdate::new().description("of one service");
    let group = groups.update(&group.id, change).await.unwrap();
    assert_eq!(
        groups.get(&group.id).await.unwrap().description,
        group.description
    );
    let found = groups.find_by_name(&group.name).await.unwrap();
    assert_eq!(found.unwrap().id, group.id);
    let members = groups.endpoints(&group.id).all().await.unwrap();
    assert_eq!(members[0].id, endpoint.id);
    let of_group = client.endpoint_group_projects(&group.id);
    assert!(!of_group.check(&project).await.unwrap());
    of_group.add(&project).await.unwrap();
    assert!(of_group.check(&project).await.unwrap());
    assert_eq!(of_group.get(&project).await.unwrap().project_id, project);
    assert_eq!(of_group.list().all().await.unwrap()[0].id, project);
    let of_project = client
        .projects()
        .endpoint_groups(&project)
        .all()
        .await
        .unwrap();
    assert_eq!(of_project[0].id, group.id);
    let (raw, id) = (client.service(), group.id.as_str());
    let path = ["OS-EP-FILTER", "endpoint_groups", id];
    lossless::<EndpointGroup>(raw, &path, "endpoint_group").await;
    let path = [
        "OS-EP-FILTER",
        "endpoint_groups",
        id,
        "projects",
        project.as_str(),
    ];
    lossless::<ProjectEndpointGroup>(raw, &path, "project_endpoint_group").await;

    of_group.remove(&project).await.unwrap();
    groups.delete(&group.id).await.unwrap();
    assert_eq!(status(groups.get(&group.id).await), 404);
    client.projects().delete(&project).await.unwrap();
    client.services().delete(&service.id).await.unwrap();
}
