//! A client that proves itself by a secret.

use url::Url;

use super::access_token;
use crate::auth::v3::{ApplicationCredentialMethod, Auth, MethodLogin};
use crate::auth::{LogIn, LogInFuture, Scope, fixed};
use crate::transport::Transport;
use crate::{Error, SecretString, auth_plugin};

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
#[auth_plugin(
    "v3oauth2clientcredential",
    plugin = pub OAuth2ClientCredential,
    scope = own,
    spec = "specs/auth-methods.yaml"
)]
struct ClientCredentialLogin {
    auth_url: Url,
    /// The address that gives access tokens.
    oauth2_endpoint: Url,
    /// The client's id: that of an application credential.
    oauth2_client_id: String,
    /// The client's secret: that of the application credential.
    #[auth(secret)]
    oauth2_client_secret: SecretString,
}

impl ClientCredentialLogin {
    fn by_credential(&self) -> Result<MethodLogin, Error> {
        let method = ApplicationCredentialMethod::new(self.oauth2_client_secret.clone());
        Auth::builder(self.auth_url.as_str())
            .method(method.id(self.oauth2_client_id.as_str()))
            .scope(Scope::Default)
            .login()
    }
}

impl LogIn for ClientCredentialLogin {
    fn auth_url(&self) -> &Url {
        &self.auth_url
    }

    fn log_in<'a>(&'a self, transport: &'a Transport) -> LogInFuture<'a> {
        LogInFuture::wire(async {
            let mut login = self.by_credential()?.log_in(transport).await?;
            let basic = fixed::basic(&self.oauth2_client_id, &self.oauth2_client_secret)?;
            let bearer = access_token(transport, &self.oauth2_endpoint, None, Some(basic)).await?;
            login.token = bearer.beside(login.token)?;
            Ok(login.at_most(bearer.life()))
        })
    }

    // No `cache_id`: what is kept outside of the process has no place for the second token.
}
