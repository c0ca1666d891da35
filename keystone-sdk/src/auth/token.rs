//! Tokens, and the futures that plugins return.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use http::{HeaderMap, HeaderName, HeaderValue};
use jiff::Timestamp;

use super::{AccessInfo, Endpoint};
use crate::error::AuthenticationError;
use crate::{Error, SecretString};

const AUTH_TOKEN: HeaderName = HeaderName::from_static("x-auth-token");

/// The credentials for a service: a token for `X-Auth-Token`, and any additional headers. Cheap to
/// clone; `Debug` does not show it.
#[derive(Clone)]
pub struct Token(Arc<TokenParts>);

#[derive(Clone)]
struct TokenParts {
    text: SecretString,
    headers: HeaderMap,
    expires_at: Option<Timestamp>,
    service: Option<Token>,
}

impl Token {
    /// A token, with its expiry if that is known.
    ///
    /// # Errors
    ///
    /// [`Error::Authentication`] when the text is [blank](SecretString::is_blank) or holds characters that
    /// no header can carry.
    pub fn new(text: SecretString, expires_at: Option<Timestamp>) -> Result<Self, Error> {
        if text.is_blank() {
            return Err(AuthenticationError::new("the token is blank").into());
        }
        let headers = HeaderMap::from_iter([(AUTH_TOKEN, sensitive(&text)?)]);
        Ok(Self(Arc::new(TokenParts {
            text,
            headers,
            expires_at,
            service: None,
        })))
    }

    /// Credentials without a token: only headers, such as those of HTTP Basic authentication. Their
    /// values are secret.
    ///
    /// ```
    /// use http::{HeaderMap, HeaderValue};
    /// use keystone_sdk::auth::Token;
    ///
    /// let mut headers = HeaderMap::new();
    /// headers.insert("x-badge", HeaderValue::from_static("4711"));
    /// assert!(!Token::from_headers(headers).is_token());
    /// ```
    pub fn from_headers(mut headers: HeaderMap) -> Self {
        headers
            .values_mut()
            .for_each(|value| value.set_sensitive(true));
        Self(Arc::new(TokenParts {
            text: SecretString::default(),
            headers,
            expires_at: None,
            service: None,
        }))
    }

    /// Adds a secret header to send with the token.
    ///
    /// # Errors
    ///
    /// [`Error::Authentication`] when the value contains characters that no header can carry.
    pub fn with_header(self, name: HeaderName, value: &SecretString) -> Result<Self, Error> {
        let value = sensitive(value)?;
        Ok(self.change(|inner| {
            inner.headers.insert(name, value);
        }))
    }

    /// Adds the token of the service that calls on behalf of this token's user.
    #[must_use]
    pub fn with_service_token(self, service: Self) -> Self {
        self.change(|inner| inner.service = Some(service))
    }

    /// Whether there is a token, and not only headers.
    pub fn is_token(&self) -> bool {
        !self.0.text.is_empty()
    }

    /// The token in clear; empty if there is [no token](Self::is_token).
    pub fn expose(&self) -> &str {
        self.0.text.expose()
    }

    /// The token as a sensitive header value; empty if there is [no token](Self::is_token).
    pub fn header(&self) -> HeaderValue {
        let header = self.0.headers.get(AUTH_TOKEN).filter(|_| self.is_token());
        header.map_or_else(|| HeaderValue::from_static(""), HeaderValue::clone)
    }

    /// The authentication headers, all marked sensitive, without the service's token.
    pub fn headers(&self) -> &HeaderMap {
        &self.0.headers
    }

    /// The token of the service that calls on behalf of this token's user.
    pub fn service_token(&self) -> Option<&Self> {
        self.0.service.as_ref()
    }

    /// When the token expires, if that is known.
    pub fn expires_at(&self) -> Option<Timestamp> {
        self.0.expires_at
    }

    /// Whether both are the same token. There is no `==`, so that tokens are not compared with
    /// guesses.
    pub fn is_same(&self, other: &Self) -> bool {
        let (one, two) = (&*self.0, &*other.0);
        if Arc::ptr_eq(&self.0, &other.0) {
            true
        } else if self.is_token() || other.is_token() {
            one.text.expose() == two.text.expose()
        } else {
            one.headers == two.headers
        }
    }

    fn change(self, change: impl FnOnce(&mut TokenParts)) -> Self {
        let mut inner = Arc::unwrap_or_clone(self.0);
        change(&mut inner);
        Self(Arc::new(inner))
    }
}

fn sensitive(text: &SecretString) -> Result<HeaderValue, Error> {
    text.to_header().ok_or_else(|| {
        AuthenticationError::new("the token contains characters that no HTTP header can carry")
            .into()
    })
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Token")
            .field("expires_at", &self.0.expires_at)
            .finish_non_exhaustive()
    }
}

/// A future of a plugin. A value that is available at once needs no allocation.
#[must_use = "futures do nothing unless awaited"]
pub struct PluginFuture<'a, T>(FutureKind<'a, T>);

enum FutureKind<'a, T> {
    Ready(Option<Result<T, Error>>),
    Wire(Pin<Box<dyn Future<Output = Result<T, Error>> + Send + 'a>>),
}

/// The future of a [`Token`].
pub type TokenFuture<'a> = PluginFuture<'a, Token>;
/// The future of an [`AccessInfo`].
pub type AccessFuture<'a> = PluginFuture<'a, AccessInfo>;
/// The future of an [`Endpoint`].
pub type EndpointFuture<'a> = PluginFuture<'a, Endpoint>;

impl<'a, T> PluginFuture<'a, T> {
    /// A value that is available.
    pub fn ready(result: Result<T, Error>) -> Self {
        Self(FutureKind::Ready(Some(result)))
    }

    /// A value that needs requests.
    pub fn wire(future: impl Future<Output = Result<T, Error>> + Send + 'a) -> Self {
        Self(FutureKind::Wire(Box::pin(future)))
    }
}

impl<T: Unpin> Future for PluginFuture<'_, T> {
    type Output = Result<T, Error>;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        match &mut self.get_mut().0 {
            FutureKind::Ready(result) => match result.take() {
                Some(result) => Poll::Ready(result),
                None => Poll::Pending,
            },
            FutureKind::Wire(future) => future.as_mut().poll(context),
        }
    }
}

impl<T> fmt::Debug for PluginFuture<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PluginFuture").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn token(text: &str) -> Token {
        Token::new(text.into(), None).unwrap()
    }

    fn badge(text: &'static str) -> Token {
        let badge = HeaderName::from_static("x-badge");
        Token::from_headers(HeaderMap::from_iter([(
            badge,
            HeaderValue::from_static(text),
        )]))
    }

    #[test]
    fn a_token_is_the_same_whatever_goes_along_with_it() {
        let bearer = HeaderName::from_static("authorization");
        let more = token("t").with_header(bearer, &"Bearer b".into()).unwrap();
        let more = more.with_service_token(token("s"));
        assert!(more.is_same(&token("t")));
        assert!(!more.is_same(&token("s")));
        assert!(more.service_token().unwrap().is_same(&token("s")));
    }

    #[test]
    fn proofs_without_text_are_compared_by_their_headers() {
        assert!(badge("a").is_same(&badge("a")));
        assert!(!badge("a").is_same(&badge("b")));
        assert!(!badge("a").is_same(&token("a")));
    }

    #[test]
    fn debug_shows_nothing_that_goes_along_with_a_token() {
        let whole = badge("canary").with_service_token(token("canary"));
        let shown = format!("{whole:?} {:?}", whole.headers());
        assert!(!shown.contains("canary"), "{shown}");
    }
}
