//! The options of `[keystone_authtoken]`, the section that a service shares with its middleware.
//!
//! An unknown option in such a section is an error, so each reader has to know the options of the
//! others. This is the one list, for sessions and for the middleware.

use Standing::{Adapter, Dropped, Ignored, Middleware, Unsupported};

/// Who reads an option, or what to do about it.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum Standing {
    /// Read by [`conf::adapter`](super::conf::adapter), where a section describes one service.
    Adapter,
    /// An option of older releases of keystonemiddleware, or of flask_keystone, with the remedy.
    Dropped(&'static str),
    /// An option of keystoneauth without effect here.
    Ignored,
    /// Read by the middleware.
    Middleware,
    /// An option of keystonemiddleware that keystone-middleware does not support, with what happens
    /// instead.
    Unsupported(&'static str),
}

const IN_MEMORY: Standing = Unsupported("tokens are cached in the memory of this process");
const NO_MEMCACHED: Standing = Unsupported("there is no memcached");

/// The options, besides those of sessions ([`SESSION_OPTIONS`](super::conf::SESSION_OPTIONS)) and of
/// authentication plugins.
///
/// Source: the options of keystonemiddleware's `auth_token`, in all its releases.
pub const OPTIONS: &[(&str, Standing)] = &[
    ("admin_password", Dropped("use `password`")),
    ("admin_tenant_name", Dropped("use `project_name`")),
    (
        "admin_token",
        Dropped("use `auth_type` and the options of that plugin"),
    ),
    ("admin_user", Dropped("use `username`")),
    (
        "allow_anonymous_access",
        Dropped("use `delay_auth_decision`, and `#[policy(public)]` on what is open to all"),
    ),
    ("auth_admin_prefix", Dropped("use `auth_url`")),
    ("auth_host", Dropped("use `auth_url`")),
    ("auth_port", Dropped("use `auth_url`")),
    ("auth_protocol", Dropped("use `auth_url`")),
    ("auth_uri", Dropped("use `www_authenticate_uri`")),
    ("auth_version", Middleware),
    ("cache", IN_MEMORY),
    (
        "check_revocations_for_cached",
        Dropped("lower `token_cache_time`"),
    ),
    ("delay_auth_decision", Middleware),
    ("endpoint_override", Adapter),
    ("enforce_token_bind", Middleware),
    ("hash_algorithms", Dropped("take it out")),
    ("http_request_max_retries", Middleware),
    ("identity_uri", Dropped("use `auth_url`")),
    ("include_service_catalog", Middleware),
    ("max_version", Adapter),
    ("memcache_password", NO_MEMCACHED),
    ("memcache_pool_conn_get_timeout", NO_MEMCACHED),
    ("memcache_pool_dead_retry", NO_MEMCACHED),
    ("memcache_pool_maxsize", NO_MEMCACHED),
    ("memcache_pool_socket_timeout", NO_MEMCACHED),
    ("memcache_pool_unused_timeout", NO_MEMCACHED),
    ("memcache_sasl_enabled", NO_MEMCACHED),
    ("memcache_secret_key", NO_MEMCACHED),
    ("memcache_security_strategy", NO_MEMCACHED),
    ("memcache_servers", IN_MEMORY),
    ("memcache_tls_allowed_ciphers", NO_MEMCACHED),
    ("memcache_tls_cafile", NO_MEMCACHED),
    ("memcache_tls_certfile", NO_MEMCACHED),
    ("memcache_tls_enabled", NO_MEMCACHED),
    ("memcache_tls_keyfile", NO_MEMCACHED),
    ("memcache_use_advanced_pool", NO_MEMCACHED),
    ("memcache_username", NO_MEMCACHED),
    ("memcached_servers", IN_MEMORY),
    ("min_version", Adapter),
    ("revocation_cache_time", Dropped("lower `token_cache_time`")),
    ("roles", Dropped("name roles in the policy file")),
    ("service_name", Adapter),
    ("service_token_roles", Middleware),
    ("service_token_roles_required", Middleware),
    ("service_type", Middleware),
    ("signing_dir", Dropped("take it out")),
    ("split_loggers", Ignored),
    ("tls_ciphers", Ignored),
    ("token_cache_time", Middleware),
    ("version", Adapter),
    ("www_authenticate_uri", Middleware),
];

/// The names of all options in [`OPTIONS`].
pub fn names() -> impl Iterator<Item = &'static str> {
    OPTIONS.iter().map(|(name, _)| *name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::conf::SESSION_OPTIONS;

    #[test]
    fn each_option_stands_once_and_is_no_option_of_a_session() {
        let names: Vec<_> = names().collect();
        assert!(names.is_sorted_by(|one, next| one < next), "{names:?}");
        assert!(!names.iter().any(|name| SESSION_OPTIONS.contains(name)));
    }
}
