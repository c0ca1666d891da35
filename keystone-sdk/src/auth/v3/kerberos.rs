//! Logins by a Kerberos ticket, at a Keystone behind a web server that asks for one.
//!
//! Source: the method `kerberos` of Keystone's `[auth] methods`; RFC 4559.

use serde_json::{Value, json};
use url::Url;

use super::{Auth, MethodLogin};
use crate::auth::negotiate::{MutualAuth, NegotiateProvider, Negotiated, SharedNegotiateProvider};
use crate::auth::{
    AuthMethod, AuthRequest, CacheId, Cached, LogIn, LogInFuture, OptionReader, Scope,
};
use crate::transport::Transport;
use crate::{Error, auth_plugin};

/// Logs in by the Kerberos ticket that `kinit` got, through a web server that asks for it by HTTP
/// Negotiate. Loaded as `v3kerberos`.
///
/// The ticket is shown only to the server that asks for it, and only when it asks. The user is the one
/// that the web server makes of the ticket's principal: a user of Keystone's own, unlike with
/// [`MappedKerberos`](crate::auth::federation::MappedKerberos).
///
/// ```
/// use keystone_sdk::auth::negotiate::MutualAuth;
/// use keystone_sdk::auth::v3;
///
/// let auth = v3::Kerberos::builder("https://cloud.example/krb/identity/v3")
///     .mutual_auth(MutualAuth::Required)
///     .project_name("demo")
///     .project_domain_name("Default")
///     .build()?;
/// # Ok::<_, keystone_sdk::Error>(())
/// ```
#[auth_plugin(
    "v3kerberos",
    plugin = pub Kerberos,
    inner = Cached<Negotiated<Self>>,
    make = KerberosLogin::plugin,
    spec = "specs/auth-methods.yaml"
)]
struct KerberosLogin {
    auth_url: Url,
    #[auth(scope)]
    scope: Scope,
    /// Whether the server has to prove itself.
    #[auth(default = "optional")]
    mutual_auth: MutualAuth,
}

impl KerberosBuilder {
    /// What makes the tokens for the server; the system's library does otherwise.
    pub fn negotiate_provider(mut self, provider: impl NegotiateProvider + 'static) -> Self {
        self.options.attach(SharedNegotiateProvider::new(provider));
        self
    }
}

/// What the ticket proves stands in no body: the web server tells Keystone who it is.
#[derive(Debug)]
struct Ticket;

impl AuthMethod for Ticket {
    fn name(&self) -> &'static str {
        "kerberos"
    }

    fn auth_data(&self, _: &mut AuthRequest) -> Result<Value, Error> {
        Ok(json!({}))
    }

    fn cache_id(&self, _: &mut CacheId) {}
}

impl KerberosLogin {
    fn plugin(login: Self, options: &OptionReader<'_>) -> Result<Cached<Negotiated<Self>>, Error> {
        Ok(Cached::new(Negotiated::new(login, options)))
    }

    fn by_ticket(&self) -> Result<MethodLogin, Error> {
        let builder = Auth::builder(self.auth_url.as_str()).method(Ticket);
        builder.scope(self.scope.clone()).login()
    }
}

impl LogIn for Negotiated<KerberosLogin> {
    fn auth_url(&self) -> &Url {
        &self.login.auth_url
    }

    fn log_in<'a>(&'a self, transport: &'a Transport) -> LogInFuture<'a> {
        LogInFuture::wire(async {
            let login = self.login.by_ticket()?;
            let (request, attempt) = login.request(transport).await?;
            let response = self.send(transport, request, self.login.mutual_auth);
            login.read(&response.await?, &attempt)
        })
    }

    // No `cache_id`: whose ticket it is is not known here. Whoever knew the address would find the token.
}
