//! Roles, groups, grants and assignments.

use keystone_sdk::identity::v3::{GroupCreate, GroupUpdate, RoleCreate, RoleUpdate, UserCreate};

use super::admin;

#[tokio::test]
async fn roles_are_created_found_changed_and_deleted() {
    let (_keystone, client) = admin().await;
    let roles = client.roles();
    let role = roles.create(RoleCreate::new("auditor")).await.unwrap();
    assert_eq!(role.domain_id, None);
    assert_eq!(
        roles.find_by_name("auditor").await.unwrap().unwrap().id,
        role.id
    );
    let change = RoleUpdate::new()
        .name("inspector")
        .description("Looks at things");
    let changed = roles.update(&role.id, change).await.unwrap();
    assert_eq!(changed.name, "inspector");
    roles.delete(&role.id).await.unwrap();
    assert_eq!(
        roles.get(&role.id).await.unwrap_err().status().unwrap(),
        404
    );
}

#[tokio::test]
async fn groups_have_members() {
    let (_keystone, client) = admin().await;
    let new = GroupCreate::new("crew")
        .domain_id("default")
        .description("x");
    let group = client.groups().create(new).await.unwrap();
    let user = UserCreate::new("eve").domain_id("default");
    let user = client.users().create(user).await.unwrap();
    let members = client.group_users(&group.id);
    assert!(!members.check(&user.id).await.unwrap());
    members.add(&user.id).await.unwrap();
    assert!(members.check(&user.id).await.unwrap());
    assert_eq!(
        members.list().name("eve").all().await.unwrap()[0].id,
        user.id
    );
    let groups = client.users().groups(&user.id).all().await.unwrap();
    assert_eq!(groups[0].id, group.id);
    members.remove(&user.id).await.unwrap();
    assert!(members.list().all().await.unwrap().is_empty());

    let change = GroupUpdate::new().clear_description();
    let changed = client.groups().update(&group.id, change).await.unwrap();
    assert_eq!(changed.description, None);
    client.groups().delete(&group.id).await.unwrap();
    assert!(
        client
            .groups()
            .find_by_name("crew")
            .await
            .unwrap()
            .is_none()
    );
}

/// Adds, checks, lists and removes a role through one kind of grant.
macro_rules! grant {
    ($roles:expr, $role:expr) => {{
        let (roles, role) = ($roles, $role);
        assert!(!roles.check(role).await.unwrap());
        roles.add(role).await.unwrap();
        roles.add(role).await.unwrap();
        assert!(roles.check(role).await.unwrap());
        let listed = roles.list().all().await.unwrap();
        assert_eq!(&listed[0].id, role);
        roles.remove(role).await.unwrap();
        assert!(!roles.check(role).await.unwrap());
    }};
}

#[tokio::test]
async fn all_six_kinds_of_grants_can_be_added_and_removed() {
    let (keystone, client) = admin().await;
    let role = client
        .roles()
        .create(RoleCreate::new("auditor"))
        .await
        .unwrap()
        .id;
    let role = &role;
    let user = UserCreate::new("eve").domain_id("default");
    let user = &client.users().create(user).await.unwrap().id;
    let group = GroupCreate::new("crew").domain_id("default");
    let group = &client.groups().create(group).await.unwrap().id;
    let project = keystone.admin().project_id();
    grant!(client.project_user_roles(project, user), role);
    grant!(client.project_group_roles(project, group), role);
    grant!(client.domain_user_roles("default", user), role);
    grant!(client.domain_group_roles("default", group), role);
    grant!(client.system_user_roles(user), role);
    grant!(client.system_group_roles(group), role);
}

#[tokio::test]
async fn assignments_tell_who_is_what_where() {
    let (keystone, client) = admin().await;
    let role = client
        .roles()
        .create(RoleCreate::new("auditor"))
        .await
        .unwrap()
        .id;
    let user = UserCreate::new("eve").domain_id("default");
    let user = client.users().create(user).await.unwrap().id;
    let project = keystone.admin().project_id();
    client
        .project_user_roles(project, &user)
        .add(&role)
        .await
        .unwrap();

    let assignments = client.role_assignments().list();
    let found = assignments
        .clone()
        .user_id(&user)
        .include_names(true)
        .all()
        .await
        .unwrap();
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].role.id, role);
    assert_eq!(found[0].role.name.as_deref(), Some("auditor"));
    let scope = found[0].scope.project.as_ref().unwrap();
    assert_eq!(scope.id, project);
    let system = assignments.scope_system("all").all().await.unwrap();
    assert!(
        system
            .iter()
            .all(|assignment| assignment.scope.system.is_some())
    );
    assert!(!system.is_empty());

    let projects = client.users().projects(&user).all().await.unwrap();
    assert_eq!(projects[0].id, project);
}
