//! Calls to Keystone itself that need no token: the client's certificate proves the identity.

use std::sync::Arc;

use http::{HeaderMap, HeaderName, HeaderValue};
use url::Url;

use crate::auth::load::groups::{AUTH, AUTH_URL, SCOPE};
use crate::auth::options::{OptionReader, Options};
use crate::auth::{
    AuthPlugin, DomainIdentity, EndpointFilter, EndpointFuture, PluginLoader, PluginOption,
    ProjectIdentity, Scope, Token, TokenFuture, address,
};
use crate::discovery::Known;
use crate::error::{ConfigurationError, DiscoveryError};
use crate::transport::Transport;
use crate::{Error, discovery};

const NAME: &str = "v3tokenlessauth";

/// What the plugin sends, and where to.
#[derive(Clone, Debug)]
pub(super) struct Inner {
    auth_url: Url,
    proof: Token,
}

crate::__plugin! {
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
    pub Tokenless, TokenlessBuilder,
    PluginLoader::of_groups(
        NAME,
        "Calls Keystone by a client certificate, without a token",
        [AUTH, OPTIONS, &[], &[], &[]],
        |options| Ok(Arc::new(make(options)?)),
    ),
    make,
    Inner
}

/// The scopes, without those that no header names.
const OPTIONS: &[PluginOption] = match SCOPE {
    [_system, options @ .., _trust] => options,
    _ => &[],
};

impl TokenlessBuilder {
    crate::auth::plugin::setter! {
        /// Acts on the project with this id.
        project_id: String
    }
    crate::auth::plugin::setter! {
        /// Acts on the project with this name, in the domain that `project_domain_id` or
        /// `project_domain_name` names.
        project_name: String
    }
    crate::auth::plugin::setter! {
        /// Says by id which domain holds the project.
        project_domain_id: String
    }
    crate::auth::plugin::setter! {
        /// Says by name which domain holds the project.
        project_domain_name: String
    }
    crate::auth::plugin::setter! {
        /// Acts on the domain with this id.
        domain_id: String
    }
    crate::auth::plugin::setter! {
        /// Acts on the domain with this name.
        domain_name: String
    }
}

fn make(options: &Options) -> Result<Inner, Error> {
    let reader = OptionReader::new(NAME, options);
    let auth_url: String = reader.required(&AUTH_URL)?;
    let auth_url =
        address::of_keystone(&auth_url).map_err(|error| reader.place(AUTH_URL.name, error))?;
    let mut headers = HeaderMap::new();
    for (name, value) in scope(reader.scope()?)? {
        let value = HeaderValue::from_str(&value).map_err(|error| {
            ConfigurationError::new(format!("`{value}` fits into no header `{name}`"))
                .caused_by(error)
        })?;
        headers.insert(HeaderName::from_static(name), value);
    }
    Ok(Inner {
        auth_url,
        proof: Token::from_headers(headers),
    })
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
            let message = format!("`{NAME}` needs a project or a domain to act on");
            let error = ConfigurationError::new(message);
            return Err(error.remedy("set `project_id` or `domain_id`").into());
        }
    })
}

impl AuthPlugin for Inner {
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
