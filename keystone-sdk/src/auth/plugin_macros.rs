//! The code that the plugins of `#[auth_method]` and `#[auth_plugin]` share, as macros for their
//! expansions. They are public only because expansions are in other crates.

/// Setters of options, for a builder with a field `options`.
#[doc(hidden)]
#[macro_export]
macro_rules! __option_setters {
    ($($(#[$doc:meta])* $name:ident: $type:ty;)*) => {$(
        $(#[$doc])*
        pub fn $name(mut self, $name: impl ::core::convert::Into<$type>) -> Self {
            let value: $type = ::core::convert::Into::into($name);
            self.options.set(::core::stringify!($name), value);
            self
        }
    )*};
}

pub(crate) use __option_setters as option_setters;

/// Setters of the options that describe a scope.
#[doc(hidden)]
#[macro_export]
macro_rules! __auth_scope_setters {
    () => {
        $crate::__option_setters! {
            /// Requests the project with this id.
            project_id: ::std::string::String;

            /// Requests the project with this name, in the domain that `project_domain_id` or
            /// `project_domain_name` names.
            project_name: ::std::string::String;

            /// The id of the project's domain.
            project_domain_id: ::std::string::String;

            /// The name of the project's domain.
            project_domain_name: ::std::string::String;

            /// Requests the domain with this id.
            domain_id: ::std::string::String;

            /// Requests the domain with this name.
            domain_name: ::std::string::String;

            /// Requests the project and the roles of the trust with this id.
            trust_id: ::std::string::String;
        }

        /// Requests the system scope.
        pub fn system_scope(mut self) -> Self {
            self.options.set("system_scope", "all");
            self
        }

        /// Requests no scope, even if the user has a default project.
        pub fn unscoped(mut self) -> Self {
            self.options.set("unscoped", "true");
            self
        }
    };
}

/// Setters of the options that describe a user.
#[doc(hidden)]
#[macro_export]
macro_rules! __auth_user_setters {
    () => {
        $crate::__option_setters! {
            /// The user's id.
            user_id: ::std::string::String;

            /// The user's name, in the domain that `user_domain_id` or `user_domain_name` names.
            username: ::std::string::String;

            /// The id of the user's domain.
            user_domain_id: ::std::string::String;

            /// The name of the user's domain.
            user_domain_name: ::std::string::String;
        }
    };
}

/// The impls of a plugin that is a v3 login with one method.
#[doc(hidden)]
#[macro_export]
macro_rules! __auth_plugin_impls {
    ($plugin:path, $builder:path, $loader:expr, $make:expr) => {
        $crate::__plugin_impls! { $plugin, $builder, $loader, $make }

        impl $plugin {
            /// The login of the plugin: its URL, scope and cache id.
            pub fn auth(&self) -> &$crate::auth::v3::Auth {
                &self.0
            }
        }

        impl $builder {
            /// Whether the token has a catalog; the default is `true`.
            pub fn include_catalog(mut self, include: bool) -> Self {
                let include = ::std::string::ToString::to_string(&include);
                self.options.set("include_catalog", include);
                self
            }
        }
    };
}

/// A plugin that is made from options and delegates to an inner one.
#[doc(hidden)]
#[macro_export]
macro_rules! __plugin {
    (
        $(#[$doc:meta])*
        $visibility:vis $plugin:ident, $builder:ident, $loader:expr, $make:expr, $inner:ty
    ) => {
        $crate::__plugin_types! {
            $(#[$doc])*
            $visibility $plugin, $builder, $inner
        }
        $crate::__plugin_impls! { $plugin, $builder, $loader, $make }
    };
}

/// The types of a plugin and its builder. Their fields are visible to the parent of the calling
/// module.
#[doc(hidden)]
#[macro_export]
macro_rules! __plugin_types {
    (
        $(#[$doc:meta])*
        $visibility:vis $plugin:ident, $builder:ident, $inner:ty
    ) => {
        $(#[$doc])*
        ///
        /// Clones share the token.
        #[derive(::core::clone::Clone, ::core::fmt::Debug)]
        $visibility struct $plugin(pub(super) $inner);

        #[doc = ::core::concat!(
            "Settings of [`", ::core::stringify!($plugin), "`] to change before ",
            "[`build`](", ::core::stringify!($builder), "::build)."
        )]
        #[derive(::core::clone::Clone, ::core::fmt::Debug)]
        #[must_use]
        $visibility struct $builder {
            pub(super) options: $crate::auth::PluginOptions,
        }
    };
}

/// Implements `AuthPlugin` by an inner plugin.
#[doc(hidden)]
#[macro_export]
macro_rules! __hand_on {
    (impl $([$($generics:tt)*])? AuthPlugin for $plugin:ty, $self:ident => $to:expr) => {
        impl$(<$($generics)*>)? $crate::auth::AuthPlugin for $plugin {
            fn token<'a>(
                &'a $self,
                transport: &'a $crate::transport::Transport,
            ) -> $crate::auth::TokenFuture<'a> {
                $crate::auth::AuthPlugin::token($to, transport)
            }

            fn endpoint<'a>(
                &'a $self,
                transport: &'a $crate::transport::Transport,
                filter: &'a $crate::auth::EndpointFilter,
            ) -> $crate::auth::EndpointFuture<'a> {
                $crate::auth::AuthPlugin::endpoint($to, transport, filter)
            }

            fn invalidate(&$self, rejected: &$crate::auth::Token) -> bool {
                $crate::auth::AuthPlugin::invalidate($to, rejected)
            }

            fn headers(
                &$self,
                token: &$crate::auth::Token,
                headers: &mut $crate::__private::http::HeaderMap,
            ) -> ::core::result::Result<(), $crate::Error> {
                $crate::auth::AuthPlugin::headers($to, token, headers)
            }

            fn access<'a>(
                &'a $self,
                transport: &'a $crate::transport::Transport,
            ) -> $crate::auth::AccessFuture<'a> {
                $crate::auth::AuthPlugin::access($to, transport)
            }

            fn cache_id(&$self) -> ::core::option::Option<::std::string::String> {
                $crate::auth::AuthPlugin::cache_id($to)
            }

            fn auth_state(&$self) -> ::core::option::Option<$crate::auth::AuthState> {
                $crate::auth::AuthPlugin::auth_state($to)
            }

            fn set_auth_state(
                &$self,
                state: $crate::auth::AuthState,
                clock: &$crate::clock::SharedClock,
            ) -> bool {
                $crate::auth::AuthPlugin::set_auth_state($to, state, clock)
            }
        }
    };
}

/// The impls of a plugin with an `auth_url`.
#[doc(hidden)]
#[macro_export]
macro_rules! __plugin_impls {
    ($plugin:path, $builder:path, $loader:expr, $make:expr) => {
        impl $plugin {
            /// Starts with the URL of Keystone, with or without the version at its end.
            pub fn builder(
                auth_url: impl ::core::convert::Into<::std::string::String>,
            ) -> $builder {
                let mut options = $crate::auth::PluginOptions::from_origin(
                    $crate::auth::options::Origin::Builder,
                );
                let auth_url: ::std::string::String = ::core::convert::Into::into(auth_url);
                options.set("auth_url", auth_url);
                $builder { options }
            }
        }

        $crate::__plugin_from_options! { $plugin, $builder, $loader, $make }
    };
}

/// The impls of a plugin without an `auth_url`.
#[doc(hidden)]
#[macro_export]
macro_rules! __plugin_impls_without_auth_url {
    ($plugin:path, $builder:path, $loader:expr, $make:expr) => {
        impl $plugin {
            /// Starts without settings.
            pub fn builder() -> $builder {
                let options = $crate::auth::PluginOptions::from_origin(
                    $crate::auth::options::Origin::Builder,
                );
                $builder { options }
            }
        }

        $crate::__plugin_from_options! { $plugin, $builder, $loader, $make }
    };
}

/// The impls of every plugin that is made from options.
#[doc(hidden)]
#[macro_export]
macro_rules! __plugin_from_options {
    ($plugin:path, $builder:path, $loader:expr, $make:expr) => {
        impl $plugin {
            /// The loader for a registry.
            pub const fn loader() -> $crate::auth::PluginLoader {
                $loader
            }
        }

        $crate::__hand_on! { impl AuthPlugin for $plugin, self => &self.0 }

        impl $builder {
            /// Builds the plugin. Nothing is sent yet.
            ///
            /// # Errors
            ///
            /// A configuration error, with a remedy, when a setting is missing, malformed or
            /// contradicts another one.
            pub fn build(self) -> ::core::result::Result<$plugin, $crate::Error> {
                ::core::result::Result::map($make(&self.options), $plugin)
            }
        }
    };
}

/// Setters of the default domain of user and project.
macro_rules! default_domain_setters {
    () => {
        crate::__option_setters! {
            /// The id of the domain of user and project, unless they have their own.
            default_domain_id: String;

            /// The name of the domain of user and project, unless they have their own.
            default_domain_name: String;
        }
    };
}

pub(crate) use default_domain_setters;
