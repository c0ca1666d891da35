//! Whether "there is none" or "you may not" comes first.

use serde_json::json;

use crate::call::Call;
use crate::recorder::Recorder;
use crate::scene::{person, role_id};

cases!(by_a_member, grants);

async fn by_a_member(k: &mut Recorder) {
    let member = person(k, "member", &["member"]).await;
    let token = k.prepare(member.login_to_project().call()).await.token();
    let change = |kind: &str| json!({ kind: {"description": "some"} });
    let role = role_id(k, "member").await;
    let calls = [
        Call::get("/domains/missing"),
        Call::patch("/domains/missing", &change("domain")),
        Call::delete("/domains/missing"),
        Call::get("/roles/missing"),
        Call::patch("/roles/missing", &change("role")),
        Call::delete("/roles/missing"),
        Call::get("/groups/missing"),
        Call::patch("/groups/missing", &change("group")),
        Call::delete("/groups/missing"),
        Call::get("/groups/missing/users"),
        Call::put(format!("/groups/missing/users/{}", member.id)),
        Call::get("/users/missing"),
        Call::patch("/users/missing", &change("user")),
        Call::delete("/users/missing"),
        Call::get("/users/missing/projects"),
        Call::get("/users/missing/groups"),
        Call::delete("/users/missing/tokens"),
        Call::get("/projects/missing"),
        Call::patch("/projects/missing", &change("project")),
        Call::delete("/projects/missing"),
        Call::get("/projects/missing/tags"),
        Call::put("/projects/missing/tags/blue"),
        Call::get("/OS-TRUST/trusts/missing"),
        Call::delete("/OS-TRUST/trusts/missing"),
        Call::get("/OS-TRUST/trusts/missing/roles"),
        Call::get(format!("/OS-TRUST/trusts/missing/roles/{role}")),
        Call::get("/roles/missing/implies"),
        Call::get(format!("/roles/{role}/implies/missing")),
        Call::put(format!("/roles/missing/implies/{role}")),
        Call::delete(format!("/roles/{role}/implies/missing")),
        Call::get("/credentials/missing"),
        Call::get("/users/missing/application_credentials"),
        Call::get("/users/missing/application_credentials/missing"),
        Call::get("/users/missing/access_rules"),
        Call::get("/role_assignments?include_subtree"),
        Call::get("/role_assignments?user.id=missing&group.id=missing"),
    ];
    for call in calls {
        k.record("by a member", call.clone().token(&token)).await;
        k.record("anonymously", call.clone()).await;
        k.record_as_admin("by an administrator", call).await;
    }
}

async fn grants(k: &mut Recorder) {
    let member = person(k, "member", &["member"]).await;
    let token = k.prepare(member.login_to_project().call()).await.token();
    let (user, project) = (&member.id, &member.project);
    let role = role_id(k, "reader").await;
    let places = [
        (
            "a role",
            format!("projects/{project}/users/{user}/roles/missing"),
        ),
        (
            "a user",
            format!("projects/{project}/users/missing/roles/{role}"),
        ),
        (
            "a group",
            format!("projects/{project}/groups/missing/roles/{role}"),
        ),
        (
            "a project",
            format!("projects/missing/users/{user}/roles/{role}"),
        ),
        (
            "a domain",
            format!("domains/missing/users/{user}/roles/{role}"),
        ),
        (
            "a user on the system",
            format!("system/users/missing/roles/{role}"),
        ),
    ];
    for (what, place) in places {
        let inherited = format!("/OS-INHERIT/{place}/inherited_to_projects");
        let place = format!("/{place}");
        let mut paths = vec![(what.to_owned(), place.as_str())];
        if !place.starts_with("/system") {
            paths.push((format!("{what}, inherited"), &inherited));
        }
        for (what, path) in paths {
            for call in [Call::get(path), Call::put(path), Call::delete(path)] {
                k.record(&format!("{what}, by a member"), call.clone().token(&token))
                    .await;
                k.record(&format!("{what}, anonymously"), call.clone())
                    .await;
                // An inherited role is given to whom there is not.
                if !(what.ends_with("inherited") && call.method == "PUT") {
                    k.record_as_admin(&format!("{what}, by an administrator"), call)
                        .await;
                }
            }
        }
    }
}
