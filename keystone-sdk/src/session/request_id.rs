//! Global request ids.

use std::fmt;
use std::hash::{BuildHasher, RandomState};
use std::str::FromStr;

use http::HeaderValue;

use crate::Error;
use crate::error::ConfigurationError;

/// The lengths of the groups of a UUID.
const GROUPS: [usize; 5] = [8, 4, 4, 4, 12];

/// A global request id: `req-` and a UUID. OpenStack services log it and pass it on to the services
/// that they call. They ignore ids of any other form.
///
/// ```
/// use keystone_sdk::session::RequestId;
///
/// let id: RequestId = "req-8d5f37a9-4c85-4b02-9d10-d1f1c6e9d3b5".parse()?;
/// assert_ne!(RequestId::random(), id);
/// assert!("8d5f37a9".parse::<RequestId>().is_err());
/// # Ok::<_, keystone_sdk::Error>(())
/// ```
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
pub struct RequestId(String);

impl RequestId {
    /// A new id, for one action of a user.
    pub fn random() -> Self {
        // Ids need not be secret, so the keys of hash maps are random enough.
        let half = |which: u8| u128::from(RandomState::new().hash_one(which));
        let bits = half(0) << 64 | half(1);
        // The bits that say: version 4, random (RFC 9562, section 5.4).
        let bits = bits & !(0xf000 << 64 | 0xc000 << 48) | 0x4000 << 64 | 0x8000 << 48;
        let hex = format!("{bits:032x}");
        let mut id = "req".to_owned();
        let mut rest = hex.as_str();
        for length in GROUPS {
            let (group, behind) = rest.split_at(length);
            id = format!("{id}-{group}");
            rest = behind;
        }
        Self(id)
    }

    /// The id as it goes into `X-Openstack-Request-Id`.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    pub(super) fn header(&self) -> HeaderValue {
        // It is made of ASCII letters, digits and hyphens.
        HeaderValue::from_str(&self.0).unwrap_or(HeaderValue::from_static(""))
    }
}

impl FromStr for RequestId {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        let uuid = text.strip_prefix("req-").unwrap_or_default();
        let mut groups = uuid.split('-');
        let fits = GROUPS.iter().all(|length| {
            let group = groups.next().unwrap_or_default();
            group.len() == *length && group.bytes().all(|byte| byte.is_ascii_hexdigit())
        });
        if fits && groups.next().is_none() {
            return Ok(Self(text.to_owned()));
        }
        let shown: String = text.chars().take(60).collect();
        Err(
            ConfigurationError::new(format!("`{}` is not a request id", shown.escape_debug()))
                .remedy("write `req-` and a UUID; services ignore ids of any other form")
                .into(),
        )
    }
}

impl fmt::Display for RequestId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn random_ids_are_ids_and_differ() {
        let (one, two) = (RequestId::random(), RequestId::random());
        assert_ne!(one, two);
        assert_eq!(one.as_str().parse::<RequestId>().unwrap(), one);
        assert_eq!(one.as_str().as_bytes()[18], b'4', "version 4: {one}");
        assert!(b"89ab".contains(&one.as_str().as_bytes()[23]), "{one}");
        assert_eq!(one.header(), one.as_str());
    }

    #[test]
    fn anything_else_is_no_id() {
        for text in [
            "",
            "req-",
            "req-1",
            "8d5f37a9-4c85-4b02-9d10-d1f1c6e9d3b5",
            "req-8d5f37a9-4c85-4b02-9d10-d1f1c6e9d3b5-",
            "req-8d5f37a9-4c85-4b02-9d10-d1f1c6e9d3b5\r\nx: y",
            "req-8d5f37a9-4c85-4b02-9d10-d1f1c6e9d3bg",
        ] {
            let error = text.parse::<RequestId>().unwrap_err().to_string();
            assert!(error.contains("is not a request id"), "{error}");
            assert!(!error.contains('\n'), "{error}");
        }
    }
}
