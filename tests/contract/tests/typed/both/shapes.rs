//! The lists of the bootstrapped resources lose nothing on their way into types.

use keystone_sdk::identity::v3::{
    ApplicationCredential, ApplicationCredentialCreate, Domain, Endpoint, Group, GroupCreate,
    Project, Region, Role, RoleAssignment, Service, User,
};

use crate::shape::lossless;
use crate::world::World;

cases!(application_credentials, lists);

async fn lists(world: &World) {
    let group = GroupCreate::new(world.name("shapes")).domain_id("default");
    let group = world.client.groups().create(group).await.unwrap();
    let service = world.client.service();
    lossless::<Vec<Domain>>(service, &["domains"], "domains").await;
    lossless::<Vec<Endpoint>>(service, &["endpoints"], "endpoints").await;
    lossless::<Group>(service, &["groups", group.id.as_str()], "group").await;
    lossless::<Vec<Project>>(service, &["projects"], "projects").await;
    lossless::<Vec<Region>>(service, &["regions"], "regions").await;
    lossless::<Vec<Role>>(service, &["roles"], "roles").await;
    lossless::<Vec<RoleAssignment>>(service, &["role_assignments"], "role_assignments").await;
    lossless::<Vec<Service>>(service, &["services"], "services").await;
    // Not the administrator: to leave a group revokes all of a user's tokens.
    let member = world.make_user("shapes").await;
    let user = member.id.as_str();
    lossless::<User>(service, &["users", user], "user").await;
    let groups = world.client.group_users(&group.id);
    groups.add(&member.id).await.unwrap();
    lossless::<Vec<Group>>(service, &["users", user, "groups"], "groups").await;
    lossless::<Vec<Project>>(service, &["users", user, "projects"], "projects").await;
    groups.remove(&member.id).await.unwrap();
    world.client.users().delete(&member.id).await.unwrap();
    world.client.groups().delete(&group.id).await.unwrap();
}

async fn application_credentials(world: &World) {
    let credentials = world.client.application_credentials(&world.user);
    let new = ApplicationCredentialCreate::new(world.name("shapes"));
    let made = credentials.create(new).await.unwrap();
    let path = [
        "users",
        world.user.as_str(),
        "application_credentials",
        made.id.as_str(),
    ];
    lossless::<ApplicationCredential>(world.client.service(), &path, "application_credential")
        .await;
    credentials.delete(&made.id).await.unwrap();
}
