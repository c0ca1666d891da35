//! What a route is: the handlers of one path, which see one request and the data.

use std::sync::Arc;

use axum::Router;
use axum::body::Bytes;
use axum::extract::{RawPathParams, State};
use axum::response::{IntoResponse, Response};
use axum::routing::{MethodFilter, MethodRouter};
use http::Method;
use http::request::Parts;

use crate::answer::Answer;
use crate::app::App;
use crate::authenticate::identify;
use crate::call::Call;
use crate::refusal::Refusal;
use crate::store::Store;

/// What a handler answers.
pub(crate) type Reply = Result<Answer, Refusal>;

/// A handler: it sees one request and the data, which nobody else changes meanwhile.
pub(crate) type Handler = fn(&Call, &mut Store) -> Reply;

pub(crate) type Routes = Router<Arc<App>>;

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
    match identify(&mut call, store).and_then(|()| handler(&call, store)) {
        Ok(answer) => answer.into_response(),
        Err(refusal) => refusal.into_response(call.base()),
    }
}
