//! The headers that request a microversion.

use http::{HeaderMap, HeaderName, HeaderValue};

use crate::Error;
use crate::error::ConfigurationError;

/// Adds the headers that request a microversion of a service of this type: `OpenStack-API-Version`
/// and, for services that had one before, their own. Existing headers stay.
///
/// # Errors
///
/// [`Error::Configuration`] when `version` is neither `latest` nor two numbers with a dot, or when
/// a header cannot carry the type.
pub fn add_headers(
    service_type: &str,
    version: &str,
    headers: &mut HeaderMap,
) -> Result<(), Error> {
    if !is_version(version) {
        return Err(ConfigurationError::new(format!(
            "`{version}` is not a microversion of `{service_type}`"
        ))
        .remedy("write two numbers with a dot, such as `2.79`, or `latest`")
        .into());
    }
    let unfit = |_| {
        ConfigurationError::new(format!(
            "no header can carry the service type `{service_type}`"
        ))
    };
    let common = HeaderValue::from_str(&format!("{} {version}", name_in_header(service_type)))
        .map_err(unfit)?;
    headers
        .entry(HeaderName::from_static("openstack-api-version"))
        .or_insert(common);
    if let Some(older) = older_header(service_type) {
        let value = HeaderValue::from_str(version).map_err(unfit)?;
        headers.entry(older).or_insert(value);
    }
    Ok(())
}

fn is_version(version: &str) -> bool {
    let is_number = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    version == "latest"
        || version
            .split_once('.')
            .is_some_and(|(major, minor)| is_number(major) && is_number(minor))
}

/// The service type in the common header: block storage and shared file systems have their own
/// names.
fn name_in_header(service_type: &str) -> &str {
    match service_type {
        "bare-metal" => "baremetal",
        "block-storage" | "block-store" => "volume",
        volume if volume.starts_with("volume") => "volume",
        share if share.starts_with("share") => "shared-file-system",
        other => other,
    }
}

fn older_header(service_type: &str) -> Option<HeaderName> {
    let name = match service_type {
        "compute" => "x-openstack-nova-api-version",
        "baremetal" | "bare-metal" => "x-openstack-ironic-api-version",
        "share" | "sharev2" | "shared-file-system" => "x-openstack-manila-api-version",
        _ => return None,
    };
    Some(HeaderName::from_static(name))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(service_type: &str, version: &str) -> HeaderMap {
        let mut headers = HeaderMap::new();
        add_headers(service_type, version, &mut headers).unwrap();
        headers
    }

    #[test]
    fn compute_gets_the_common_and_its_older_header() {
        let headers = headers("compute", "2.79");
        assert_eq!(headers["openstack-api-version"], "compute 2.79");
        assert_eq!(headers["x-openstack-nova-api-version"], "2.79");
    }

    #[test]
    fn volumes_and_shares_keep_their_own_names() {
        assert_eq!(
            headers("volumev3", "latest")["openstack-api-version"],
            "volume latest"
        );
        let baremetal = headers("bare-metal", "1.78");
        assert_eq!(baremetal["openstack-api-version"], "baremetal 1.78");
        assert_eq!(baremetal["x-openstack-ironic-api-version"], "1.78");
        for share in ["share", "sharev2", "shared-file-system"] {
            let headers = headers(share, "2.51");
            assert_eq!(headers["openstack-api-version"], "shared-file-system 2.51");
            assert_eq!(headers["x-openstack-manila-api-version"], "2.51");
        }
    }

    #[test]
    fn what_is_not_a_version_is_refused() {
        for version in ["", "2", "2.latest", "two.one", "2.1\r\nx: y"] {
            assert!(
                add_headers("compute", version, &mut HeaderMap::new()).is_err(),
                "{version}"
            );
        }
    }
}
