//! Starting, addressing and stopping the server.

mod admin;
mod builder;
mod connection;
mod middleware;

use std::fmt;
use std::net::SocketAddr;
use std::sync::Arc;

use tokio::sync::watch;
use tokio::task::JoinHandle;

pub use self::admin::Admin;
pub use self::builder::Builder;
use crate::app::App;
use crate::error::Error;
use crate::faults::{Fault, Hold};
use crate::journal::Requests;

/// A running Identity service on a loopback port; it stops when dropped.
///
/// It runs on the Tokio runtime that started it.
pub struct Keystone {
    address: SocketAddr,
    admin: Admin,
    app: Arc<App>,
    stop: watch::Sender<bool>,
    task: Option<JoinHandle<()>>,
}

impl Keystone {
    /// Starts a server with default settings: a free port, the system clock, and tokens that are valid for an hour.
    ///
    /// # Errors
    /// When no loopback port can be bound.
    pub async fn start() -> Result<Self, Error> {
        Self::builder().start().await
    }

    /// A server with other settings.
    pub fn builder() -> Builder {
        Builder::default()
    }

    /// The root, `http://127.0.0.1:PORT`, where the version document is.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// The Identity API v3, `http://127.0.0.1:PORT/v3`.
    #[must_use]
    pub fn v3_url(&self) -> String {
        format!("http://{}/v3", self.address)
    }

    /// The Identity API v2.0, `http://127.0.0.1:PORT/v2.0`, if it is enabled by
    /// [`Builder::v2`].
    #[must_use]
    pub fn v2_url(&self) -> String {
        format!("http://{}/v2.0", self.address)
    }

    /// The address that the server listens on.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The bootstrapped administrator.
    #[must_use]
    pub fn admin(&self) -> &Admin {
        &self.admin
    }

    /// The requests so far.
    #[must_use]
    pub fn requests(&self) -> Requests {
        self.app.journal.requests()
    }

    /// Makes the next `times` requests fail, whatever their method and path.
    pub fn fail_next(&self, times: usize, fault: Fault) {
        self.app.faults.add(None, times, fault);
    }

    /// Makes the next `times` requests of this method and path (without query) fail.
    ///
    /// ```
    /// # use keystone_sdk::transport::{Request, Transport};
    /// # use keystone_testing::{Fault, Keystone};
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let keystone = Keystone::start().await?;
    /// keystone.fail_next_at("GET", "/v3", 1, Fault::status(503).header("retry-after", "1"));
    /// let transport = Transport::builder().build()?;
    /// let versions = Request::new(http::Method::GET, keystone.v3_url().parse()?);
    /// assert_eq!(transport.send(versions.clone()).await?.status, 503);
    /// assert_eq!(transport.send(versions).await?.status, 200);
    /// # Ok(())
    /// # }
    /// ```
    pub fn fail_next_at(&self, method: &str, path: &str, times: usize, fault: Fault) {
        self.app.faults.add(Some((method, path)), times, fault);
    }

    /// Keeps requests of this method and path waiting until the returned value is dropped, so
    /// that a test can observe the client meanwhile.
    pub fn hold(&self, method: &str, path: &str) -> Hold {
        self.app.faults.hold(method, path)
    }

    /// Revokes all tokens, as if a real deployment had lost its Fernet keys.
    pub fn revoke_all_tokens(&self) {
        self.app.store().tokens.clear();
    }

    /// Stops the server and waits until open requests are served and the port is free.
    pub async fn stop(mut self) {
        self.signal_stop();
        if let Some(task) = self.task.take() {
            // The task neither panics nor is cancelled elsewhere; there is nothing to report.
            task.await.ok();
        }
    }

    fn signal_stop(&self) {
        self.stop.send_replace(true);
        self.app.faults.release_all();
    }
}

impl fmt::Debug for Keystone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Keystone")
            .field("address", &self.address)
            .field("admin", &self.admin)
            .finish_non_exhaustive()
    }
}

impl Drop for Keystone {
    fn drop(&mut self) {
        self.signal_stop();
    }
}
