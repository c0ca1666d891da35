//! Microversions: two numbers, in order.

use std::fmt;
use std::str::FromStr;

use axum::extract::FromRequestParts;
use http::request::Parts;

/// A microversion, such as 1.2. As an argument of an operation it is the one that was negotiated
/// for the request; for a service without microversions, 0.0.
///
/// ```
/// use keystone_middleware::Microversion;
///
/// let version: Microversion = "1.10".parse()?;
/// assert!(version > Microversion::new(1, 9));
/// # Ok::<(), keystone_middleware::service_api::InvalidMicroversion>(())
/// ```
#[derive(Clone, Copy, Debug, Default, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct Microversion {
    major: u32,
    minor: u32,
}

impl Microversion {
    /// The microversion `major.minor`.
    pub const fn new(major: u32, minor: u32) -> Self {
        Self { major, minor }
    }

    /// Whether something that came with `since` and went after `until` is part of this one.
    #[doc(hidden)]
    pub fn has(self, since: Option<Self>, until: Option<Self>) -> bool {
        since.is_none_or(|since| self >= since) && until.is_none_or(|until| self <= until)
    }
}

impl fmt::Display for Microversion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.major, self.minor)
    }
}

/// A text that is not a microversion, which is two numbers with a point between them.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct InvalidMicroversion(String);

impl fmt::Display for InvalidMicroversion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "`{}` is not a microversion; expected two numbers, as in `1.2`, or `latest`",
            keystone_sdk::printable::line(&self.0)
        )
    }
}

impl std::error::Error for InvalidMicroversion {}

impl FromStr for Microversion {
    type Err = InvalidMicroversion;

    fn from_str(text: &str) -> Result<Self, InvalidMicroversion> {
        let number = |text: &str| {
            let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
            let plain = digits && (text == "0" || !text.starts_with('0'));
            plain.then(|| text.parse().ok()).flatten()
        };
        text.split_once('.')
            .and_then(|(major, minor)| Some(Self::new(number(major)?, number(minor)?)))
            .ok_or_else(|| InvalidMicroversion(text.to_owned()))
    }
}

impl<S: Sync> FromRequestParts<S> for Microversion {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Self::Rejection> {
        Ok(parts.extensions.get::<Self>().copied().unwrap_or_default())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_ordered_by_their_numbers() {
        let version = |text: &str| text.parse::<Microversion>().unwrap();
        assert!(version("1.10") > version("1.9") && version("2.0") > version("1.10"));
        let (one, two) = (Some(version("1.1")), Some(version("1.2")));
        assert!(version("1.1").has(one, two) && version("1.2").has(one, two));
        assert!(!version("1.0").has(one, two) && !version("1.3").has(one, two));
    }
}
