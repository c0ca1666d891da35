//! What of a response its caller sees: attributes have microversions and policies.

use std::cell::Cell;
use std::collections::BTreeMap;
use std::fmt;

use keystone_sdk::SecretString;
use serde::ser::SerializeSeq;
use serde::{Serialize, Serializer};

use super::describe::FieldPolicy;
use super::microversion::Microversion;
use crate::context::RequestContext;

/// What one caller sees in one microversion. Each policy is decided once for a response.
pub struct View {
    version: Microversion,
    policies: &'static [FieldPolicy],
    context: Option<RequestContext>,
    decided: Cell<u64>,
    allowed: Cell<u64>,
}

impl View {
    pub(super) fn new(
        version: Microversion,
        policies: &'static [FieldPolicy],
        context: Option<RequestContext>,
    ) -> Self {
        Self {
            version,
            policies,
            context,
            decided: Cell::new(0),
            allowed: Cell::new(0),
        }
    }

    /// The microversion.
    pub fn version(&self) -> Microversion {
        self.version
    }

    /// Whether an attribute with these microversions and this policy is shown.
    pub fn shows(
        &self,
        since: Option<Microversion>,
        until: Option<Microversion>,
        policy: Option<usize>,
    ) -> bool {
        self.version.has(since, until) && policy.is_none_or(|policy| self.allows(policy))
    }

    /// Whether the policy of an attribute allows the caller; nobody, if there is none of this number.
    pub(super) fn allows(&self, number: usize) -> bool {
        let Some(policy) = self.policies.get(number) else {
            return false;
        };
        let Some(bit) = u32::try_from(number)
            .ok()
            .and_then(|number| 1_u64.checked_shl(number))
        else {
            return self.decide(policy);
        };
        if self.decided.get() & bit == 0 {
            self.decided.set(self.decided.get() | bit);
            if self.decide(policy) {
                self.allowed.set(self.allowed.get() | bit);
            }
        }
        self.allowed.get() & bit != 0
    }

    fn decide(&self, policy: &FieldPolicy) -> bool {
        self.context
            .as_ref()
            .is_some_and(|context| policy.allows(context))
    }

    /// The name of the policy of this number.
    pub(super) fn policy(&self, number: usize) -> &'static str {
        self.policies.get(number).map_or("", |policy| policy.name)
    }
}

impl fmt::Debug for View {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("View")
            .field("version", &self.version)
            .finish_non_exhaustive()
    }
}

/// Something of a response, as far as its caller sees it.
pub trait Show {
    /// Serializes what is shown.
    ///
    /// # Errors
    ///
    /// Those of the serializer.
    fn show<S: Serializer>(&self, view: &View, serializer: S) -> Result<S::Ok, S::Error>;
}

/// A value with what its caller sees of it.
#[derive(Debug)]
#[expect(clippy::exhaustive_structs, reason = "generated code makes it")]
pub struct Shown<'a, T: ?Sized>(pub &'a T, pub &'a View);

impl<T: Show + ?Sized> Serialize for Shown<'_, T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.show(self.1, serializer)
    }
}

macro_rules! whole {
    ($($ty:ty)*) => {$(
        impl Show for $ty {
            fn show<S: Serializer>(&self, _: &View, serializer: S) -> Result<S::Ok, S::Error> {
                self.serialize(serializer)
            }
        }
    )*};
}

whole! {
    bool f64 i64 String
    keystone_sdk::client::DateTime keystone_sdk::client::Links keystone_sdk::client::Timestamp
    serde_json::Map<String, serde_json::Value> serde_json::Value
}

impl<K: ?Sized> Show for keystone_sdk::client::Id<K> {
    fn show<S: Serializer>(&self, _: &View, serializer: S) -> Result<S::Ok, S::Error> {
        self.serialize(serializer)
    }
}

/// A secret that a response shows.
#[derive(Debug)]
#[expect(clippy::exhaustive_structs, reason = "generated code makes it")]
pub struct Exposed<'a, T: ?Sized>(pub &'a T);

impl Serialize for Exposed<'_, SecretString> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.0.expose())
    }
}

impl Serialize for Exposed<'_, Option<SecretString>> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.as_ref().map(Exposed).serialize(serializer)
    }
}

impl Show for SecretString {
    fn show<S: Serializer>(&self, _: &View, serializer: S) -> Result<S::Ok, S::Error> {
        Exposed(self).serialize(serializer)
    }
}

impl<T: Show> Show for Option<T> {
    fn show<S: Serializer>(&self, view: &View, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Some(value) => value.show(view, serializer),
            None => serializer.serialize_none(),
        }
    }
}

impl<T: Show> Show for Box<T> {
    fn show<S: Serializer>(&self, view: &View, serializer: S) -> Result<S::Ok, S::Error> {
        (**self).show(view, serializer)
    }
}

impl<T: Show> Show for Vec<T> {
    fn show<S: Serializer>(&self, view: &View, serializer: S) -> Result<S::Ok, S::Error> {
        let mut list = serializer.serialize_seq(Some(self.len()))?;
        for value in self {
            list.serialize_element(&Shown(value, view))?;
        }
        list.end()
    }
}

impl<T: Show> Show for BTreeMap<String, T> {
    fn show<S: Serializer>(&self, view: &View, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.iter().map(|(key, value)| (key, Shown(value, view))))
    }
}
