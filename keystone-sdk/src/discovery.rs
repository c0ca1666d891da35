//! Version discovery: which versions of its API a service supports, and where.

use std::sync::Arc;

use http::HeaderMap;
use url::Url;

use crate::Error;
use crate::catalog::Allowed;
use crate::error::DiscoveryError;
use crate::transport::Transport;

mod candidates;
mod document;
mod find;
mod link;
mod version;

pub use find::{Known, find_endpoint};
pub use version::{Version, VersionRange};

/// The API versions of a service.
#[derive(Clone, Debug)]
pub struct Discovery {
    read_at: Url,
    versions: Vec<ApiVersion>,
}

/// A version of an API.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct ApiVersion {
    /// The major and minor version; the minor one is only meaningful for Keystone's v3.
    pub version: (u16, u16),
    /// The URL of the version, with the scheme and host that discovery used.
    pub url: Url,
    /// The URL of the document of all versions, if the service links to it.
    pub collection: Option<Url>,
    /// The status of the version.
    pub status: ApiStatus,
    /// The oldest microversion.
    pub min_microversion: Option<(u16, u16)>,
    /// The newest microversion.
    pub max_microversion: Option<(u16, u16)>,
    /// The oldest microversion in the future, not before [`not_before`](Self::not_before).
    pub next_min_version: Option<(u16, u16)>,
    /// The earliest day on which the oldest microversion is raised, as the service writes it.
    pub not_before: Option<String>,
}

/// The status of an API version.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum ApiStatus {
    /// The current version (also written `stable`).
    Current,
    /// To be removed.
    Deprecated,
    /// May change without notice.
    Experimental,
    /// Older, but still supported.
    Supported,
    /// Any other status.
    Unknown,
}

impl ApiStatus {
    fn parse(text: &str) -> Self {
        match text.to_ascii_lowercase().as_str() {
            "current" | "stable" => Self::Current,
            "deprecated" => Self::Deprecated,
            "experimental" => Self::Experimental,
            "supported" => Self::Supported,
            _ => Self::Unknown,
        }
    }

    /// The status in capitals, as most services write it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Current => "CURRENT",
            Self::Deprecated => "DEPRECATED",
            Self::Experimental => "EXPERIMENTAL",
            Self::Supported => "SUPPORTED",
            Self::Unknown => "UNKNOWN",
        }
    }

    fn is_allowed(self, allowed: Allowed) -> bool {
        match self {
            Self::Current | Self::Supported => true,
            Self::Deprecated => allowed.deprecated,
            Self::Experimental => allowed.experimental,
            Self::Unknown => allowed.unknown,
        }
    }
}

impl Discovery {
    /// All versions, the newest first.
    pub fn versions(&self) -> &[ApiVersion] {
        &self.versions
    }

    /// The newest version with this major number that is neither experimental nor unknown.
    pub fn newest(&self, major: u16) -> Option<&ApiVersion> {
        self.versions
            .iter()
            .find(|it| it.version.0 == major && it.status.is_allowed(Allowed::default()))
    }

    /// The newest acceptable version. Without bounds it is the one at `url`, or else the newest;
    /// with bounds, one at `url` is accepted whatever its number.
    pub fn best(
        &self,
        range: &VersionRange,
        url: Option<&Url>,
        allowed: Allowed,
    ) -> Option<&ApiVersion> {
        let mut usable = self
            .versions
            .iter()
            .filter(|it| it.status.is_allowed(allowed));
        let newest = usable.clone().next();
        if range.is_latest() {
            return newest;
        }
        let is_there = |it: &ApiVersion| url.is_some_and(|url| link::is_same(&it.url, url));
        let found =
            usable.find(|it| is_there(it) || !range.is_empty() && range.accepts(it.version));
        found.or(newest.filter(|_| range.is_empty()))
    }

    /// As [`newest`](Self::newest), but its absence is an error.
    ///
    /// # Errors
    ///
    /// [`Error::Discovery`] that names the URL and the supported versions.
    pub fn require(&self, major: u16) -> Result<&ApiVersion, Error> {
        self.newest(major).ok_or_else(|| {
            let message = format!("the service at {} has no v{major}", self.read_at);
            DiscoveryError::new(message).remedy(self.offer()).into()
        })
    }

    /// The supported versions, for messages.
    fn offer(&self) -> String {
        let there: Vec<_> = self.versions.iter().map(name).collect();
        match there.as_slice() {
            [] => "it supports no version".to_owned(),
            there => format!("it supports {}", there.join(", ")),
        }
    }
}

impl Transport {
    /// The API versions of the service at `url`. The document is cached, and fetched once for all
    /// concurrent callers. Its absence is cached for a minute.
    ///
    /// # Errors
    ///
    /// [`Error::Transport`] when there is no response, [`Error::Response`] when the service fails
    /// or redirects, [`Error::Discovery`] when the response is no version document: not found, an
    /// HTML page, other JSON.
    pub async fn discover(&self, url: &Url) -> Result<Discovery, Error> {
        Ok((*self.discovered(url, None).await?).clone())
    }

    /// The same, shared; with authentication headers for services that require them.
    async fn discovered(
        &self,
        url: &Url,
        proof: Option<&HeaderMap>,
    ) -> Result<Arc<Discovery>, Error> {
        self.document(url, proof, document::read).await
    }
}

/// The URL of version `major` of the service at `url`. Discovery only runs if the URL does not
/// contain the version.
///
/// # Errors
///
/// [`Error::Discovery`] when there is no such version, and those of [`Transport::discover`].
pub async fn with_version(transport: &Transport, url: &Url, major: u16) -> Result<Url, Error> {
    let Some(parts) = link::split(url) else {
        let discovery = transport.discovered(url, None).await?;
        return Ok(discovery.require(major)?.url.clone());
    };
    if parts.version.0 == major {
        return Ok(url.clone());
    }
    let discovery = transport.discovered(&parts.base, None).await?;
    let mut url = discovery.require(major)?.url.clone();
    if let Some(tail) = &parts.tail {
        link::append(&mut url, tail);
    }
    Ok(url)
}

/// The version in a URL, at the end or before a project id.
pub fn version_in(url: &Url) -> Option<(u16, u16)> {
    link::split(url).map(|parts| parts.version)
}

fn name(version: &ApiVersion) -> String {
    let (major, minor) = version.version;
    format!("v{major}.{minor}")
}

/// Reads `3` or `2.1`; a third number is ignored.
fn parse_version(text: &str) -> Option<(u16, u16)> {
    let mut parts = text.split('.').map(number);
    let major = parts.next()??;
    let minor = parts.next().unwrap_or(Some(0))?;
    parts.all(|part| part.is_some()).then_some((major, minor))
}

/// Accepts digits only, no sign.
fn number(text: &str) -> Option<u16> {
    let digits = text.bytes().all(|byte| byte.is_ascii_digit());
    digits.then(|| text.parse().ok()).flatten()
}

#[cfg(test)]
mod tests;
