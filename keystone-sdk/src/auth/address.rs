//! URLs in options.

use url::Url;

use crate::Error;
use crate::error::ConfigurationError;
use crate::transport::refuse_without_tls;

/// Reads the URL in an option.
pub(super) fn of_option(option: &str, text: &str) -> Result<Url, Error> {
    let remedy = match option {
        "auth_url" => "write the address of Keystone, such as http://127.0.0.1:5000/v3",
        "endpoint" => "write the address of the service, such as http://127.0.0.1:6385",
        "oauth2_endpoint" => {
            "write the address, such as https://cloud.example/identity/v3/OS-OAUTH2/token"
        }
        _ => "write an address, such as https://cloud.example",
    };
    let url = Url::parse(text).map_err(|error| {
        ConfigurationError::new(format!("`{option}` is not a URL"))
            .remedy(remedy)
            .caused_by(error)
    })?;
    let message = if !matches!(url.scheme(), "http" | "https") || !url.has_host() {
        format!("`{option}` is a `{}` URL, not one of HTTP", url.scheme())
    } else if !url.username().is_empty() || url.password().is_some() {
        // Logs and errors would show the password.
        format!("`{option}` contains a user name or password")
    } else {
        refuse_without_tls(&url, &format!("`{option}`"))?;
        return Ok(url);
    };
    Err(ConfigurationError::new(message).remedy(remedy).into())
}

/// Reads the URL of Keystone.
pub(super) fn of_keystone(text: &str) -> Result<Url, Error> {
    of_option("auth_url", text)
}

/// The URL with `path` appended, without query and fragment.
pub(super) fn under(base: &Url, path: &[&str]) -> Result<Url, Error> {
    let mut url = base.clone();
    url.set_query(None);
    url.set_fragment(None);
    url.path_segments_mut()
        .map_err(|()| ConfigurationError::new(format!("`{base}` cannot have a path")))?
        .pop_if_empty()
        .extend(path);
    Ok(url)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn https_is_an_address_of_programs_with_tls_only() {
        let result = of_keystone("https://h:5000/v3?x=canary").map(drop);
        if cfg!(feature = "tls") {
            result.unwrap();
            return;
        }
        let error = result.unwrap_err().to_string();
        assert_eq!(
            error,
            "`auth_url` is `https://h:5000/v3`, which needs TLS, and this program was built without it; \
             turn on the feature `tls` of keystone-sdk or keystone-middleware, or use an `http` address"
        );
        assert!(
            of_option("oauth2_endpoint", "https://h").is_err() && of_keystone("http://h").is_ok()
        );
    }

    #[test]
    fn a_slash_at_the_end_is_not_doubled() {
        let base = Url::parse("http://h/identity/v3/?x=1").unwrap();
        let url = under(&base, &["auth", "tokens"]).unwrap();
        assert_eq!(url.as_str(), "http://h/identity/v3/auth/tokens");
    }

    #[test]
    fn an_address_that_is_not_of_http_is_refused_without_repeating_its_password() {
        let refused = |text: &str| of_keystone(text).unwrap_err().to_string();
        assert!(refused("cloud.example:5000").contains("not one of HTTP"));
        assert!(refused("").contains("`auth_url` is not a URL"));
        let error = refused("http://u:canary@h/v3");
        assert!(
            error.contains("contains a user name or password"),
            "{error}"
        );
        assert!(!error.contains("canary"), "{error}");
    }
}
