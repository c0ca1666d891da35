//! Routes: handlers by method, which are given a request and the data.

use std::sync::Arc;

use axum::Router;
use axum::body::Bytes;
use axum::extract::{RawPathParams, State};
use axum::response::{IntoResponse, Response};
use axum::routing::{MethodFilter, MethodRouter};
use http::Method;
use http::request::Parts;
use serde_json::Value;

use crate::api_error::ApiError;
use crate::app::App;
use crate::authenticate::identify;
use crate::call::Call;
use crate::response::ApiResponse;
use crate::store::Store;

/// What a handler returns.
pub(crate) type HandlerResult = Result<ApiResponse, ApiError>;

/// A handler. The data is locked from the identification of the caller to the response, so that no other request
/// changes it between the decision and the change.
pub(crate) type Handler = fn(&Call, &mut Store) -> HandlerResult;

pub(crate) type Routes = Router<Arc<App>>;

/// 200 with a body.
pub(crate) fn ok(body: Value) -> HandlerResult {
    Ok(ApiResponse::ok(body))
}

/// 201 with a body.
pub(crate) fn created(body: Value) -> HandlerResult {
    Ok(ApiResponse::created(body))
}

/// 204.
pub(crate) fn no_content() -> HandlerResult {
    Ok(ApiResponse::nothing())
}

/// `VISIBILITY and MODULE .., PATH => METHOD handler, ..; ..`: the function `routes`, which adds these routes and
/// those of the modules.
macro_rules! routes {
    ($visibility:vis $(and $more:ident)*, $($path:expr => $($method:ident $handler:path),+;)+) => {
        $visibility fn routes(routes: $crate::route::Routes) -> $crate::route::Routes {
            $(let routes = $more::routes(routes);)*
            routes$(.route($path, $crate::route::on(&[$((http::Method::$method, $handler)),+])))+
        }
    };
}
pub(crate) use routes;

/// The handlers of one path, by method. GET handles HEAD too.
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
    // The real service reads the body before it looks at the token: a malformed one is 400 for everybody.
    match Call::read(parts, params, body, (app.now(), app.token_life)) {
        Ok(call) => respond(call, &mut app.store(), handler),
        Err(error) => error.into_response(""),
    }
}

fn respond(mut call: Call, store: &mut Store, handler: Handler) -> Response {
    match identify(&mut call, store).and_then(|()| handler(&call, store)) {
        Ok(response) => response.into_response(),
        Err(error) => error.into_response(call.base()),
    }
}
