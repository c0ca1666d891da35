//! Application credentials and trusts.

use keystone_testing::Keystone;
use reqwest::Method;
use serde_json::{Value, json};

use crate::client::{Caller, by_password};

/// A member of a project: user id, project id, and the member itself.
async fn member<'a>(admin: &Caller<'a>) -> (String, String, Caller<'a>) {
    let project = admin.make_project("p").await;
    let user = admin.make_user("ann").await;
    admin.grant(&project, &user, "member").await;
    let scope = json!({ "project": { "id": project } });
    let caller = admin.login(&user, "pw", Some(scope)).await;
    (user, project, caller)
}

fn by_credential(id: &Value, secret: &Value) -> Value {
    json!({ "methods": ["application_credential"], "application_credential": { "id": id, "secret": secret } })
}

#[tokio::test]
async fn an_application_credential_brings_its_project_and_roles() {
    let keystone = Keystone::start().await.unwrap();
    let admin = Caller::admin(&keystone).await;
    let (user, project, ann) = member(&admin).await;
    let path = format!("users/{user}/application_credentials");
    let fields = json!({ "name": "robot", "roles": [{ "name": "reader" }] });
    let made = ann.make(&path, "application_credential", fields).await;
    assert!(made["secret"].as_str().unwrap().len() > 40);
    let shown = ann
        .get(&format!("{path}/{}", made["id"].as_str().unwrap()))
        .await;
    assert!(shown.body["application_credential"].get("secret").is_none());

    let by_id = admin
        .authenticate(by_credential(&made["id"], &made["secret"]), None)
        .await;
    let token = &by_id.body["token"];
    assert_eq!(token["project"]["id"], json!(project));
    assert_eq!(token["roles"].as_array().unwrap().len(), 1);
    let credential = json!({ "id": made["id"], "name": "robot", "restricted": true });
    assert_eq!(token["application_credential"], credential);

    let by_name = json!({ "methods": ["application_credential"], "application_credential": {
        "name": "robot", "secret": made["secret"], "user": { "name": "ann", "domain": { "id": "default" } } } });
    assert_eq!(admin.authenticate(by_name, None).await.status, 201);
    let wrong = by_credential(&made["id"], &json!("wrong"));
    assert_eq!(admin.authenticate(wrong, None).await.status, 401);
    let scoped = by_credential(&made["id"], &made["secret"]);
    let scope = json!({ "project": { "id": project } });
    assert_eq!(admin.authenticate(scoped, Some(scope)).await.status, 401);
}

#[tokio::test]
async fn a_restricted_credential_makes_no_others_and_no_other_tokens() {
    let keystone = Keystone::start().await.unwrap();
    let admin = Caller::admin(&keystone).await;
    let (user, _, ann) = member(&admin).await;
    let path = format!("users/{user}/application_credentials");
    let made = ann
        .make(&path, "application_credential", json!({ "name": "robot" }))
        .await;
    let token = admin
        .authenticate(by_credential(&made["id"], &made["secret"]), None)
        .await
        .token
        .unwrap();
    let robot = Caller::with_token(&keystone, &token);
    let another = json!({ "application_credential": { "name": "another" } });
    assert_eq!(robot.post(&path, another).await.status, 403);
    let trade = json!({ "methods": ["token"], "token": { "id": token } });
    assert_eq!(robot.authenticate(trade, None).await.status, 403);
}

#[tokio::test]
async fn access_rules_bind_the_token_and_those_who_validate_it() {
    let keystone = Keystone::start().await.unwrap();
    let admin = Caller::admin(&keystone).await;
    let (user, _, ann) = member(&admin).await;
    let rules = json!([{ "service": "identity", "method": "GET", "path": "/v3/regions" }]);
    let fields = json!({ "name": "robot", "access_rules": rules });
    let made = ann
        .make(
            &format!("users/{user}/application_credentials"),
            "application_credential",
            fields,
        )
        .await;
    let token = admin
        .authenticate(by_credential(&made["id"], &made["secret"]), None)
        .await
        .token
        .unwrap();
    let robot = Caller::with_token(&keystone, &token);
    assert_eq!(robot.get("regions").await.status, 200);
    assert_eq!(robot.get(&format!("users/{user}")).await.status, 401);

    assert_eq!(admin.validate(&token).await.status, 404);
    let understood = admin
        .request(Method::GET, "auth/tokens")
        .header("X-Subject-Token", &token)
        .header("OpenStack-Identity-Access-Rules", "1");
    let response = admin.send(understood).await;
    assert_eq!(
        response.body["token"]["application_credential"]["access_rules"][0]["path"],
        "/v3/regions"
    );
}

#[tokio::test]
async fn a_trust_lends_roles_to_one_user_until_it_is_deleted() {
    let keystone = Keystone::start().await.unwrap();
    let admin = Caller::admin(&keystone).await;
    let (trustor, project, ann) = member(&admin).await;
    let trustee = admin.make_user("ben").await;
    let fields = json!({ "trustor_user_id": trustor, "trustee_user_id": trustee, "project_id": project,
        "impersonation": true, "roles": [{ "name": "member" }] });
    let trust = ann.make("OS-TRUST/trusts", "trust", fields).await;
    let scope = || Some(json!({ "OS-TRUST:trust": { "id": trust["id"] } }));

    let lent = admin
        .authenticate(by_password(&trustee, "pw"), scope())
        .await;
    let token = &lent.body["token"];
    assert_eq!(token["user"]["id"], json!(trustor));
    assert_eq!(
        token["OS-TRUST:trust"]["trustee_user"]["id"],
        json!(trustee)
    );
    assert!(token.get("is_domain").is_none());
    assert_eq!(
        admin
            .authenticate(by_password(&trustor, "pw"), scope())
            .await
            .status,
        403
    );

    let path = format!("OS-TRUST/trusts/{}", trust["id"].as_str().unwrap());
    assert_eq!(ann.delete(&path).await.status, 204);
    assert_eq!(admin.validate(&lent.token.unwrap()).await.status, 404);
    assert_eq!(
        admin
            .authenticate(by_password(&trustee, "pw"), scope())
            .await
            .status,
        401
    );
}

#[tokio::test]
async fn a_trust_is_used_up() {
    let keystone = Keystone::start().await.unwrap();
    let admin = Caller::admin(&keystone).await;
    let (trustor, project, ann) = member(&admin).await;
    let trustee = admin.make_user("ben").await;
    let fields = json!({ "trustor_user_id": trustor, "trustee_user_id": trustee, "project_id": project,
        "impersonation": false, "roles": [{ "name": "member" }], "remaining_uses": 1 });
    let trust = ann.make("OS-TRUST/trusts", "trust", fields).await;
    let scope = || Some(json!({ "OS-TRUST:trust": { "id": trust["id"] } }));
    let first = admin
        .authenticate(by_password(&trustee, "pw"), scope())
        .await;
    assert_eq!(first.body["token"]["user"]["id"], json!(trustee));
    assert_eq!(
        admin
            .authenticate(by_password(&trustee, "pw"), scope())
            .await
            .status,
        401
    );
}
