//! The whole plugin.

use http::Method;
use http::header::{AUTHORIZATION, HeaderValue};
use keystone_sdk::auth::federation::{Federated, FederatedLogin, FederationEndpoint, Rescoped};
use keystone_sdk::auth::{LogInFuture, Scope};
use keystone_sdk::error::AuthenticationError;
use keystone_sdk::transport::{Request, Transport};
use keystone_sdk::{Error, SecretString, Url, auth_plugin};
use serde::Deserialize;

/// Logs in as a build job, by the id token that the build system issues to it.
#[auth_plugin("v3buildjob", inner = Federated<Self>, make = Rescoped::plugin)]
pub struct BuildJobLogin {
    auth_url: Url,
    /// The build system, by its id in Keystone.
    identity_provider: String,
    /// The federation protocol, by its id in Keystone.
    protocol: String,
    #[auth(scope)]
    scope: Scope,
    /// Where the build system issues id tokens.
    id_tokens: Url,
    /// What the build system knows the job by.
    #[auth(secret)]
    job_key: SecretString,
}

#[derive(Deserialize)]
struct Issued {
    id_token: SecretString,
}

impl FederatedLogin for BuildJobLogin {
    fn auth_url(&self) -> &Url {
        &self.auth_url
    }

    fn scope(&self) -> &Scope {
        &self.scope
    }

    fn unscoped<'a>(&'a self, transport: &'a Transport) -> LogInFuture<'a> {
        LogInFuture::wire(async {
            let endpoint =
                FederationEndpoint::new(&self.auth_url, &self.identity_provider, &self.protocol)?;
            let issued = self.id_token(transport).await?;
            endpoint.log_in_by_bearer(transport, &issued.id_token).await
        })
    }
}

impl BuildJobLogin {
    async fn id_token(&self, transport: &Transport) -> Result<Issued, Error> {
        let key = HeaderValue::from_str(&format!("Bearer {}", self.job_key.expose()))
            .map_err(|_| AuthenticationError::new("the job's key fits into no header"))?;
        let request = Request::new(Method::POST, self.id_tokens.clone()).header(AUTHORIZATION, key);
        transport.send(request).await?.error_for_status()?.json()
    }
}
