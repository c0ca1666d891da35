//! Serves the proxies API, or shows it at work with `--demo`.
//!
//! ```text
//! cargo run -p proxy-service -- --demo                     # all in this process
//! cargo run -p proxy-service                               # keeps serving; prints curl lines
//! cargo run -p proxy-service -- --demo --auth-url URL      # on a real Keystone; OS_* is its admin
//! cargo run -p proxy-service -- --config etc/proxy-service.conf --listen 127.0.0.1:8080
//! ```

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Parser;
use keystone_middleware::sdk::config::ini::Ini;
use proxy_service::cloud::Cloud;
use proxy_service::operator_log::OperatorLog;
use proxy_service::server::{self, Interrupt, Server};
use proxy_service::world::World;
use proxy_service::{demo, usage};
use tokio::net::TcpListener;
use tracing_subscriber::layer::{Layer, SubscriberExt};
use tracing_subscriber::util::SubscriberInitExt;
use tracing_subscriber::{EnvFilter, fmt};

type Failure = Box<dyn std::error::Error + Send + Sync>;

/// A small web API behind Keystone: the proxies of the Flask article.
#[derive(Debug, Parser)]
#[command(version)]
struct Arguments {
    /// Call the service as an admin, a member and nobody, print what came of it, and end
    #[arg(long)]
    demo: bool,
    /// A real Keystone, such as http://127.0.0.1:5000/v3; the `OS_*` variables name an
    /// administrator of it. Without this, an Identity service inside this process is used
    #[arg(long, value_name = "URL")]
    auth_url: Option<String>,
    /// A configuration file with the sections [keystone_authtoken], [oslo_policy] and [database]
    #[arg(long, value_name = "FILE", conflicts_with = "auth_url")]
    config: Option<PathBuf>,
    /// Where to listen; port 0 takes a free one
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:0")]
    listen: String,
}

#[tokio::main]
async fn main() -> ExitCode {
    match run(Arguments::parse()).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("error: {failure}");
            let mut cause = failure.source();
            while let Some(error) = cause {
                eprintln!("  because: {error}");
                cause = error.source();
            }
            ExitCode::FAILURE
        }
    }
}

async fn run(arguments: Arguments) -> Result<(), Failure> {
    let log = OperatorLog::default();
    // Refusals are explained check by check; the demo has a table for that.
    let shown = match arguments.demo {
        true => "off",
        false => "info,keystone_middleware::explain=debug",
    };
    let shown = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new(shown));
    let lines = fmt::layer().with_writer(std::io::stderr).with_filter(shown);
    tracing_subscriber::registry()
        .with(lines)
        .with(log.clone())
        .init();

    let listener = TcpListener::bind(&arguments.listen)
        .await
        .map_err(|error| format!("cannot listen on `{}`: {error}", arguments.listen))?;
    let ini = arguments.config.as_deref().map(Ini::read).transpose()?;
    let cloud = match (ini, &arguments.auth_url) {
        (Some(ini), _) if !arguments.demo => return serve(&ini, listener).await,
        (Some(ini), _) => Cloud::configured(&ini)?,
        (None, Some(auth_url)) => Cloud::real(auth_url)?,
        (None, None) => Cloud::embedded().await?,
    };
    let world = World::create(&cloud).await?;
    let shown = show(&cloud, &world, listener, arguments.demo, log).await;
    let removed = world.remove().await;
    shown.and(removed)
}

/// Serves as the operator's configuration says.
async fn serve(ini: &Ini, listener: TcpListener) -> Result<(), Failure> {
    let app = server::app(ini).await?;
    let interrupt = Interrupt::listen()?;
    let server = Server::start(app, listener)?;
    println!("{}", usage::configured(&server.url()));
    interrupt.received().await?;
    server.stop().await
}

/// Serves in a world of its own: for the length of the demo, or until Ctrl-C.
async fn show(
    cloud: &Cloud,
    world: &World,
    listener: TcpListener,
    demo: bool,
    log: OperatorLog,
) -> Result<(), Failure> {
    let ini = Ini::parse(
        "the configuration of the example",
        &world.service_configuration(),
    )?;
    let (app, statuses) = demo::tap(server::app(&ini).await?);
    let server = Server::start(app, listener)?;
    world.register(&server.url()).await?;
    if demo {
        println!("{}", demo::run(world, statuses, log).await?);
    } else {
        let interrupt = Interrupt::listen()?;
        println!("{}", usage::example(cloud, world, &server.url()).await?);
        interrupt.received().await?;
    }
    server.stop().await
}
