//! From one Keystone to another: the Keystone of one's own proves to that of a service provider who
//! the user is.

use std::sync::{Arc, OnceLock};

use super::Federated;
use super::rescoped::Rescoped;
use crate::Error;
use crate::auth::options::Origin;
use crate::auth::{
    AccessFuture, AuthPlugin, Cached, EndpointFilter, EndpointFuture, OptionReader, PluginLoader,
    PluginOptions, Scope, Token, TokenFuture,
};
use crate::transport::Transport;

mod load;
mod provider;

use provider::{ProviderLogin, find_provider};

/// Logs in at the Keystone of a service provider, by a login at the Keystone of one's own, which
/// acts as the identity provider. Loaded as `v3k2k`.
///
/// The login at home is any plugin whose token comes from the v3 API. Its token is renewed as ever,
/// and a new login at the service provider begins with the one that is valid then. Endpoints come
/// from the catalog of the service provider.
///
/// By name, the login at home is by the plugin that the option `base_auth_type` names, `v3password`
/// unless told otherwise, with the options of that plugin. What describes a scope there is for the
/// Keystone at home; the scope at the service provider is described by the same names with `remote_`
/// before them, as in the openstack client.
///
/// Its tokens are not kept outside of the process: where they are from is known only to the login.
///
/// Source: Keystone's documentation for administrators, "Keystone to Keystone".
///
/// ```
/// use keystone_sdk::auth::federation::Keystone2Keystone;
/// use keystone_sdk::auth::v3;
///
/// let home = v3::Password::builder("https://home.example/identity/v3")
///     .username("carol")
///     .password("s3cr3t")
///     .user_domain_name("Default")
///     .project_name("demo")
///     .project_domain_name("Default")
///     .build()?;
/// let auth = Keystone2Keystone::builder(home, "partner")
///     .project_name("guests")
///     .project_domain_name("Default")
///     .build()?;
/// # Ok::<_, keystone_sdk::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct Keystone2Keystone(Arc<K2k>);

#[derive(Debug)]
struct K2k {
    base: Arc<dyn AuthPlugin>,
    service_provider: String,
    scope: Scope,
    /// The login there, made when the first token of the Keystone at home has told where that is.
    remote: OnceLock<Federated<ProviderLogin>>,
}

impl Keystone2Keystone {
    /// Starts from the login at home and the service provider, by its id there.
    pub fn builder(
        base: impl AuthPlugin + 'static,
        service_provider: impl Into<String>,
    ) -> Keystone2KeystoneBuilder {
        Keystone2KeystoneBuilder {
            base: Arc::new(base),
            service_provider: service_provider.into(),
            options: PluginOptions::from_origin(Origin::Builder),
        }
    }

    /// What a registry needs to load the plugin by its name.
    pub const fn loader() -> PluginLoader {
        load::LOADER
    }

    fn new(base: Arc<dyn AuthPlugin>, service_provider: String, scope: Scope) -> Self {
        Self(Arc::new(K2k {
            base,
            service_provider,
            scope,
            remote: OnceLock::new(),
        }))
    }

    async fn remote(&self, transport: &Transport) -> Result<&Federated<ProviderLogin>, Error> {
        let K2k {
            base,
            service_provider,
            scope,
            remote,
        } = &*self.0;
        if let Some(known) = remote.get() {
            return Ok(known);
        }
        let provider = find_provider(&**base, service_provider, transport).await?;
        let login = ProviderLogin::new(Arc::clone(base), provider, scope.clone())?;
        Ok(remote.get_or_init(|| Cached::new(Rescoped::new(login))))
    }
}

impl AuthPlugin for Keystone2Keystone {
    fn token<'a>(&'a self, transport: &'a Transport) -> TokenFuture<'a> {
        match self.0.remote.get() {
            Some(remote) => remote.token(transport),
            None => {
                TokenFuture::wire(async { self.remote(transport).await?.token(transport).await })
            }
        }
    }

    fn endpoint<'a>(
        &'a self,
        transport: &'a Transport,
        filter: &'a EndpointFilter,
    ) -> EndpointFuture<'a> {
        EndpointFuture::wire(async move {
            let remote = self.remote(transport).await?;
            remote.endpoint(transport, filter).await
        })
    }

    fn invalidate(&self, rejected: &Token) -> bool {
        let remote = self.0.remote.get();
        remote.is_some_and(|remote| remote.invalidate(rejected))
    }

    fn access<'a>(&'a self, transport: &'a Transport) -> AccessFuture<'a> {
        AccessFuture::wire(async { self.remote(transport).await?.access(transport).await })
    }
}

/// Settings of [`Keystone2Keystone`] to change before [`build`](Keystone2KeystoneBuilder::build). The
/// scope is that at the service provider.
#[derive(Clone, Debug)]
#[must_use]
pub struct Keystone2KeystoneBuilder {
    base: Arc<dyn AuthPlugin>,
    service_provider: String,
    options: PluginOptions,
}

impl Keystone2KeystoneBuilder {
    crate::__auth_scope_setters!();

    /// Makes the plugin. Nothing is sent yet.
    ///
    /// # Errors
    ///
    /// A configuration error when the service provider is blank or two scopes are asked for; it says
    /// what to do.
    pub fn build(self) -> Result<Keystone2Keystone, Error> {
        let scope = OptionReader::new(load::NAME, &self.options).scope()?;
        load::refuse_blank(&self.service_provider)?;
        Ok(Keystone2Keystone::new(
            self.base,
            self.service_provider,
            scope,
        ))
    }
}

#[cfg(test)]
mod tests;
