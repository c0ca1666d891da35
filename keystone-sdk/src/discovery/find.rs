//! Finds the endpoint of a call: in the catalog, then its version by discovery.

use std::sync::Arc;

use http::HeaderMap;
use url::Url;

use super::candidates::{self, Candidates, Fit, candidates};
use super::{Discovery, VersionRange, link};
use crate::Error;
use crate::catalog::{self, CatalogService, Endpoint, EndpointFilter};
use crate::error::DiscoveryError;
use crate::setters::setters;
use crate::transport::{Transport, redact};

/// What the search for an endpoint starts from.
#[derive(Clone, Copy, Debug)]
#[must_use]
pub struct Known<'a> {
    auth_url: &'a Url,
    catalog: &'a [CatalogService],
    project_id: Option<&'a str>,
    proof: Option<&'a HeaderMap>,
}

impl<'a> Known<'a> {
    /// The URL of Keystone and the catalog of the token.
    pub fn new(auth_url: &'a Url, catalog: &'a [CatalogService]) -> Self {
        Self {
            auth_url,
            catalog,
            project_id: None,
            proof: None,
        }
    }

    setters! {
        /// Sets the token's project, whose id may be at the end of URLs.
        pub project_id: Option<&'a str>;

        /// Adds the authentication headers, for services whose version document requires them. They are
        /// only sent after a 401, and only to URLs from the catalog.
        pub proof: &'a HeaderMap;
    }
}

/// Finds the endpoint that `filter` describes: in the catalog, then its version.
///
/// The version document is looked for where it needs the fewest requests: at the version in the
/// catalog's URL if that is the best acceptable one, else at the URL above it, and finally at the
/// catalog's URL itself. No request is sent if the catalog already names the best version, or if no
/// version is requested. A project id after the version is kept.
///
/// If there is no document, the catalog's URL is used as it is, unless it names a version that is
/// not acceptable. If the catalog has no identity service, such as that of an unscoped token,
/// `auth_url` is used for it.
///
/// # Errors
///
/// [`Error::Discovery`] when there is no such endpoint or version, [`Error::Configuration`] when
/// the filter is contradictory.
pub async fn find_endpoint(
    transport: &Transport,
    known: &Known<'_>,
    filter: &EndpointFilter,
) -> Result<Endpoint, Error> {
    filter.check()?;
    let range = catalog::wanted_versions(filter)?;
    let mut endpoint = in_catalog(known, filter)?;
    let wants_nothing = range.is_empty() && !filter.discover;
    if wants_nothing || filter.skip_discovery {
        return Ok(endpoint);
    }
    let of_project = known.project_id.filter(|_| !filter.at_auth_url);
    let search = Search {
        transport,
        proof: known.proof.filter(|_| filter.url.is_none()),
        filter,
        range,
        // Without a requested version, the endpoint is the catalog's.
        guessing: !filter.without_guessing && filter.url.is_none() && !range.is_empty(),
    };
    match search.versioned(&endpoint, of_project).await {
        Ok(Some(found)) => {
            endpoint.url = found.0;
            endpoint.version = found.1;
            Ok(endpoint)
        }
        Ok(None) => Ok(endpoint),
        Err(error) if range.is_empty() => {
            tracing::debug!(%error, "no version document; using the URL from the catalog");
            Ok(endpoint)
        }
        Err(error) => Err(error),
    }
}

fn in_catalog(known: &Known<'_>, filter: &EndpointFilter) -> Result<Endpoint, Error> {
    let is_identity = filter.service_type.as_deref() == Some("identity");
    if let Some(url) = &filter.url {
        return Ok(Endpoint::of_filter(url.clone(), filter));
    }
    if filter.at_auth_url
        || is_identity && !known.catalog.iter().any(|it| it.service_type == "identity")
    {
        return Ok(Endpoint::of_filter(known.auth_url.clone(), filter));
    }
    let (service, endpoint) = catalog::find_both(known.catalog, filter)?;
    let url = Url::parse(&endpoint.url).map_err(|error| {
        DiscoveryError::new(format!(
            "the catalog's address `{}` for {filter} cannot be read",
            endpoint.url
        ))
        .remedy("the operator has to correct the endpoint")
        .caused_by(error)
    })?;
    Ok(Endpoint::in_catalog(url, service, endpoint))
}

/// A search for a version.
struct Search<'a> {
    transport: &'a Transport,
    proof: Option<&'a HeaderMap>,
    filter: &'a EndpointFilter,
    range: VersionRange,
    guessing: bool,
}

type Found = (Url, Option<super::ApiVersion>);

impl Search<'_> {
    /// URL and version; `None` if the endpoint can be used as it is.
    async fn versioned(
        &self,
        endpoint: &Endpoint,
        project_id: Option<&str>,
    ) -> Result<Option<Found>, Error> {
        let fit = candidates::fit(&endpoint.url, project_id, &self.range);
        if fit == Fit::Best && !self.filter.discover {
            return Ok(None);
        }
        let places = candidates(&endpoint.url, project_id, &self.range, self.guessing);
        let discovery = match self.first_document(&places).await {
            Ok(discovery) => discovery,
            Err(error) => return self.without_document(endpoint, places.fit, error),
        };
        let at = self.range.is_empty().then_some(&endpoint.url);
        let best = discovery.best(&self.range, at, self.filter.allowed);
        let version = best.ok_or_else(|| self.not_offered(&discovery))?.clone();
        let mut url = version.url.clone();
        if let Some(id) = &places.project_id {
            link::append(&mut url, id);
        }
        Ok(Some((url, Some(version))))
    }

    /// The first document that exists; the error is that of the last URL.
    async fn first_document(&self, places: &Candidates) -> Result<Arc<Discovery>, Error> {
        let mut outcome = None;
        for url in &places.tries {
            match self.transport.discovered(url, self.proof).await {
                Ok(discovery) => return Ok(discovery),
                Err(error) => {
                    tracing::debug!(%error, url = redact::address(url), "no version document");
                    outcome = Some(error);
                }
            }
        }
        // There is always at least one URL.
        Err(outcome.unwrap_or_else(|| DiscoveryError::new("there is no address to ask").into()))
    }

    fn without_document(
        &self,
        endpoint: &Endpoint,
        fit: Fit,
        error: Error,
    ) -> Result<Option<Found>, Error> {
        match fit {
            Fit::Best | Fit::Within => Ok(None),
            Fit::Unknown if self.guessing => {
                tracing::warn!(
                    url = redact::address(&endpoint.url),
                    %error,
                    "no version document; using the URL from the catalog"
                );
                Ok(None)
            }
            Fit::Outside | Fit::Unknown => Err(error),
        }
    }

    fn not_offered(&self, discovery: &Discovery) -> DiscoveryError {
        let message = format!(
            "the service at {} has no {}",
            discovery.read_at,
            self.wanted()
        );
        DiscoveryError::new(message).remedy(discovery.offer())
    }

    fn wanted(&self) -> String {
        let range = self.range.to_string();
        range.strip_prefix("a ").unwrap_or(&range).to_owned()
    }
}
