//! All routes, and the responses where there is none.

use std::sync::Arc;

use axum::Router;
use axum::response::{Html, IntoResponse, Response};
use http::{Method, StatusCode, Uri};
use serde_json::json;

use crate::app::App;
use crate::route::Routes;
use crate::{discovery, response, unserved, v2, v3};

/// All routes.
pub(crate) fn router(app: &Arc<App>) -> Router {
    let old: &[fn(Routes) -> Routes] = if app.store().v2 { &[v2::routes] } else { &[] };
    let parts = v3::PARTS.iter().chain(old);
    parts
        .fold(discovery::routes(Router::new()), |router, add| add(router))
        .fallback(unknown_route)
        .method_not_allowed_fallback(wrong_method)
        .with_state(Arc::clone(app))
}

async fn unknown_route(method: Method, uri: Uri) -> Response {
    if let Some(error) = unserved::refuse(&method, uri.path()) {
        return error;
    }
    (StatusCode::NOT_FOUND, page(StatusCode::NOT_FOUND)).into_response()
}

/// The version documents are served by another layer of the real service, which responds in HTML.
async fn wrong_method(method: Method, uri: Uri) -> Response {
    if let Some(error) = unserved::refuse(&method, uri.path()) {
        return error;
    }
    let status = StatusCode::METHOD_NOT_ALLOWED;
    if matches!(uri.path(), "/" | "/v3") {
        return (status, page(status)).into_response();
    }
    let body = json!({ "message": "The method is not allowed for the requested URL." });
    (status, response::json(&body)).into_response()
}

fn page(status: StatusCode) -> Html<String> {
    let reason = status.canonical_reason().unwrap_or_default();
    Html(format!(
        "<!doctype html>\n<html lang=en>\n<title>{status}</title>\n<h1>{reason}</h1>\n"
    ))
}
