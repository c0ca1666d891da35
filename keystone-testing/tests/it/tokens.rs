//! Making, validating and ending tokens.

use std::time::Duration;

use keystone_testing::{Keystone, ManualClock};
use serde_json::{Value, json};

use crate::client::{Caller, by_password};

fn names(list: &Value) -> Vec<&str> {
    let mut names: Vec<_> = list
        .as_array()
        .unwrap()
        .iter()
        .map(|item| item["name"].as_str().unwrap())
        .collect();
    names.sort_unstable();
    names
}

#[tokio::test]
async fn a_project_token_shows_user_project_roles_and_catalog() {
    let keystone = Keystone::start().await.unwrap();
    let admin = keystone.admin();
    let identity = json!({ "methods": ["password"], "password": { "user": {
        "name": "admin", "password": admin.password(), "domain": { "name": "Default" } } } });
    let scope = json!({ "project": { "name": "admin", "domain": { "id": "default" } } });
    let response = Caller::anonymous(&keystone)
        .authenticate(identity, Some(scope))
        .await;

    assert_eq!(response.status, 201);
    assert_eq!(response.header("vary"), Some("X-Auth-Token"));
    assert!(
        response
            .header("x-openstack-request-id")
            .unwrap()
            .starts_with("req-")
    );
    let token = &response.body["token"];
    assert_eq!(token["methods"], json!(["password"]));
    let domain = json!({ "id": "default", "name": "Default" });
    let user = json!({ "id": admin.user_id(), "name": "admin", "domain": domain, "password_expires_at": null });
    assert_eq!(token["user"], user);
    assert_eq!(
        token["project"],
        json!({ "id": admin.project_id(), "name": "admin", "domain": domain })
    );
    assert_eq!(token["is_domain"], json!(false));
    assert_eq!(
        names(&token["roles"]),
        ["admin", "manager", "member", "reader"]
    );
    assert_eq!(token["catalog"][0]["type"], "identity");
    assert_eq!(
        token["catalog"][0]["endpoints"].as_array().unwrap().len(),
        3
    );
    assert_eq!(
        token["catalog"][0]["endpoints"][0]["url"],
        keystone.v3_url()
    );
}

#[tokio::test]
async fn times_are_whole_seconds_with_six_digits() {
    let clock = ManualClock::at("2030-01-01T00:00:00.75Z".parse().unwrap());
    let keystone = Keystone::builder()
        .clock(&clock)
        .token_life(Duration::from_secs(90))
        .start()
        .await
        .unwrap();
    let caller = Caller::anonymous(&keystone);
    let admin = keystone.admin();
    let response = caller
        .authenticate(by_password(admin.user_id(), admin.password()), None)
        .await;
    assert_eq!(
        response.body["token"]["issued_at"],
        "2030-01-01T00:00:00.000000Z"
    );
    assert_eq!(
        response.body["token"]["expires_at"],
        "2030-01-01T00:01:30.000000Z"
    );
}

#[tokio::test]
async fn a_wrong_password_and_an_unknown_user_get_the_same_401() {
    let keystone = Keystone::start().await.unwrap();
    let caller = Caller::anonymous(&keystone);
    let wrong = caller
        .authenticate(by_password(keystone.admin().user_id(), "wrong"), None)
        .await;
    let unknown = caller
        .authenticate(by_password("nobody", "wrong"), None)
        .await;
    for response in [&wrong, &unknown] {
        assert_eq!(response.status, 401);
        let challenge = format!("Keystone uri=\"{}\"", keystone.v3_url());
        assert_eq!(
            response.header("www-authenticate"),
            Some(challenge.as_str())
        );
        assert_eq!(response.body["error"]["code"], 401);
        assert_eq!(response.body["error"]["title"], "Unauthorized");
    }
    assert_eq!(wrong.body, unknown.body);
}

#[tokio::test]
async fn an_unknown_method_is_refused_with_those_on_offer() {
    let keystone = Keystone::start().await.unwrap();
    let identity = json!({ "methods": ["magic"], "magic": {} });
    let response = Caller::anonymous(&keystone)
        .authenticate(identity, None)
        .await;
    assert_eq!(response.status, 401);
    let offered = response.body["error"]["identity"]["methods"]
        .as_array()
        .unwrap();
    assert!(offered.contains(&json!("totp")));
}

#[tokio::test]
async fn scopes_decide_what_a_token_shows() {
    let keystone = Keystone::start().await.unwrap();
    let caller = Caller::anonymous(&keystone);
    let admin = keystone.admin();
    let identity = || by_password(admin.user_id(), admin.password());

    let unscoped = caller
        .authenticate(identity(), Some(json!("unscoped")))
        .await
        .body;
    assert!(unscoped["token"].get("roles").is_none() && unscoped["token"].get("catalog").is_none());
    let system = caller
        .authenticate(identity(), Some(json!({ "system": { "all": true } })))
        .await
        .body;
    assert_eq!(system["token"]["system"], json!({ "all": true }));
    // The administrator has no role on the domain.
    let domain = caller
        .authenticate(identity(), Some(json!({ "domain": { "id": "default" } })))
        .await;
    assert_eq!(domain.status, 401);
    let both = json!({ "system": { "all": true }, "project": { "id": admin.project_id() } });
    assert_eq!(
        caller.authenticate(identity(), Some(both)).await.status,
        400
    );
}

#[tokio::test]
async fn the_default_project_is_taken_only_with_a_role_there() {
    let keystone = Keystone::start().await.unwrap();
    let admin = Caller::admin(&keystone).await;
    let project = admin.make_project("home").await;
    let user = admin
        .make(
            "users",
            "user",
            json!({ "name": "u", "password": "pw", "default_project_id": project }),
        )
        .await;
    let user = user["id"].as_str().unwrap();
    let before = admin.authenticate(by_password(user, "pw"), None).await;
    assert!(before.body["token"].get("project").is_none());
    admin.grant(&project, user, "member").await;
    let after = admin.authenticate(by_password(user, "pw"), None).await;
    assert_eq!(after.body["token"]["project"]["id"], json!(project));
}

#[tokio::test]
async fn an_expired_token_is_not_found_unless_that_is_allowed() {
    let clock = ManualClock::at("2030-01-01T00:00:00Z".parse().unwrap());
    let keystone = Keystone::builder().clock(&clock).start().await.unwrap();
    let old = Caller::admin(&keystone).await;
    clock.advance(Duration::from_secs(3600));
    assert_eq!(old.get("users").await.status, 401);
    let admin = Caller::admin(&keystone).await;
    assert_eq!(admin.validate(&old.token).await.status, 404);
    assert_eq!(
        admin
            .validate_with(&old.token, "?allow_expired=1")
            .await
            .status,
        200
    );
    clock.advance(Duration::from_hours(48));
    let admin = Caller::admin(&keystone).await;
    assert_eq!(
        admin
            .validate_with(&old.token, "?allow_expired=1")
            .await
            .status,
        404
    );
}

#[tokio::test]
async fn validation_needs_a_role_or_the_same_user() {
    let keystone = Keystone::start().await.unwrap();
    let admin = Caller::admin(&keystone).await;
    let user = admin.make_user("plain").await;
    let plain = admin.login(&user, "pw", None).await;
    assert_eq!(plain.validate(&plain.token).await.status, 200);
    let refused = plain.validate(&admin.token).await;
    assert_eq!(refused.status, 403);
    assert_eq!(
        refused.body["error"]["message"],
        "You are not authorized to perform the requested action: identity:validate_token."
    );
    let project = admin.make_project("services").await;
    admin.grant(&project, &user, "service").await;
    let service = admin
        .login(&user, "pw", Some(json!({ "project": { "id": project } })))
        .await;
    assert_eq!(service.validate(&admin.token).await.status, 200);
    assert_eq!(service.get("users").await.status, 403);
}

#[tokio::test]
async fn the_catalog_is_left_out_on_request() {
    let keystone = Keystone::start().await.unwrap();
    let admin = Caller::admin(&keystone).await;
    let full = admin.validate(&admin.token).await;
    assert_eq!(full.token.as_deref(), Some(admin.token.as_str()));
    assert!(full.body["token"].get("catalog").is_some());
    let bare = admin.validate_with(&admin.token, "?nocatalog").await;
    assert!(bare.body["token"].get("catalog").is_none());
}

#[tokio::test]
async fn a_revoked_token_takes_along_those_made_from_it() {
    let keystone = Keystone::start().await.unwrap();
    let admin = Caller::admin(&keystone).await;
    let user = admin.make_user("u").await;
    let first = admin.login(&user, "pw", None).await;
    let identity = json!({ "methods": ["token"], "token": { "id": first.token } });
    let second = admin.authenticate(identity, None).await;
    assert_eq!(
        second.body["token"]["methods"],
        json!(["password", "token"])
    );
    let second = second.token.unwrap();
    assert_eq!(admin.validate(&second).await.status, 200);

    assert_eq!(admin.revoke(&first.token).await.status, 204);
    assert_eq!(first.get("regions").await.status, 401);
    assert_eq!(admin.validate(&second).await.status, 404);
    assert_eq!(admin.revoke(&first.token).await.status, 404);
}

#[tokio::test]
async fn a_traded_token_ends_when_the_first_one_does() {
    let clock = ManualClock::at("2030-01-01T00:00:00Z".parse().unwrap());
    let keystone = Keystone::builder().clock(&clock).start().await.unwrap();
    let admin = Caller::admin(&keystone).await;
    clock.advance(Duration::from_secs(1800));
    let identity = json!({ "methods": ["token"], "token": { "id": admin.token } });
    let traded = admin.authenticate(identity, None).await;
    assert_eq!(
        traded.body["token"]["expires_at"],
        "2030-01-01T01:00:00.000000Z"
    );
    assert_eq!(
        traded.body["token"]["issued_at"],
        "2030-01-01T00:30:00.000000Z"
    );
    assert_eq!(
        traded.body["token"]["audit_ids"].as_array().unwrap().len(),
        2
    );
}

#[tokio::test]
async fn a_token_ends_with_the_last_role_of_its_scope_and_with_its_user() {
    let keystone = Keystone::start().await.unwrap();
    let admin = Caller::admin(&keystone).await;
    let project = admin.make_project("p").await;
    let user = admin.make_user("u").await;
    admin.grant(&project, &user, "reader").await;
    let scoped = admin
        .login(&user, "pw", Some(json!({ "project": { "id": project } })))
        .await;
    let unscoped = admin.login(&user, "pw", None).await;
    let role = admin.role("reader").await;
    admin
        .delete(&format!("projects/{project}/users/{user}/roles/{role}"))
        .await;
    assert_eq!(scoped.get("regions").await.status, 401);
    assert_eq!(unscoped.get("regions").await.status, 200);
    admin
        .patch(
            &format!("users/{user}"),
            json!({ "user": { "enabled": false } }),
        )
        .await;
    assert_eq!(unscoped.get("regions").await.status, 401);
    assert_eq!(
        admin
            .authenticate(by_password(&user, "pw"), None)
            .await
            .status,
        401
    );
}

#[tokio::test]
async fn debug_shows_neither_the_password_nor_tokens() {
    let keystone = Keystone::start().await.unwrap();
    let admin = Caller::admin(&keystone).await;
    let shown = format!("{keystone:?} {:?}", keystone.requests());
    assert!(shown.contains("127.0.0.1"));
    assert!(!shown.contains(keystone.admin().password()) && !shown.contains(&admin.token));
}
