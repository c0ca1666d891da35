//! Endpoints for plugins whose tokens have a catalog.

use url::Url;

use super::{Endpoint, EndpointFilter, Login};
use crate::Error;
use crate::discovery::{self, Known};
use crate::error::DiscoveryError;
use crate::transport::Transport;

/// The endpoint that `filter` describes. `auth_url` itself and contradictory filters need no login.
pub(super) async fn endpoint(
    transport: &Transport,
    auth_url: &Url,
    filter: &EndpointFilter,
    login: impl Future<Output = Result<Login, Error>>,
) -> Result<Endpoint, Error> {
    filter.check()?;
    if filter.at_auth_url {
        return discovery::find_endpoint(transport, &Known::new(auth_url, &[]), filter).await;
    }
    let Login { token, access, .. } = login.await?;
    let Some(access) = access else {
        let message = format!("the token has no catalog in which to find {filter}");
        return Err(DiscoveryError::new(message)
            .remedy("set an endpoint override for this call or session")
            .into());
    };
    let known = access.known(auth_url).proof(token.headers());
    discovery::find_endpoint(transport, &known, filter).await
}
