//! What happens to every request before it is routed, and to every answer.

use std::sync::Arc;

use axum::Router;
use axum::extract::connect_info::IntoMakeServiceWithConnectInfo;
use axum::extract::{ConnectInfo, Request, State};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use http::uri::PathAndQuery;
use http::{HeaderMap, HeaderValue, Uri, header};
use tokio::sync::watch;

use super::wire::Wire;
use crate::app::App;
use crate::faults::{Fault, Kind};
use crate::ids;

/// `routes` behind the journal and the faults. The outer router has no route of its own, so that
/// its middleware runs before the inner one looks at the path.
pub(super) fn service(
    routes: Router,
    app: &Arc<App>,
    stopped: watch::Receiver<bool>,
) -> IntoMakeServiceWithConnectInfo<Router, Wire> {
    let front = Front {
        app: Arc::clone(app),
        stopped,
    };
    Router::new()
        .fallback_service(routes)
        .layer(from_fn_with_state(front, pass))
        .into_make_service_with_connect_info::<Wire>()
}

#[derive(Clone)]
struct Front {
    app: Arc<App>,
    stopped: watch::Receiver<bool>,
}

async fn pass(
    State(front): State<Front>,
    ConnectInfo(wire): ConnectInfo<Wire>,
    mut request: Request,
    next: Next,
) -> Response {
    let method = request.method().as_str().to_owned();
    let path = request.uri().path().to_owned();
    front
        .app
        .journal
        .record(&method, &path, request.uri().query());
    let fault = front.app.faults.take(&method, &path);
    front.app.faults.wait(&method, &path).await;
    strip_trailing_slash(request.uri_mut());
    let response = match fault {
        None => next.run(request).await,
        Some(Fault(Kind::Answer {
            status,
            headers,
            body,
        })) => Kind::answer(status, headers, body),
        Some(Fault(Kind::Close)) => cut(&wire),
        Some(Fault(Kind::Hang)) => {
            let mut stopped = front.stopped.clone();
            stopped.wait_for(|stop| *stop).await.ok();
            cut(&wire)
        }
        Some(Fault(Kind::LoseAnswer)) => {
            next.run(request).await;
            cut(&wire)
        }
    };
    finish(response)
}

/// Cuts the connection; the response that is returned never leaves.
fn cut(wire: &Wire) -> Response {
    wire.cut();
    ().into_response()
}

/// The headers that every answer carries.
fn finish(mut response: Response) -> Response {
    let headers = response.headers_mut();
    headers.insert(header::VARY, HeaderValue::from_static("X-Auth-Token"));
    if let Ok(id) = HeaderValue::try_from(ids::request()) {
        headers.insert("x-openstack-request-id", id);
    }
    add_options(headers);
    response
}

/// The methods that a resource allows always include OPTIONS.
fn add_options(headers: &mut HeaderMap) {
    let allowed = headers
        .get(header::ALLOW)
        .and_then(|value| value.to_str().ok());
    let Some(allowed) = allowed.filter(|allowed| !allowed.contains("OPTIONS")) else {
        return;
    };
    let mut methods: Vec<_> = allowed.split(',').map(str::trim).collect();
    methods.push("OPTIONS");
    if let Ok(methods) = HeaderValue::try_from(methods.join(", ")) {
        headers.insert(header::ALLOW, methods);
    }
}

/// The real service treats `/v3/users/` as `/v3/users`.
fn strip_trailing_slash(uri: &mut Uri) {
    let path = uri.path();
    let stripped = path.trim_end_matches('/');
    if stripped.is_empty() || stripped == path {
        return;
    }
    let target = match uri.query() {
        Some(query) => format!("{stripped}?{query}"),
        None => stripped.to_owned(),
    };
    if let Ok(target) = PathAndQuery::try_from(target) {
        *uri = Uri::from(target);
    }
}
