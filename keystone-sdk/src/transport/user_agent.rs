//! The parts of `User-Agent`.

use http::HeaderValue;

use crate::Error;
use crate::error::ConfigurationError;

const OWN: &str = concat!("keystone-sdk/", env!("CARGO_PKG_VERSION"));

/// The parts of `User-Agent`, in their order.
#[derive(Clone, Debug, Default)]
pub(super) struct UserAgent {
    /// Replaces all parts except for our own.
    pub(super) whole: Option<String>,
    pub(super) app: Option<(String, String)>,
    pub(super) additional: Vec<(String, String)>,
}

impl UserAgent {
    /// The header: program, client, what was added, then this crate.
    pub(super) fn header(&self, client: Option<(&str, &str)>) -> Result<HeaderValue, Error> {
        let mut parts = Vec::new();
        if let Some(whole) = &self.whole {
            parts.push(whole.clone());
        } else {
            let pair = |(name, version): &(String, String)| product(name, version);
            parts.extend(self.app.iter().map(pair));
            parts.extend(client.map(|(name, version)| product(name, version)));
            parts.extend(self.additional.iter().map(pair));
        }
        parts.push(OWN.to_owned());
        value(&parts.join(" "))
    }
}

/// The text as `User-Agent`.
pub(crate) fn value(text: &str) -> Result<HeaderValue, Error> {
    HeaderValue::from_str(text).map_err(|_| {
        ConfigurationError::new("the `User-Agent` contains characters that no header can carry")
            .remedy("leave out line breaks and control characters")
            .into()
    })
}

/// `name/version` (RFC 9110, section 10.1.5).
fn product(name: &str, version: &str) -> String {
    if version.is_empty() {
        name.to_owned()
    } else {
        format!("{name}/{version}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pair(name: &str, version: &str) -> (String, String) {
        (name.to_owned(), version.to_owned())
    }

    #[test]
    fn program_client_and_additions_stand_in_this_order() {
        let mut agent = UserAgent {
            app: Some(pair("inventory", "2.0")),
            additional: vec![pair("glue", "1"), pair("tape", "")],
            ..UserAgent::default()
        };
        let header = agent.header(Some(("novaclient", "17"))).unwrap();
        assert_eq!(
            header,
            format!("inventory/2.0 novaclient/17 glue/1 tape {OWN}")
        );
        agent.whole = Some("mine/1".to_owned());
        let header = agent.header(Some(("novaclient", "17"))).unwrap();
        assert_eq!(header, format!("mine/1 {OWN}"));
        assert_eq!(UserAgent::default().header(None).unwrap(), OWN);
    }

    #[test]
    fn a_name_that_no_header_can_carry_is_refused() {
        let agent = UserAgent {
            whole: Some("a\r\nx: y".to_owned()),
            ..UserAgent::default()
        };
        let error = agent.header(None).unwrap_err().to_string();
        assert!(error.starts_with("the `User-Agent` contains"), "{error}");
    }
}
