//! Whether a service offers the microversion that a call asks for.

use url::Url;

use crate::Error;
use crate::discovery::{ApiVersion, Discovery};
use crate::error::DiscoveryError;
use crate::transport::Transport;

/// Refuses a microversion that the service at `url` does not offer. What it offers is asked for
/// once in a while.
pub(super) async fn check(transport: &Transport, url: &Url, wanted: &str) -> Result<(), Error> {
    let Some(wanted) = numbers(wanted) else {
        // `latest` is always there.
        return Ok(());
    };
    let discovery = transport.discover(url).await?;
    let range = version_at(&discovery, url)
        .and_then(|version| version.min_microversion.zip(version.max_microversion));
    let offered = match range {
        Some((least, most)) if (least..=most).contains(&wanted) => return Ok(()),
        Some((least, most)) => format!("it offers {} to {}", name(least), name(most)),
        None => "it has no microversions".to_owned(),
    };
    Err(
        DiscoveryError::new(format!("there is no microversion {} here", name(wanted)))
            .at(url.as_str())
            .remedy(offered)
            .into(),
    )
}

/// The version whose address this is, or else the newest with microversions.
fn version_at<'a>(discovery: &'a Discovery, url: &Url) -> Option<&'a ApiVersion> {
    let path = |url: &Url| url.path().trim_end_matches('/').to_owned();
    let versions = discovery.versions();
    let here = versions.iter().find(|it| path(&it.url) == path(url));
    here.or_else(|| versions.iter().find(|it| it.max_microversion.is_some()))
}

fn numbers(text: &str) -> Option<(u16, u16)> {
    let (major, minor) = text.split_once('.')?;
    Some((major.parse().ok()?, minor.parse().ok()?))
}

fn name((major, minor): (u16, u16)) -> String {
    format!("{major}.{minor}")
}
