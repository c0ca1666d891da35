//! The same logins by keystoneauth1, with the same tickets.

use keystone_lab::kerberos::Kerberos;
use keystone_lab::table::Outcome;
use keystone_sdk::auth::PluginOptions;
use keystone_sdk::config;
use serde_json::{Map, Value, json};

use super::{row, session, validated};

/// The plugin, the case, the path of Apache, and options beside the address.
type Login = (&'static str, &'static str, &'static str, Value);

fn logins(lab: &Kerberos) -> Vec<Login> {
    let project = json!({"project_name": lab.project, "project_domain_id": "default"});
    let mapped = json!({"identity_provider": lab.identity_provider, "protocol": lab.protocol});
    let both = |one: &Value, other: Value| {
        let (one, other) = (one.as_object().unwrap(), other.as_object().unwrap());
        Value::from_iter(one.clone().into_iter().chain(other.clone()))
    };
    vec![
        ("v3kerberos", "", "krb", project.clone()),
        (
            "v3kerberos",
            "HTTP, mutual authentication required",
            "krb",
            both(&project, json!({"mutual_auth": "required"})),
        ),
        (
            "v3kerberos",
            "server with an old key",
            "stale",
            project.clone(),
        ),
        (
            "v3kerberos",
            "server that asks for `Keystone` instead",
            "plain",
            project.clone(),
        ),
        (
            "v3kerberos",
            "server with a forged proof",
            "forged",
            both(&project, json!({"mutual_auth": "required"})),
        ),
        ("v3fedkerb", "no scope", "fed", mapped.clone()),
        ("v3fedkerb", "", "fed", both(&mapped, project)),
    ]
}

/// What keystoneauth1 gets, or nothing when it is refused.
fn theirs(
    lab: &Kerberos,
    tickets: &str,
    plugin: &str,
    options: &Map<String, Value>,
) -> Option<Value> {
    let mut command = lab.keystoneauth(tickets);
    command
        .arg(plugin)
        .arg(Value::from(options.clone()).to_string());
    let output = command.output().unwrap();
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{errors}");
    let mut outcome: Value = serde_json::from_slice(&output.stdout).unwrap();
    // Keystone tells them in any order.
    let methods = outcome.get_mut("methods")?.as_array_mut()?;
    methods.sort_by_key(Value::to_string);
    Some(outcome)
}

async fn ours(lab: &Kerberos, plugin: &str, options: &Map<String, Value>) -> Option<Value> {
    let mut given = PluginOptions::new();
    for (name, value) in options {
        given = given.with(name, value.as_str().unwrap());
    }
    let session = session(lab, config::load(plugin, &given).unwrap());
    session.token().await.ok()?;
    let access = validated(lab, &session).await;
    let mut methods = access.methods.clone();
    methods.sort();
    Some(json!({"user": access.username(), "methods": methods, "project": access.project_name()}))
}

in_realm! {
    "fedalice" => async fn keystoneauth1_gets_the_same(lab) {
        let mut taken = 0;
        for (plugin, _, path, options) in logins(&lab) {
            for url in [lab.at(path), lab.at_tls(path)] {
                let mut options = options.as_object().unwrap().clone();
                options.insert("auth_url".to_owned(), url.into());
                let ours = ours(&lab, plugin, &options).await;
                options.insert("authority".to_owned(), lab.authority.to_str().unwrap().into());
                assert_eq!(ours, theirs(&lab, "fedalice", plugin, &options), "{plugin} at {path}");
                taken += usize::from(ours.is_some());
            }
        }
        assert_eq!(taken, 4, "fedalice is no user of Keystone's own");
    }

    "alice" => async fn keystoneauth1_gets_the_same_as_a_user_of_keystone(lab) {
        let mut taken = 0;
        for (plugin, case, path, options) in logins(&lab) {
            let mut options = options.as_object().unwrap().clone();
            options.insert("auth_url".to_owned(), lab.at(path).into());
            let ours = ours(&lab, plugin, &options).await;
            let outcome = if ours.is_some() { Outcome::Token } else { Outcome::Refused };
            let _row = row(plugin, case, outcome).by_keystoneauth();
            assert_eq!(ours, theirs(&lab, "alice", plugin, &options), "{plugin} at {path}");
            taken += usize::from(ours.is_some());
        }
        assert_eq!(taken, 4);
    }
}
