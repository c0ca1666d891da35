//! Things that shall be there, on whatever Keystone the session is of.

use keystone_sdk::client::bulk;
use keystone_sdk::identity::ensure::{Actor, Change, Ensured, Grant, Standing, Target};
use keystone_sdk::identity::v3::{
    Client, Domain, DomainCreate, DomainUpdate, EndpointCreate, EndpointInterface, GroupCreate,
    ProjectCreate, RegionCreate, RoleCreate, ServiceCreate, UserCreate,
};
use keystone_sdk::{Error, Session};
use serde_json::json;

/// All cases in a domain of their own, which is removed in the end.
pub(crate) async fn all(session: &Session) {
    let identity = Client::new(session);
    let lab = DomainCreate::new("ensure-lab").description("first");
    let absent = identity.compare::<Domain>(&lab).await.unwrap();
    assert!(matches!(absent, Standing::Absent), "{absent:?}");
    let domain = created(identity.ensure_domain(lab.clone()).await);
    unchanged(identity.ensure_domain(lab).await);
    differences(&identity).await;
    in_a_domain(&identity, &domain).await;
    of_the_catalog(&identity).await;
    race(&identity, &domain).await;

    let disabled = DomainUpdate::new().enabled(false);
    identity
        .domains()
        .update(&domain.id, disabled)
        .await
        .unwrap();
    identity.domains().delete(&domain.id).await.unwrap();
}

fn created<T: std::fmt::Debug>(done: Result<Ensured<T>, Error>) -> T {
    match done.unwrap() {
        Ensured::Created(thing) => thing,
        other => panic!("expected something new, got {other:?}"),
    }
}

fn unchanged<T: std::fmt::Debug>(done: Result<Ensured<T>, Error>) -> T {
    match done.unwrap() {
        Ensured::Unchanged(thing) => thing,
        other => panic!("expected no change, got {other:?}"),
    }
}

fn updated<T: std::fmt::Debug>(done: Result<Ensured<T>, Error>) -> (T, Vec<Change>) {
    match done.unwrap() {
        Ensured::Updated(thing, changes) => (thing, changes),
        other => panic!("expected a change, got {other:?}"),
    }
}

async fn differences(identity: &Client) {
    let wanted = || {
        DomainCreate::new("ensure-lab")
            .description("second")
            .enabled(true)
    };
    let standing = identity.compare::<Domain>(&wanted()).await.unwrap();
    let Standing::Differs(_, planned) = standing else {
        panic!("expected a difference, got {standing:?}");
    };
    let (domain, changes) = updated(identity.ensure_domain(wanted()).await);
    assert_eq!(planned, changes);
    assert_eq!(domain.description.as_deref(), Some("second"));
    let [change] = changes.as_slice() else {
        panic!("{changes:?}");
    };
    assert_eq!(change.attribute(), "description");
    assert_eq!(change.before(), &json!("first"));
    assert_eq!(change.after(), &json!("second"));
    unchanged(identity.ensure_domain(wanted()).await);
}

async fn in_a_domain(identity: &Client, domain: &Domain) {
    let home = &domain.id;
    let top = created(
        identity
            .ensure_project(home, ProjectCreate::new("top"))
            .await,
    );
    let below = |tags: [&str; 2]| ProjectCreate::new("below").parent_id(&top.id).tags(tags);
    let project = created(identity.ensure_project(home, below(["b", "a"])).await);
    unchanged(identity.ensure_project(home, below(["a", "b"])).await);
    let moved = ProjectCreate::new("top").parent_id(&project.id);
    let error = identity.ensure_project(home, moved).await.unwrap_err();
    assert!(error.to_string().contains("cannot change"), "{error}");

    let alice = |email: &str| UserCreate::new("alice").password("canary-Aa1").email(email);
    let user = created(identity.ensure_user(home, alice("a@x")).await);
    unchanged(identity.ensure_user(home, alice("a@x")).await);
    let (_, changes) = updated(identity.ensure_user(home, alice("b@x")).await);
    assert_eq!(format!("{changes:?}"), "[Change(\"email\")]");
    let group = created(identity.ensure_group(home, GroupCreate::new("ops")).await);
    created(identity.ensure_member(&group.id, &user.id).await);
    unchanged(identity.ensure_member(&group.id, &user.id).await);
    let error = identity.ensure_member(&group.id, "nobody").await;
    assert_eq!(error.unwrap_err().status().unwrap(), 404);

    let member = Actor::User(user.id);
    roles(
        identity,
        domain,
        &member,
        Actor::Group(group.id),
        Target::Project(project.id),
    )
    .await;
}

async fn roles(identity: &Client, domain: &Domain, user: &Actor, group: Actor, on_project: Target) {
    let auditor = RoleCreate::new("ensure-auditor");
    let role = created(identity.ensure_role(auditor.clone()).await);
    unchanged(identity.ensure_role(auditor.clone()).await);
    let local = auditor.domain_id(&domain.id);
    let local = created(identity.ensure_role(local).await);
    assert_ne!(local.id, role.id);
    let watcher = RoleCreate::new("ensure-watcher");
    let watcher = created(identity.ensure_role(watcher).await);
    created(identity.ensure_implied_role(&role.id, &watcher.id).await);
    unchanged(identity.ensure_implied_role(&role.id, &watcher.id).await);

    let on_domain = Target::Domain(domain.id.clone());
    for grant in [
        Grant::new(&role.id, user.clone(), on_project),
        Grant::new(&role.id, group.clone(), on_domain.clone()),
        Grant::new(&role.id, group, on_domain).inherited(),
        Grant::new(&role.id, user.clone(), Target::System),
    ] {
        assert!(!identity.ensure_no_grant(&grant).await.unwrap());
        created(identity.ensure_grant(&grant).await);
        unchanged(identity.ensure_grant(&grant).await);
        assert!(identity.ensure_no_grant(&grant).await.unwrap());
        assert!(!identity.is_granted(&grant).await.unwrap());
    }
    let nonsense = Grant::new(&role.id, user.clone(), Target::System).inherited();
    let error = identity.ensure_grant(&nonsense).await.unwrap_err();
    assert!(matches!(error, Error::Configuration(_)), "{error:?}");
    for role in [role.id, watcher.id, local.id] {
        identity.roles().delete(role).await.unwrap();
    }
}

async fn of_the_catalog(identity: &Client) {
    let region = RegionCreate::new().description("far");
    created(identity.ensure_region("ensure-mars", region.clone()).await);
    unchanged(identity.ensure_region("ensure-mars", region).await);
    let service = |name: &str| ServiceCreate::new("ensure-proxy").name(name);
    let first = created(identity.ensure_service(service("a")).await);
    let second = created(identity.ensure_service(service("b")).await);
    let any = ServiceCreate::new("ensure-proxy");
    let any = identity.ensure_service(any).await;
    assert!(matches!(any, Err(Error::Paging(_))), "{any:?}");

    let endpoint = |url: &str| EndpointCreate::new(&first.id, EndpointInterface::Public, url);
    let nowhere = created(identity.ensure_endpoint(endpoint("http://a")).await);
    let on_mars = endpoint("http://a").region_id("ensure-mars");
    let on_mars = created(identity.ensure_endpoint(on_mars).await);
    assert_ne!(on_mars.id, nowhere.id);
    let (moved, _) = updated(identity.ensure_endpoint(endpoint("http://b")).await);
    assert_eq!((moved.id, moved.url.as_str()), (nowhere.id, "http://b"));

    for service in [first.id, second.id] {
        identity.services().delete(service).await.unwrap();
    }
    identity.regions().delete("ensure-mars").await.unwrap();
}

/// Many who want the same at once: one makes it, and all get it.
async fn race(identity: &Client, domain: &Domain) {
    let wanted = (0..8).map(|_| identity.ensure_project(&domain.id, ProjectCreate::new("raced")));
    let done = bulk(wanted, 8).try_collect().await.unwrap();
    let created = done.iter().filter(|done| done.is_changed()).count();
    assert_eq!(created, 1);
    assert!(done.iter().all(|one| one.get().id == done[0].get().id));
}
