//! A request on its way to the method of an operation.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use axum::body::Body;
use axum::extract::{FromRequestParts, Request};
use axum::response::{IntoResponse, Response};
use http::request::Parts;

use super::describe::Description;
use super::error::{ApiError, Rejection, misfit};
use super::microversion::Microversion;
use super::settings::ServiceSettings;
use super::show::View;
use crate::axum::Witness;
use crate::context::{RequestContext, new_request_id};

/// The future of an operation's response.
pub type CallFuture = Pin<Box<dyn Future<Output = Response> + Send>>;

/// A request, taken apart by the arguments of the method that it is for.
#[derive(Debug)]
pub struct Call {
    pub(super) parts: Parts,
    pub(super) body: Option<Body>,
    pub(super) service: &'static Description,
    /// The path of the operation, with parameters.
    pub(super) template: &'static str,
    pub(super) version: Microversion,
    pub(super) settings: Arc<ServiceSettings>,
}

impl Call {
    pub(super) fn new(
        request: Request,
        service: &'static Description,
        template: &'static str,
        version: Microversion,
        settings: Arc<ServiceSettings>,
    ) -> Self {
        let (mut parts, body) = request.into_parts();
        parts.extensions.insert(version);
        Self {
            parts,
            body: Some(body),
            service,
            template,
            version,
            settings,
        }
    }

    /// The decision of a policy, or the beginning of one about a target.
    ///
    /// # Errors
    ///
    /// The refusal.
    pub async fn witness<W>(&mut self) -> Result<W, Rejection>
    where
        W: Witness + FromRequestParts<(), Rejection: IntoResponse>,
    {
        W::from_request_parts(&mut self.parts, &())
            .await
            .map_err(ApiError::rejected)
    }

    /// The value of a header that the operation needs.
    ///
    /// # Errors
    ///
    /// 400 where it is missing, or is not a text.
    pub fn header(&self, name: &str) -> Result<String, Rejection> {
        let value = self.parts.headers.get(name);
        let text = value.and_then(|value| value.to_str().ok());
        text.map(str::to_owned).ok_or_else(|| {
            misfit(
                &format!("the header `{name}`"),
                "missing, or not a text; it is required",
            )
        })
    }

    /// The response to a request that was refused.
    pub fn refused(self, rejection: Rejection) -> Response {
        rejection.into_response()
    }

    /// What this caller sees in this microversion.
    pub(super) fn view(&self) -> View {
        let policies = self.service.field_policies;
        let context = match policies {
            [] => None,
            _ => RequestContext::known(&self.parts.extensions),
        };
        View::new(self.version, policies, context)
    }
}

/// The id of a request: that of its caller, or a new one.
pub(super) fn request_id(parts: &Parts) -> String {
    match RequestContext::known(&parts.extensions) {
        Some(context) => context.request_id().to_owned(),
        None => new_request_id(),
    }
}
