//! Calls to Keystone itself that need no token: the client's certificate proves the identity.

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

/// What the plugin sends, and where to.
#[derive(Clone, Debug)]
struct ScopeHeaders {
    auth_url: Url,
    proof: Token,
}

/// Calls Keystone without a token: each call names its scope in headers, and the session's
/// client certificate proves the identity. Good for calls to Keystone only. Loaded as
/// `v3tokenlessauth`.
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
    /// Acts on the domain with this id.
    domain_id: Option<String>,
    /// Acts on the domain with this name.
    domain_name: Option<String>,
    /// Acts on the project with this id.
    project_id: Option<String>,
    /// Acts on the project with this name, in the domain that `project_domain_id` or
    /// `project_domain_name` names.
    project_name: Option<String>,
    /// Says by id which domain holds the project.
    project_domain_id: Option<String>,
    /// Says by name which domain holds the project.
    project_domain_name: Option<String>,
}

impl TokenlessOptions {
    fn make(self, reader: &OptionReader<'_>) -> Result<ScopeHeaders, Error> {
        let mut headers = HeaderMap::new();
        // Its rules are those of any scope, so the fields are not looked at one by one.
        for (name, value) in scope(reader.scope()?)? {
            let value = HeaderValue::from_str(&value).map_err(|error| {
                ConfigurationError::new(format!("`{value}` fits into no header `{name}`"))
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
            return EndpointFuture::ready(Err(error.remedy("use a plugin that gets one").into()));
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
