//! Unknown keys, most of which are typing errors.

use keystone_document::{Mapping, suggest};

use crate::config::yaml::Value as _;

/// The keys of a cloud, for this crate or for other programs.
const KNOWN: &[&str] = &[
    "api_timeout",
    "auth",
    "auth_methods",
    "auth_plugin",
    "auth_type",
    "cacert",
    "cache",
    "cert",
    "cloud",
    "connect_retries",
    "connect_retry_delay",
    "disable_vendor_agent",
    "endpoint_type",
    "external_network",
    "floating_ip_source",
    "force_ipv4",
    "image_api_use_tasks",
    "image_format",
    "insecure",
    "interface",
    "internal_network",
    "key",
    "message",
    "metrics",
    "networks",
    "prefer_ipv6",
    "profile",
    "rate_limit",
    "region_name",
    "regions",
    "requires_floating_ip",
    "retriable_status_codes",
    "secgroup_source",
    "status",
    "status_code_retries",
    "status_code_retry_delay",
    "timing",
    "tls_min_version",
    "verify",
    "volume_api_version",
];

/// The ends of keys that begin with a service type.
pub(super) const OF_SERVICES: &[&str] = &[
    "_api_version",
    "_concurrency",
    "_connect_retries",
    "_connect_retry_delay",
    "_default_microversion",
    "_endpoint",
    "_endpoint_override",
    "_endpoint_type",
    "_interface",
    "_max_version",
    "_min_version",
    "_rate_limit",
    "_region_name",
    "_retriable_status_codes",
    "_service_name",
    "_service_type",
    "_status_code_retries",
    "_status_code_retry_delay",
    "_timeout",
];

/// Warns about keys that are similar to known ones. Others may be for other programs.
pub(super) fn warn_of_near_names(cloud: &str, values: &Mapping, options: &[&'static str]) {
    for entry in values {
        let key = entry.name();
        let of_service = OF_SERVICES.iter().any(|end| key.ends_with(end));
        if of_service || key.starts_with("has_") || KNOWN.contains(&key) || options.contains(&key) {
            continue;
        }
        if let Some(meant) = suggest(key, &[KNOWN, options].concat()) {
            let place = entry.key.place();
            tracing::warn!(
                "the cloud `{cloud}` has an unknown key `{key}` ({place}); \
                 did you mean `{meant}`?"
            );
        }
    }
}
