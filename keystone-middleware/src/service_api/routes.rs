//! The routes of a service, from its operations.

use std::fmt;
use std::sync::Arc;

use axum::extract::{Request, State};
use axum::response::{IntoResponse, Response};
use http::{HeaderValue, Method};
use keystone_policy::{DecisionError, Enforcer, Policy, Rules};

use super::body::action;
use super::call::{Call, CallFuture, request_id};
use super::describe::{Described, Description};
use super::error::ApiError;
use super::microversion::Microversion;
use super::negotiate::{announce, negotiate};
use super::options::{PathOptions, Possible};
use super::settings::ServiceSettings;
use super::versions;
use crate::axum::Routes;
use crate::axum::routing::{HandlerPolicy, MethodRoutes};
use crate::context::RequestContext;
use crate::enforce::HideRefusals;

/// An operation of the service `S`, and what calls its method.
pub struct Endpoint<S> {
    method: &'static str,
    path: &'static str,
    action: Option<&'static str>,
    since: Option<Microversion>,
    until: Option<Microversion>,
    hide: bool,
    policies: &'static [EndpointPolicy],
    possible: &'static [Possible],
    call: fn(Arc<S>, Call) -> CallFuture,
}

/// A policy of an operation.
#[derive(Debug)]
pub struct EndpointPolicy {
    name: &'static str,
    declared: fn(&Rules) -> Result<(), DecisionError>,
}

impl EndpointPolicy {
    /// The policy `P`.
    pub const fn new<P: Policy>() -> Self {
        Self {
            name: P::NAME,
            declared: Rules::declares::<P>,
        }
    }
}

/// Whether `P` might let a caller in.
pub const fn possible<P: Policy>() -> Possible {
    RequestContext::is_possible::<P>
}

impl<S> Endpoint<S> {
    /// The operation `Op`, with its policies and the function that calls its method.
    pub const fn new<Op: Described>(
        policies: &'static [EndpointPolicy],
        possible: &'static [Possible],
        call: fn(Arc<S>, Call) -> CallFuture,
    ) -> Self {
        Self {
            method: Op::METHOD,
            path: Op::PATH,
            action: Op::ACTION,
            since: Op::SINCE,
            until: Op::UNTIL,
            hide: Op::HIDE,
            policies,
            possible,
            call,
        }
    }
}

/// The routes of these operations, with version documents and OPTIONS.
pub fn endpoint_routes<S: Send + Sync + 'static>(
    service: S,
    description: &'static Description,
    endpoints: &'static [Endpoint<S>],
    enforcer: Enforcer,
    settings: ServiceSettings,
) -> Routes {
    let settings = Arc::new(settings);
    let mut routes = versions::add(Routes::new(enforcer), description, &settings);
    let mut paths: Vec<&str> = Vec::new();
    for endpoint in endpoints {
        if !paths.contains(&endpoint.path) {
            paths.push(endpoint.path);
        }
    }
    for path in paths {
        let on_path: Vec<&'static Endpoint<S>> =
            endpoints.iter().filter(|one| one.path == path).collect();
        routes = routes.route(path, methods(&on_path, description, &settings));
    }
    routes.with_state(Arc::new(service))
}

/// The methods of one path.
fn methods<S: Send + Sync + 'static>(
    endpoints: &[&'static Endpoint<S>],
    description: &'static Description,
    settings: &Arc<ServiceSettings>,
) -> MethodRoutes<Arc<S>> {
    let mut methods = MethodRoutes::none();
    let mut served: Vec<&str> = Vec::new();
    for endpoint in endpoints {
        if served.contains(&endpoint.method) {
            continue;
        }
        served.push(endpoint.method);
        // Actions share method and path.
        let same = endpoints.iter().filter(|one| one.method == endpoint.method);
        let same: Arc<[&'static Endpoint<S>]> = same.copied().collect();
        let method = method(endpoint, endpoints);
        let rows = same
            .iter()
            .flat_map(|endpoint| policies(endpoint, &method))
            .collect();
        let settings = settings.clone();
        let handler = move |State(service): State<Arc<S>>, request: Request| {
            serve(
                service,
                request,
                same.clone(),
                description,
                settings.clone(),
            )
        };
        methods = methods.serve(method, rows, handler);
    }
    methods.with_options(|allow| {
        let operations = endpoints.iter().map(|endpoint| endpoint.possible).collect();
        let options = PathOptions { allow, operations };
        move |request: Request| {
            let response = options.respond(&request);
            async move { response }
        }
    })
}

/// The method that serves an operation. A HEAD without a GET beside it is served by GET too, which
/// says in its body what is missing.
fn method<S>(endpoint: &Endpoint<S>, others: &[&'static Endpoint<S>]) -> Method {
    let has_get = others.iter().any(|one| one.method == "GET");
    match endpoint.method {
        "HEAD" if !has_get => Method::GET,
        method => Method::from_bytes(method.as_bytes()).unwrap_or_default(),
    }
}

/// A row of the route table for each policy, one for a public operation.
fn policies<S>(endpoint: &Endpoint<S>, method: &Method) -> Vec<HandlerPolicy> {
    let row = |policy, declared| HandlerPolicy {
        method: method.clone(),
        policy,
        declared,
        // Its document is the one that it was written from.
        #[cfg(feature = "openapi")]
        scope_types: &[],
        #[cfg(feature = "openapi")]
        described: None,
    };
    match endpoint.policies {
        [] => vec![row(None, |_| Ok(()))],
        policies => policies
            .iter()
            .map(|policy| row(Some(policy.name), policy.declared))
            .collect(),
    }
}

async fn serve<S>(
    service: Arc<S>,
    request: Request,
    endpoints: Arc<[&'static Endpoint<S>]>,
    description: &'static Description,
    settings: Arc<ServiceSettings>,
) -> Response {
    let version = match negotiate(request.headers(), description) {
        Ok(version) => version,
        Err(refused) => return refused.into_response(),
    };
    let template = endpoints.first().map_or("", |endpoint| endpoint.path);
    let mut call = Call::new(request, description, template, version, settings);
    let id = request_id(&call.parts);
    let mut response = match choose(&mut call, &endpoints).await {
        Ok(endpoint) => {
            if endpoint.hide {
                call.parts.extensions.insert(HideRefusals);
            }
            (endpoint.call)(service, call).await
        }
        Err(refused) => refused.into_response(),
    };
    let headers = response.headers_mut();
    announce(headers, version, description);
    if let Ok(value) = HeaderValue::from_str(&id) {
        headers.insert("x-openstack-request-id", value);
    }
    response
}

/// The operation of a request, as far as its microversion has one: the only one, or the action that
/// its body names.
async fn choose<S>(
    call: &mut Call,
    endpoints: &[&'static Endpoint<S>],
) -> Result<&'static Endpoint<S>, ApiError> {
    if let [only] = endpoints
        && only.action.is_none()
    {
        return match call.version.has(only.since, only.until) {
            true => Ok(only),
            false => Err(ApiError::not_found()),
        };
    }
    let of_version = |one: &&&'static Endpoint<S>| call.version.has(one.since, one.until);
    let there: Vec<&'static Endpoint<S>> = endpoints.iter().filter(of_version).copied().collect();
    match there.as_slice() {
        [] => Err(ApiError::not_found()),
        [only] if only.action.is_none() => Ok(only),
        actions => {
            // Whom no action is open to learns nothing of the body.
            if actions.iter().all(|action| !action.policies.is_empty()) {
                RequestContext::from_extensions(&call.parts.extensions).map_err(ApiError::from)?;
            }
            let names: Vec<&str> = actions.iter().filter_map(|one| one.action).collect();
            let name = action(call, &names).await?;
            let action = actions.iter().find(|one| one.action == Some(name.as_str()));
            action.copied().ok_or_else(ApiError::not_found)
        }
    }
}

impl<S> fmt::Debug for Endpoint<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {} {:?}", self.method, self.path, self.policies)
    }
}
