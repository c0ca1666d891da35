//! Roles of users on projects, domains and the system.

use crate::call::Call;
use crate::recorder::Recorder;
use crate::scene::{domain, length, person, role_id};

cases!(on_a_project, on_a_domain, on_the_system, lists, refusals);

async fn grant(k: &mut Recorder, path: &str, role: &str) {
    let role = role_id(k, role).await;
    let grant = format!("{path}/{role}");
    k.record_as_admin("check before", Call::head(&grant)).await;
    k.record_as_admin("grant", Call::put(&grant)).await;
    k.record_as_admin("grant again", Call::put(&grant)).await;
    k.record_as_admin("check", Call::head(&grant)).await;
    k.record_as_admin("check by get", Call::get(&grant)).await;
    k.record_as_admin("list", Call::get(path)).await;
    k.record_as_admin("withdrawal", Call::delete(&grant)).await;
    k.record_as_admin("withdrawal again", Call::delete(&grant))
        .await;
    k.record_as_admin("list when empty", Call::get(path)).await;
    k.record_as_admin("an unknown role", Call::put(format!("{path}/nothing")))
        .await;
}

async fn on_a_project(k: &mut Recorder) {
    let user = person(k, "user", &[]).await;
    let path = format!("/projects/{}/users/{}/roles", user.project, user.id);
    grant(k, &path, "reader").await;
    let role = role_id(k, "reader").await;
    let nobody = format!("/projects/{}/users/nobody/roles/{role}", user.project);
    k.record_as_admin("to an unknown user", Call::put(nobody))
        .await;
    let nothing = format!("/projects/nothing/users/{}/roles/{role}", user.id);
    k.record_as_admin("on an unknown project", Call::put(nothing))
        .await;
}

async fn on_a_domain(k: &mut Recorder) {
    let user = person(k, "user", &[]).await;
    let domain = domain(k, "domain").await;
    grant(
        k,
        &format!("/domains/{domain}/users/{}/roles", user.id),
        "member",
    )
    .await;
}

async fn on_the_system(k: &mut Recorder) {
    let user = person(k, "user", &[]).await;
    grant(k, &format!("/system/users/{}/roles", user.id), "reader").await;
}

async fn lists(k: &mut Recorder) {
    let user = person(k, "user", &["manager"]).await;
    let domain = domain(k, "domain").await;
    let reader = role_id(k, "reader").await;
    k.prepare_as_admin(Call::put(format!(
        "/domains/{domain}/users/{}/roles/{reader}",
        user.id
    )))
    .await;
    k.prepare_as_admin(Call::put(format!(
        "/system/users/{}/roles/{reader}",
        user.id
    )))
    .await;
    let queries = [
        ("by user", String::new()),
        ("with names", "&include_names".to_owned()),
        ("effective", "&effective".to_owned()),
        (
            "effective with names",
            "&effective&include_names".to_owned(),
        ),
        (
            "on the project",
            format!("&scope.project.id={}", user.project),
        ),
        ("on the domain", format!("&scope.domain.id={domain}")),
        ("on the system", "&scope.system".to_owned()),
        ("by role", format!("&role.id={reader}")),
        ("by a role that is none", "&role.id=nothing".to_owned()),
        ("by user and group", "&group.id=some".to_owned()),
    ];
    for (what, query) in queries {
        let call = Call::get(format!("/role_assignments?user.id={}{query}", user.id));
        let response = k.record_as_admin(what, call).await;
        k.note(format!(
            "{} assignments",
            length(response.at("/role_assignments"))
        ));
    }
    k.record_as_admin(
        "of an unknown user",
        Call::get("/role_assignments?user.id=nobody"),
    )
    .await;
}

async fn refusals(k: &mut Recorder) {
    let user = person(k, "user", &["member"]).await;
    let token = k.prepare(user.login_to_project().call()).await.token();
    let role = role_id(k, "admin").await;
    let path = format!("/projects/{}/users/{}/roles", user.project, user.id);
    let grant = format!("{path}/{role}");
    for (what, call) in [
        ("grant", Call::put(&grant)),
        ("withdrawal", Call::delete(&grant)),
        ("check", Call::head(&grant)),
        ("list", Call::get(&path)),
        ("list of assignments", Call::get("/role_assignments")),
    ] {
        k.record(&format!("{what}, by a member"), call.clone().token(&token))
            .await;
        k.record(&format!("{what}, anonymously"), call).await;
    }
}
