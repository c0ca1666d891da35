//! The manager of a domain manages that domain, and sees no other.

use serde_json::json;

use crate::call::Call;
use crate::recorder::Recorder;
use crate::scene::{domain, domain_caller};

cases!(members_of_foreign_domains, bodies, filters);

async fn members_of_foreign_domains(k: &mut Recorder) {
    let (own, foreign) = (domain(k, "own").await, domain(k, "foreign").await);
    let (manager, token) = domain_caller(k, "manager", &own, "manager").await;
    let stranger = json!({"name": k.name("stranger"), "domain_id": foreign});
    let stranger = k.create("/users", "user", stranger).await;
    for (what, home) in [("own group", &own), ("foreign group", &foreign)] {
        let group = json!({"name": k.name(what), "domain_id": home});
        let group = k.create("/groups", "group", group).await;
        for user in [&manager, &stranger] {
            k.prepare_as_admin(Call::put(format!("/groups/{group}/users/{user}")))
                .await;
        }
        let members = Call::get(format!("/groups/{group}/users"));
        k.record(&format!("members of the {what}"), members.token(&token))
            .await;
        for (who, user) in [("own", &manager), ("foreign", &stranger)] {
            let path = format!("/groups/{group}/users/{user}");
            for (verb, call) in [("check", Call::head(&path)), ("addition", Call::put(&path))] {
                let what = format!("{verb} of the {who} user in the {what}");
                k.record(&what, call.token(&token)).await;
            }
        }
    }
    for (what, user) in [("its own", manager), ("a foreign user's", stranger)] {
        let groups = Call::get(format!("/users/{user}/groups"));
        k.record(&format!("{what} groups"), groups.token(&token))
            .await;
    }
}

async fn bodies(k: &mut Recorder) {
    let (own, foreign) = (domain(k, "own").await, domain(k, "foreign").await);
    let (_, token) = domain_caller(k, "manager", &own, "manager").await;
    for kind in ["user", "group", "project"] {
        let name = k.name(kind);
        let bodies = [
            ("without a domain", json!({"name": name})),
            (
                "of a foreign domain",
                json!({"name": name, "domain_id": foreign}),
            ),
            ("of its domain", json!({"name": name, "domain_id": own})),
        ];
        for (what, body) in bodies {
            let call = Call::post(format!("/{kind}s"), &json!({ kind: body })).token(&token);
            k.record(&format!("a {kind} {what}"), call).await;
        }
        let elsewhere = json!({ kind: {"name": k.name("elsewhere")} });
        let made = k
            .record_as_admin(
                &format!("a {kind} without a domain, by an administrator"),
                Call::post(format!("/{kind}s"), &elsewhere),
            )
            .await;
        let id = made.text(&format!("/{kind}/id"));
        k.undo(Call::delete(format!("/{kind}s/{id}")));
    }
}

async fn filters(k: &mut Recorder) {
    let (own, foreign) = (domain(k, "own").await, domain(k, "foreign").await);
    let (_, manager) = domain_caller(k, "manager", &own, "manager").await;
    let (_, member) = domain_caller(k, "member", &own, "member").await;
    let (_, service) = domain_caller(k, "service", &own, "service").await;
    for kind in ["users", "groups", "projects"] {
        for home in [&own, &foreign] {
            let name = json!({"name": k.name(kind), "domain_id": home});
            let one = kind.trim_end_matches('s');
            k.create(&format!("/{kind}"), one, name).await;
        }
        let queries = [
            ("all", String::new()),
            ("of its domain", format!("?domain_id={own}")),
            ("of a foreign domain", format!("?domain_id={foreign}")),
            ("of no domain", "?domain_id=missing".to_owned()),
        ];
        for (what, query) in queries {
            let call = Call::get(format!("/{kind}{query}"));
            k.record(&format!("{kind}: {what}"), call.clone().token(&manager))
                .await;
            k.record(
                &format!("{kind}: {what}, by a member"),
                call.clone().token(&member),
            )
            .await;
            k.record(
                &format!("{kind}: {what}, by a service"),
                call.token(&service),
            )
            .await;
        }
    }
    for path in ["/domains", "/roles", "/role_assignments"] {
        for (who, token) in [("a manager", &manager), ("a service", &service)] {
            k.record(&format!("{path}, by {who}"), Call::get(path).token(token))
                .await;
        }
    }
    let roles = Call::get(format!("/roles?domain_id={own}")).token(&manager);
    k.record("the roles of its domain", roles).await;
}
