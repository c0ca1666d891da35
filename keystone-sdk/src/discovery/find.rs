//! The endpoint that a call wants: from the catalog, at the version that is acceptable.

use std::sync::Arc;

use http::HeaderMap;
use url::Url;

use super::candidates::{self, Candidates, Fit, candidates};
use super::{Discovery, VersionRange, link};
use crate::Error;
use crate::catalog::{self, CatalogService, Endpoint, EndpointFilter};
use crate::error::DiscoveryError;
use crate::transport::{Transport, redact};

/// What is known of an identity when it looks for an endpoint.
#[derive(Clone, Copy, Debug)]
#[must_use]
pub struct Known<'a> {
    auth_url: &'a Url,
    catalog: &'a [CatalogService],
    project_id: Option<&'a str>,
    proof: Option<&'a HeaderMap>,
}

impl<'a> Known<'a> {
    /// The address of Keystone, and the catalog of the token.
    pub fn new(auth_url: &'a Url, catalog: &'a [CatalogService]) -> Self {
        Self {
            auth_url,
            catalog,
            project_id: None,
            proof: None,
        }
    }

    /// Names the token's project, whose id may stand at the end of addresses.
    pub fn project_id(mut self, id: Option<&'a str>) -> Self {
        self.project_id = id;
        self
    }

    /// Adds the headers that prove the identity, for services that tell their versions to nobody
    /// else. They are sent only after a 401, and only below addresses of the catalog.
    pub fn proof(mut self, headers: &'a HeaderMap) -> Self {
        self.proof = Some(headers);
        self
    }
}

/// Finds the endpoint that `filter` describes: in the catalog, then its version.
///
/// The version document is looked for where it needs the fewest requests: at the version in the
/// catalog's address where that is the best acceptable one, else at the address before it, and at
/// last at the catalog's address itself. No request is made where the catalog names the best
/// version already, nor where no version is asked for. A project id behind the version is kept.
///
/// Where there is no document at all, the catalog's address is taken as it is, unless it names a
/// version that is not acceptable. Where the catalog knows no identity service, as that of an
/// unscoped token, the identity service is at the address of Keystone.
///
/// # Errors
///
/// [`Error::Discovery`] when there is no such endpoint or version, [`Error::Configuration`] when the
/// filter contradicts itself.
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
        // Whoever asks for no version wants no other endpoint than the catalog's.
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
            tracing::debug!(%error, "no version document; the catalog's address is taken as it is");
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
    /// Address and version; `None` when the endpoint is good as it is.
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

    /// The first document that there is; the error is that of the last address.
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
        // There is always one address.
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
                    "the service tells no versions; the catalog's address is taken as it is"
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
