//! The service as a whole: the API behind token validation, on a port.

use std::net::SocketAddr;
use std::time::Duration;

use axum::Router;
use keystone_middleware::policy::Enforcer;
use keystone_middleware::sdk::config::ini::Ini;
use keystone_middleware::{AuthToken, Config, DocsPage};
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;
use tokio::time::timeout;

use crate::api;
use crate::proxies::Proxies;
use crate::store::{Db, Settings};

type Failure = Box<dyn std::error::Error + Send + Sync>;

/// How long requests that are under way may take when the service ends.
const GRACE: Duration = Duration::from_secs(10);

/// The application, and the database behind it.
#[derive(Debug)]
pub struct App {
    router: Router,
    db: Db,
}

impl App {
    /// With the whole API wrapped into something.
    #[must_use]
    pub fn wrapped(self, wrap: impl FnOnce(Router) -> Router) -> Self {
        Self {
            router: wrap(self.router),
            db: self.db,
        }
    }

    /// The database behind it.
    pub fn db(&self) -> &Db {
        &self.db
    }
}

/// A service that runs until it is stopped or dropped.
#[derive(Debug)]
pub struct Server {
    address: SocketAddr,
    stop: Option<oneshot::Sender<()>>,
    task: JoinHandle<std::io::Result<()>>,
    db: Db,
}

/// The application as the configuration wants it: `[keystone_authtoken]` for the tokens,
/// `[oslo_policy]` for an operator's own rules, and `[database]` for the storage.
///
/// # Errors
///
/// When a setting is missing or wrong, the operator's rules cannot be read, or the database cannot
/// be reached.
pub async fn app(ini: &Ini) -> Result<App, Failure> {
    let mut enforcer = Enforcer::builder(&crate::policies::DEFAULTS);
    if let Some(section) = ini.find("oslo_policy") {
        section.refuse_unknown(&["policy_file"])?;
        if let Some(file) = section.get("policy_file")? {
            enforcer = enforcer.policy_file(file);
        }
    }
    let enforcer = enforcer.build()?;
    let config = Config::from_section(&ini.section("keystone_authtoken")?)?;
    let db = Db::connect(&Settings::from_ini(ini)?).await?;
    let router = Proxies { db: db.clone() }
        .into_routes(enforcer)
        .docs_page("/docs", DocsPage::new(api::SERVICE.document)?)
        .into_router_with(AuthToken::layer(config));
    Ok(App { router, db })
}

impl Server {
    /// Serves `app` on `listener`.
    ///
    /// # Errors
    ///
    /// When the listener has no address.
    pub fn start(app: App, listener: TcpListener) -> std::io::Result<Self> {
        let App { router, db } = app;
        let address = listener.local_addr()?;
        let (stop, stopped) = oneshot::channel::<()>();
        let task = tokio::spawn(async move {
            let stopped = async {
                // A dropped sender stops the service as well.
                let _ = stopped.await;
            };
            axum::serve(listener, router)
                .with_graceful_shutdown(stopped)
                .await
        });
        Ok(Self {
            address,
            stop: Some(stop),
            task,
            db,
        })
    }

    /// Where it listens.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Accepts no more, responds to what is under way, and closes the database.
    ///
    /// # Errors
    ///
    /// When the service had failed on its own, or requests took longer than ten seconds.
    pub async fn stop(self) -> Result<(), Failure> {
        self.stop_within(GRACE).await
    }

    /// As [`stop`](Self::stop), with another limit.
    ///
    /// # Errors
    ///
    /// As for [`stop`](Self::stop).
    pub async fn stop_within(mut self, limit: Duration) -> Result<(), Failure> {
        if let Some(stop) = self.stop.take() {
            let _ = stop.send(());
        }
        let ended = timeout(limit, async {
            let served = (&mut self.task).await;
            self.db.close().await;
            served
        });
        match ended.await {
            Ok(served) => Ok(served??),
            Err(_) => Err(format!("requests were still under way after {limit:?}").into()),
        }
    }
}

/// Completes when the process is told to end, by SIGTERM or Ctrl-C.
#[derive(Debug)]
pub struct Interrupt {
    #[cfg(unix)]
    terminate: tokio::signal::unix::Signal,
    #[cfg(unix)]
    interrupt: tokio::signal::unix::Signal,
}

impl Interrupt {
    /// Listens from now on; the signals do not end the process any more.
    ///
    /// # Errors
    ///
    /// When the system refuses.
    pub fn listen() -> std::io::Result<Self> {
        #[cfg(unix)]
        use tokio::signal::unix::{SignalKind, signal};
        Ok(Self {
            #[cfg(unix)]
            terminate: signal(SignalKind::terminate())?,
            #[cfg(unix)]
            interrupt: signal(SignalKind::interrupt())?,
        })
    }

    /// Waits for the first of the signals.
    ///
    /// # Errors
    ///
    /// When the system refuses.
    pub async fn received(mut self) -> std::io::Result<()> {
        #[cfg(unix)]
        tokio::select! {
            _ = self.terminate.recv() => {}
            _ = self.interrupt.recv() => {}
        }
        #[cfg(not(unix))]
        tokio::signal::ctrl_c().await?;
        Ok(())
    }
}
