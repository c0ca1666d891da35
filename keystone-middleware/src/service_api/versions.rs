//! The version documents of a service, as clients discover it by.
//!
//! Source: the API-SIG's guideline on version discovery.

use std::sync::Arc;

use axum::Json;
use axum::response::{IntoResponse, Response};
use http::{HeaderMap, StatusCode};
use serde_json::{Value, json};

use super::describe::Description;
use super::respond::base;
use super::settings::ServiceSettings;
use crate::axum::{Public, Routes, routing};

/// Adds `GET /` and `GET /vN`, which are open to everybody.
pub(super) fn add<S>(
    routes: Routes<S>,
    service: &'static Description,
    settings: &Arc<ServiceSettings>,
) -> Routes<S>
where
    S: Clone + Send + Sync + 'static,
{
    let document = {
        let settings = settings.clone();
        move |headers: &HeaderMap| {
            version(service, &base(settings.public_endpoint.as_ref(), headers))
        }
    };
    let all = {
        let document = document.clone();
        async move |_: Public, headers: HeaderMap| -> Response {
            let versions = json!({"versions": [document(&headers)]});
            (StatusCode::MULTIPLE_CHOICES, Json(versions)).into_response()
        }
    };
    if service.version.is_empty() {
        return routes;
    }
    let one = async move |_: Public, headers: HeaderMap| -> Response {
        Json(json!({"version": document(&headers)})).into_response()
    };
    let path = format!("/{}", service.version);
    routes
        .route("/", routing::get(all))
        .route(&path, routing::get(one.clone()))
        .route(&format!("{path}/"), routing::get(one))
}

fn version(service: &Description, base: &str) -> Value {
    let id = match service.version.contains('.') {
        true => service.version.to_owned(),
        false => format!("{}.0", service.version),
    };
    let mut document = json!({
        "id": id,
        "status": "CURRENT",
        "links": [{"rel": "self", "href": format!("{base}/{}/", service.version)}],
    });
    if let (Some((min, max)), Some(members)) = (service.microversions, document.as_object_mut()) {
        members.insert("min_version".to_owned(), min.to_string().into());
        members.insert("version".to_owned(), max.to_string().into());
        members.insert("max_version".to_owned(), max.to_string().into());
    }
    document
}
