//! The options that all plugins of this module share.

/// Makes a login a plugin, with the options of every OpenID Connect plugin and its own.
macro_rules! oidc_plugin {
    (
        $(#[$doc:meta])*
        name = $name:tt, $plugin:ident, make = $make:path, check = $check:path, grant = $grant:ty;
        struct $login:ident { $($fields:tt)* }
    ) => {
        $(#[$doc])*
        #[$crate::auth_plugin(
            $name,
            plugin = pub $plugin,
            inner = $crate::auth::federation::Federated<super::login::Oidc<$grant>>,
            make = $make,
            check = $check,
            spec = "specs/auth-methods.yaml"
        )]
        struct $login {
            auth_url: ::url::Url,
            /// The identity provider, by its id in Keystone.
            identity_provider: String,
            /// The federation protocol, by its id in Keystone.
            protocol: String,
            #[auth(scope)]
            scope: $crate::auth::Scope,
            /// The client's id at the OpenID Provider.
            client_id: String,
            /// The client's secret. Without it, and without a private key, the client is public.
            #[auth(secret)]
            client_secret: Option<SecretString>,
            /// How the client proves itself. Unless it is set: by the private key where there is
            /// one, by HTTP Basic where there is a secret, or by the request's body where the
            /// discovery document offers that and not Basic.
            client_auth_method: Option<super::settings::ClientAuthMethod>,
            /// The client's private key for `private_key_jwt`, as PEM: RSA (RS256), or EC on the
            /// curve P-256 (ES256).
            #[auth(secret)]
            client_private_key: Option<SecretString>,
            /// The id by which the OpenID Provider knows the private key.
            client_private_key_id: Option<String>,
            /// The scopes at the OpenID Provider, separated by spaces; a blank asks for none. With
            /// `offline_access` most providers give a refresh token, by which the login is renewed.
            #[auth(default = "openid profile")]
            openid_scope: String,
            /// The address that gives tokens, where it is not that of the discovery document.
            access_token_endpoint: Option<Url>,
            /// The address of the discovery document, such as
            /// `https://op.example/.well-known/openid-configuration`.
            discovery_endpoint: Option<Url>,
            /// The OpenID Provider's issuer identifier, where the address of the discovery document
            /// does not tell it.
            issuer: Option<String>,
            /// The address of the OpenID Provider's public keys, where it is not that of the
            /// discovery document.
            jwks_endpoint: Option<Url>,
            /// Which token is shown to Keystone.
            #[auth(default = "access_token")]
            access_token_type: super::settings::AccessTokenType,
            $($fields)*
        }

        impl super::settings::Configured for $login {
            fn settings(&self) -> super::settings::Settings<'_> {
                super::settings::Settings {
                    auth_url: &self.auth_url,
                    identity_provider: &self.identity_provider,
                    protocol: &self.protocol,
                    scope: &self.scope,
                    client_id: &self.client_id,
                    client_secret: self.client_secret.as_ref(),
                    client_auth_method: self.client_auth_method,
                    client_private_key: self.client_private_key.as_ref(),
                    client_private_key_id: self.client_private_key_id.as_deref(),
                    openid_scope: &self.openid_scope,
                    access_token_endpoint: self.access_token_endpoint.as_ref(),
                    discovery_endpoint: self.discovery_endpoint.as_ref(),
                    issuer: self.issuer.as_deref(),
                    jwks_endpoint: self.jwks_endpoint.as_ref(),
                    access_token_type: self.access_token_type,
                }
            }

            fn cache_id(&self) -> $crate::auth::CacheId {
                $crate::auth::LoadPlugin::identity(self)
            }
        }
    };
}
