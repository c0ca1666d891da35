//! One typed client for `specs/services/proxies.yaml`, in each of the three ways.
//!
//! The code is the same; the ways differ in where it is, and who writes it when. [`run`] calls a
//! service with all three.

use std::error::Error;

use keystone_sdk::Session;
use proxy_service::cloud::Cloud;
use proxy_service::server::{self, Server};
use proxy_service::world::World;
use tokio::net::TcpListener;

/// The first way: written by `keystone codegen client ../../specs/services/proxies.yaml --out
/// src/checked_in` and checked in.
#[rustfmt::skip]
pub mod checked_in;

/// The second way: written by `build.rs`, whenever the description changes.
pub mod built {
    include!(concat!(env!("OUT_DIR"), "/proxies.rs"));
}

/// The third way: written by the compiler.
pub mod expanded {
    keystone_sdk::client!("../../specs/services/proxies.yaml");
}

/// Why the example did not come to its end.
pub type Failure = Box<dyn Error + Send + Sync>;

/// Starts the service on an embedded Keystone, calls it with all three clients, and reports
/// their results.
///
/// # Errors
///
/// When something cannot be started, or a call fails.
pub async fn run() -> Result<String, Failure> {
    let cloud = Cloud::embedded().await?;
    let world = World::create(&cloud).await?;
    let configuration = world.service_configuration();
    let ini = keystone_sdk::config::ini::Ini::parse("the service's configuration", &configuration)?;
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let server = Server::start(server::app(&ini).await?, listener)?;
    world.register(&server.url()).await?;
    let told = call(&world.session(world.admin())?).await?;
    server.stop().await?;
    Ok(told)
}

/// A proxy goes through the hands of all three.
async fn call(session: &Session) -> Result<String, Failure> {
    let mut told = String::new();
    let mut tell = |way: &str, what: &str, domain: &str, backends: &[String]| {
        let backends = backends.join(", ");
        told.push_str(&format!("{way:<11} {what:<21} {domain}: {backends}\n"));
    };

    let first = checked_in::Client::new(session);
    let new = checked_in::ProxyCreate::new("one.example", ["http://10.0.0.1"]);
    let proxy = first.proxies().create(new).await?;
    tell(
        "checked in",
        "proxies().create(..)",
        &proxy.domain,
        &proxy.backends,
    );

    let second = built::Client::new(session);
    let change = built::ProxyUpdate::new().backends(["http://10.0.0.1", "http://10.0.0.2"]);
    let proxy = second.proxies().update(proxy.id.as_str(), change).await?;
    tell(
        "build.rs",
        "proxies().update(..)",
        &proxy.domain,
        &proxy.backends,
    );

    let third = expanded::Client::new(session);
    for proxy in third.proxies().list().all().await? {
        tell(
            "client!",
            "proxies().list()",
            &proxy.domain,
            &proxy.backends,
        );
        third.proxies().delete(proxy.id).await?;
    }
    let left = third.proxies().list().all().await?.len();
    let left = if left == 0 { "none left" } else { "some left" };
    told.push_str(&format!(
        "{:<11} {:<21} {left}\n",
        "client!", "proxies().delete(..)"
    ));
    Ok(told)
}
