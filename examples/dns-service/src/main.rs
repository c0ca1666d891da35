//! Serves the DNS API.
//!
//! ```text
//! cargo run -p dns-service                     # with a Keystone in this process; prints lines to paste
//! cargo run -p dns-service -- --config etc/dns-service.conf --listen 127.0.0.1:9001
//! ```

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Parser;
use dns_service::{Cloud, app, policies};
use keystone_middleware::policy::Enforcer;
use keystone_middleware::{Config, PolicyConfig};
use tokio::net::TcpListener;

type Failure = Box<dyn std::error::Error + Send + Sync>;

/// What to type to call the service by hand.
const CALLS: &str = include_str!("../etc/calls.sh");

/// A small DNS API behind Keystone.
#[derive(Debug, Parser)]
#[command(version)]
struct Arguments {
    /// A configuration file with the sections [keystone_authtoken] and [oslo_policy]. Without it, an
    /// Identity service inside this process is used
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// Where to listen; port 0 takes a free one
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:0")]
    listen: String,
}

#[tokio::main]
async fn main() -> ExitCode {
    // Refusals are explained check by check.
    let shown = "info,keystone_middleware::explain=debug";
    tracing_subscriber::fmt()
        .with_env_filter(shown)
        .with_writer(std::io::stderr)
        .init();
    let arguments = Arguments::parse();
    let ended = match &arguments.config {
        Some(file) => configured(file, &arguments.listen).await,
        None => example(&arguments.listen).await,
    };
    let Err(failure) = ended else {
        return ExitCode::SUCCESS;
    };
    eprintln!("error: {failure}");
    let mut cause = failure.source();
    while let Some(error) = cause {
        eprintln!("  because: {error}");
        cause = error.source();
    }
    ExitCode::FAILURE
}

/// Serves as the operator's configuration says.
async fn configured(file: &Path, listen: &str) -> Result<(), Failure> {
    let enforcer = PolicyConfig::from_conf(file)?.enforcer(&policies::DEFAULTS)?;
    let app = app(Config::from_conf(file)?, enforcer)?;
    let listener = TcpListener::bind(listen).await?;
    println!(
        "Serving on http://{}. Ctrl-C ends it.",
        listener.local_addr()?
    );
    serve(listener, app).await
}

/// Serves with a Keystone in this process, whose tokens are worth nothing outside and may be printed.
async fn example(listen: &str) -> Result<(), Failure> {
    let cloud = Cloud::start().await?;
    let app = app(
        cloud.config()?,
        Enforcer::builder(&policies::DEFAULTS).build()?,
    )?;
    let listener = TcpListener::bind(listen).await?;
    let url = format!("http://{}", listener.local_addr()?);
    cloud.register(&url).await?;
    let project = cloud.project("demo").await?;
    let member = cloud.user("alice", "member", &project).await?;
    let reader = cloud.user("rita", "reader", &project).await?;
    println!("Serving on {url}, with an Identity service in this process. Read {url}/docs.\n");
    println!(
        "# admin holds the role `admin`, alice `member` and rita `reader`, both on the project `demo`"
    );
    println!("URL={url}");
    println!("ADMIN={}", cloud.admin()?.token().await?.expose());
    println!("ALICE={}", member.token().await?.expose());
    println!("RITA={}\n", reader.token().await?.expose());
    println!("{CALLS}\nCtrl-C ends it.");
    serve(listener, app).await
}

async fn serve(listener: TcpListener, app: axum::Router) -> Result<(), Failure> {
    let interrupted = async {
        // If the signal cannot be waited for, the service ends at once rather than never.
        let _ = tokio::signal::ctrl_c().await;
    };
    axum::serve(listener, app)
        .with_graceful_shutdown(interrupted)
        .await?;
    Ok(())
}
