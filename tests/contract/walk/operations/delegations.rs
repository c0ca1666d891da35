//! Trusts, application credentials and credentials.

use reqwest::Method;
use serde_json::{Value, json};

use super::Choice;
use crate::step::Step;

pub(super) fn choose(c: &mut Choice<'_>) -> Step {
    match c.chance.below(3) {
        0 => trust(c),
        1 => application_credential(c),
        _ => credential(c),
    }
}

/// The user of the caller, as far as the caller has one of its own.
fn self_of(c: &mut Choice<'_>) -> String {
    let user = match c.caller.as_str() {
        "trust" | "unscoped none" => "none",
        "admin's trust" | "unrestricted credential" => "admin",
        "impersonating trust" | "redelegable trust" | "restricted credential" => "member",
        "other manager" => "other",
        "cloud admin" => "cloud",
        caller => caller.split(' ').next_back().unwrap_or_default(),
    };
    let user = format!("{{user:{user}}}");
    match c.chance.percent(75) {
        true => user,
        false => c.some("user"),
    }
}

fn trust(c: &mut Choice<'_>) -> Step {
    let trust = match c.chance.percent(50) {
        true => c.some("trust"),
        false => c.own("trust"),
    };
    match c.chance.below(8) {
        0 => {
            let path = c.query(
                "/OS-TRUST/trusts",
                &[("trustor_user_id", 50), ("trustee_user_id", 30)],
            );
            c.get(path)
        }
        1..=3 => new_trust(c),
        4 => c.get(format!("/OS-TRUST/trusts/{trust}")),
        5 => c.get(format!("/OS-TRUST/trusts/{trust}/roles")),
        6 => {
            let role = c.some("role");
            c.get(format!("/OS-TRUST/trusts/{trust}/roles/{role}"))
        }
        _ => {
            let trust = c.own("trust");
            c.step(Method::DELETE, format!("/OS-TRUST/trusts/{trust}"))
        }
    }
}

fn new_trust(c: &mut Choice<'_>) -> Step {
    let project = match c.chance.percent(70) {
        true => "{project:own}".to_owned(),
        false => c.some("project"),
    };
    let role = match c.chance.percent(60) {
        true => json!({"name": c.chance.of(&["member", "reader", "admin", "nothing"])}),
        false => json!({"id": c.some("role")}),
    };
    let mut fields = json!({
        "trustor_user_id": self_of(c),
        "trustee_user_id": c.some("user"),
        "impersonation": c.chance.percent(50),
        "project_id": project,
        "roles": [role],
    });
    if c.chance.percent(30) {
        fields["allow_redelegation"] = c.chance.percent(80).into();
    }
    if c.chance.percent(20) {
        fields["remaining_uses"] = (*c.chance.of(&[0, 1, 2])).into();
    }
    if c.chance.percent(15) {
        fields["redelegation_count"] = (*c.chance.of(&[0, 1, 3, 4])).into();
    }
    if c.chance.percent(15) {
        let times = [
            "2001-01-01T00:00:00Z",
            "2101-01-01T00:00:00.000000Z",
            "soon",
        ];
        fields["expires_at"] = (*c.chance.of(&times)).into();
    }
    for optional in ["project_id", "roles"] {
        if c.chance.percent(8) {
            fields.as_object_mut().unwrap().remove(optional);
        }
    }
    c.step(Method::POST, "/OS-TRUST/trusts")
        .body(json!({ "trust": fields }))
        .makes(format!("trust:{}", c.number))
}

fn application_credential(c: &mut Choice<'_>) -> Step {
    let all = format!("/users/{}/application_credentials", self_of(c));
    let rules = format!("/users/{}/access_rules", self_of(c));
    match c.chance.below(8) {
        0 | 1 => c.get(all),
        2..=4 => {
            let mut fields = json!({ "name": c.name(), "secret": "a Secret 4 walks" });
            if c.chance.percent(40) {
                let role = *c.chance.of(&["member", "reader", "admin", "nothing"]);
                fields["roles"] = json!([{ "name": role }]);
            } else if c.chance.percent(20) {
                fields["roles"] = json!([{ "id": c.some("role") }]);
            }
            if c.chance.percent(30) {
                fields["unrestricted"] = c.chance.percent(50).into();
            }
            if c.chance.percent(20) {
                fields["access_rules"] =
                    json!([{"service": "identity", "method": "GET", "path": "/v3/users"}]);
            }
            c.step(Method::POST, all)
                .body(json!({ "application_credential": fields }))
                .makes(format!("application_credential:{}", c.number))
        }
        5 => {
            let one = c.some("application_credential");
            c.get(format!("{all}/{one}"))
        }
        6 => {
            let one = c.own("application_credential");
            c.step(Method::DELETE, format!("{all}/{one}"))
        }
        _ => c.get(rules),
    }
}

fn credential(c: &mut Choice<'_>) -> Step {
    let one = c.own("credential");
    match c.chance.below(8) {
        0 | 1 => {
            let path = c.query("/credentials", &[("user_id", 30), ("type", 30)]);
            c.get(path)
        }
        2..=4 => {
            let mut fields = json!({ "user_id": self_of(c), "type": "cert", "blob": "some" });
            if c.chance.percent(30) {
                fields["project_id"] = c.some("project").into();
            }
            if c.chance.percent(20) {
                fields["type"] = "ec2".into();
                let access = format!("{{tag}}{}", c.number);
                fields["blob"] = json!({ "access": access, "secret": "s" })
                    .to_string()
                    .into();
            }
            let fields: Value = fields;
            c.step(Method::POST, "/credentials")
                .body(json!({ "credential": fields }))
                .makes(format!("credential:{}", c.number))
        }
        5 => c.get(format!("/credentials/{one}")),
        6 => c
            .step(Method::PATCH, format!("/credentials/{one}"))
            .body(json!({ "credential": { "blob": "other" } })),
        _ => c.step(Method::DELETE, format!("/credentials/{one}")),
    }
}
