//! A client that proves itself by a secret.

use std::fmt;
use std::sync::Arc;

use url::Url;

use super::{CLIENT_ID, ENDPOINT, access_token};
use crate::auth::load::groups::{AUTH, AUTH_URL, SCOPE};
use crate::auth::options::{OptionReader, Options};
use crate::auth::v3::{ApplicationCredentialMethod, Auth, MethodLogin};
use crate::auth::{Cached, LogIn, LogInFuture, PluginLoader, PluginOption, address, fixed};
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

/// A login by an application credential, and an access token beside what it brings.
pub(super) struct ClientCredentialLogin {
    credential: MethodLogin,
    endpoint: Url,
    client_id: String,
    secret: SecretString,
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
    Cached<ClientCredentialLogin>
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

fn make(options: &Options) -> Result<Cached<ClientCredentialLogin>, Error> {
    let reader = OptionReader::new(NAME, options);
    let auth_url: String = reader.required(&AUTH_URL)?;
    let endpoint: String = reader.required(&ENDPOINT)?;
    let endpoint =
        address::of_oauth2(&endpoint).map_err(|error| reader.place(ENDPOINT.name, error))?;
    let client_id: String = reader.required(&CLIENT_ID)?;
    let secret: SecretString = reader.required(&SECRET)?;
    let method = ApplicationCredentialMethod::new(secret.clone()).id(&client_id);
    let credential = Auth::builder(auth_url)
        .method(method)
        .scope(reader.own_scope()?)
        .login()
        .map_err(|error| reader.place(AUTH_URL.name, error))?;
    Ok(Cached::new(ClientCredentialLogin {
        credential,
        endpoint,
        client_id,
        secret,
    }))
}

impl LogIn for ClientCredentialLogin {
    fn auth_url(&self) -> &Url {
        self.credential.auth_url()
    }

    fn log_in<'a>(&'a self, transport: &'a Transport) -> LogInFuture<'a> {
        LogInFuture::wire(async {
            let mut login = self.credential.log_in(transport).await?;
            let basic = fixed::basic(&self.client_id, &self.secret)?;
            let bearer = access_token(transport, &self.endpoint, None, Some(basic)).await?;
            login.token = bearer.beside(login.token)?;
            Ok(login.at_most(bearer.life()))
        })
    }

    // No `cache_id`: what is kept outside of the process has no place for the second token.
}

impl fmt::Debug for ClientCredentialLogin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OAuth2ClientCredential")
            .field("auth", &self.credential)
            .field("oauth2_endpoint", &self.endpoint.as_str())
            .finish_non_exhaustive()
    }
}
