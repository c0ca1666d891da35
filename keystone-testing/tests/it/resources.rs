//! What lists, creates, updates and deletes have in common, and where they differ.

use keystone_testing::Keystone;
use serde_json::{Value, json};

use crate::client::Caller;

#[tokio::test]
async fn a_password_is_never_shown() {
    let keystone = Keystone::start().await.unwrap();
    let admin = Caller::admin(&keystone).await;
    let fields = json!({ "user": { "name": "u", "password": "very-secret" } });
    let made = admin.post("users", fields).await;
    let path = format!("users/{}", made.body["user"]["id"].as_str().unwrap());
    let changed = admin
        .patch(&path, json!({ "user": { "password": "very-secret-2" } }))
        .await;
    let bad = admin
        .post(
            "users",
            json!({ "user": { "name": 1, "password": "very-secret" } }),
        )
        .await;
    for response in [
        made,
        changed,
        bad,
        admin.get(&path).await,
        admin.get("users").await,
    ] {
        assert!(
            !response.body.to_string().contains("very-secret"),
            "{:?}",
            response.body
        );
    }
}

#[tokio::test]
async fn unknown_fields_are_kept_and_null_is_not_absence() {
    let keystone = Keystone::start().await.unwrap();
    let admin = Caller::admin(&keystone).await;
    let user = admin
        .make(
            "users",
            "user",
            json!({ "name": "u", "e-mail": "u@example.org" }),
        )
        .await;
    assert_eq!(user["e_mail"], "u@example.org");
    assert!(user.get("description").is_none());
    let path = format!("users/{}", user["id"].as_str().unwrap());
    let patched = admin
        .patch(&path, json!({ "user": { "description": null } }))
        .await;
    assert_eq!(
        patched.body["user"]["extra"],
        json!({ "e_mail": "u@example.org", "description": null })
    );
    let shown = admin.get(&path).await;
    assert_eq!(shown.body["user"]["description"], Value::Null);
    assert_eq!(shown.body["user"]["e_mail"], "u@example.org");
    assert!(shown.body["user"].get("extra").is_none());
}

#[tokio::test]
async fn a_marker_walks_through_users_and_is_ignored_by_roles() {
    let keystone = Keystone::start().await.unwrap();
    let admin = Caller::admin(&keystone).await;
    for number in 0..4 {
        admin.make_user(&format!("u{number}")).await;
    }
    let mut seen = Vec::new();
    let mut path = "users?limit=2".to_owned();
    loop {
        let page = admin.get(&path).await.body;
        seen.extend(
            page["users"]
                .as_array()
                .unwrap()
                .iter()
                .map(|user| user["id"].clone()),
        );
        let Some(next) = page["links"]["next"].as_str() else {
            break;
        };
        assert_eq!(page["truncated"], json!(true));
        path = next.split("/v3/").nth(1).unwrap().to_owned();
    }
    seen.dedup();
    assert_eq!(seen.len(), 5);

    let first = admin.get("roles?limit=1").await.body;
    let next = first["links"]["next"]
        .as_str()
        .unwrap()
        .split("/v3/")
        .nth(1)
        .unwrap()
        .to_owned();
    assert_eq!(admin.get(&next).await.body["roles"], first["roles"]);
    assert_eq!(admin.get("users?marker=nobody").await.status, 404);
}

#[tokio::test]
async fn filters_are_exact_or_named_after_their_comparison() {
    let keystone = Keystone::start().await.unwrap();
    let admin = Caller::admin(&keystone).await;
    admin.make_user("alice").await;
    let names = async |query: &str| {
        let users = admin.get(&format!("users?{query}")).await.body["users"].clone();
        users
            .as_array()
            .unwrap()
            .iter()
            .map(|user| user["name"].clone())
            .collect::<Vec<_>>()
    };
    assert_eq!(names("name=alice").await, ["alice"]);
    assert_eq!(names("name__contains=lic").await, ["alice"]);
    assert_eq!(names("name__icontains=LIC").await, ["alice"]);
    assert!(names("name__contains=LIC").await.is_empty());
    assert!(names("enabled=false").await.is_empty());
    assert_eq!(names("colour=red").await.len(), 2);
    assert_eq!(admin.get("regions?colour=red").await.status, 400);
}

#[tokio::test]
async fn what_exists_already_is_a_conflict() {
    let keystone = Keystone::start().await.unwrap();
    let admin = Caller::admin(&keystone).await;
    for (path, kind, fields) in [
        ("users", "user", json!({ "name": "admin" })),
        ("projects", "project", json!({ "name": "admin" })),
        ("domains", "domain", json!({ "name": "Default" })),
        ("roles", "role", json!({ "name": "member" })),
        ("regions", "region", json!({ "id": "RegionOne" })),
    ] {
        let response = admin.post(path, json!({ kind: fields })).await;
        assert_eq!(response.status, 409, "{kind}");
        assert_eq!(response.body["error"]["title"], "Conflict");
    }
}

#[tokio::test]
async fn an_immutable_resource_must_be_freed_first() {
    let keystone = Keystone::start().await.unwrap();
    let admin = Caller::admin(&keystone).await;
    let path = format!("roles/{}", admin.role("member").await);
    let change = json!({ "role": { "description": "x" } });
    assert_eq!(admin.patch(&path, change.clone()).await.status, 403);
    assert_eq!(admin.delete(&path).await.status, 403);
    let freed = admin
        .patch(
            &path,
            json!({ "role": { "options": { "immutable": null } } }),
        )
        .await;
    assert_eq!(freed.body["role"]["options"], json!({}));
    assert_eq!(admin.patch(&path, change).await.status, 200);
}

#[tokio::test]
async fn a_domain_is_disabled_before_it_goes_and_takes_its_users_along() {
    let keystone = Keystone::start().await.unwrap();
    let admin = Caller::admin(&keystone).await;
    let domain = admin
        .make("domains", "domain", json!({ "name": "d" }))
        .await;
    let id = domain["id"].as_str().unwrap();
    let user = admin
        .make("users", "user", json!({ "name": "u", "domain_id": id }))
        .await;
    let path = format!("domains/{id}");
    assert_eq!(admin.delete(&path).await.status, 403);
    admin
        .patch(&path, json!({ "domain": { "enabled": false } }))
        .await;
    assert_eq!(admin.delete(&path).await.status, 204);
    let user = format!("users/{}", user["id"].as_str().unwrap());
    assert_eq!(admin.get(&user).await.status, 404);
}

#[tokio::test]
async fn a_body_is_checked_before_the_caller() {
    let keystone = Keystone::start().await.unwrap();
    let nobody = Caller::anonymous(&keystone);
    assert_eq!(
        nobody.post("users", json!({ "user": {} })).await.status,
        400
    );
    assert_eq!(
        nobody
            .post("users", json!({ "user": { "name": "u" } }))
            .await
            .status,
        401
    );
}

#[tokio::test]
async fn urls_of_the_catalog_are_filled_in_for_each_project() {
    let keystone = Keystone::start().await.unwrap();
    let admin = Caller::admin(&keystone).await;
    let service = admin
        .make(
            "services",
            "service",
            json!({ "type": "proxy", "name": "proxies" }),
        )
        .await;
    let endpoint = json!({ "service_id": service["id"], "interface": "public", "region": "Elsewhere",
        "url": "http://127.0.0.1:1/v1/$(project_id)s" });
    let endpoint = admin.make("endpoints", "endpoint", endpoint).await;
    assert_eq!(endpoint["region_id"], "Elsewhere");
    assert_eq!(admin.get("regions/Elsewhere").await.status, 200);
    let catalog = admin.get("auth/catalog").await.body;
    let proxy = catalog["catalog"]
        .as_array()
        .unwrap()
        .iter()
        .find(|one| one["type"] == "proxy")
        .unwrap();
    let url = format!("http://127.0.0.1:1/v1/{}", keystone.admin().project_id());
    assert_eq!(proxy["endpoints"][0]["url"], url);
}

#[tokio::test]
async fn assignments_in_effect_follow_groups_inheritance_and_implication() {
    let keystone = Keystone::start().await.unwrap();
    let admin = Caller::admin(&keystone).await;
    let project = admin.make_project("p").await;
    let user = admin.make_user("u").await;
    let group = admin.make("groups", "group", json!({ "name": "g" })).await;
    let group = group["id"].as_str().unwrap();
    admin.put(&format!("groups/{group}/users/{user}")).await;
    let role = admin.role("member").await;
    let inherited =
        format!("OS-INHERIT/domains/default/groups/{group}/roles/{role}/inherited_to_projects");
    assert_eq!(admin.put(&inherited).await.status, 204);

    let query = format!(
        "role_assignments?effective&include_names&user.id={user}&scope.project.id={project}"
    );
    let rows = admin.get(&query).await.body["role_assignments"].clone();
    let mut roles: Vec<_> = rows
        .as_array()
        .unwrap()
        .iter()
        .map(|row| row["role"]["name"].clone())
        .collect();
    roles.sort_by_key(Value::to_string);
    assert_eq!(roles, ["member", "reader"]);
    assert!(
        rows[0]["links"]["membership"]
            .as_str()
            .unwrap()
            .contains(group)
    );
    let direct = admin.get(&format!("role_assignments?user.id={user}")).await;
    assert_eq!(direct.body["role_assignments"], json!([]));
}

#[tokio::test]
async fn a_reader_of_a_domain_sees_that_domain_only() {
    let keystone = Keystone::start().await.unwrap();
    let admin = Caller::admin(&keystone).await;
    let domain = admin
        .make("domains", "domain", json!({ "name": "d" }))
        .await;
    let domain = domain["id"].as_str().unwrap();
    let user = admin.make_user("u").await;
    let role = admin.role("reader").await;
    admin
        .put(&format!("domains/{domain}/users/{user}/roles/{role}"))
        .await;
    let reader = admin
        .login(&user, "pw", Some(json!({ "domain": { "id": domain } })))
        .await;
    admin
        .make(
            "users",
            "user",
            json!({ "name": "inside", "domain_id": domain }),
        )
        .await;
    let users = reader.get("users").await.body["users"].clone();
    assert_eq!(users.as_array().unwrap().len(), 1);
    assert_eq!(users[0]["name"], "inside");
    assert_eq!(reader.get("services").await.status, 403);
    assert_eq!(
        reader
            .post("users", json!({ "user": { "name": "x" } }))
            .await
            .status,
        403
    );
}
