//! What every plugin that `#[auth_method]` or `#[auth_plugin]` makes has in common, as macros that
//! their expansions call. They are public only because expansions stand in other crates.

/// Setters of the options that describe a scope, for a builder with a field `options`.
#[doc(hidden)]
#[macro_export]
macro_rules! __auth_scope_setters {
    () => {
        /// Asks for the project with this id.
        pub fn project_id(mut self, id: impl ::core::convert::Into<::std::string::String>) -> Self {
            self.options
                .set("project_id", ::core::convert::Into::into(id));
            self
        }

        /// Asks for the project with this name, in the domain that `project_domain_id` or
        /// `project_domain_name` names.
        pub fn project_name(
            mut self,
            name: impl ::core::convert::Into<::std::string::String>,
        ) -> Self {
            self.options
                .set("project_name", ::core::convert::Into::into(name));
            self
        }

        /// Says by id which domain holds the project.
        pub fn project_domain_id(
            mut self,
            id: impl ::core::convert::Into<::std::string::String>,
        ) -> Self {
            self.options
                .set("project_domain_id", ::core::convert::Into::into(id));
            self
        }

        /// Says by name which domain holds the project.
        pub fn project_domain_name(
            mut self,
            name: impl ::core::convert::Into<::std::string::String>,
        ) -> Self {
            self.options
                .set("project_domain_name", ::core::convert::Into::into(name));
            self
        }

        /// Asks for the domain with this id.
        pub fn domain_id(mut self, id: impl ::core::convert::Into<::std::string::String>) -> Self {
            self.options
                .set("domain_id", ::core::convert::Into::into(id));
            self
        }

        /// Asks for the domain with this name.
        pub fn domain_name(
            mut self,
            name: impl ::core::convert::Into<::std::string::String>,
        ) -> Self {
            self.options
                .set("domain_name", ::core::convert::Into::into(name));
            self
        }

        /// Asks for the whole system.
        pub fn system_scope(mut self) -> Self {
            self.options.set("system_scope", "all");
            self
        }

        /// Asks for the project and the roles of a trust.
        pub fn trust_id(mut self, id: impl ::core::convert::Into<::std::string::String>) -> Self {
            self.options
                .set("trust_id", ::core::convert::Into::into(id));
            self
        }

        /// Asks for no scope, also when the user has a default project.
        pub fn unscoped(mut self) -> Self {
            self.options.set("unscoped", "true");
            self
        }
    };
}

/// Setters of the options that describe a user, for a builder with a field `options`.
#[doc(hidden)]
#[macro_export]
macro_rules! __auth_user_setters {
    () => {
        /// Names the user by id.
        pub fn user_id(mut self, id: impl ::core::convert::Into<::std::string::String>) -> Self {
            self.options.set("user_id", ::core::convert::Into::into(id));
            self
        }

        /// Names the user, in the domain that `user_domain_id` or `user_domain_name` names.
        pub fn username(mut self, name: impl ::core::convert::Into<::std::string::String>) -> Self {
            self.options
                .set("username", ::core::convert::Into::into(name));
            self
        }

        /// Says by id which domain holds the user.
        pub fn user_domain_id(
            mut self,
            id: impl ::core::convert::Into<::std::string::String>,
        ) -> Self {
            self.options
                .set("user_domain_id", ::core::convert::Into::into(id));
            self
        }

        /// Says by name which domain holds the user.
        pub fn user_domain_name(
            mut self,
            name: impl ::core::convert::Into<::std::string::String>,
        ) -> Self {
            self.options
                .set("user_domain_name", ::core::convert::Into::into(name));
            self
        }
    };
}

/// What a plugin that is a v3 login by one method can do, when its types are there.
#[doc(hidden)]
#[macro_export]
macro_rules! __auth_plugin_impls {
    ($plugin:path, $builder:path, $loader:expr, $make:expr) => {
        $crate::__plugin_impls! { $plugin, $builder, $loader, $make }

        impl $plugin {
            /// The login behind the plugin: its address, its scope, its cache identity.
            pub fn auth(&self) -> &$crate::auth::v3::Auth {
                &self.0
            }
        }

        impl $builder {
            /// Whether the token comes with the catalog; it does unless told otherwise.
            pub fn include_catalog(mut self, include: bool) -> Self {
                let include = ::std::string::ToString::to_string(&include);
                self.options.set("include_catalog", include);
                self
            }
        }
    };
}

/// A plugin that is made from options and hands everything on to an inner one.
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

/// The types of a plugin and its builder. What is in them can be reached where the macro is called
/// and one module above.
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

/// Hands the contract of a plugin on to an inner one.
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

/// What a plugin can do that is told the address of Keystone, when its types are there.
#[doc(hidden)]
#[macro_export]
macro_rules! __plugin_impls {
    ($plugin:path, $builder:path, $loader:expr, $make:expr) => {
        impl $plugin {
            /// Starts from the address of Keystone, with or without the version at its end.
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

/// What a plugin can do that asks no Keystone, when its types are there.
#[doc(hidden)]
#[macro_export]
macro_rules! __plugin_impls_without_auth_url {
    ($plugin:path, $builder:path, $loader:expr, $make:expr) => {
        impl $plugin {
            /// Starts without any setting.
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

/// What every plugin can do that is made from options.
#[doc(hidden)]
#[macro_export]
macro_rules! __plugin_from_options {
    ($plugin:path, $builder:path, $loader:expr, $make:expr) => {
        impl $plugin {
            /// What a registry needs to load the plugin by its name.
            pub const fn loader() -> $crate::auth::PluginLoader {
                $loader
            }
        }

        $crate::__hand_on! { impl AuthPlugin for $plugin, self => &self.0 }

        impl $builder {
            /// Makes the plugin. Nothing is sent yet.
            ///
            /// # Errors
            ///
            /// A configuration error when something is missing, malformed or contradicts another
            /// setting; it says what to do.
            pub fn build(self) -> ::core::result::Result<$plugin, $crate::Error> {
                ::core::result::Result::map($make(&self.options), $plugin)
            }
        }
    };
}

/// A setter of an option, for a builder with a field `options`.
macro_rules! setter {
    ($(#[$doc:meta])* $name:ident: $ty:ty) => {
        $(#[$doc])*
        pub fn $name(mut self, $name: impl Into<$ty>) -> Self {
            self.options.set(stringify!($name), $name.into());
            self
        }
    };
}

pub(crate) use setter;

/// Setters of the domain for user and project alike, for a builder with a field `options`.
macro_rules! default_domain_setters {
    () => {
        /// Says by id which domain holds user and project, unless they have their own.
        pub fn default_domain_id(mut self, id: impl Into<String>) -> Self {
            self.options
                .set("default_domain_id", ::core::convert::Into::into(id));
            self
        }

        /// Says by name which domain holds user and project, unless they have their own.
        pub fn default_domain_name(mut self, name: impl Into<String>) -> Self {
            self.options
                .set("default_domain_name", ::core::convert::Into::into(name));
            self
        }
    };
}

pub(crate) use default_domain_setters;
