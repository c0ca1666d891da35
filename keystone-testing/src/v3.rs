//! The routes of the Identity API v3.

mod access_rules;
mod application_credentials;
pub(crate) mod auth;
mod catalog;
mod credentials;
mod crud;
mod discovery;
mod domains;
mod endpoints;
mod grants;
mod groups;
mod list;
mod oauth1;
pub(crate) mod oauth2;
mod projects;
mod regions;
mod role_assignments;
mod roles;
mod schema;
mod services;
mod tags;
mod times;
mod trusts;
mod unserved;
mod users;

use std::sync::Arc;

use axum::Router;
use axum::body::Bytes;
use axum::extract::{RawPathParams, State};
use axum::response::{Html, IntoResponse, Response};
use axum::routing::{MethodFilter, MethodRouter};
use http::request::Parts;
use http::{Method, StatusCode, Uri};
use serde_json::json;

use crate::answer::{self, Answer};
use crate::app::App;
use crate::call::Call;
use crate::refusal::Refusal;
use crate::store::Store;
use crate::v2;

/// What a handler answers.
pub(crate) type Reply = Result<Answer, Refusal>;

/// A handler: it sees one request and the data, which nobody else changes meanwhile.
pub(crate) type Handler = fn(&Call, &mut Store) -> Reply;

pub(crate) type Routes = Router<Arc<App>>;

/// All routes.
pub(crate) fn router(app: &Arc<App>) -> Router {
    let routes: &[fn(Routes) -> Routes] = &[
        discovery::routes,
        auth::routes,
        services::routes,
        endpoints::routes,
        domains::routes,
        projects::routes,
        regions::routes,
        users::routes,
        groups::routes,
        roles::routes,
        grants::routes,
        role_assignments::routes,
        tags::routes,
        credentials::routes,
        application_credentials::routes,
        trusts::routes,
        oauth1::routes,
        oauth2::routes,
    ];
    let old: &[fn(Routes) -> Routes] = if app.store().v2 { &[v2::routes] } else { &[] };
    routes
        .iter()
        .chain(old)
        .fold(Router::new(), |router, add| add(router))
        .fallback(unknown_route)
        .method_not_allowed_fallback(wrong_method)
        .with_state(Arc::clone(app))
}

/// The handlers of one path, by method. GET answers HEAD too.
pub(crate) fn on(handlers: &[(Method, Handler)]) -> MethodRouter<Arc<App>> {
    handlers
        .iter()
        .fold(MethodRouter::new(), |router, (method, handler)| {
            let filter = match *method {
                Method::GET => MethodFilter::GET,
                Method::POST => MethodFilter::POST,
                Method::PUT => MethodFilter::PUT,
                Method::PATCH => MethodFilter::PATCH,
                Method::HEAD => MethodFilter::HEAD,
                _ => MethodFilter::DELETE,
            };
            let handler = *handler;
            let handle = move |State(app): State<Arc<App>>,
                               params: RawPathParams,
                               parts: Parts,
                               body: Bytes| async move {
                serve(&app, &params, &parts, &body, handler)
            };
            router.on(filter, handle)
        })
}

fn serve(
    app: &App,
    params: &RawPathParams,
    parts: &Parts,
    body: &Bytes,
    handler: Handler,
) -> Response {
    match Call::read(parts, params, body, (app.now(), app.token_life)) {
        Ok(call) => answer(call, &mut app.store(), handler),
        Err(refusal) => refusal.into_response(""),
    }
}

fn answer(mut call: Call, store: &mut Store, handler: Handler) -> Response {
    match auth::identify(&mut call, store).and_then(|()| handler(&call, store)) {
        Ok(answer) => answer.into_response(),
        Err(refusal) => refusal.into_response(call.base()),
    }
}

async fn unknown_route(method: Method, uri: Uri) -> Response {
    if let Some(refusal) = unserved::refuse(&method, uri.path()) {
        return refusal;
    }
    (StatusCode::NOT_FOUND, page(StatusCode::NOT_FOUND)).into_response()
}

/// The version documents are served by another layer of the real service, which answers in HTML.
async fn wrong_method(method: Method, uri: Uri) -> Response {
    if let Some(refusal) = unserved::refuse(&method, uri.path()) {
        return refusal;
    }
    let status = StatusCode::METHOD_NOT_ALLOWED;
    if matches!(uri.path(), "/" | "/v3") {
        return (status, page(status)).into_response();
    }
    let body = json!({ "message": "The method is not allowed for the requested URL." });
    (status, answer::json(&body)).into_response()
}

fn page(status: StatusCode) -> Html<String> {
    let reason = status.canonical_reason().unwrap_or_default();
    Html(format!(
        "<!doctype html>\n<html lang=en>\n<title>{status}</title>\n<h1>{reason}</h1>\n"
    ))
}
