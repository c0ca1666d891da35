//! A client that proves itself by its certificate.

use url::Url;

use super::access_token;
use crate::auth::attempt::{Attempt, refusal};
use crate::auth::v3::own_token;
use crate::auth::{AccessInfo, LogIn, LogInFuture, Login, Token};
use crate::transport::Transport;
use crate::{Error, auth_plugin};

/// Gets an access token of OAuth 2.0 that is bound to the session's client certificate, and
/// shows it to services both as a token and as `Authorization: Bearer`. Loaded as
/// `v3oauth2mtlsclientcredential`.
///
/// ```
/// use keystone_sdk::auth::v3;
///
/// let auth = v3::OAuth2MtlsClientCredential::builder("https://cloud.example/identity/v3")
///     .oauth2_endpoint("https://cloud.example/identity/v3/OS-OAUTH2/token")
///     .oauth2_client_id("d2e1")
///     .build()?;
/// # Ok::<_, keystone_sdk::Error>(())
/// ```
#[auth_plugin(
    "v3oauth2mtlsclientcredential",
    plugin = pub OAuth2MtlsClientCredential,
    scope = own,
    spec = "specs/auth-methods.yaml"
)]
struct CertificateLogin {
    auth_url: Url,
    /// The address that gives access tokens.
    oauth2_endpoint: Url,
    /// The client's id: that of a user with a default project.
    oauth2_client_id: String,
}

impl CertificateLogin {
    /// What Keystone says of the access token.
    async fn ask_for(&self, token: &Token, transport: &Transport) -> Result<AccessInfo, Error> {
        let attempt = Attempt {
            api: "v3",
            methods: vec!["oauth2_credential".to_owned()],
            scope: "the project of the client".to_owned(),
        };
        let response = own_token::ask(transport, &self.auth_url, token).await?;
        if !response.status.is_success() {
            return Err(refusal(&response, &attempt));
        }
        own_token::read(&response, &attempt)
    }
}

impl LogIn for CertificateLogin {
    fn auth_url(&self) -> &Url {
        &self.auth_url
    }

    fn log_in<'a>(&'a self, transport: &'a Transport) -> LogInFuture<'a> {
        LogInFuture::wire(async {
            let client = Some(self.oauth2_client_id.as_str());
            let bearer = access_token(transport, &self.oauth2_endpoint, client, None).await?;
            let token = Token::new(bearer.access_token.clone(), None)?;
            let access = self.ask_for(&token, transport).await?;
            let token = Token::new(bearer.access_token.clone(), Some(access.expires_at))?;
            let login = Login::new(bearer.beside(token)?, access);
            Ok(login.at_most(bearer.life()))
        })
    }

    // No `cache_id`: the secret is the session's certificate, which is not known here. Whoever knew
    // no more than the client's id would find the token.
}
