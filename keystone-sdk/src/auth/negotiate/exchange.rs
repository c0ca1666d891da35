//! The exchange on the wire: which request carries a token, and what the responses mean.

use std::fmt;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use http::StatusCode;
use http::header::{AUTHORIZATION, HeaderValue};
use tokio::task::spawn_blocking;
use url::Url;

use super::challenge::{self, Challenge};
use super::{MutualAuth, NegotiateContext, NegotiateStep, SharedNegotiateProvider};
use crate::Error;
use crate::auth::OptionReader;
use crate::auth::attempt::place;
use crate::error::{AuthenticationError, ConfigurationError};
use crate::transport::{Request, Response, Transport, redact};

/// Kerberos needs one token. A server that asks on and on never ends the login.
const MOST_TOKENS: usize = 4;

/// A login that proves itself by HTTP Negotiate, with what makes its tokens.
#[derive(Clone)]
pub(in crate::auth) struct Negotiated<L> {
    pub(in crate::auth) login: L,
    provider: SharedNegotiateProvider,
}

impl<L> Negotiated<L> {
    /// By the provider that is attached to the options, or by the system's own library.
    pub(in crate::auth) fn new(login: L, options: &OptionReader<'_>) -> Self {
        let provider = options.attached().cloned().unwrap_or_default();
        Self { login, provider }
    }

    /// Sends a request until the server accepts or refuses who sends it.
    ///
    /// The token is made only when the server asks for one, and goes only where the question came
    /// from: a ticket that is shown to another server can be used by it.
    pub(in crate::auth) async fn send(
        &self,
        transport: &Transport,
        request: Request,
        mutual: MutualAuth,
    ) -> Result<Response, Error> {
        let asked = transport.send(request.clone()).await?;
        if asked.status != StatusCode::UNAUTHORIZED {
            return match (mutual, asked.status.is_success()) {
                (MutualAuth::Required, true) => Err(unproven(&asked)),
                _ => Ok(asked),
            };
        }
        refuse_other_server(&request, &asked)?;
        if challenge::read(&asked.headers) == Challenge::Absent {
            return Err(not_offered(&asked));
        }
        let mut request = request.redirects(0).replayable(false);
        request.url = asked.url;
        self.prove(transport, request, mutual).await
    }

    async fn prove(
        &self,
        transport: &Transport,
        mut request: Request,
        mutual: MutualAuth,
    ) -> Result<Response, Error> {
        let mut exchange = self.begin(&request.url, mutual).await?;
        let (mut refusal, mut server) = (None, None);
        for _ in 0..MOST_TOKENS {
            let stepped = exchange.step(server).await;
            let (next, step) = stepped.map_err(|error| with_response(error, refusal.as_ref()))?;
            let Some(token) = step.token else {
                // The server had accepted the ticket: whoever stands behind it refuses the user.
                return refusal.ok_or_else(|| no_token(&request.url));
            };
            exchange = next;
            request.headers.insert(AUTHORIZATION, header(&token)?);
            let response = transport.send(request.clone()).await?;
            if response.status != StatusCode::UNAUTHORIZED {
                return exchange.judge(response, mutual).await;
            }
            server = match challenge::read(&response.headers) {
                Challenge::Absent => return Ok(response),
                Challenge::Malformed => return Err(malformed(&response)),
                Challenge::Offered => return Err(ticket_refused(&response)),
                Challenge::Token(token) => Some(token),
            };
            refusal = Some(response);
        }
        Err(endless(refusal.as_ref(), &request.url))
    }

    async fn begin(&self, url: &Url, mutual: MutualAuth) -> Result<Exchange, Error> {
        let provider = self.provider.clone();
        let host = url.host_str().unwrap_or_default();
        let host = host
            .trim_start_matches('[')
            .trim_end_matches(']')
            .to_owned();
        let wanted = mutual != MutualAuth::Disabled;
        blocking(move || provider.0.begin(&host, wanted))
            .await
            .map(Exchange)
    }
}

impl<L: fmt::Debug> fmt::Debug for Negotiated<L> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.login.fmt(f)
    }
}

/// An exchange that has begun.
struct Exchange(Box<dyn NegotiateContext>);

impl Exchange {
    async fn step(mut self, server: Option<Vec<u8>>) -> Result<(Self, NegotiateStep), Error> {
        blocking(move || {
            let step = self.0.step(server.as_deref())?;
            Ok((self, step))
        })
        .await
    }

    /// Whether the server that has accepted the token is the one that was meant.
    async fn judge(self, response: Response, mutual: MutualAuth) -> Result<Response, Error> {
        if mutual == MutualAuth::Disabled || !response.status.is_success() {
            return Ok(response);
        }
        match challenge::read(&response.headers) {
            Challenge::Malformed => Err(malformed(&response)),
            Challenge::Token(proof) => match self.step(Some(proof)).await?.1.proven {
                true => Ok(response),
                false => Err(unproven(&response)),
            },
            Challenge::Absent | Challenge::Offered if mutual == MutualAuth::Required => {
                Err(unproven(&response))
            }
            Challenge::Absent | Challenge::Offered => Ok(response),
        }
    }
}

/// Runs what may wait for the KDC on a thread of its own.
async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, Error> + Send + 'static,
) -> Result<T, Error> {
    let done = spawn_blocking(work).await;
    done.unwrap_or_else(|_| {
        let message = "the program ended while the token of HTTP Negotiate was made, or its provider panicked";
        Err(AuthenticationError::new(message).into())
    })
}

fn header(token: &[u8]) -> Result<HeaderValue, Error> {
    let text = format!("Negotiate {}", BASE64_STANDARD.encode(token));
    let mut header = HeaderValue::from_str(&text)
        .map_err(|_| ConfigurationError::new("the token of HTTP Negotiate fits into no header"))?;
    header.set_sensitive(true);
    Ok(header)
}

/// Whoever redirects elsewhere could have the ticket shown to a server of his choice.
fn refuse_other_server(request: &Request, asked: &Response) -> Result<(), Error> {
    if request.url.origin() == asked.url.origin() && request.method == asked.method {
        return Ok(());
    }
    let message = format!(
        "{} {} redirects to {}, to which no token of HTTP Negotiate is sent; write that address \
         into `auth_url` if it is the right one",
        request.method,
        redact::address(&request.url),
        asked.address(),
    );
    Err(refused(message, asked))
}

fn not_offered(response: &Response) -> Error {
    let message = format!(
        "the web server in front of Keystone does not ask for a Kerberos ticket, but for {} ({}); \
         check `auth_url`, and that HTTP Negotiate protects this address",
        challenge::offered_schemes(&response.headers),
        place(response),
    );
    refused(message, response)
}

fn ticket_refused(response: &Response) -> Error {
    let message = format!(
        "the web server in front of Keystone refused the Kerberos ticket ({}); its log says why: \
         its keytab may hold an older key of the service, or the clocks may differ",
        place(response),
    );
    refused(message, response)
}

fn unproven(response: &Response) -> Error {
    let message = format!(
        "the server did not prove itself ({}), so its response is not taken; see that it is the \
         right one, or set `mutual_auth` to `optional` where TLS proves it",
        place(response),
    );
    AuthenticationError::new(message).into()
}

fn malformed(response: &Response) -> Error {
    let message = format!(
        "the token of HTTP Negotiate in the server's response is malformed ({})",
        place(response)
    );
    AuthenticationError::new(message).into()
}

fn no_token(url: &Url) -> Error {
    let message = format!(
        "no token of HTTP Negotiate was made for {}",
        redact::address(url)
    );
    AuthenticationError::new(message).into()
}

fn endless(refusal: Option<&Response>, url: &Url) -> Error {
    let message = format!(
        "the server wanted more than {MOST_TOKENS} tokens of HTTP Negotiate ({}); Kerberos needs one",
        redact::address(url)
    );
    with_response(AuthenticationError::new(message).into(), refusal)
}

fn refused(message: String, response: &Response) -> Error {
    let error = AuthenticationError::new(message);
    error.refused_by(response.to_error()).into()
}

/// Adds what the server said, where the error has no response yet.
fn with_response(error: Error, response: Option<&Response>) -> Error {
    match (error, response) {
        (Error::Authentication(error), Some(response)) if error.response().is_none() => {
            error.refused_by(response.to_error()).into()
        }
        (error, _) => error,
    }
}
