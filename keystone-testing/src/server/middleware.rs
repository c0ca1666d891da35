//! The middleware of all routes: the journal, faults, and headers of responses.

use std::sync::Arc;

use axum::Router;
use axum::extract::connect_info::IntoMakeServiceWithConnectInfo;
use axum::extract::{ConnectInfo, Request, State};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use http::uri::PathAndQuery;
use http::{HeaderMap, HeaderValue, Uri, header};
use tokio::sync::watch;

use super::connection::Connection;
use crate::app::App;
use crate::faults::{Fault, FaultKind};
use crate::ids;

/// `routes` behind the journal and the faults. The outer router has no route of its own, so that
/// its middleware runs before the inner one looks at the path.
pub(super) fn service(
    routes: Router,
    app: &Arc<App>,
    stopped: watch::Receiver<bool>,
) -> IntoMakeServiceWithConnectInfo<Router, Connection> {
    let state = MiddlewareState {
        app: Arc::clone(app),
        stopped,
    };
    Router::new()
        .fallback_service(routes)
        .layer(from_fn_with_state(state, pass))
        .into_make_service_with_connect_info::<Connection>()
}

#[derive(Clone)]
struct MiddlewareState {
    app: Arc<App>,
    stopped: watch::Receiver<bool>,
}

async fn pass(
    State(state): State<MiddlewareState>,
    ConnectInfo(connection): ConnectInfo<Connection>,
    mut request: Request,
    next: Next,
) -> Response {
    let method = request.method().as_str().to_owned();
    let path = request.uri().path().to_owned();
    state
        .app
        .journal
        .record(&method, &path, request.uri().query());
    // Taken before waiting: faults belong to requests in the order of arrival, held or not.
    let fault = state.app.faults.take(&method, &path);
    state.app.faults.wait(&method, &path).await;
    strip_trailing_slash(request.uri_mut());
    let response = match fault {
        None => next.run(request).await,
        Some(Fault(FaultKind::Respond {
            status,
            headers,
            body,
        })) => FaultKind::response(status, headers, body),
        Some(Fault(FaultKind::Close)) => cut(&connection),
        Some(Fault(FaultKind::Hang)) => {
            let mut stopped = state.stopped.clone();
            stopped.wait_for(|stop| *stop).await.ok();
            cut(&connection)
        }
        Some(Fault(FaultKind::LoseResponse)) => {
            next.run(request).await;
            cut(&connection)
        }
    };
    finish(response)
}

/// Aborts the connection; the response that is returned is never sent.
fn cut(connection: &Connection) -> Response {
    connection.cut();
    ().into_response()
}

/// The headers that every response carries.
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
