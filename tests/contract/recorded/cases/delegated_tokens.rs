//! What was lent is not enough to read secrets, or to leave something behind that outlives it.

use serde_json::{Value, json};

use crate::call::Call;
use crate::login::Login;
use crate::recorder::Recorder;
use crate::scene::{Person, person};

cases!(application_credentials, credentials, trusts, redelegation);

/// A token of a trust by `trustor`, for another user.
async fn trust_token(k: &mut Recorder, trustor: &Person, trustee: &str, more: Value) -> String {
    let trustee = person(k, trustee, &[]).await;
    let mut trust = json!({
        "trustor_user_id": trustor.id, "trustee_user_id": trustee.id, "impersonation": true,
        "project_id": trustor.project, "roles": [{"name": "member"}],
    });
    for (name, value) in more.as_object().unwrap() {
        trust[name] = value.clone();
    }
    let token = k.prepare(trustor.login_to_project().call()).await.token();
    let call = Call::post("/OS-TRUST/trusts", &json!({ "trust": trust })).token(&token);
    let id = k.prepare(call).await.text("/trust/id");
    k.undo(Call::delete(format!("/OS-TRUST/trusts/{id}")));
    let scope = json!({"OS-TRUST:trust": {"id": id}});
    k.prepare(trustee.login().scope(scope).call()).await.token()
}

/// A token of an application credential that may manage others.
async fn credential_token(k: &mut Recorder, owner: &Person) -> String {
    let token = k.prepare(owner.login_to_project().call()).await.token();
    let path = format!("/users/{}/application_credentials", owner.id);
    let body = json!({"application_credential": {
        "name": k.name("lender"), "secret": "s", "unrestricted": true,
    }});
    let made = k.prepare(Call::post(path, &body).token(&token)).await;
    let id = made.text("/application_credential/id");
    let login = Login::application_credential(json!({"id": id, "secret": "s"}));
    k.prepare(login.call()).await.token()
}

async fn application_credentials(k: &mut Recorder) {
    let owner = person(k, "owner", &["member"]).await;
    let own = k.prepare(owner.login_to_project().call()).await.token();
    let path = format!("/users/{}/application_credentials", owner.id);
    let body = |name: String| json!({"application_credential": {"name": name}});
    let first = Call::post(&path, &body(k.name("first"))).token(&own);
    let first = k.prepare(first).await.text("/application_credential/id");
    let trust = trust_token(k, &owner, "trustee", json!({})).await;
    let calls = [
        ("creation", Call::post(&path, &body(k.name("second")))),
        ("list", Call::get(&path)),
        ("show", Call::get(format!("{path}/{first}"))),
        ("deletion", Call::delete(format!("{path}/{first}"))),
        (
            "rules",
            Call::get(format!("/users/{}/access_rules", owner.id)),
        ),
    ];
    for (what, call) in calls {
        k.record(&format!("{what}, by a trust"), call.token(&trust))
            .await;
    }
    let lent = credential_token(k, &owner).await;
    let more =
        json!({"application_credential": {"name": k.name("third"), "roles": [{"name": "admin"}]}});
    let call = Call::post(&path, &more).token(&lent);
    k.record("a role that the token lacks", call).await;
}

async fn credentials(k: &mut Recorder) {
    let owner = person(k, "owner", &["member"]).await;
    let own = k.prepare(owner.login_to_project().call()).await.token();
    let body = json!({"credential": {"user_id": owner.id, "type": "cert", "blob": "some"}});
    let made = k
        .prepare(Call::post("/credentials", &body).token(&own))
        .await;
    let path = format!("/credentials/{}", made.text("/credential/id"));
    let change = json!({"credential": {"blob": "other"}});
    let tokens = [
        (
            "a trust",
            trust_token(k, &owner, "trustee", json!({})).await,
        ),
        (
            "an application credential",
            credential_token(k, &owner).await,
        ),
    ];
    for (who, token) in tokens {
        let calls = [
            ("list", Call::get("/credentials")),
            ("creation", Call::post("/credentials", &body)),
            ("show", Call::get(&path)),
            ("show when missing", Call::get("/credentials/missing")),
            ("change", Call::patch(&path, &change)),
            ("deletion", Call::delete(&path)),
        ];
        for (what, call) in calls {
            k.record(&format!("{what}, by {who}"), call.token(&token))
                .await;
        }
    }
    let ec2 = json!({"credential": {"user_id": owner.id, "type": "ec2", "blob": "{}"}});
    let other = person(k, "other", &["member"]).await;
    let other = k.prepare(other.login_to_project().call()).await.token();
    let call = Call::post("/credentials", &ec2).token(&other);
    k.record("somebody else's for EC2 without a project", call)
        .await;
    k.record("what the owner sees", Call::get("/credentials").token(&own))
        .await;
}

async fn trusts(k: &mut Recorder) {
    let owner = person(k, "owner", &["member"]).await;
    let trustee = person(k, "friend", &[]).await;
    let trust = json!({"trust": {
        "trustor_user_id": owner.id, "trustee_user_id": trustee.id, "impersonation": false,
        "project_id": owner.project, "roles": [{"name": "member"}],
    }});
    let own = k.prepare(owner.login_to_project().call()).await.token();
    let made = k
        .prepare(Call::post("/OS-TRUST/trusts", &trust).token(&own))
        .await;
    let path = format!("/OS-TRUST/trusts/{}", made.text("/trust/id"));
    let list = format!("/OS-TRUST/trusts?trustor_user_id={}", owner.id);
    let token = credential_token(k, &owner).await;
    let calls = [
        ("list", Call::get(&list)),
        ("creation", Call::post("/OS-TRUST/trusts", &trust)),
        ("show", Call::get(&path)),
        ("roles", Call::get(format!("{path}/roles"))),
        ("deletion", Call::delete(&path)),
    ];
    for (what, call) in calls {
        let what = format!("{what}, by an application credential");
        k.record(&what, call.token(&token)).await;
    }
    let both = format!("{list}&trustee_user_id={}", owner.id);
    k.record("of a trustor and a trustee", Call::get(both).token(&own))
        .await;
    k.prepare(Call::delete(&path).token(&own)).await;
}

async fn redelegation(k: &mut Recorder) {
    let owner = person(k, "owner", &["member"]).await;
    let heir = person(k, "heir", &[]).await;
    let lent_on = |more: Value| {
        let mut trust = json!({
            "trustor_user_id": owner.id, "trustee_user_id": heir.id, "impersonation": true,
            "project_id": owner.project, "roles": [{"name": "member"}],
        });
        for (name, value) in more.as_object().unwrap() {
            trust[name] = value.clone();
        }
        Call::post("/OS-TRUST/trusts", &json!({ "trust": trust }))
    };
    let own = k.prepare(owner.login_to_project().call()).await.token();
    let attempts = [
        (
            "uses and redelegation",
            json!({"allow_redelegation": true, "remaining_uses": 1}),
        ),
        (
            "uses without it",
            json!({"allow_redelegation": false, "remaining_uses": 1}),
        ),
        (
            "too deep",
            json!({"allow_redelegation": true, "redelegation_count": 4}),
        ),
        ("as deep as may be", json!({"allow_redelegation": true})),
    ];
    for (what, more) in attempts {
        k.record(what, lent_on(more).token(&own)).await;
    }
    let plain = trust_token(k, &owner, "first", json!({})).await;
    k.record(
        "of what may not be lent on",
        lent_on(json!({})).token(&plain),
    )
    .await;
    let token = trust_token(k, &owner, "trustee", json!({"allow_redelegation": true})).await;
    let attempts = [
        ("limited uses", json!({"remaining_uses": 1})),
        ("more roles", json!({"roles": [{"name": "reader"}]})),
        (
            "as deep",
            json!({"allow_redelegation": true, "redelegation_count": 3}),
        ),
        ("one less deep", json!({"allow_redelegation": true})),
        ("the last one", json!({})),
    ];
    for (what, more) in attempts {
        let made = k
            .record(&format!("lent on: {what}"), lent_on(more).token(&token))
            .await;
        if made.status == 201 {
            k.undo(Call::delete(format!(
                "/OS-TRUST/trusts/{}",
                made.text("/trust/id")
            )));
        }
    }
}
