//! The servers of the federated logins, as `federation_lab.py` tells of them.

use std::collections::BTreeMap;
use std::error::Error;
use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};

use serde::Deserialize;

use crate::{NotSet, python, variable};

/// The variable with the path of the file of facts.
pub const FEDERATION: &str = "KEYSTONE_TEST_FEDERATION";

/// Every address, user, secret and client. There is no `Debug`, since most of it is secret.
#[derive(Clone, Deserialize)]
#[non_exhaustive]
pub struct Federation {
    /// The service provider of every federated login.
    pub keystone: ServiceProvider,
    /// The identity provider of Keystone2Keystone.
    pub keystone_a: KeystoneIdentityProvider,
    /// Who can log in at the OpenID Providers, the SAML identity provider and the stand-in for ADFS.
    pub users: Vec<User>,
    /// The OpenID Provider that [`Federation::keystone`] trusts.
    pub openid: TrustedOpenIdProvider,
    /// Another one, with the same users and clients, whose tokens nobody takes.
    pub other_openid: OpenIdProvider,
    /// SimpleSAMLphp, with the ECP profile.
    pub saml: SamlIdentityProvider,
    /// What stands in for Microsoft's ADFS.
    pub adfs_stand_in: AdfsStandIn,
    /// Ports that nobody else is given: Keystone sends tokens of logins by a browser to
    /// `http://127.0.0.1:PORT/auth/websso/` and `http://localhost:PORT/auth/websso/`.
    pub websso_ports: Vec<u16>,
    /// An address where nobody listens.
    pub closed_url: String,
    /// The address of each server that speaks HTTP.
    pub servers: BTreeMap<String, String>,
    /// The process of each server.
    pub pids: BTreeMap<String, u32>,
    /// What `federation_lab.py` has made once, of which every run takes copies.
    pub state: PathBuf,
    /// The folder of this run, with everybody's logs.
    pub run: PathBuf,
}

/// Keystone B, behind Apache.
#[derive(Clone, Deserialize)]
#[non_exhaustive]
pub struct ServiceProvider {
    /// The Identity v3 URL; bearer tokens are checked by introspection.
    pub url: String,
    /// The same Keystone; bearer tokens are JWTs, such as an `id_token`, checked against the JWKS.
    pub jwks_url: String,
    /// The same Keystone; access tokens have to be for [`OpenIdProvider::audience`].
    pub audience_url: String,
    /// The administrator's name, in the domain `default`.
    pub username: String,
    /// The administrator's password.
    pub password: String,
    /// The name of the administrator's project, in the domain `default`.
    pub project: String,
    /// The region of the identity endpoints.
    pub region: String,
    /// The domain on which federated users have the role `member`.
    pub domain: String,
    /// The projects of that domain, on which they have it too.
    pub projects: Vec<String>,
}

/// Keystone A.
#[derive(Clone, Deserialize)]
#[non_exhaustive]
pub struct KeystoneIdentityProvider {
    /// The Identity v3 URL.
    pub url: String,
    /// The administrator's name, in the domain `default`.
    pub username: String,
    /// The administrator's password.
    pub password: String,
    /// The name of the administrator's project, in the domain `default`.
    pub project: String,
    /// A user of the domain `default`, whom the service provider takes.
    pub user: LocalUser,
    /// The id under which it knows [`Federation::keystone`].
    pub service_provider: String,
}

/// A user of Keystone A, with a role on a project; both are in the domain `default`.
#[derive(Clone, Deserialize)]
#[non_exhaustive]
pub struct LocalUser {
    /// The user's name.
    pub name: String,
    /// The user's password.
    pub password: String,
    /// The project's name.
    pub project: String,
}

/// A user of an identity provider.
#[derive(Clone, Deserialize)]
#[non_exhaustive]
pub struct User {
    /// The name, which is also that of the user in Keystone.
    pub name: String,
    /// The password.
    pub password: String,
}

/// An OpenID Provider that Keystone knows.
#[derive(Clone, Deserialize)]
#[non_exhaustive]
pub struct TrustedOpenIdProvider {
    /// The id of the identity provider in Keystone.
    pub identity_provider: String,
    /// The id of its protocol.
    pub protocol: String,
    /// The provider itself.
    #[serde(flatten)]
    pub provider: OpenIdProvider,
}

/// An OpenID Provider, by HTTP and by HTTPS, each with its own issuer.
#[derive(Clone, Deserialize)]
#[non_exhaustive]
pub struct OpenIdProvider {
    /// The issuer that is served by HTTP.
    pub issuer: String,
    /// The issuer that is served by HTTPS.
    pub tls_issuer: String,
    /// The private authority that signed its certificate.
    pub authority: PathBuf,
    /// Below this address, the discovery document is of another issuer.
    pub another_issuer_url: String,
    /// Below this address, the discovery document is of this address, but its endpoints, and hence
    /// its tokens, are of [`OpenIdProvider::issuer`].
    pub mixed_up_url: String,
    /// The path of redirect URIs, which may have any port of `127.0.0.1` or `localhost`.
    pub redirect_path: String,
    /// The one audience for which token exchange issues access tokens.
    pub audience: String,
    /// Every client.
    pub clients: Vec<Client>,
}

/// A client of an OpenID Provider.
#[derive(Clone, Deserialize)]
#[non_exhaustive]
pub struct Client {
    /// Its `client_id`.
    pub id: String,
    /// Its `token_endpoint_auth_method`.
    pub authentication: String,
    /// The grants it may use.
    pub grants: Vec<String>,
    /// What its id_tokens are signed with: `ES256` or `RS256`.
    pub id_token_algorithm: String,
    /// Its secret, where it has one.
    pub secret: Option<String>,
    /// Its private key, as PKCS #8 in PEM, where it proves itself by `private_key_jwt`.
    pub key: Option<PathBuf>,
    /// The algorithm of the key: `ES256` or `RS256`.
    pub algorithm: Option<String>,
    /// The key's id.
    pub kid: Option<String>,
    /// How long its access tokens are in force.
    pub access_token_seconds: u64,
    /// What happens in its device flows.
    pub device: Option<Device>,
}

/// What happens in a device flow.
#[derive(Clone, Deserialize)]
#[non_exhaustive]
pub struct Device {
    /// The `interval` of the response, which may lack it.
    pub interval: Option<u64>,
    /// Whether the first poll is met by `slow_down`.
    #[serde(default)]
    pub slow_down: bool,
    /// How long the code is in force, where that is short.
    pub expires_in: Option<u64>,
}

/// The SAML identity provider, behind mod_shib and mod_auth_mellon.
#[derive(Clone, Deserialize)]
#[non_exhaustive]
pub struct SamlIdentityProvider {
    /// The id of the identity provider in Keystone.
    pub identity_provider: String,
    /// The protocol that mod_shib protects.
    pub shibboleth_protocol: String,
    /// The protocol that mod_auth_mellon protects.
    pub mellon_protocol: String,
    /// A protocol that mod_shib protects as a service provider whose assertions the identity
    /// provider sends elsewhere, to [`Federation::closed_url`], than its requests say.
    pub moved_protocol: String,
    /// What names of users end in that came by mod_auth_mellon.
    pub mellon_suffix: String,
    /// Where ECP requests go.
    pub identity_provider_url: String,
}

/// What `v3adfspassword` has to be told.
#[derive(Clone, Deserialize)]
#[non_exhaustive]
pub struct AdfsStandIn {
    /// The id of the identity provider in Keystone.
    pub identity_provider: String,
    /// The id of its protocol.
    pub protocol: String,
    /// The WS-Trust endpoint.
    pub identity_provider_url: String,
    /// Where the assertion goes.
    pub service_provider_endpoint: String,
    /// Who the assertion is for.
    pub service_provider_entity_id: String,
}

impl Federation {
    /// The servers that `cargo xtask test` or `cargo xtask lab up` started.
    ///
    /// # Errors
    /// When the variable is not set, or its file is not what it should be.
    pub fn from_env() -> Result<Self, FactsError> {
        Self::read(Path::new(&variable(FEDERATION)?))
    }

    /// The servers of a file of facts.
    ///
    /// # Errors
    /// When the file cannot be read, or is not what it should be.
    pub fn read(path: &Path) -> Result<Self, FactsError> {
        let text =
            fs::read_to_string(path).map_err(|error| FactsError::unreadable(path, &error))?;
        serde_json::from_str(&text).map_err(|error| FactsError::unreadable(path, &error))
    }

    /// A user by name.
    ///
    /// # Errors
    /// When there is none.
    pub fn user(&self, name: &str) -> Result<&User, FactsError> {
        let found = self.users.iter().find(|user| user.name == name);
        found.ok_or_else(|| FactsError::absent("user", name))
    }
}

/// One login that keystoneauth1 has tried.
#[derive(Clone, Debug, Deserialize)]
#[non_exhaustive]
pub struct Login {
    /// The plugin, by the name of its entry point where it has one.
    pub method: String,
    /// What is special about this login.
    pub case: String,
    /// What served it.
    pub server: String,
    /// Whether that stands in for a server that is not to be had.
    pub stand_in: bool,
    /// `token`, `refused` where that was expected, or `failed`.
    pub result: String,
    /// Whose token it is, or why not.
    pub detail: String,
    /// How long it took.
    pub seconds: f64,
}

/// Lets keystoneauth1 log in by each method whose name begins with one of `methods`, or by all.
///
/// # Errors
/// When a variable is not set, or Python says something else than it should.
pub fn keystoneauth(methods: &[&str]) -> Result<Vec<Login>, FactsError> {
    let mut command = python("federation/check.py")?;
    let output = command.arg(variable(FEDERATION)?).args(methods).output();
    let output = output.map_err(|error| FactsError(format!("cannot run Python: {error}")))?;
    let lines = String::from_utf8_lossy(&output.stdout);
    // keystoneauth tells a person what to open.
    let lines = lines.lines().filter(|line| line.starts_with('{'));
    let logins: Result<Vec<Login>, _> = lines.map(serde_json::from_str).collect();
    let errors = || String::from_utf8_lossy(&output.stderr);
    match logins {
        Ok(logins) if !logins.is_empty() => Ok(logins),
        Ok(_) => Err(FactsError(format!(
            "check.py tells of no login: {}",
            errors()
        ))),
        Err(error) => Err(FactsError(format!("check.py: {error}: {}", errors()))),
    }
}

impl OpenIdProvider {
    /// A client by its id.
    ///
    /// # Errors
    /// When there is none.
    pub fn client(&self, id: &str) -> Result<&Client, FactsError> {
        let found = self.clients.iter().find(|client| client.id == id);
        found.ok_or_else(|| FactsError::absent("client", id))
    }
}

/// What a test wants to know of the federation servers is not to be had.
#[derive(Clone, Debug)]
pub struct FactsError(String);

impl FactsError {
    fn unreadable(path: &Path, error: &dyn fmt::Display) -> Self {
        let path = path.display();
        Self(format!(
            "`{path}`, of the variable `{FEDERATION}`: {error}; run `cargo xtask lab down`, then `cargo xtask lab up`"
        ))
    }

    fn absent(what: &str, name: &str) -> Self {
        Self(format!("the federation lab has no {what} `{name}`"))
    }
}

impl fmt::Display for FactsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Error for FactsError {}

impl From<NotSet> for FactsError {
    fn from(error: NotSet) -> Self {
        Self(error.to_string())
    }
}
