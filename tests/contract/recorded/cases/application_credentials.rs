//! Application credentials: their life, and logging in with them.

use serde_json::{Value, json};

use crate::call::Call;
use crate::login::Login;
use crate::recorder::Recorder;
use crate::scene::{Person, person, role_id};

cases!(
    logging_in,
    refused_logins,
    life,
    creation_with_everything,
    bad_creations,
    unrestricted,
    of_others,
);

/// A person with a token for its project, and the path of its credentials.
async fn owner(k: &mut Recorder) -> (Person, String, String) {
    let user = person(k, "user", &["member"]).await;
    let token = k.prepare(user.login_to_project().call()).await.token();
    let path = format!("/users/{}/application_credentials", user.id);
    (user, token, path)
}

fn body(credential: Value) -> Value {
    json!({"application_credential": credential})
}

/// Creates one with a known secret; it is deleted before its user is.
async fn create(k: &mut Recorder, path: &str, token: &str, credential: Value) -> String {
    let created = k
        .prepare(Call::post(path, &body(credential)).token(token))
        .await;
    let id = created.text("/application_credential/id");
    k.undo(Call::delete(format!("{path}/{id}")));
    id
}

async fn logging_in(k: &mut Recorder) {
    let (user, token, path) = owner(k).await;
    let name = k.name("credential");
    let id = create(k, &path, &token, json!({"name": name, "secret": "quiet"})).await;
    k.record(
        "by id",
        Login::application_credential(json!({"id": id, "secret": "quiet"})).call(),
    )
    .await;
    let by_user_id = json!({"name": name, "secret": "quiet", "user": {"id": user.id}});
    let response = k
        .record(
            "by name and user id",
            Login::application_credential(by_user_id).call(),
        )
        .await;
    let by_user_name = json!({
        "name": name, "secret": "quiet", "user": {"name": user.name, "domain": {"id": "default"}},
    });
    k.record(
        "by name and user name",
        Login::application_credential(by_user_name).call(),
    )
    .await;
    k.record_as_admin(
        "validation",
        Call::get("/auth/tokens").subject(&response.token()),
    )
    .await;
    k.record("a restricted one makes no other", {
        Call::post(path, &body(json!({"name": k.name("next")}))).token(&response.token())
    })
    .await;
    let rescoped = Login::token(&response.token())
        .project(&user.project)
        .call();
    k.record("nor a token for another scope", rescoped).await;
}

async fn refused_logins(k: &mut Recorder) {
    let (user, token, path) = owner(k).await;
    let name = k.name("credential");
    let id = create(k, &path, &token, json!({"name": name, "secret": "quiet"})).await;
    let right = || Login::application_credential(json!({"id": id, "secret": "quiet"}));
    k.record("with its own scope", right().project(&user.project).call())
        .await;
    k.record("with another scope", right().system().call())
        .await;
    let attempts: [(&str, Value); 6] = [
        ("wrong secret", json!({"id": id, "secret": "loud"})),
        ("no secret", json!({"id": id})),
        ("unknown id", json!({"id": "nothing", "secret": "quiet"})),
        (
            "unknown name",
            json!({"name": "nothing", "secret": "quiet", "user": {"id": user.id}}),
        ),
        (
            "name without a user",
            json!({"name": name, "secret": "quiet"}),
        ),
        (
            "unknown user",
            json!({"name": name, "secret": "quiet", "user": {"id": "nobody"}}),
        ),
    ];
    for (what, attempt) in attempts {
        k.record(what, Login::application_credential(attempt).call())
            .await;
    }
    k.prepare_as_admin(Call::delete(format!("{path}/{id}")))
        .await;
    k.record("deleted", right().call()).await;
}

async fn life(k: &mut Recorder) {
    let (_, token, path) = owner(k).await;
    k.record("none yet", Call::get(&path).token(&token)).await;
    let new = body(json!({"name": k.name("credential")}));
    let created = k
        .record(
            "creation with a name only",
            Call::post(&path, &new).token(&token),
        )
        .await;
    let id = created.text("/application_credential/id");
    k.undo(Call::delete(format!("{path}/{id}")));
    k.record("the same name again", Call::post(&path, &new).token(&token))
        .await;
    k.record("show", Call::get(format!("{path}/{id}")).token(&token))
        .await;
    k.record("head", Call::head(format!("{path}/{id}")).token(&token))
        .await;
    k.record("list", Call::get(&path).token(&token)).await;
    k.record(
        "by name",
        Call::get(format!("{path}?name={}", k.name("credential"))).token(&token),
    )
    .await;
    k.record(
        "by another name",
        Call::get(format!("{path}?name=other")).token(&token),
    )
    .await;
    let change = body(json!({"description": "changed"}));
    k.record(
        "they do not change",
        Call::patch(format!("{path}/{id}"), &change).token(&token),
    )
    .await;
    k.record(
        "deletion",
        Call::delete(format!("{path}/{id}")).token(&token),
    )
    .await;
    k.record(
        "show when gone",
        Call::get(format!("{path}/{id}")).token(&token),
    )
    .await;
    k.record(
        "deletion when gone",
        Call::delete(format!("{path}/{id}")).token(&token),
    )
    .await;
}

async fn creation_with_everything(k: &mut Recorder) {
    let (_, token, path) = owner(k).await;
    let member = role_id(k, "member").await;
    let new = body(json!({
        "name": k.name("credential"),
        "description": "with everything",
        "secret": "quiet",
        "expires_at": "2080-01-01T00:00:00.000000",
        "roles": [{"id": member}],
        "unrestricted": false,
        "access_rules": [{"path": "/v2.1/servers", "method": "GET", "service": "compute"}],
    }));
    let created = k
        .record("creation", Call::post(&path, &new).token(&token))
        .await;
    let id = created.text("/application_credential/id");
    k.undo(Call::delete(format!("{path}/{id}")));
    k.record("show", Call::get(format!("{path}/{id}")).token(&token))
        .await;
    let login = Login::application_credential(json!({"id": id, "secret": "quiet"}));
    k.record("login", login.call()).await;
    let by_role_name = body(json!({"name": k.name("by-role-name"), "roles": [{"name": "reader"}]}));
    let created = k
        .record(
            "an implied role, by name",
            Call::post(&path, &by_role_name).token(&token),
        )
        .await;
    let id = created.text("/application_credential/id");
    k.undo(Call::delete(format!("{path}/{id}")));
}

async fn bad_creations(k: &mut Recorder) {
    let (user, token, path) = owner(k).await;
    let attempts: [(&str, Value); 8] = [
        ("nothing", json!({})),
        ("no envelope", json!({"name": "some"})),
        ("no name", body(json!({}))),
        (
            "an unknown attribute",
            body(json!({"name": "some", "colour": "red"})),
        ),
        (
            "an end in the past",
            body(json!({"name": "some", "expires_at": "2001-01-01T00:00:00Z"})),
        ),
        (
            "an end that is no time",
            body(json!({"name": "some", "expires_at": "soon"})),
        ),
        (
            "an unknown role",
            body(json!({"name": "some", "roles": [{"id": "nothing"}]})),
        ),
        (
            "a role that the user lacks",
            body(json!({"name": "some", "roles": [{"name": "admin"}]})),
        ),
    ];
    for (what, attempt) in attempts {
        k.record(what, Call::post(&path, &attempt).token(&token))
            .await;
    }
    let unscoped = k.prepare(user.login().call()).await.token();
    let new = body(json!({"name": "some"}));
    k.record(
        "with an unscoped token",
        Call::post(&path, &new).token(&unscoped),
    )
    .await;
    k.record("anonymously", Call::post(&path, &new)).await;
}

async fn unrestricted(k: &mut Recorder) {
    let (user, token, path) = owner(k).await;
    let new = json!({"name": k.name("first"), "secret": "quiet", "unrestricted": true});
    let id = create(k, &path, &token, new).await;
    let login = Login::application_credential(json!({"id": id, "secret": "quiet"}));
    let token = k.prepare(login.call()).await.token();
    let next = body(json!({"name": k.name("second")}));
    let created = k
        .record("it makes another", Call::post(&path, &next).token(&token))
        .await;
    let second = created.text("/application_credential/id");
    k.record(
        "and deletes it",
        Call::delete(format!("{path}/{second}")).token(&token),
    )
    .await;
    let rescoped = Login::token(&token).project(&user.project).call();
    k.record("its token is not traded either", rescoped).await;
}

async fn of_others(k: &mut Recorder) {
    let (_, token, path) = owner(k).await;
    let id = create(k, &path, &token, json!({"name": k.name("credential")})).await;
    let other = person(k, "other", &["member"]).await;
    let others = k.prepare(other.login_to_project().call()).await.token();
    let new = body(json!({"name": k.name("foreign")}));
    k.record("list", Call::get(&path).token(&others)).await;
    k.record("show", Call::get(format!("{path}/{id}")).token(&others))
        .await;
    k.record("creation", Call::post(&path, &new).token(&others))
        .await;
    k.record(
        "deletion",
        Call::delete(format!("{path}/{id}")).token(&others),
    )
    .await;
    k.record_as_admin(
        "the administrator sees it",
        Call::get(format!("{path}/{id}")),
    )
    .await;
    k.record_as_admin("and lists them", Call::get(&path)).await;
    k.record_as_admin("but creates none", Call::post(&path, &new))
        .await;
    k.record_as_admin(
        "of an unknown user",
        Call::get("/users/nobody/application_credentials"),
    )
    .await;
}
