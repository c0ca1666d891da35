//! For tests: responses that the description does not declare.

use std::sync::Arc;

use axum::Router;
use axum::extract::Request;
use axum::middleware::{Next, from_fn};
use axum::response::{IntoResponse, Response};
use http::{HeaderMap, Method, StatusCode};
use serde_json::Value;

use super::describe::Description;

/// The routes of a service, where each response with a status or a header that its description does
/// not declare is replaced by a 500 which says so: a test that goes through all operations finds what
/// the types cannot.
///
/// Headers count that are specific to the API: `Location` and those that begin with `x-` or
/// `openstack-`.
///
/// ```
/// use keystone_middleware::testing::declared_only;
/// # fn example(app: axum::Router, service: &'static keystone_middleware::service_api::Description) {
/// let app = declared_only(app, service);
/// # let _ = app;
/// # }
/// ```
pub fn declared_only(router: Router, service: &'static Description) -> Router {
    let document: Arc<Value> = Arc::new(serde_json::from_str(service.document).unwrap_or_default());
    router.layer(from_fn(move |request: Request, next: Next| {
        let document = document.clone();
        async move {
            let (method, path) = (request.method().clone(), request.uri().path().to_owned());
            let response = next.run(request).await;
            match undeclared(&document, &method, &path, &response) {
                None => response,
                Some(what) => {
                    let message =
                        format!("{method} {path} responds with {what}, which is not declared");
                    (StatusCode::INTERNAL_SERVER_ERROR, message).into_response()
                }
            }
        }
    }))
}

/// What of a response the document does not declare.
fn undeclared(
    document: &Value,
    method: &Method,
    path: &str,
    response: &Response,
) -> Option<String> {
    let paths = document.get("paths")?.as_object()?;
    let (_, item) = paths.iter().find(|(template, _)| fits(template, path))?;
    let of_method = |method: &str| item.get(method.to_ascii_lowercase());
    let operation = match *method {
        Method::HEAD => of_method("head").or_else(|| of_method("get")),
        ref method => of_method(method.as_str()),
    }?;
    let responses = operation.get("responses")?;
    let status = response.status();
    let known = responses
        .get(status.as_str())
        .or_else(|| responses.get(format!("{}XX", status.as_u16() / 100)));
    match known {
        None => Some(format!("{status}")),
        Some(known) => undeclared_header(document, resolved(document, known), response.headers()),
    }
}

fn undeclared_header(document: &Value, declared: &Value, headers: &HeaderMap) -> Option<String> {
    let declared = resolved(document, declared).get("headers");
    let is_declared = |name: &str| {
        let names = declared.and_then(Value::as_object);
        names.is_some_and(|names| names.keys().any(|known| known.eq_ignore_ascii_case(name)))
    };
    let of_api = |name: &&str| {
        *name == "location" || name.starts_with("x-") || name.starts_with("openstack-")
    };
    let mut names = headers.keys().map(http::HeaderName::as_str).filter(of_api);
    let name = names.find(|name| !is_declared(name))?;
    Some(format!("the header `{name}`"))
}

/// What a reference of the document refers to.
fn resolved<'a>(document: &'a Value, value: &'a Value) -> &'a Value {
    let reference = value.get("$ref").and_then(Value::as_str);
    let pointer = reference.and_then(|text| text.strip_prefix('#'));
    pointer
        .and_then(|pointer| document.pointer(pointer))
        .unwrap_or(value)
}

fn fits(template: &str, path: &str) -> bool {
    let (mut names, mut values) = (template.split('/'), path.split('/'));
    loop {
        match (names.next(), values.next()) {
            (None, None) => return true,
            (Some(name), Some(value)) if name == value || name.starts_with('{') => {}
            _ => return false,
        }
    }
}
