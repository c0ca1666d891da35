//! Inherited grants.

use crate::world::{World, status};

cases!(inherited_on_a_domain, inherited_on_a_project);

async fn inherited_on_a_domain(world: &World) {
    let domain = world.make_domain("heirs").await;
    let user = world.make_user("heir").await;
    let roles = world.client.inherited_domain_user_roles(&domain, &user.id);
    assert!(!roles.check(&world.member).await.unwrap());
    roles.add(&world.member).await.unwrap();
    assert!(roles.check(&world.member).await.unwrap());
    assert_eq!(roles.list().all().await.unwrap()[0].id, world.member);
    let direct = world.client.domain_user_roles(&domain, &user.id);
    assert!(direct.list().all().await.unwrap().is_empty());
    let assignments = world.client.role_assignments();
    let found = assignments
        .list()
        .user_id(&user.id)
        .inherited_to("projects");
    let found = found.all().await.unwrap();
    assert_eq!(found[0].scope.inherited_to.as_deref(), Some("projects"));
    roles.remove(&world.member).await.unwrap();
    assert!(roles.list().all().await.unwrap().is_empty());
    world.client.users().delete(&user.id).await.unwrap();
    world.remove_domain(&domain).await;
}

async fn inherited_on_a_project(world: &World) {
    let project = world.make_project("estate").await;
    let user = world.make_user("heir").await;
    let roles = world
        .client
        .inherited_project_user_roles(&project, &user.id);
    roles.add(&world.member).await.unwrap();
    assert!(roles.check(&world.member).await.unwrap());
    assert_eq!(status(roles.check("no-such-role").await), 404);
    // Keystone looks for the user of a direct grant only.
    let nobody = world.client.project_user_roles(&project, "nobody");
    let error = nobody.check(&world.member).await.unwrap_err();
    assert!(error.to_string().contains("user: nobody"), "{error}");
    roles.remove(&world.member).await.unwrap();
    assert!(!roles.check(&world.member).await.unwrap());
    world.client.users().delete(&user.id).await.unwrap();
    world.client.projects().delete(&project).await.unwrap();
}
