//! A federated login by a Kerberos ticket.

use http::Method;
use http::header::{ACCEPT, HeaderValue};
use url::Url;

use super::endpoint::again_after_a_conflict;
use super::{Federated, FederatedLogin, FederationEndpoint, Rescoped};
use crate::auth::negotiate::{MutualAuth, NegotiateProvider, Negotiated, SharedNegotiateProvider};
use crate::auth::{LogInFuture, OptionReader, Scope};
use crate::transport::{Request, Transport};
use crate::{Error, auth_plugin};

/// Logs in by the Kerberos ticket that `kinit` got, at the federation endpoint of Keystone, whose
/// mapping makes a user of the ticket's principal. Loaded as `v3fedkerb`.
///
/// The web server asks for the ticket at that endpoint only: the unscoped token that it brings is
/// exchanged for one of the wanted scope without the ticket.
///
/// ```
/// use keystone_sdk::auth::federation::MappedKerberos;
///
/// let auth = MappedKerberos::builder("https://cloud.example/identity/v3")
///     .identity_provider("kdc")
///     .protocol("mapped")
///     .project_name("demo")
///     .project_domain_name("Default")
///     .build()?;
/// # Ok::<_, keystone_sdk::Error>(())
/// ```
#[auth_plugin(
    "v3fedkerb",
    plugin = pub MappedKerberos,
    inner = Federated<Negotiated<Self>>,
    make = MappedKerberosLogin::plugin,
    spec = "specs/auth-methods.yaml"
)]
struct MappedKerberosLogin {
    auth_url: Url,
    /// The identity provider, by its id in Keystone.
    identity_provider: String,
    /// The federation protocol, by its id in Keystone.
    protocol: String,
    #[auth(scope)]
    scope: Scope,
    /// Whether the server has to prove itself.
    #[auth(default = "optional")]
    mutual_auth: MutualAuth,
}

impl MappedKerberosBuilder {
    /// What makes the tokens for the server; the system's library does otherwise.
    pub fn negotiate_provider(mut self, provider: impl NegotiateProvider + 'static) -> Self {
        self.options.attach(SharedNegotiateProvider::new(provider));
        self
    }
}

impl MappedKerberosLogin {
    fn plugin(
        login: Self,
        options: &OptionReader<'_>,
    ) -> Result<Federated<Negotiated<Self>>, Error> {
        Rescoped::plugin(Negotiated::new(login, options), options)
    }
}

impl FederatedLogin for Negotiated<MappedKerberosLogin> {
    fn auth_url(&self) -> &Url {
        &self.login.auth_url
    }

    fn scope(&self) -> &Scope {
        &self.login.scope
    }

    fn unscoped<'a>(&'a self, transport: &'a Transport) -> LogInFuture<'a> {
        LogInFuture::wire(async {
            let MappedKerberosLogin {
                auth_url,
                identity_provider,
                protocol,
                mutual_auth,
                ..
            } = &self.login;
            let endpoint = FederationEndpoint::new(auth_url, identity_provider, protocol)?;
            let request = Request::new(Method::GET, endpoint.url().clone())
                .header(ACCEPT, HeaderValue::from_static("application/json"));
            let send = || self.send(transport, request.clone(), *mutual_auth);
            endpoint.read(&again_after_a_conflict(send).await?)
        })
    }

    // No `cache_id`: whose ticket it is is not known here.
}
