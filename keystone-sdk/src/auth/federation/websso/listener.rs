//! Where the browser brings the token.

use std::collections::VecDeque;
use std::convert::Infallible;
use std::future::{self, Future};
use std::io::{self, ErrorKind};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll};
use std::time::Duration;

use futures_util::future::{Either, select};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::net::{TcpListener, TcpStream, lookup_host};
use url::{Host, Position, Url};

use super::callback::{Callback, PATH};
use crate::Error;
use crate::auth::Token;
use crate::clock::SharedClock;
use crate::error::{AuthenticationError, ConfigurationError, FederationFailure, FederationStep};

/// How many connections are open at a time. A newer one takes the place of the oldest, so that those
/// who only hold theirs open keep nobody out.
const MOST_CONNECTIONS: usize = 64;
/// How long a connection may take. It holds one request, from a browser on the same machine.
const LONGEST_CONNECTION: Duration = Duration::from_secs(10);

/// A listener on this machine alone, for as long as a login waits.
#[derive(Debug)]
pub(super) struct Listener {
    sockets: Vec<TcpListener>,
    address: String,
    callback: Arc<Callback>,
}

impl Listener {
    /// Listens at every address of `host`, all of which have to be of this machine.
    pub(super) async fn bind(host: &str, port: u16, keystone: &Url) -> Result<Self, Error> {
        let (url, _) = address(host, port)?;
        let mut sockets: Vec<TcpListener> = Vec::new();
        let mut port = port;
        let mut missing = None;
        for ip in resolve(host, &url).await? {
            match TcpListener::bind(SocketAddr::new(ip, port)).await {
                Ok(socket) => {
                    // With port 0, the first address chooses one for all.
                    port = socket.local_addr().map_or(port, |address| address.port());
                    sockets.push(socket);
                }
                // Whoever listens there may get the token.
                Err(error) if error.kind() == ErrorKind::AddrInUse => {
                    return Err(not_bound(ip, port, error));
                }
                // A machine without IPv6, or without IPv4.
                Err(error) => missing = Some(not_bound(ip, port, error)),
            }
        }
        if let (true, Some(error)) = (sockets.is_empty(), missing) {
            return Err(error);
        }
        let (url, address) = address(host, port)?;
        let host = &url[Position::BeforeHost..Position::AfterPort];
        Ok(Self {
            sockets,
            callback: Arc::new(Callback::new(host, keystone)),
            address,
        })
    }

    /// The address of the form's target, as `trusted_dashboard` of Keystone has to list it.
    pub(super) fn address(&self) -> &str {
        &self.address
    }

    /// The token, when the browser brings it in time.
    pub(super) async fn token(
        self,
        clock: &SharedClock,
        timeout: Duration,
    ) -> Result<Token, Error> {
        let served = pin!(self.serve());
        match select(served, clock.sleep(timeout)).await {
            Either::Left((token, _)) => token,
            Either::Right(_) => Err(self.too_late(timeout)),
        }
    }

    async fn serve(&self) -> Result<Token, Error> {
        let mut open = VecDeque::new();
        future::poll_fn(|cx| self.poll(&mut open, cx)).await
    }

    /// Serves the connections, and takes in new ones until one of them has brought the token. That
    /// one is served to its end, for the person to see the page.
    fn poll(
        &self,
        open: &mut VecDeque<Connection>,
        cx: &mut Context<'_>,
    ) -> Poll<Result<Token, Error>> {
        loop {
            let mut done = false;
            open.retain_mut(|connection| match connection.as_mut().poll(cx) {
                Poll::Ready(brought_token) => {
                    done |= brought_token;
                    false
                }
                Poll::Pending => true,
            });
            match self.callback.token() {
                Some(token) if done => return Poll::Ready(Ok(token)),
                Some(_) => return Poll::Pending,
                None => {}
            }
            if !self.poll_accept(open, cx)? {
                return Poll::Pending;
            }
        }
    }

    /// Takes in what is waiting, at most one connection an address; whether there was any.
    fn poll_accept(
        &self,
        open: &mut VecDeque<Connection>,
        cx: &mut Context<'_>,
    ) -> Result<bool, Error> {
        let mut any = false;
        for socket in &self.sockets {
            let Poll::Ready(accepted) = socket.poll_accept(cx) else {
                continue;
            };
            any = true;
            match accepted {
                Ok((stream, _)) => {
                    if open.len() >= MOST_CONNECTIONS {
                        open.pop_front();
                    }
                    open.push_back(connection(stream, Arc::clone(&self.callback)));
                }
                Err(error) if error.kind() == ErrorKind::ConnectionAborted => {}
                // No file descriptor is left, perhaps: then the oldest connection gives its own.
                Err(error) if open.pop_front().is_none() => return Err(self.broken(&error)),
                Err(_) => {}
            }
        }
        Ok(any)
    }

    fn too_late(&self, timeout: Duration) -> Error {
        let refusals = self.callback.refusals();
        let refusals = refusals.map(|refusals| format!(" ({refusals})"));
        let failure = FederationFailure::new(FederationStep::IdentityProvider, None);
        AuthenticationError::new(format!(
            "the browser brought no token to `{}` within {} seconds{}; log in in time, check that \
             Keystone lists this address in `trusted_dashboard`, or raise `login_timeout`",
            self.address,
            timeout.as_secs_f64(),
            refusals.unwrap_or_default(),
        ))
        .failed_at(failure)
        .into()
    }

    fn broken(&self, error: &io::Error) -> Error {
        let message = format!("nothing can be received at `{}`: {error}", self.address);
        AuthenticationError::new(message).into()
    }
}

/// Serves one request, and tells whether it brought the token.
type Connection = Pin<Box<dyn Future<Output = bool> + Send>>;

fn connection(stream: TcpStream, callback: Arc<Callback>) -> Connection {
    Box::pin(async move {
        let brought_token = AtomicBool::new(false);
        let respond = service_fn(async |request| {
            let (page, brought) = callback.respond(request).await;
            brought_token.fetch_or(brought, Ordering::Relaxed);
            Ok::<_, Infallible>(page)
        });
        let served = http1::Builder::new()
            .keep_alive(false)
            .serve_connection(TokioIo::new(stream), respond);
        // Whatever became of the connection, the page was all that it was for.
        let _ = tokio::time::timeout(LONGEST_CONNECTION, served).await;
        brought_token.load(Ordering::Relaxed)
    })
}

/// The address of the form's target, parsed and as it was given: Keystone compares letters.
fn address(host: &str, port: u16) -> Result<(Url, String), Error> {
    let bracketed = match host.parse::<Ipv6Addr>() {
        Ok(ip) => format!("[{ip}]"),
        Err(_) => host.to_owned(),
    };
    let address = format!("http://{bracketed}:{port}{PATH}");
    let plain = |url: &Url| {
        url.path() == PATH
            && url.port_or_known_default() == Some(port)
            && url.username().is_empty()
            && url.password().is_none()
            && url.query().is_none()
            && url.fragment().is_none()
    };
    match Url::parse(&address) {
        Ok(url) if plain(&url) => Ok((url, address)),
        _ => Err(not_here(host, "is not the name of a host")),
    }
}

/// The addresses of this machine by that name.
async fn resolve(host: &str, url: &Url) -> Result<Vec<IpAddr>, Error> {
    let (v4, v6) = (Ipv4Addr::LOCALHOST.into(), Ipv6Addr::LOCALHOST.into());
    let mut found = match url.host() {
        Some(Host::Ipv4(ip)) => vec![IpAddr::V4(ip)],
        Some(Host::Ipv6(ip)) => vec![IpAddr::V6(ip)],
        // What browsers take it for, whatever the machine's tables say (RFC 6761, section 6.3).
        Some(Host::Domain(name)) if name == "localhost" || name.ends_with(".localhost") => {
            vec![v4, v6]
        }
        Some(Host::Domain(name)) => {
            let found = lookup_host((name, 0)).await.map_err(|error| {
                let error = not_found(host).caused_by(error);
                Error::from(error)
            })?;
            found.map(|address| address.ip()).collect()
        }
        None => Vec::new(),
    };
    found.dedup();
    match found.iter().find(|ip| !ip.to_canonical().is_loopback()) {
        Some(ip) => Err(not_here(
            host,
            &format!("is the address {ip}, which others reach"),
        )),
        None if found.is_empty() => Err(not_found(host).into()),
        None => Ok(found),
    }
}

fn not_found(host: &str) -> ConfigurationError {
    ConfigurationError::new(format!("`redirect_host` is `{host}`, which has no address"))
        .remedy("write a name of this machine, such as `localhost`")
}

fn not_here(host: &str, why: &str) -> Error {
    let message = format!("`redirect_host` is `{host}`, which {why}");
    let error = ConfigurationError::new(message);
    error
        .remedy("write a name of this machine alone, such as `localhost`")
        .into()
}

fn not_bound(ip: IpAddr, port: u16, error: io::Error) -> Error {
    let address = SocketAddr::new(ip, port);
    let message = match error.kind() {
        ErrorKind::AddrInUse => format!("another program listens at {address}"),
        _ => format!("nothing can listen at {address}"),
    };
    ConfigurationError::new(message)
        .remedy("choose another `redirect_port`, and list its address in `trusted_dashboard` of Keystone")
        .caused_by(error)
        .into()
}

#[cfg(test)]
mod tests;
