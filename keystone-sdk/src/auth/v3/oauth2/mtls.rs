//! A client that proves itself by its certificate.

use std::fmt;
use std::sync::Arc;

use http::Method;
use http::header::{ACCEPT, HeaderName, HeaderValue};
use serde::Deserialize;
use url::Url;

use super::{CLIENT_ID, ENDPOINT, access_token};
use crate::Error;
use crate::auth::attempt::{Attempt, body, refusal};
use crate::auth::load::groups::{AUTH, AUTH_URL, SCOPE};
use crate::auth::options::{OptionReader, Options};
use crate::auth::v3::request::v3_base;
use crate::auth::{
    AccessInfo, Cached, LogIn, LogInFuture, Login, PluginLoader, PluginOption, Token, address,
};
use crate::transport::{Request, Transport};

const NAME: &str = "v3oauth2mtlsclientcredential";
const OPTIONS: &[PluginOption] = &[ENDPOINT, CLIENT_ID];

/// A login by a certificate. The access token that it brings is a token of Keystone as well.
pub(super) struct CertificateLogin {
    auth_url: Url,
    endpoint: Url,
    client_id: String,
}

crate::__plugin! {
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
    pub OAuth2MtlsClientCredential, OAuth2MtlsClientCredentialBuilder,
    PluginLoader::of_groups(
        NAME,
        "Gets an access token of OAuth 2.0 by the client's certificate",
        [AUTH, OPTIONS, SCOPE, &[], &[]],
        |options| Ok(Arc::new(make(options)?)),
    ),
    make,
    Cached<CertificateLogin>
}

impl OAuth2MtlsClientCredentialBuilder {
    crate::auth::plugin::setter! {
        /// The address that gives access tokens.
        oauth2_endpoint: String
    }
    crate::auth::plugin::setter! {
        /// The client's id: that of a user with a default project.
        oauth2_client_id: String
    }
}

fn make(options: &Options) -> Result<Cached<CertificateLogin>, Error> {
    let reader = OptionReader::new(NAME, options);
    let auth_url: String = reader.required(&AUTH_URL)?;
    let auth_url =
        address::of_keystone(&auth_url).map_err(|error| reader.place(AUTH_URL.name, error))?;
    let endpoint: String = reader.required(&ENDPOINT)?;
    let endpoint =
        address::of_oauth2(&endpoint).map_err(|error| reader.place(ENDPOINT.name, error))?;
    reader.own_scope()?;
    Ok(Cached::new(CertificateLogin {
        auth_url,
        endpoint,
        client_id: reader.required(&CLIENT_ID)?,
    }))
}

#[derive(Deserialize)]
struct Body {
    token: AccessInfo,
}

impl CertificateLogin {
    /// `GET {auth_url}/auth/tokens`: what Keystone says of the access token.
    async fn ask_for(&self, token: &Token, transport: &Transport) -> Result<AccessInfo, Error> {
        let url = address::under(&v3_base(&self.auth_url), &["auth", "tokens"])?;
        let mut request = Request::new(Method::GET, url)
            .header(ACCEPT, HeaderValue::from_static("application/json"))
            .header(HeaderName::from_static("x-subject-token"), token.header());
        request.headers.extend(token.headers().clone());
        let attempt = Attempt {
            api: "v3",
            methods: vec!["oauth2_credential"],
            scope: "the project of the client".to_owned(),
        };
        let response = transport.send(request).await?;
        if !response.status.is_success() {
            return Err(refusal(&response, &attempt));
        }
        Ok(body::<Body>(&response, &attempt)?.token)
    }
}

impl LogIn for CertificateLogin {
    fn auth_url(&self) -> &Url {
        &self.auth_url
    }

    fn log_in<'a>(&'a self, transport: &'a Transport) -> LogInFuture<'a> {
        LogInFuture::wire(async {
            let client = Some(self.client_id.as_str());
            let bearer = access_token(transport, &self.endpoint, client, None).await?;
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

impl fmt::Debug for CertificateLogin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OAuth2MtlsClientCredential")
            .field("auth_url", &self.auth_url.as_str())
            .field("oauth2_endpoint", &self.endpoint.as_str())
            .field("oauth2_client_id", &self.client_id)
            .finish_non_exhaustive()
    }
}
