//! The requests of the libraries, sent by our transport.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::{Mutex, PoisonError};

use http::header::ACCEPT;
use oauth2::{AsyncHttpClient, ErrorResponse, HttpRequest, HttpResponse, RequestTokenError};
use tokio::sync::Notify;
use url::Url;

use crate::auth::attempt::place;
use crate::error::{DecodeError, TransportErrorKind};
use crate::transport::{Request, Response, Transport};
use crate::{Error, SecretString};

/// The largest response that is read, in bytes; real ones have a few thousand.
const LARGEST: usize = 1 << 20;

/// What is asked of an OpenID Provider.
#[derive(Clone, Copy, Debug)]
pub(super) enum Step {
    Device,
    Discovery,
    Keys,
    Token,
}

impl Step {
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Device => "the device authorization request to the OpenID Provider",
            Self::Discovery => "the discovery document of the OpenID Provider",
            Self::Keys => "the request for the public keys of the OpenID Provider",
            Self::Token => "the token request to the OpenID Provider",
        }
    }
}

impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// One step at the OpenID Provider. It remembers the response, of which the libraries' errors tell
/// too little, or too much: some hold the body.
pub(super) struct Wire<'a> {
    transport: &'a Transport,
    step: Step,
    replayable: bool,
    secrets: Vec<SecretString>,
    last: Mutex<Option<Response>>,
    lost: Mutex<Option<Error>>,
    hopeless: Notify,
}

impl<'a> Wire<'a> {
    pub(super) fn new(transport: &'a Transport, step: Step) -> Self {
        Self {
            transport,
            step,
            replayable: true,
            secrets: Vec::new(),
            last: Mutex::new(None),
            lost: Mutex::new(None),
            hopeless: Notify::new(),
        }
    }

    /// The request proves something that is good for one time.
    pub(super) fn once(mut self) -> Self {
        self.replayable = false;
        self
    }

    /// Names what the request carries and nobody may see.
    pub(super) fn hiding<'s>(
        mut self,
        secrets: impl IntoIterator<Item = &'s SecretString>,
    ) -> Self {
        self.secrets.extend(secrets.into_iter().cloned());
        self
    }

    /// Sends a request and remembers what came of it.
    pub(super) async fn send(&self, request: HttpRequest) -> Result<HttpResponse, Error> {
        match self.exchange(request).await {
            Ok(response) => Ok(response),
            Err(error) => {
                let error = error.during(self.step.name());
                *lock(&self.lost) = Some(error.clone());
                if !is_passing(&error) {
                    self.hopeless.notify_one();
                }
                Err(error)
            }
        }
    }

    /// Ends when no further try can help.
    pub(super) async fn hopeless(&self) {
        self.hopeless.notified().await;
    }

    /// Why the last request got no response.
    pub(super) fn lost(&self) -> Option<Error> {
        lock(&self.lost).clone()
    }

    /// The last response.
    pub(super) fn last(&self) -> Option<Response> {
        lock(&self.last).clone()
    }

    async fn exchange(&self, request: HttpRequest) -> Result<HttpResponse, Error> {
        let (parts, body) = request.into_parts();
        let url = Url::parse(&parts.uri.to_string()).map_err(|error| {
            let message = format!("the address for {} cannot be read", self.step);
            crate::error::ConfigurationError::new(message).caused_by(error)
        })?;
        let mut ours = Request::new(parts.method, url)
            .redirects(0)
            .replayable(self.replayable);
        ours.headers = parts.headers;
        ours.headers
            .entry(ACCEPT)
            .or_insert(http::HeaderValue::from_static("application/json"));
        if !body.is_empty() {
            ours.body = Some(body.into());
        }
        ours.max_body = Some(LARGEST);
        ours.secrets.clone_from(&self.secrets);
        let response = self.transport.send(ours).await?;
        let mut theirs = HttpResponse::new(response.body.to_vec());
        *theirs.status_mut() = response.status;
        theirs.headers_mut().clone_from(&response.headers);
        *lock(&self.last) = Some(response);
        *lock(&self.lost) = None;
        Ok(theirs)
    }

    /// Our error for one of the library.
    pub(super) fn failed<E: ErrorResponse>(
        &self,
        error: RequestTokenError<Error, E>,
        remedy: &str,
    ) -> Error {
        let path = match error {
            RequestTokenError::Request(error) => return error,
            RequestTokenError::Parse(error, _) => Some(error.path().to_string()),
            _ => None,
        };
        self.refused(path.as_deref(), remedy)
    }

    /// The error for the last response, which is not what was hoped for.
    pub(super) fn refused(&self, path: Option<&str>, remedy: &str) -> Error {
        let step = self.step;
        let Some(response) = self.last() else {
            return super::refusal(format!("{step} could not be made"), None).into();
        };
        if response.status.is_success() {
            let what = match path {
                Some(path) if !path.is_empty() && path != "." => format!(", at `{path}`"),
                _ => String::new(),
            };
            let message = format!("{step} got a response that is not the promised JSON{what}");
            return DecodeError::new(message).at(place(&response)).into();
        }
        let error = response.to_error();
        let code = match error.title() {
            Some(code) => format!(": `{code}`"),
            None => String::new(),
        };
        let message = format!("{step} was refused{code} ({}); {remedy}", place(&response));
        super::refusal(message, super::reason(&error))
            .refused_by(error)
            .into()
    }
}

impl<'c> AsyncHttpClient<'c> for Wire<'_> {
    type Error = Error;
    type Future = Pin<Box<dyn Future<Output = Result<HttpResponse, Error>> + Send + 'c>>;

    fn call(&'c self, request: HttpRequest) -> Self::Future {
        Box::pin(self.send(request))
    }
}

/// Whether the failure may be gone at the next try.
fn is_passing(error: &Error) -> bool {
    matches!(error, Error::Transport(error) if error.kind() != TransportErrorKind::Tls)
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
