//! A client that proves itself by a secret.

use std::fmt;
use std::sync::Arc;

use url::Url;

use super::{CLIENT_ID, ENDPOINT, access_token};
use crate::auth::cache::{Login, TokenCache};
use crate::auth::load::groups::{AUTH, AUTH_URL, SCOPE};
use crate::auth::options::{OptionReader, Options};
use crate::auth::v3::{ApplicationCredentialMethod, Auth};
use crate::auth::{
    AccessFuture, AuthPlugin, EndpointFilter, EndpointFuture, PluginLoader, PluginOption, Token,
    TokenFuture, address, fixed, lookup,
};
use crate::transport::Transport;
use crate::{Error, SecretString};

const NAME: &str = "v3oauth2clientcredential";
const SECRET: PluginOption = PluginOption::new(
    "oauth2_client_secret",
    "OS_OAUTH2_CLIENT_SECRET",
    "The client's secret",
)
.secret()
.required()
.underscored();
const OPTIONS: &[PluginOption] = &[ENDPOINT.underscored(), CLIENT_ID.underscored(), SECRET];

/// The login, with the access token beside it.
#[derive(Clone)]
pub(super) struct Inner(Arc<Parts>);

struct Parts {
    auth: Auth,
    endpoint: Url,
    client_id: String,
    secret: SecretString,
    cache: TokenCache,
}

crate::__plugin! {
    /// Logs in by an application credential, and shows services an access token of OAuth 2.0
    /// (`Authorization: Bearer`) beside the token. Loaded as `v3oauth2clientcredential`.
    ///
    /// The client's id and secret are those of the application credential. Both tokens are kept
    /// until the first of them ends.
    ///
    /// ```
    /// use keystone_sdk::auth::v3;
    ///
    /// let auth = v3::OAuth2ClientCredential::builder("https://cloud.example/identity/v3")
    ///     .oauth2_endpoint("https://cloud.example/identity/v3/OS-OAUTH2/token")
    ///     .oauth2_client_id("0f1c")
    ///     .oauth2_client_secret("s3cr3t")
    ///     .build()?;
    /// # Ok::<_, keystone_sdk::Error>(())
    /// ```
    pub OAuth2ClientCredential, OAuth2ClientCredentialBuilder,
    PluginLoader::of_groups(
        NAME,
        "Logs in by an application credential, with an access token of OAuth 2.0",
        [AUTH, OPTIONS, SCOPE, &[], &[]],
        |options| Ok(Arc::new(make(options)?)),
    ),
    make,
    Inner
}

impl OAuth2ClientCredentialBuilder {
    crate::auth::plugin::setter! {
        /// The address that gives access tokens.
        oauth2_endpoint: String
    }
    crate::auth::plugin::setter! {
        /// The client's id: that of an application credential.
        oauth2_client_id: String
    }
    crate::auth::plugin::setter! {
        /// The client's secret: that of the application credential.
        oauth2_client_secret: SecretString
    }
}

fn make(options: &Options) -> Result<Inner, Error> {
    let reader = OptionReader::new(NAME, options);
    let auth_url: String = reader.required(&AUTH_URL)?;
    let endpoint: String = reader.required(&ENDPOINT)?;
    let endpoint =
        address::of_oauth2(&endpoint).map_err(|error| reader.place(ENDPOINT.name, error))?;
    let client_id: String = reader.required(&CLIENT_ID)?;
    let secret: SecretString = reader.required(&SECRET)?;
    let method = ApplicationCredentialMethod::new(secret.clone()).id(&client_id);
    let auth = Auth::builder(auth_url)
        .method(method)
        .scope(reader.own_scope()?)
        .build()
        .map_err(|error| reader.place(AUTH_URL.name, error))?;
    Ok(Inner(Arc::new(Parts {
        auth,
        endpoint,
        client_id,
        secret,
        cache: TokenCache::new(),
    })))
}

impl Inner {
    async fn login(&self, transport: &Transport) -> Result<Login, Error> {
        let parts = &*self.0;
        let Login { token, access, .. } = parts.auth.login(transport).await?;
        let basic = fixed::basic(&parts.client_id, &parts.secret)?;
        let bearer = access_token(transport, &parts.endpoint, None, Some(basic)).await?;
        let login = Login::new(bearer.beside(token)?, access);
        Ok(login.at_most(bearer.life()))
    }
}

impl AuthPlugin for Inner {
    fn token<'a>(&'a self, transport: &'a Transport) -> TokenFuture<'a> {
        self.0
            .cache
            .token(transport.clock(), || self.login(transport))
    }

    fn endpoint<'a>(
        &'a self,
        transport: &'a Transport,
        filter: &'a EndpointFilter,
    ) -> EndpointFuture<'a> {
        let clock = transport.clock();
        let login = self.0.cache.login(clock, || self.login(transport));
        EndpointFuture::wire(lookup::endpoint(
            transport,
            self.0.auth.auth_url(),
            filter,
            login,
        ))
    }

    fn invalidate(&self, rejected: &Token) -> bool {
        self.0.cache.invalidate(rejected);
        true
    }

    fn access<'a>(&'a self, transport: &'a Transport) -> AccessFuture<'a> {
        self.0
            .cache
            .access(transport.clock(), || self.login(transport))
    }
}

impl fmt::Debug for Inner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OAuth2ClientCredential")
            .field("auth", &self.0.auth)
            .field("oauth2_endpoint", &self.0.endpoint.as_str())
            .finish_non_exhaustive()
    }
}
