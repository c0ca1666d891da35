//! Calls to Keystone itself without a token, authenticated by a client certificate.

use http::{HeaderMap, HeaderName, HeaderValue};
use url::Url;

use crate::auth::{
    AuthPlugin, DomainIdentity, EndpointFilter, EndpointFuture, OptionReader, ProjectIdentity,
    Scope, Token, TokenFuture,
};
use crate::discovery::Known;
use crate::error::{ConfigurationError, DiscoveryError};
use crate::transport::Transport;
use crate::{Error, auth_plugin, discovery};

/// The headers of the plugin and its URL.
#[derive(Clone, Debug)]
struct ScopeHeaders {
    auth_url: Url,
    proof: Token,
}

/// Calls Keystone without a token: each call has its scope in headers, and is authenticated by the
/// session's client certificate. Only for calls to Keystone. Loaded as `v3tokenlessauth`.
///
/// Source: "Tokenless Authorization with X.509 Client SSL Certificate" in Keystone's
/// documentation for administrators.
///
/// ```
/// use keystone_sdk::auth::v3;
///
/// let auth = v3::Tokenless::builder("https://cloud.example/identity/v3")
///     .project_name("service")
///     .project_domain_name("Default")
///     .build()?;
/// # Ok::<_, keystone_sdk::Error>(())
/// ```
#[auth_plugin(
    "v3tokenlessauth",
    plugin = pub Tokenless,
    inner = ScopeHeaders,
    make = TokenlessOptions::make,
    spec = "specs/auth-methods.yaml"
)]
struct TokenlessOptions {
    auth_url: Url,
    /// The id of the domain to act on.
    domain_id: Option<String>,
    /// The name of the domain to act on.
    domain_name: Option<String>,
    /// The id of the project to act on.
    project_id: Option<String>,
    /// The name of the project to act on, in the domain that `project_domain_id` or
    /// `project_domain_name` names.
    project_name: Option<String>,
    /// The id of the project's domain.
    project_domain_id: Option<String>,
    /// The name of the project's domain.
    project_domain_name: Option<String>,
}

impl TokenlessOptions {
    fn make(self, reader: &OptionReader<'_>) -> Result<ScopeHeaders, Error> {
        let mut headers = HeaderMap::new();
        // The rules are those of any scope, so the reader parses the fields.
        for (name, value) in scope(reader.scope()?)? {
            let value = HeaderValue::from_str(&value).map_err(|error| {
                ConfigurationError::new(format!("the header `{name}` cannot carry `{value}`"))
                    .caused_by(error)
            })?;
            headers.insert(HeaderName::from_static(name), value);
        }
        Ok(ScopeHeaders {
            auth_url: self.auth_url,
            proof: Token::from_headers(headers),
        })
    }
}

/// The headers that name a scope.
fn scope(scope: Scope) -> Result<Vec<(&'static str, String)>, Error> {
    Ok(match scope {
        Scope::Project(ProjectIdentity::Id(id)) => vec![("x-project-id", id)],
        Scope::Project(ProjectIdentity::Name { name, domain }) => {
            let domain = match domain {
                DomainIdentity::Id(id) => ("x-project-domain-id", id),
                DomainIdentity::Name(name) => ("x-project-domain-name", name),
            };
            vec![("x-project-name", name), domain]
        }
        Scope::Domain(DomainIdentity::Id(id)) => vec![("x-domain-id", id)],
        Scope::Domain(DomainIdentity::Name(name)) => vec![("x-domain-name", name)],
        Scope::Default | Scope::Unscoped | Scope::System | Scope::Trust(_) => {
            let message = "`v3tokenlessauth` needs a project or a domain to act on";
            let error = ConfigurationError::new(message);
            return Err(error.remedy("set `project_id` or `domain_id`").into());
        }
    })
}

impl AuthPlugin for ScopeHeaders {
    fn token<'a>(&'a self, _: &'a Transport) -> TokenFuture<'a> {
        TokenFuture::ready(Ok(self.proof.clone()))
    }

    fn endpoint<'a>(
        &'a self,
        transport: &'a Transport,
        filter: &'a EndpointFilter,
    ) -> EndpointFuture<'a> {
        if filter.service_type.as_deref() != Some("identity") {
            let message = format!("without a token there is no catalog in which to find {filter}");
            let error = DiscoveryError::new(message);
            return EndpointFuture::ready(Err(error
                .remedy("use a plugin that gets a token")
                .into()));
        }
        EndpointFuture::wire(async move {
            let known = Known::new(&self.auth_url, &[]);
            discovery::find_endpoint(transport, &known, filter).await
        })
    }

    fn invalidate(&self, _: &Token) -> bool {
        false
    }
}
