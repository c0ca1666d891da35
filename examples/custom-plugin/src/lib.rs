//! An authentication plugin of one's own: the type in `badge.rs`, used directly and by its name.

use std::error::Error;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use axum::Router;
use axum::http::{HeaderMap, StatusCode};
use axum::routing::get;
use http::Method;
use keystone_sdk::Session;
use keystone_sdk::auth::PluginOptions;
use keystone_sdk::catalog::EndpointFilter;
use keystone_sdk::config::Registry;
use keystone_sdk::session::Call;
use tokio::net::TcpListener;

use crate::badge::Badge;

pub mod badge;

/// Calls a service by the plugin, made directly and by its name, and reports the result of each.
///
/// # Errors
///
/// Whatever keeps a call from its response.
pub async fn tour() -> Result<Vec<String>, Box<dyn Error>> {
    let porter = porter().await?;
    let direct = Session::new(Badge::builder().porter(&porter).build()?)?;
    let options = PluginOptions::new().with("porter", porter.as_str());
    let by_name = Registry::builtin()
        .with(Badge::loader())
        .load("badge", &options)?;
    let by_name = Session::new(by_name)?;
    let mut lines = Vec::new();
    for (how, session) in [("direct", direct), ("by name", by_name)] {
        let vault = EndpointFilter::service_type("vault");
        let response = session
            .send(Call::new(Method::GET, "vault").endpoint(vault))
            .await?;
        lines.push(format!(
            "{how}: {}",
            String::from_utf8_lossy(&response.body)
        ));
    }
    Ok(lines)
}

/// A porter who numbers the badges, and a vault that opens to every second one. Its address.
async fn porter() -> Result<String, std::io::Error> {
    let handed_out = Arc::new(AtomicUsize::new(0));
    let hand_out = move || {
        let number = handed_out.fetch_add(1, Ordering::SeqCst) + 1;
        async move { number.to_string() }
    };
    let app = Router::new()
        .route("/", get(hand_out))
        .route("/vault", get(vault));
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let address = listener.local_addr()?;
    tokio::spawn(async move { axum::serve(listener, app).await });
    Ok(format!("http://{address}"))
}

async fn vault(headers: HeaderMap) -> Result<String, StatusCode> {
    let badge = headers.get("x-badge").and_then(|badge| badge.to_str().ok());
    let number: usize = badge
        .and_then(|badge| badge.parse().ok())
        .ok_or(StatusCode::UNAUTHORIZED)?;
    if number.is_multiple_of(2) {
        Ok(format!("open to badge {number}"))
    } else {
        Err(StatusCode::UNAUTHORIZED)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_refused_badge_is_replaced_by_the_next() {
        let lines = tour().await.unwrap();
        assert_eq!(
            lines,
            ["direct: open to badge 2", "by name: open to badge 4"]
        );
    }
}
