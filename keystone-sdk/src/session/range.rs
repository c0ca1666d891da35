//! Whether a service offers the microversion that a call asks for.

use crate::Error;
use crate::catalog::Endpoint;
use crate::discovery::ApiVersion;
use crate::error::DiscoveryError;
use crate::transport::{Transport, redact};

/// Refuses a microversion that the service does not offer. What it offers is asked for once in a
/// while.
pub(super) async fn check(
    transport: &Transport,
    endpoint: &Endpoint,
    wanted: &str,
) -> Result<(), Error> {
    let Some(wanted) = numbers(wanted) else {
        // `latest` is always there.
        return Ok(());
    };
    let url = &endpoint.url;
    let range = match &endpoint.version {
        Some(version) => range(version),
        // A plugin without a catalog asks nobody.
        None => transport
            .discover(url)
            .await?
            .versions()
            .iter()
            .find_map(range),
    };
    let offered = match range {
        Some((least, most)) if (least..=most).contains(&wanted) => return Ok(()),
        Some((least, most)) => format!("it offers {} to {}", name(least), name(most)),
        None => "it has no microversions".to_owned(),
    };
    Err(
        DiscoveryError::new(format!("there is no microversion {} here", name(wanted)))
            .at(redact::address(url))
            .remedy(offered)
            .into(),
    )
}

type Number = (u16, u16);

fn range(version: &ApiVersion) -> Option<(Number, Number)> {
    version.min_microversion.zip(version.max_microversion)
}

fn numbers(text: &str) -> Option<Number> {
    let (major, minor) = text.split_once('.')?;
    Some((major.parse().ok()?, minor.parse().ok()?))
}

fn name((major, minor): Number) -> String {
    format!("{major}.{minor}")
}
