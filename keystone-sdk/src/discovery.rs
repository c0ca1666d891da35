//! Version discovery: which versions of its API a service offers, and where.

use serde_json::Value;
use url::Url;

use crate::Error;
use crate::catalog::{self, CatalogService, Endpoint, EndpointFilter};
use crate::error::DiscoveryError;
use crate::transport::{Response, Transport};

mod document;
mod link;

const REMEDY: &str = "check the address: that of Keystone is its root or ends in `/v3`";

/// The versions that a service offers.
#[derive(Clone, Debug)]
pub struct Discovery {
    read_at: Url,
    versions: Vec<ApiVersion>,
}

/// A version of an API.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct ApiVersion {
    /// Major and minor number; the minor one says little, except for Keystone's v3.
    pub version: (u16, u16),
    /// Where the version is; scheme and host are those of the address it was discovered at.
    pub url: Url,
    /// What its makers say of it.
    pub status: ApiStatus,
    /// The oldest microversion.
    pub min_microversion: Option<(u16, u16)>,
    /// The newest microversion.
    pub max_microversion: Option<(u16, u16)>,
}

/// What its makers say of a version.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum ApiStatus {
    /// The one to use (also written `stable`).
    Current,
    /// To go away.
    Deprecated,
    /// To change without notice.
    Experimental,
    /// Older, but kept.
    Supported,
    /// Any other word.
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

    fn is_usable(self) -> bool {
        matches!(self, Self::Current | Self::Deprecated | Self::Supported)
    }
}

impl Discovery {
    /// All versions, the newest first.
    pub fn versions(&self) -> &[ApiVersion] {
        &self.versions
    }

    /// The newest usable version with this major number: neither experimental nor unknown.
    pub fn newest(&self, major: u16) -> Option<&ApiVersion> {
        self.versions
            .iter()
            .find(|version| version.version.0 == major && version.status.is_usable())
    }

    /// Like [`newest`](Self::newest), but its absence is an error.
    ///
    /// # Errors
    ///
    /// [`Error::Discovery`] that names the address and the versions that are there.
    pub fn require(&self, major: u16) -> Result<&ApiVersion, Error> {
        self.newest(major).ok_or_else(|| {
            let there: Vec<_> = self.versions.iter().map(name).collect();
            let there = match there.as_slice() {
                [] => "no version at all".to_owned(),
                there => there.join(", "),
            };
            DiscoveryError::new(format!("the service at {} has no v{major}", self.read_at))
                .remedy(format!("it offers {there}"))
                .into()
        })
    }
}

impl Transport {
    /// The versions that the service at `url` offers. Kept for a while, and asked for once however
    /// many want to know.
    ///
    /// # Errors
    ///
    /// [`Error::Transport`] when nothing answers there, [`Error::Response`] when the service is
    /// out of order or sends elsewhere, [`Error::Discovery`] when what answers does not describe
    /// an API: no such page, an HTML page, other JSON.
    pub async fn discover(&self, url: &Url) -> Result<Discovery, Error> {
        let answer = self.document(url).await?;
        Ok(Discovery {
            versions: read(&answer)?,
            read_at: answer.url,
        })
    }
}

/// Finds the endpoint that `filter` describes: in the catalog, then its version.
///
/// A version that stands in the address (`/v3`, also before a project id) is taken from there;
/// else the service is asked. Where the catalog knows no identity service, as that of an unscoped
/// token, the identity service is at `auth_url`.
///
/// # Errors
///
/// [`Error::Discovery`] when there is no such endpoint or version, and whatever
/// [`Transport::discover`] says.
pub async fn find_endpoint(
    transport: &Transport,
    catalog: &[CatalogService],
    auth_url: &Url,
    filter: &EndpointFilter,
) -> Result<Endpoint, Error> {
    let url = address(catalog, auth_url, filter)?;
    match filter.major_version {
        Some(major) => Ok(Endpoint::new(with_version(transport, &url, major).await?)),
        None => Ok(Endpoint::new(url)),
    }
}

/// The address of version `major` of the service at `url`. Asks the service only when the address
/// does not say it.
///
/// # Errors
///
/// [`Error::Discovery`] when there is no such version, and whatever [`Transport::discover`] says.
pub async fn with_version(transport: &Transport, url: &Url, major: u16) -> Result<Url, Error> {
    let Some(parts) = link::split(url) else {
        let discovery = transport.discover(url).await?;
        return Ok(discovery.require(major)?.url.clone());
    };
    if parts.version.0 == major {
        return Ok(url.clone());
    }
    let discovery = transport.discover(&parts.base).await?;
    let mut url = discovery.require(major)?.url.clone();
    if let Some(tail) = &parts.tail {
        link::append(&mut url, tail);
    }
    Ok(url)
}

/// The version that stands in an address, last or before a project id.
pub fn version_in(url: &Url) -> Option<(u16, u16)> {
    link::split(url).map(|parts| parts.version)
}

fn address(
    catalog: &[CatalogService],
    auth_url: &Url,
    filter: &EndpointFilter,
) -> Result<Url, Error> {
    let is_identity = filter.service_type.as_deref() == Some("identity");
    if is_identity && !catalog.iter().any(|it| it.service_type == "identity") {
        return Ok(auth_url.clone());
    }
    let endpoint = catalog::find(catalog, filter)?;
    Url::parse(&endpoint.url).map_err(|error| {
        DiscoveryError::new(format!(
            "the catalog's address `{}` for {filter} cannot be read",
            endpoint.url
        ))
        .remedy("the operator has to correct the endpoint")
        .caused_by(error)
        .into()
    })
}

fn read(answer: &Response) -> Result<Vec<ApiVersion>, Error> {
    let url = answer.address();
    let wrong = |what: &str| DiscoveryError::new(format!("{url} {what}")).remedy(REMEDY);
    match answer.status.as_u16() {
        200 | 300 => {}
        // Also the service itself says so: too many requests, out of order, look elsewhere.
        301..=399 | 429 | 500.. => return Err(answer.to_error().into()),
        _ => {
            let error = wrong("is not the address of an API").caused_by(answer.to_error());
            return Err(error.into());
        }
    }
    if answer.is_html() {
        return Err(wrong("answered with an HTML page, not with the versions of an API").into());
    }
    let document: Value = serde_json::from_slice(&answer.body)
        .map_err(|_| wrong("answered with something other than JSON"))?;
    let versions = document::versions(&document, &answer.url);
    versions.ok_or_else(|| wrong("answered with JSON that lists no API versions").into())
}

fn name(version: &ApiVersion) -> String {
    let (major, minor) = version.version;
    format!("v{major}.{minor}")
}

/// `3`, `2.1`.
fn parse_version(text: &str) -> Option<(u16, u16)> {
    let (major, minor) = text.split_once('.').unwrap_or((text, "0"));
    let number = |text: &str| {
        let digits = text.bytes().all(|byte| byte.is_ascii_digit());
        digits.then(|| text.parse().ok()).flatten()
    };
    Some((number(major)?, number(minor)?))
}

#[cfg(test)]
mod tests;
