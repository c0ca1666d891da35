//! Settings of a server, and its start.

use std::fmt;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use serde_json::Value;
use tokio::net::TcpListener;
use tokio::sync::watch;

use super::{Admin, Keystone, connection, middleware};
use crate::app::App;
use crate::clock::Clock;
use crate::error::Error;
use crate::store::{Methods, Store};
use crate::{ids, router};

/// Settings of an embedded server, made by [`Keystone::builder`].
#[derive(Clone)]
#[must_use]
pub struct Builder {
    clock: Clock,
    token_life: Duration,
    port: u16,
    admin_password: Option<String>,
    region: String,
    unannounced_close: bool,
    methods: Methods,
    v2: bool,
}

impl Default for Builder {
    fn default() -> Self {
        Self {
            clock: Clock::system(),
            token_life: Duration::from_secs(3600),
            port: 0,
            admin_password: None,
            region: "RegionOne".to_owned(),
            unannounced_close: false,
            methods: Methods::default(),
            v2: false,
        }
    }
}

impl Builder {
    /// Takes the time from `clock`: a [`Clock`] or a `&`[`ManualClock`](crate::ManualClock).
    pub fn clock(mut self, clock: impl Into<Clock>) -> Self {
        self.clock = clock.into();
        self
    }

    /// How long tokens are valid; an hour by default.
    pub fn token_life(mut self, life: Duration) -> Self {
        self.token_life = life;
        self
    }

    /// A fixed port instead of a free one.
    pub fn port(mut self, port: u16) -> Self {
        self.port = port;
        self
    }

    /// The administrator's password; a random one by default.
    pub fn admin_password(mut self, password: impl Into<String>) -> Self {
        self.admin_password = Some(password.into());
        self
    }

    /// The region of the bootstrapped endpoints; `RegionOne` by default.
    pub fn region(mut self, region: impl Into<String>) -> Self {
        self.region = region.into();
        self
    }

    /// Closes each connection after its first response without announcing it, as a stock uWSGI
    /// does: clients that keep connections must survive it.
    pub fn unannounced_close(mut self, close: bool) -> Self {
        self.unannounced_close = close;
        self
    }

    /// Adds an authentication method.
    ///
    /// The user is taken from `user` in the data of the method, by id or by name and domain, as for
    /// `password`; `proves` is given the data and decides.
    ///
    /// ```
    /// # use keystone_testing::Keystone;
    /// let builder = Keystone::builder().auth_method("pin", |data| data["user"]["pin"] == "1234");
    /// ```
    pub fn auth_method(
        mut self,
        name: impl Into<String>,
        proves: impl Fn(&Value) -> bool + Send + Sync + 'static,
    ) -> Self {
        self.methods.add(name.into(), Arc::new(proves));
        self
    }

    /// Enables the v2.0 API, as old deployments have it: tokens and tenants at
    /// [`v2_url`](Keystone::v2_url). The real service has removed it in release 13.
    pub fn v2(mut self, offer: bool) -> Self {
        self.v2 = offer;
        self
    }

    /// Starts the server on the current Tokio runtime.
    ///
    /// # Errors
    /// When the port cannot be bound.
    pub async fn start(self) -> Result<Keystone, Error> {
        let wanted = SocketAddr::from((Ipv4Addr::LOCALHOST, self.port));
        let fail = |source| Error::bind(wanted, source);
        let listener = TcpListener::bind(wanted).await.map_err(fail)?;
        let address = listener.local_addr().map_err(fail)?;

        let password = self.admin_password.unwrap_or_else(ids::resource);
        let mut store = Store {
            methods: self.methods,
            v2: self.v2,
            ..Store::default()
        };
        let url = format!("http://{address}/v3");
        let (user_id, project_id) = store.bootstrap(&password, &self.region, &url);
        let app = Arc::new(App::new(self.clock, self.token_life, store));

        let (stop, stopped) = watch::channel(false);
        let service = middleware::service(router::router(&app), &app, stopped.clone());
        let listener = connection::Listener::new(listener, self.unannounced_close);
        let task = tokio::spawn(async move {
            let served = axum::serve(listener, service)
                .with_graceful_shutdown(wait_for(stopped))
                .await;
            if let Err(error) = served {
                tracing::error!(%error, "the embedded server stopped");
            }
        });
        let admin = Admin {
            password,
            user_id,
            project_id,
        };
        Ok(Keystone {
            address,
            admin,
            app,
            stop,
            task: Some(task),
        })
    }
}

impl fmt::Debug for Builder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Builder")
            .field("token_life", &self.token_life)
            .field("port", &self.port)
            .field("region", &self.region)
            .finish_non_exhaustive()
    }
}

/// Ends when the server is stopped, or its handle is dropped.
async fn wait_for(mut stopped: watch::Receiver<bool>) {
    stopped.wait_for(|stop| *stop).await.ok();
}
