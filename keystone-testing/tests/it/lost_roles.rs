//! What was lent lasts only while the lender has all of it.

use keystone_testing::Keystone;
use serde_json::{Value, json};

use crate::client::{Caller, by_password};

/// The roles that a trust lends here; `member` implies `reader`.
const LENT: [&str; 3] = ["extra", "member", "other"];

async fn role_path(admin: &Caller<'_>, project: &str, user: &str, role: &str) -> String {
    let role = admin.role(role).await;
    format!("projects/{project}/users/{user}/roles/{role}")
}

async fn lend(keystone: &Keystone, lost: &str, impersonation: bool) {
    let admin = Caller::admin(keystone).await;
    for name in ["extra", "other"] {
        // There from an earlier round.
        admin.post("roles", json!({"role": {"name": name}})).await;
    }
    let name = format!("{lost}-{impersonation}");
    let project = admin.make_project(&name).await;
    let trustor = admin.make_user(&format!("trustor-{name}")).await;
    let trustee = admin.make_user(&format!("trustee-{name}")).await;
    for role in LENT {
        admin.grant(&project, &trustor, role).await;
    }
    let scope = json!({"project": {"id": project}});
    let own = admin.login(&trustor, "pw", Some(scope)).await;
    let roles: Vec<Value> = LENT.map(|role| json!({"name": role})).to_vec();
    let trust = json!({"trustor_user_id": trustor, "trustee_user_id": trustee,
        "project_id": project, "impersonation": impersonation, "roles": roles});
    let trust = own.make("OS-TRUST/trusts", "trust", trust).await;
    let login = async || {
        let scope = json!({"OS-TRUST:trust": {"id": trust["id"]}});
        let login = admin.authenticate(by_password(&trustee, "pw"), Some(scope));
        login.await
    };

    let lent = login().await;
    assert_eq!(lent.status, 201, "{:?}", lent.body);
    let names = lent.body["token"]["roles"].as_array().unwrap().iter();
    let mut names: Vec<&str> = names.map(|role| role["name"].as_str().unwrap()).collect();
    names.sort_unstable();
    assert_eq!(names, ["extra", "member", "other", "reader"]);
    let token = lent.token.unwrap();
    assert_eq!(admin.validate(&token).await.status, 200);

    let path = role_path(&admin, &project, &trustor, lost).await;
    assert_eq!(admin.delete(&path).await.status, 204);
    assert_eq!(admin.validate(&token).await.status, 404, "{name}");
    let refused = login().await;
    assert_eq!(refused.status, 403, "{name}: {:?}", refused.body);
    assert!(refused.token.is_none());
    let caller = Caller::with_token(keystone, &token);
    assert_eq!(caller.get("auth/projects").await.status, 401, "{name}");

    admin.grant(&project, &trustor, lost).await;
    assert_eq!(login().await.status, 201, "{name}");
}

#[tokio::test]
async fn a_trust_is_worth_nothing_once_its_trustor_lost_any_of_its_roles() {
    let keystone = Keystone::start().await.unwrap();
    for lost in LENT {
        for impersonation in [true, false] {
            lend(&keystone, lost, impersonation).await;
        }
    }
}
