//! Authentication methods.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use serde_json::Value;

/// The methods of the real service.
const STANDARD: [&str; 8] = [
    "external",
    "password",
    "token",
    "totp",
    "oauth1",
    "mapped",
    "application_credential",
    "ec2credential",
];

type Check = Arc<dyn Fn(&Value) -> bool + Send + Sync>;

/// The methods that requests may name: those of the real service, and those that a test adds.
#[derive(Clone, Default)]
pub(crate) struct Methods(BTreeMap<String, Check>);

impl Methods {
    pub(crate) fn add(&mut self, name: String, check: Check) {
        self.0.insert(name, check);
    }

    /// All names.
    pub(crate) fn offered(&self) -> Vec<&str> {
        let added = self.0.keys().map(String::as_str);
        STANDARD.into_iter().chain(added).collect()
    }

    /// Whether `data` of an added method proves that its user is who it says.
    pub(crate) fn proves(&self, name: &str, data: &Value) -> bool {
        self.0.get(name).is_some_and(|check| check(data))
    }
}

impl fmt::Debug for Methods {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.0.keys()).finish()
    }
}
