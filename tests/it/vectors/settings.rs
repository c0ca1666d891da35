//! Settings of sessions, adapters and calls, under the names that keystoneauth1 has for them.

use std::time::Duration;

use http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode};
use keystone_sdk::catalog::{Allowed, EndpointFilter, Interface};
use keystone_sdk::discovery::VersionRange;
use keystone_sdk::session::{AdapterBuilder, Call, SessionBuilder};
use keystone_sdk::transport::Retries;
use keystone_sdk::{Error, Session, config};
use serde_json::{Map, Value};

use super::ours::options;

type Settings = Map<String, Value>;

/// What adapters and calls have in common.
macro_rules! common {
    ($builder:expr, $settings:expr) => {{
        let settings: &Settings = $settings;
        let text = |name: &str| settings.get(name).and_then(Value::as_str);
        let mut builder = $builder.retries(retries(settings));
        if let Some(address) = text("endpoint_override") {
            builder = builder.endpoint_override(address);
        }
        if let Some(id) = text("global_request_id") {
            builder = builder.global_request_id(id.parse()?);
        }
        if let Some(agent) = text("user_agent") {
            builder = builder.user_agent(agent);
        }
        if let Some(name) = text("client_name") {
            builder = builder.client(name, text("client_version").unwrap_or_default());
        }
        if settings.get("raise_exc") == Some(&Value::Bool(false)) {
            builder = builder.accept_any_status();
        }
        if let Some(other) = settings.get("auth") {
            let name = other["plugin"].as_str().unwrap();
            let own = options(other["options"].as_object().unwrap());
            builder = builder.auth(config::load(name, &own)?);
        }
        builder
    }};
}

pub(super) fn of_session(builder: SessionBuilder, settings: &Settings) -> SessionBuilder {
    let text = |name: &str| settings.get(name).and_then(Value::as_str);
    let mut builder = builder.retries(retries(settings));
    if let Some(most) = settings.get("redirect") {
        builder = builder.redirects(redirects(most));
    }
    if let Some(name) = text("app_name") {
        builder = builder.app(name, text("app_version").unwrap_or_default());
    }
    if let Some(agent) = text("user_agent") {
        builder = builder.user_agent(agent);
    }
    if let Some(address) = text("original_ip") {
        builder = builder.original_ip(address.parse().unwrap());
    }
    for (name, value) in headers(settings.get("additional_headers")) {
        builder = builder.header(name.unwrap(), value);
    }
    builder
}

pub(super) fn adapter(session: &Session, settings: &Settings) -> Result<Session, Error> {
    let mut builder = session
        .adapter()
        .endpoint(filter(&settings.clone().into())?);
    builder = common!(builder, settings);
    if let Some(version) = settings.get("default_microversion") {
        builder = builder.microversion(version.as_str().unwrap());
    }
    for (name, value) in headers(settings.get("additional_headers")) {
        builder = builder.header(name.unwrap(), value);
    }
    Ok(AdapterBuilder::build(builder)?.into_session())
}

pub(super) fn call(arguments: &Value) -> Result<Call, Error> {
    let settings = arguments.as_object().unwrap();
    let text = |name: &str| arguments[name].as_str();
    let method: Method = text("method").unwrap_or("GET").parse().unwrap();
    let mut call = Call::new(method, text("url").unwrap());
    if let Some(filter_of) = arguments.get("endpoint") {
        call = call.endpoint(filter(filter_of)?);
    }
    call = common!(call, settings);
    if let Some(version) = text("microversion") {
        call = call.microversion(version);
    }
    if let Some(most) = arguments.get("redirect") {
        call = call.redirects(redirects(most));
    }
    for (name, value) in headers(arguments.get("headers")) {
        call = call.header(name.unwrap(), value);
    }
    for (name, value) in arguments["params"].as_object().into_iter().flatten() {
        call = call.query(&[(name.as_str(), value.as_str().unwrap())]);
    }
    if let Some(body) = arguments.get("json") {
        call = call.json(body)?;
    }
    if arguments["authenticated"] == false {
        call = call.unauthenticated();
    }
    if arguments["allow_reauth"] == false {
        call = call.reauthenticate(false);
    }
    Ok(call)
}

fn retries(settings: &Settings) -> Retries {
    let number = |name: &str| settings.get(name)?.as_u64()?.try_into().ok();
    let pause = |name: &str| {
        let seconds: Option<f64> = settings.get(name)?.as_str()?.parse().ok();
        seconds.map(Duration::from_secs_f64)
    };
    let mut retries = Retries::new();
    if let Some(times) = number("connect_retries") {
        retries = retries.connect(times);
    }
    if let Some(times) = number("status_code_retries") {
        retries = retries.status(times);
    }
    if let Some(pause) = pause("connect_retry_delay") {
        retries = retries.connect_pause(pause);
    }
    if let Some(pause) = pause("status_code_retry_delay") {
        retries = retries.status_pause(pause);
    }
    if let Some(Value::Array(codes)) = settings.get("retriable_status_codes") {
        let codes = codes
            .iter()
            .map(|it| it.as_u64().unwrap().try_into().unwrap());
        retries = retries.statuses(codes.map(|it: u16| StatusCode::from_u16(it).unwrap()));
    }
    retries
}

fn redirects(most: &Value) -> u32 {
    match most {
        Value::Bool(true) => 30,
        Value::Bool(false) => 0,
        number => number.as_u64().unwrap().try_into().unwrap(),
    }
}

fn headers(values: Option<&Value>) -> HeaderMap {
    let values = values.and_then(Value::as_object).into_iter().flatten();
    let header = |(name, value): (&String, &Value)| {
        let value = HeaderValue::from_str(value.as_str().unwrap()).unwrap();
        (name.parse::<HeaderName>().unwrap(), value)
    };
    values.map(header).collect()
}

pub(super) fn allowed(arguments: &Value) -> Allowed {
    let allow = |name: &str, otherwise: bool| arguments[name].as_bool().unwrap_or(otherwise);
    Allowed::default()
        .deprecated(allow("allow_deprecated", true))
        .experimental(allow("allow_experimental", false))
        .unknown(allow("allow_unknown", false))
}

/// The filter under the names that keystoneauth1 has for its parts.
pub(super) fn filter(arguments: &Value) -> Result<EndpointFilter, Error> {
    let mut filter = EndpointFilter::default().allow(allowed(&arguments["allow"]));
    let versions = ["version", "min_version", "max_version"].map(|name| arguments[name].as_str());
    filter.versions = VersionRange::from_options(versions[0], versions[1], versions[2])?;
    for (name, value) in arguments.as_object().into_iter().flatten() {
        filter = match (name.as_str(), value) {
            ("service_type", Value::String(text)) => {
                filter.service_type = Some(text.clone());
                filter
            }
            ("service_name", Value::String(text)) => filter.service_name(text),
            ("region_name", Value::String(text)) => filter.region_name(text),
            ("interface", Value::String(text)) if text == "auth" => filter.at_auth_url(),
            ("interface", Value::String(text)) => filter.interface(Interface::parse(text).unwrap()),
            ("interface", Value::Array(names)) => {
                let names = names
                    .iter()
                    .map(|it| Interface::parse(it.as_str().unwrap()).unwrap());
                names.fold(filter, EndpointFilter::interface)
            }
            ("at", Value::String(url)) => filter.at(url.parse().unwrap()),
            ("discover_versions", Value::Bool(true)) => filter.discover(),
            ("skip_discovery", Value::Bool(true)) => filter.skip_discovery(),
            ("allow_version_hack", Value::Bool(false)) => filter.without_guessing(),
            _ => filter,
        };
    }
    Ok(filter)
}
