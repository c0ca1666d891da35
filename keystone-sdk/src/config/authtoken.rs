//! The options of `[keystone_authtoken]`, the section that a service shares with its middleware.
//!
//! Whoever reads such a section has to know what others read there: an option that nobody knows is a
//! typing error. So this is the one list, for sessions and for the middleware.

/// What has become of an option, and who reads it.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum Standing {
    /// Read by [`conf::adapter`](super::conf::adapter), where a section describes one service.
    Adapter,
    /// An option of older releases of keystonemiddleware, or of flask_keystone: what to do instead.
    Dropped(&'static str),
    /// Known to keystoneauth, and without a meaning here.
    Ignored,
    /// Read by the middleware.
    Middleware,
    /// An option of keystonemiddleware that keystone-middleware has not: what happens instead.
    Unsupported(&'static str),
}

/// The options, besides those of sessions ([`SESSION_OPTIONS`](super::conf::SESSION_OPTIONS)) and of
/// authentication plugins.
///
/// Source: the options of keystonemiddleware's `auth_token`, in all its releases.
pub const OPTIONS: &[(&str, Standing)] = &[
    ("admin_password", Standing::Dropped("use `password`")),
    ("admin_tenant_name", Standing::Dropped("use `project_name`")),
    (
        "admin_token",
        Standing::Dropped("use `auth_type` and the options of that plugin"),
    ),
    ("admin_user", Standing::Dropped("use `username`")),
    (
        "allow_anonymous_access",
        Standing::Dropped(
            "use `delay_auth_decision`, and `#[policy(public)]` on what is open to all",
        ),
    ),
    ("auth_admin_prefix", Standing::Dropped("use `auth_url`")),
    ("auth_host", Standing::Dropped("use `auth_url`")),
    ("auth_port", Standing::Dropped("use `auth_url`")),
    ("auth_protocol", Standing::Dropped("use `auth_url`")),
    ("auth_uri", Standing::Dropped("use `www_authenticate_uri`")),
    ("auth_version", Standing::Middleware),
    (
        "cache",
        Standing::Unsupported("tokens are cached in the memory of this process"),
    ),
    (
        "check_revocations_for_cached",
        Standing::Dropped("lower `token_cache_time`"),
    ),
    ("delay_auth_decision", Standing::Middleware),
    ("endpoint_override", Standing::Adapter),
    ("enforce_token_bind", Standing::Middleware),
    ("hash_algorithms", Standing::Dropped("take it out")),
    ("http_request_max_retries", Standing::Middleware),
    ("identity_uri", Standing::Dropped("use `auth_url`")),
    ("include_service_catalog", Standing::Middleware),
    ("max_version", Standing::Adapter),
    (
        "memcache_password",
        Standing::Unsupported("there is no memcached"),
    ),
    (
        "memcache_pool_conn_get_timeout",
        Standing::Unsupported("there is no memcached"),
    ),
    (
        "memcache_pool_dead_retry",
        Standing::Unsupported("there is no memcached"),
    ),
    (
        "memcache_pool_maxsize",
        Standing::Unsupported("there is no memcached"),
    ),
    (
        "memcache_pool_socket_timeout",
        Standing::Unsupported("there is no memcached"),
    ),
    (
        "memcache_pool_unused_timeout",
        Standing::Unsupported("there is no memcached"),
    ),
    (
        "memcache_sasl_enabled",
        Standing::Unsupported("there is no memcached"),
    ),
    (
        "memcache_secret_key",
        Standing::Unsupported("there is no memcached"),
    ),
    (
        "memcache_security_strategy",
        Standing::Unsupported("there is no memcached"),
    ),
    (
        "memcache_servers",
        Standing::Unsupported("tokens are cached in the memory of this process"),
    ),
    (
        "memcache_tls_allowed_ciphers",
        Standing::Unsupported("there is no memcached"),
    ),
    (
        "memcache_tls_cafile",
        Standing::Unsupported("there is no memcached"),
    ),
    (
        "memcache_tls_certfile",
        Standing::Unsupported("there is no memcached"),
    ),
    (
        "memcache_tls_enabled",
        Standing::Unsupported("there is no memcached"),
    ),
    (
        "memcache_tls_keyfile",
        Standing::Unsupported("there is no memcached"),
    ),
    (
        "memcache_use_advanced_pool",
        Standing::Unsupported("there is no memcached"),
    ),
    (
        "memcache_username",
        Standing::Unsupported("there is no memcached"),
    ),
    (
        "memcached_servers",
        Standing::Unsupported("tokens are cached in the memory of this process"),
    ),
    ("min_version", Standing::Adapter),
    (
        "revocation_cache_time",
        Standing::Dropped("lower `token_cache_time`"),
    ),
    ("roles", Standing::Dropped("name roles in the policy file")),
    ("service_name", Standing::Adapter),
    ("service_token_roles", Standing::Middleware),
    ("service_token_roles_required", Standing::Middleware),
    ("service_type", Standing::Middleware),
    ("signing_dir", Standing::Dropped("take it out")),
    ("split_loggers", Standing::Ignored),
    ("tls_ciphers", Standing::Ignored),
    ("token_cache_time", Standing::Middleware),
    ("version", Standing::Adapter),
    ("www_authenticate_uri", Standing::Middleware),
];

/// The names of all of them.
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
