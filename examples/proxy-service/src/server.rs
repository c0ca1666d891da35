//! The service as a whole: the API behind token validation, on a port.

use std::net::SocketAddr;

use axum::Router;
use keystone_middleware::policy::Enforcer;
use keystone_middleware::sdk::config::ini::Ini;
use keystone_middleware::{AuthToken, Config};
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use crate::api;
use crate::microversion;
use crate::store::Db;

type Failure = Box<dyn std::error::Error + Send + Sync>;

/// A service that runs until it is stopped or dropped.
#[derive(Debug)]
pub struct Server {
    address: SocketAddr,
    stop: Option<oneshot::Sender<()>>,
    task: JoinHandle<std::io::Result<()>>,
}

/// The application as the configuration wants it: `[keystone_authtoken]` for the tokens, and
/// `[oslo_policy]` for an operator's own rules.
///
/// # Errors
///
/// When a setting is missing or wrong, or the operator's rules cannot be read.
pub fn app(ini: &Ini) -> Result<Router, Failure> {
    let mut enforcer = Enforcer::builder(&crate::policies::DEFAULTS);
    if let Some(section) = ini.find("oslo_policy") {
        section.refuse_unknown(&["policy_file"])?;
        if let Some(file) = section.get("policy_file")? {
            enforcer = enforcer.policy_file(file);
        }
    }
    let config = Config::from_section(&ini.section("keystone_authtoken")?)?;
    let tokens = AuthToken::layer(config);
    let api = api::router(enforcer.build()?, Db::default(), tokens);
    Ok(api.layer(axum::middleware::from_fn(microversion::choose)))
}

impl Server {
    /// Serves `app` on `listener`.
    ///
    /// # Errors
    ///
    /// When the listener has no address.
    pub fn start(app: Router, listener: TcpListener) -> std::io::Result<Self> {
        let address = listener.local_addr()?;
        let (stop, stopped) = oneshot::channel::<()>();
        let task = tokio::spawn(async move {
            let stopped = async {
                // A dropped sender stops the service as well.
                let _ = stopped.await;
            };
            axum::serve(listener, app)
                .with_graceful_shutdown(stopped)
                .await
        });
        Ok(Self {
            address,
            stop: Some(stop),
            task,
        })
    }

    /// Where it listens.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Responds to what is under way, then ends.
    ///
    /// # Errors
    ///
    /// When the service had failed on its own.
    pub async fn stop(mut self) -> Result<(), Failure> {
        if let Some(stop) = self.stop.take() {
            let _ = stop.send(());
        }
        self.task.await??;
        Ok(())
    }
}
