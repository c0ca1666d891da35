//! Microversions: a caller asks for one by `OpenStack-API-Version: proxy 1.1`, and for the lowest
//! without the header. `specs/services/proxies.yaml` says what came with which.

use axum::Json;
use axum::extract::Request;
use axum::http::header::VARY;
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

use crate::store::Proxy;

const HEADER: &str = "openstack-api-version";

/// A microversion of this service; handlers find it among the extensions of a request.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
#[non_exhaustive]
pub enum Microversion {
    /// 1.0, the lowest.
    V1_0,
    /// 1.1 brought notes.
    V1_1,
    /// 1.2 brought the list of those that the caller may change. It is the highest.
    V1_2,
}

impl Microversion {
    /// The proxy as this version shows it.
    pub fn show(self, proxy: &Proxy) -> Value {
        let mut shown = json!(proxy);
        if let Some(shown) = shown.as_object_mut().filter(|_| self < Self::V1_1) {
            shown.remove("note");
        }
        shown
    }

    fn text(self) -> &'static str {
        match self {
            Self::V1_0 => "proxy 1.0",
            Self::V1_1 => "proxy 1.1",
            Self::V1_2 => "proxy 1.2",
        }
    }

    /// What is asked for; headers for other services say nothing.
    fn asked(headers: &HeaderMap) -> Option<Self> {
        let asked = headers
            .get_all(HEADER)
            .iter()
            .filter_map(|header| header.to_str().ok());
        let asked = asked.flat_map(|header| header.split(','));
        match asked
            .filter_map(|header| header.trim().strip_prefix("proxy "))
            .next()
        {
            None | Some("1.0") => Some(Self::V1_0),
            Some("1.1") => Some(Self::V1_1),
            Some("1.2" | "latest") => Some(Self::V1_2),
            Some(_) => None,
        }
    }
}

/// Finds out which microversion a request asks for, and says so in the response.
pub async fn choose(mut request: Request, next: Next) -> Response {
    let Some(version) = Microversion::asked(request.headers()) else {
        let status = StatusCode::NOT_ACCEPTABLE;
        let message = "This service has the microversions 1.0 to 1.2.";
        let body = json!({"error": {"code": 406, "title": "Not Acceptable", "message": message}});
        return (status, Json(body)).into_response();
    };
    request.extensions_mut().insert(version);
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    headers.insert(HEADER, HeaderValue::from_static(version.text()));
    headers.append(VARY, HeaderValue::from_static("OpenStack-API-Version"));
    response
}
