//! Runs a case through our `Session`.

use std::sync::Arc;

use keystone_sdk::auth::v3::{self, PasswordMethod, TokenMethod, TotpMethod};
use keystone_sdk::auth::{
    AuthPlugin, DomainIdentity, PluginOptions, ServiceToken, UserIdentity, access::AccessInfo,
};
use keystone_sdk::catalog::{Allowed, Endpoint};
use keystone_sdk::discovery::ApiVersion;
use keystone_sdk::{Error, Session, config};
use serde_json::{Map, Value, json};

use super::case::{Case, Service};
use super::outcome::failed;
use super::settings;

/// What comes of each step. A plugin that cannot be made fails the first.
pub(super) async fn run(case: &Case) -> Vec<Value> {
    let session = match session(case) {
        Ok(session) => session,
        Err(error) => return vec![error_of(&error)],
    };
    let mut results = Vec::new();
    let mut player = Player {
        session,
        receipt: None,
    };
    for step in &case.steps {
        let (word, arguments) = match step {
            Value::String(word) => (word.as_str(), &Value::Null),
            step => {
                let (word, arguments) = step.as_object().unwrap().iter().next().unwrap();
                (word.as_str(), arguments)
            }
        };
        results.push(match player.play(word, arguments, case).await {
            Ok(result) => result,
            Err(error) => {
                player.receipt = Some(error.clone());
                error_of(&error)
            }
        });
    }
    results
}

struct Player {
    session: Session,
    receipt: Option<Error>,
}

impl Player {
    async fn play(&mut self, word: &str, arguments: &Value, case: &Case) -> Result<Value, Error> {
        let session = &self.session;
        Ok(match word {
            "token" => json!({ "token": session.token().await?.expose() }),
            "access" => access(&session.access().await?, arguments),
            "endpoint" => {
                let endpoint = session.endpoint(&settings::filter(arguments)?).await?;
                json!({ "endpoint": endpoint.url.as_str() })
            }
            "endpoint_data" => described(
                &session
                    .endpoint(&settings::filter(arguments)?.discover())
                    .await?,
            ),
            "versions" => {
                let url = arguments["url"].as_str().unwrap().parse().unwrap();
                let found = session.transport().discover(&url).await?;
                let allowed = settings::allowed(arguments);
                let versions = found.versions().iter();
                let versions = versions
                    .filter(|it| allowed_status(it, allowed))
                    .map(version);
                json!({ "versions": versions.collect::<Vec<_>>() })
            }
            "call" => match session.send(settings::call(arguments)?).await {
                Ok(answer) => json!({ "status": answer.status.as_u16() }),
                Err(Error::Response(error)) if arguments["show"] == "message" => {
                    json!({ "error": "http", "status": error.status().as_u16(), "message": error.message() })
                }
                Err(error) => return Err(error),
            },
            "resume" => {
                let error = self.receipt.take().unwrap();
                let login = builder(case)?.build()?;
                let resumed = login.resume(error.receipt().unwrap());
                self.session =
                    Session::new(methods(resumed, arguments.as_array().unwrap())?.build()?)?;
                json!({ "token": self.session.token().await?.expose() })
            }
            other => panic!("there is no step `{other}`"),
        })
    }
}

fn session(case: &Case) -> Result<Session, Error> {
    let user = plugin(case)?;
    let builder = match &case.service {
        Some(Service {
            plugin,
            options: own,
        }) => Session::builder(ServiceToken::new(
            user,
            config::load(plugin, &options(own))?,
        )),
        None => Session::builder(user),
    };
    let session = settings::of_session(builder, &case.session).build()?;
    let mut adapters = case.adapters.iter();
    adapters.try_fold(session, |session, own| settings::adapter(&session, own))
}

fn plugin(case: &Case) -> Result<Arc<dyn AuthPlugin>, Error> {
    match case.plugin.as_str() {
        "v3" => Ok(Arc::new(builder(case)?.build()?)),
        name => config::load(name, &options(&case.options)),
    }
}

/// A login by the methods of the case.
fn builder(case: &Case) -> Result<v3::AuthBuilder, Error> {
    let text = |name: &str| case.options.get(name).and_then(Value::as_str);
    let mut builder = v3::Auth::builder(text("auth_url").unwrap());
    for (name, value) in case.options.iter().filter(|(name, _)| *name != "auth_url") {
        let value = value.as_str().unwrap();
        builder = match name.as_str() {
            "project_id" => builder.project_id(value),
            "project_name" => builder.project_name(value),
            "project_domain_id" => builder.project_domain_id(value),
            "domain_id" => builder.domain_id(value),
            "trust_id" => builder.trust_id(value),
            other => panic!("`{other}` is not known here"),
        };
    }
    for (name, value) in &case.constructor {
        let value = value.as_bool().unwrap();
        builder = match name.as_str() {
            "include_catalog" => builder.include_catalog(value),
            "reauthenticate" => builder.reauthenticate(value),
            "unscoped" => builder.unscoped(),
            other => panic!("`{other}` is not known here"),
        };
    }
    methods(builder, &case.methods)
}

fn methods(mut builder: v3::AuthBuilder, methods: &[Value]) -> Result<v3::AuthBuilder, Error> {
    for method in methods {
        let (name, fields) = method.as_object().unwrap().iter().next().unwrap();
        let text = |name: &str| fields[name].as_str().unwrap();
        builder = match name.as_str() {
            "password" => builder.method(PasswordMethod::new(user(fields), text("password"))),
            "token" => builder.method(TokenMethod::new(text("token"))),
            "totp" => builder.method(TotpMethod::new(user(fields), text("passcode"))),
            other => panic!("there is no method `{other}`"),
        };
    }
    Ok(builder)
}

fn user(fields: &Value) -> UserIdentity {
    let text = |name: &str| fields[name].as_str();
    match text("user_id") {
        Some(id) => UserIdentity::id(id),
        None => {
            let domain = match text("user_domain_id") {
                Some(id) => DomainIdentity::id(id),
                None => DomainIdentity::name(text("user_domain_name").unwrap()),
            };
            UserIdentity::name(text("username").unwrap(), domain)
        }
    }
}

pub(super) fn options(values: &Map<String, Value>) -> PluginOptions {
    values
        .iter()
        .fold(PluginOptions::new(), |options, (name, value)| match value {
            Value::String(text) => options.with(name, text.as_str()),
            Value::Array(items) => {
                let items: Vec<_> = items.iter().map(|it| it.as_str().unwrap()).collect();
                options.with(name, items.join(","))
            }
            other => options.with(name, other.to_string()),
        })
}

fn allowed_status(version: &ApiVersion, allowed: Allowed) -> bool {
    match version.status.as_str() {
        "DEPRECATED" => allowed.deprecated,
        "EXPERIMENTAL" => allowed.experimental,
        "UNKNOWN" => allowed.unknown,
        _ => true,
    }
}

/// What is known of a token, under the names of keystoneauth1.
fn access(access: &AccessInfo, names: &Value) -> Value {
    let value = |name: &str| match name {
        "user_id" => json!(access.user_id()),
        "username" => json!(access.username()),
        "user_domain_id" => json!(access.user_domain_id()),
        "user_domain_name" => json!(access.user_domain_name()),
        "project_id" => json!(access.project_id()),
        "project_name" => json!(access.project_name()),
        "project_domain_id" => json!(access.project_domain_id()),
        "project_domain_name" => json!(access.project_domain_name()),
        "domain_id" => json!(access.domain_id()),
        "domain_name" => json!(access.domain_name()),
        "role_names" => json!(access.role_names().collect::<Vec<_>>()),
        "role_ids" => json!(access.role_ids().collect::<Vec<_>>()),
        "scoped" => json!(access.is_scoped()),
        "project_scoped" => json!(access.is_project_scoped()),
        "domain_scoped" => json!(access.is_domain_scoped()),
        "system_scoped" => json!(access.is_system_scoped()),
        "trust_scoped" => json!(access.is_trust_scoped()),
        "is_federated" => json!(access.is_federated()),
        "audit_id" => json!(access.audit_id()),
        "initial_audit_id" => json!(access.initial_audit_id()),
        "audit_chain_id" => json!(access.audit_chain_id()),
        other => panic!("`{other}` is not known here"),
    };
    let names = names
        .as_array()
        .unwrap()
        .iter()
        .map(|it| it.as_str().unwrap());
    let known: Map<_, _> = names.map(|name| (name.to_owned(), value(name))).collect();
    json!({ "access": known })
}

fn number(version: Option<(u16, u16)>) -> Value {
    version.map_or(Value::Null, |(major, minor)| {
        json!(format!("{major}.{minor}"))
    })
}

fn version(found: &ApiVersion) -> Value {
    without_nulls(json!({
        "version": number(Some(found.version)),
        "url": found.url.as_str(),
        "collection": found.collection.as_ref().map(|url| url.as_str()),
        "status": found.status.as_str(),
        "min_microversion": number(found.min_microversion),
        "max_microversion": number(found.max_microversion),
        "next_min_version": number(found.next_min_version),
        "not_before": found.not_before,
    }))
}

fn described(found: &Endpoint) -> Value {
    let version = found.version.as_ref();
    let of = |get: fn(&ApiVersion) -> Option<(u16, u16)>| number(version.and_then(get));
    without_nulls(json!({
        "url": found.url.as_str(),
        "api_version": number(found.api_version()),
        "min_microversion": of(|it| it.min_microversion),
        "max_microversion": of(|it| it.max_microversion),
        "next_min_version": of(|it| it.next_min_version),
        "not_before": version.and_then(|it| it.not_before.as_ref()),
        "status": version.map(|it| it.status.as_str()),
        "service_type": found.service_type,
        "service_name": found.service_name,
        "service_id": found.service_id,
        "interface": found.interface,
        "region_name": found.region_name,
        "endpoint_id": found.endpoint_id,
    }))
}

fn without_nulls(value: Value) -> Value {
    let Value::Object(map) = value else {
        return value;
    };
    map.into_iter()
        .filter(|(_, value)| !value.is_null())
        .collect::<Map<_, _>>()
        .into()
}

/// The stage that failed, as both sides can tell it.
fn error_of(error: &Error) -> Value {
    if let Some(receipt) = error.receipt() {
        return json!({"error": "receipt", "methods": receipt.methods()});
    }
    if let Some(status) = error.status() {
        return json!({"error": "http", "status": status.as_u16()});
    }
    failed(match error {
        Error::Configuration(_) | Error::Authentication(_) => "settings",
        Error::Decode(_) => "answer",
        Error::Discovery(_) => "discovery",
        Error::Transport(_) => "transport",
        other => panic!("{other:?}"),
    })
}
