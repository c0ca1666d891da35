//! Values that are one too many, or of the wrong kind.

use serde_json::{Value, json};

use crate::call::Call;
use crate::crud::ResourceKind;
use crate::recorder::Recorder;
use crate::scene::{domain, person};

cases!(default_projects, tags, trees, blanks);

const USERS: ResourceKind = ResourceKind {
    collection: "/users",
    envelope: "user",
};
const PROJECTS: ResourceKind = ResourceKind {
    collection: "/projects",
    envelope: "project",
};

async fn default_projects(k: &mut Recorder) {
    let domain = domain(k, "domain").await;
    let id = USERS
        .create(
            k,
            "one that does not exist",
            json!({"name": k.name("first"), "default_project_id": "missing"}),
        )
        .await;
    let attempts = [
        ("a domain", json!(domain)),
        ("domain default", json!("default")),
    ];
    for (what, project) in attempts {
        USERS
            .create(
                k,
                what,
                json!({"name": k.name("second"), "default_project_id": project}),
            )
            .await;
        USERS
            .change(
                k,
                &id,
                &format!("to {what}"),
                json!({"default_project_id": project}),
            )
            .await;
    }
}

async fn tags(k: &mut Recorder) {
    let member = person(k, "member", &["member"]).await;
    let token = k.prepare(member.login_to_project().call()).await.token();
    let path = format!("/projects/{}/tags", member.project);
    let many = |count: usize| {
        (0..count)
            .map(|number| Value::from(format!("t{number}")))
            .collect()
    };
    let bodies: [(&str, Vec<Value>); 5] = [
        ("81 tags", many(81)),
        ("the same twice", vec!["a".into(), "a".into()]),
        ("one with a comma", vec!["a,b".into()]),
        ("one without a letter", vec!["".into()]),
        ("80 tags", many(80)),
    ];
    for (what, tags) in bodies {
        let call = Call::new(reqwest::Method::PUT, &path).json(&json!({ "tags": tags }));
        k.record(&format!("{what}, by a member"), call.clone().token(&token))
            .await;
        k.record_as_admin(what, call).await;
    }
    let none = Call::new(reqwest::Method::PUT, &path).json(&json!({}));
    k.record("none, by a member", none.clone().token(&token))
        .await;
    k.record_as_admin("none", none).await;
    for (what, tag) in [
        ("one more", "t80"),
        ("one of them", "t1"),
        ("a comma", "a,b"),
    ] {
        let call = Call::put(format!("{path}/{tag}"));
        k.record(&format!("{what}, by a member"), call.clone().token(&token))
            .await;
        k.record_as_admin(what, call).await;
    }
    k.prepare_as_admin(Call::delete(&path)).await;
    for tag in [
        "a,b".to_owned(),
        "x".repeat(256),
        "x".repeat(255),
        "blue".to_owned(),
        "blue".to_owned(),
    ] {
        k.record_as_admin("one of none", Call::put(format!("{path}/{tag}")))
            .await;
    }
    let tags: Vec<Value> = many(81);
    PROJECTS
        .create(
            k,
            "a project with 81 tags",
            json!({"name": k.name("other"), "tags": tags}),
        )
        .await;
    let tags = json!({"name": k.name("domain"), "tags": tags});
    k.record_as_admin(
        "a domain with 81 tags",
        Call::post("/domains", &json!({ "domain": tags })),
    )
    .await;
}

async fn trees(k: &mut Recorder) {
    let mut parent = domain(k, "domain").await;
    let domain = parent.clone();
    let mut all = Vec::new();
    for depth in 1..=6 {
        let new = json!({"name": k.name(&format!("depth{depth}")), "domain_id": domain, "parent_id": parent});
        let made = PROJECTS.create(k, &format!("depth {depth}"), new).await;
        if made != "absent" {
            all.push(made.clone());
            parent = made;
        }
    }
    let [top, child, ..] = all.as_slice() else {
        return;
    };
    PROJECTS
        .change(k, top, "disabled above others", json!({"enabled": false}))
        .await;
    for project in all.iter().rev() {
        let off = json!({"project": {"enabled": false}});
        k.prepare_as_admin(Call::patch(format!("/projects/{project}"), &off))
            .await;
    }
    PROJECTS
        .change(
            k,
            child,
            "enabled below a disabled one",
            json!({"enabled": true}),
        )
        .await;
    let new = json!({"name": k.name("new"), "domain_id": domain, "parent_id": top});
    PROJECTS.create(k, "below a disabled one", new).await;
    for (what, query) in [("parents", "parents"), ("children", "subtree")] {
        let path = format!("/projects/{child}?{query}_as_list&{query}_as_ids");
        k.record_as_admin(&format!("both forms of {what}"), Call::get(path))
            .await;
    }
}

async fn blanks(k: &mut Recorder) {
    for kind in ["user", "group", "project", "domain"] {
        let name = k.name(kind);
        let made = k
            .record_as_admin(
                &format!("a {kind}"),
                Call::post(
                    format!("/{kind}s"),
                    &json!({ kind: {"name": format!(" {name} ")} }),
                ),
            )
            .await;
        let path = format!("/{kind}s/{}", made.text(&format!("/{kind}/id")));
        k.undo(Call::delete(&path));
        if kind == "domain" {
            k.undo(Call::patch(&path, &json!({"domain": {"enabled": false}})));
        }
        k.record_as_admin(
            "the same without blanks",
            Call::post(format!("/{kind}s"), &json!({ kind: {"name": name} })),
        )
        .await;
        let change = json!({ kind: {"name": format!("{name}2 ")} });
        k.record_as_admin("another name", Call::patch(path, &change))
            .await;
    }
}
