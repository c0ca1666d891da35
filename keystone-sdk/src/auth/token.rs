//! A token, and the futures that plugins answer with.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use http::HeaderValue;
use jiff::Timestamp;

use super::{AccessInfo, Endpoint};
use crate::error::AuthenticationError;
use crate::{Error, SecretString};

/// A token as it goes into `X-Auth-Token`. Cheap to clone; `Debug` does not show it.
#[derive(Clone)]
pub struct Token(Arc<Inner>);

struct Inner {
    text: SecretString,
    header: HeaderValue,
    expires_at: Option<Timestamp>,
}

impl Token {
    /// Wraps a token's text, with the moment when it expires if that is known.
    ///
    /// # Errors
    ///
    /// [`Error::Authentication`] when the text holds characters that no header can carry.
    pub fn new(text: SecretString, expires_at: Option<Timestamp>) -> Result<Self, Error> {
        let mut header = HeaderValue::from_str(text.expose()).map_err(|_| {
            AuthenticationError::new("the token holds characters that no HTTP header can carry")
        })?;
        header.set_sensitive(true);
        Ok(Self(Arc::new(Inner {
            text,
            header,
            expires_at,
        })))
    }

    /// The text in clear.
    pub fn expose(&self) -> &str {
        self.0.text.expose()
    }

    /// The text as a header value that is marked sensitive.
    pub fn header(&self) -> HeaderValue {
        self.0.header.clone()
    }

    /// When the token expires, if that is known.
    pub fn expires_at(&self) -> Option<Timestamp> {
        self.0.expires_at
    }

    /// Whether both are the same token. Not an `==`: tokens are not to be compared with guesses.
    pub fn is_same(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0) || self.expose() == other.expose()
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Token")
            .field("expires_at", &self.0.expires_at)
            .finish_non_exhaustive()
    }
}

/// An answer that is at hand, or one that the wire has to bring. Nothing is allocated when it is
/// at hand.
#[must_use = "futures do nothing unless awaited"]
pub struct PluginFuture<'a, T>(Kind<'a, T>);

enum Kind<'a, T> {
    Ready(Option<Result<T, Error>>),
    Wire(Pin<Box<dyn Future<Output = Result<T, Error>> + Send + 'a>>),
}

/// Brings a [`Token`].
pub type TokenFuture<'a> = PluginFuture<'a, Token>;
/// Brings an [`AccessInfo`].
pub type AccessFuture<'a> = PluginFuture<'a, AccessInfo>;
/// Brings an [`Endpoint`].
pub type EndpointFuture<'a> = PluginFuture<'a, Endpoint>;

impl<'a, T> PluginFuture<'a, T> {
    /// An answer that is at hand.
    pub fn ready(answer: Result<T, Error>) -> Self {
        Self(Kind::Ready(Some(answer)))
    }

    /// An answer that the wire has to bring.
    pub fn wire(future: impl Future<Output = Result<T, Error>> + Send + 'a) -> Self {
        Self(Kind::Wire(Box::pin(future)))
    }
}

impl<T: Unpin> Future for PluginFuture<'_, T> {
    type Output = Result<T, Error>;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        match &mut self.get_mut().0 {
            Kind::Ready(answer) => match answer.take() {
                Some(answer) => Poll::Ready(answer),
                None => Poll::Pending,
            },
            Kind::Wire(future) => future.as_mut().poll(context),
        }
    }
}

impl<T> fmt::Debug for PluginFuture<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PluginFuture").finish_non_exhaustive()
    }
}
