//! Domains, projects, users.

use keystone_sdk::identity::v3::{
    DomainCreate, DomainUpdate, PasswordChange, ProjectCreate, ProjectUpdate, UserCreate,
    UserUpdate,
};

use super::admin;

#[tokio::test]
async fn domains_must_be_disabled_before_they_are_deleted() {
    let (_keystone, client) = admin().await;
    let domains = client.domains();
    let domain = domains
        .create(DomainCreate::new("lab").description("x"))
        .await
        .unwrap();
    assert_eq!(
        domains.find_by_name("lab").await.unwrap().unwrap().id,
        domain.id
    );
    let error = domains.delete(&domain.id).await.unwrap_err();
    assert_eq!(error.status().unwrap(), 403);
    let off = DomainUpdate::new().enabled(false).clear_description();
    let changed = domains.update(&domain.id, off).await.unwrap();
    assert_eq!((changed.enabled, changed.description), (false, None));
    domains.delete(&domain.id).await.unwrap();
    assert_eq!(
        domains.get(&domain.id).await.unwrap_err().status().unwrap(),
        404
    );
}

#[tokio::test]
async fn projects_come_page_by_page() {
    let (keystone, client) = admin().await;
    let projects = client.projects();
    let mut created = Vec::new();
    for name in ["a", "b", "c"] {
        let new = ProjectCreate::new(name)
            .domain_id("default")
            .tags(["even", "odd"]);
        created.push(projects.create(new).await.unwrap().id);
    }
    let mut stream = projects.list().domain_id("default").limit(2).stream();
    let mut seen = Vec::new();
    while let Some(project) = stream.next().await {
        seen.push(project.unwrap().id);
    }
    assert!(created.iter().all(|id| seen.contains(id)));
    assert_eq!(
        seen.len(),
        projects
            .list()
            .domain_id("default")
            .all()
            .await
            .unwrap()
            .len()
    );
    assert!(keystone.requests().count("GET", "/v3/projects") >= 3);

    let tagged = projects.list().tags(["odd", "even"]).all().await.unwrap();
    assert_eq!(tagged.len(), 3);
    let change = ProjectUpdate::new().enabled(false).tags([] as [&str; 0]);
    let changed = projects.update(&created[0], change).await.unwrap();
    assert!(!changed.enabled && changed.tags.is_empty());
    assert_eq!(projects.list().enabled(false).all().await.unwrap().len(), 1);
    projects.delete(&created[0]).await.unwrap();
    assert_eq!(
        projects
            .get(&created[0])
            .await
            .unwrap_err()
            .status()
            .unwrap(),
        404
    );
}

#[tokio::test]
async fn users_keep_their_passwords_to_themselves() {
    let (_keystone, client) = admin().await;
    let users = client.users();
    let new = UserCreate::new("eve")
        .domain_id("default")
        .password("old-canary")
        .email("e@x");
    let user = users.create(new).await.unwrap();
    assert_eq!(user.email.as_deref(), Some("e@x"));
    assert!(!format!("{user:?}").contains("canary"));
    assert_eq!(
        users.find_by_name("eve").await.unwrap().unwrap().id,
        user.id
    );

    let change = PasswordChange::new("old-canary", "new-canary");
    assert!(!format!("{change:?}").contains("canary"));
    users
        .change_password(&user.id, change.clone())
        .await
        .unwrap();
    let error = users.change_password(&user.id, change).await.unwrap_err();
    assert_eq!(error.status().unwrap(), 401);

    let change = UserUpdate::new().enabled(false).clear_email();
    let changed = users.update(&user.id, change).await.unwrap();
    assert_eq!((changed.enabled, changed.email), (false, None));
    users.delete(&user.id).await.unwrap();
    assert_eq!(
        users.get(&user.id).await.unwrap_err().status().unwrap(),
        404
    );
}
