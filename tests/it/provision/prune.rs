//! What `prune` deletes, in which order, and what it never touches.

use keystone_provision::{Action, Apply, NoSecrets, Plan, PlanOptions};
use keystone_sdk::identity::v3::{
    Client, DomainCreate, DomainId, GroupCreate, GroupId, ProjectCreate, ProjectId, UserCreate,
    UserId,
};
use keystone_testing::Keystone;

use super::{file, session};

/// A domain with a user in a group, both with a role, and with a project; nothing of it is declared.
async fn crowd(identity: &Client, domain: &str) -> DomainId {
    let domain = identity.domains().create(DomainCreate::new(domain)).await;
    let domain = domain.unwrap().id;
    let project = project(identity, &domain, "shop", None).await;
    let (user, group) = people(identity, &domain, "ann", "ops").await;
    give_reader(identity, &domain, &project, &user, &group).await;
    // Somebody who is not declared, in a group that is.
    let (stranger, _) = people(identity, &domain, "mallory", "guests").await;
    let group_users = identity.group_users(&group);
    group_users.add(&stranger).await.unwrap();
    domain
}

async fn people(
    identity: &Client,
    domain: &DomainId,
    user: &str,
    group: &str,
) -> (UserId, GroupId) {
    let user = UserCreate::new(user).domain_id(domain);
    let user = identity.users().create(user).await.unwrap().id;
    let group = GroupCreate::new(group).domain_id(domain);
    let group = identity.groups().create(group).await.unwrap().id;
    identity.group_users(&group).add(&user).await.unwrap();
    (user, group)
}

async fn give_reader(
    identity: &Client,
    domain: &DomainId,
    project: &ProjectId,
    user: &UserId,
    group: &GroupId,
) {
    let reader = identity.roles().find_by_name("reader").await.unwrap();
    let reader = reader.unwrap().id;
    let on_project = identity.project_user_roles(project, user);
    on_project.add(&reader).await.unwrap();
    let on_domain = identity.domain_group_roles(domain, group);
    on_domain.add(&reader).await.unwrap();
}

async fn project(
    identity: &Client,
    domain: &DomainId,
    name: &str,
    parent: Option<&ProjectId>,
) -> ProjectId {
    let create = ProjectCreate::new(name).domain_id(domain);
    let create = match parent {
        Some(parent) => create.parent_id(parent),
        None => create,
    };
    identity.projects().create(create).await.unwrap().id
}

async fn prune(identity: &Client, text: &str) -> Plan {
    let options = PlanOptions::new().prune(true);
    file(text).plan(identity, &options).await.unwrap()
}

fn deleted(plan: &Plan) -> Vec<&str> {
    let gone = plan.planned().filter(|it| it.action == Action::Delete);
    gone.map(|it| it.what.as_str()).collect()
}

/// The content of a domain, with `state` for the domain itself.
fn declared(domain: &str, state: &str) -> String {
    format!(
        "domains:\n  {domain}:\n    state: {state}\n    users: {{ann: }}\n    groups: {{ops: {{members: [ann]}}}}\n"
    )
}

#[tokio::test]
async fn prune_leaves_alone_whatever_is_in_a_domain_that_is_taken_for_granted() {
    let keystone = Keystone::start().await.unwrap();
    let identity = Client::new(&session(&keystone));
    crowd(&identity, "corp").await;
    let plan = prune(&identity, &declared("corp", "existing")).await;
    assert!(plan.is_empty(), "{plan}");

    // Also beside a domain that the file is in charge of, whose content has the same names.
    crowd(&identity, "lab").await;
    let corp = declared("corp", "existing");
    let lab = declared("lab", "present").replace("domains:\n", "");
    let plan = prune(&identity, &format!("{corp}{lab}")).await;
    let mut gone = deleted(&plan);
    gone.sort_unstable();
    assert_eq!(
        gone,
        [
            "group lab/guests",
            "member lab/mallory of group lab/ops",
            "project lab/shop",
            "role reader for group lab/ops on domain lab",
            "role reader for user lab/ann on project lab/shop",
            "user lab/mallory",
        ]
    );
    assert_eq!(plan.counts().create + plan.counts().update, 0, "{plan}");
}

/// Trees whose names sort both ways, so that no order but that of the trees will do.
#[tokio::test]
async fn children_are_pruned_before_their_parents() {
    let keystone = Keystone::start().await.unwrap();
    let identity = Client::new(&session(&keystone));
    let domain = identity.domains().create(DomainCreate::new("lab")).await;
    let domain = domain.unwrap().id;
    let chains = [
        ["a", "b", "c", "d"],
        ["z", "y", "x", "w"],
        ["k", "q", "j", "r"],
    ];
    for chain in chains {
        let mut parent = None;
        for name in chain {
            parent = Some(project(&identity, &domain, name, parent.as_ref()).await);
        }
    }
    // One that is declared stays, with what it is a child of gone from the list or not.
    let kept = "domains: {lab: {projects: {k: {projects: {q: }}}}}\n";
    let plan = prune(&identity, kept).await;
    let order = deleted(&plan);
    assert_eq!(order.len(), 10, "{plan}");
    let place = |name: &str| {
        let name = format!("project lab/{name}");
        order.iter().position(|what| **what == name)
    };
    for chain in chains {
        for pair in chain.windows(2) {
            let [Some(parent), Some(child)] = [place(pair[0]), place(pair[1])] else {
                continue;
            };
            assert!(child < parent, "{pair:?} in {order:?}");
        }
    }
    // Keystone refuses to delete a project that has children.
    plan.apply(&identity, &Apply::new(&NoSecrets))
        .await
        .unwrap();
    let left = identity.projects().list().domain_id(&domain).all().await;
    let mut left: Vec<String> = left.unwrap().into_iter().map(|it| it.name).collect();
    left.sort_unstable();
    assert_eq!(left, ["k", "q"]);
}

#[tokio::test]
async fn children_that_are_declared_absent_go_before_their_parents() {
    let keystone = Keystone::start().await.unwrap();
    let identity = Client::new(&session(&keystone));
    let text = |state: &str| {
        format!(
            "domains:\n  lab:\n    projects:\n      a: {{state: {state}, projects: {{z: {{state: {state}, projects: {{b: {{state: {state}}}}}}}}}}}\n"
        )
    };
    let made = file(&text("present"));
    let plan = made.plan(&identity, &PlanOptions::new()).await.unwrap();
    plan.apply(&identity, &Apply::new(&NoSecrets))
        .await
        .unwrap();
    let gone = file(&text("absent"));
    let plan = gone.plan(&identity, &PlanOptions::new()).await.unwrap();
    assert_eq!(
        deleted(&plan),
        ["project lab/b", "project lab/z", "project lab/a"]
    );
    plan.apply(&identity, &Apply::new(&NoSecrets))
        .await
        .unwrap();
}
