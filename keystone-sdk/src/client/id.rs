//! Typed ids.

use std::cmp::Ordering;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::marker::PhantomData;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// The id of a `K`. It can be any text, but the compiler keeps ids of users and projects apart.
///
/// Generated clients have aliases (`type UserId = Id<User>`).
///
/// ```
/// use keystone_sdk::client::Id;
///
/// struct User;
/// let id: Id<User> = "5f3c".into();
/// assert_eq!(id.as_str(), "5f3c");
/// ```
pub struct Id<K: ?Sized>(Box<str>, PhantomData<fn() -> Box<K>>);

impl<K: ?Sized> Id<K> {
    /// An id with this text.
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into().into_boxed_str(), PhantomData)
    }

    /// The text, as the service wrote it.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl<K: ?Sized> From<&str> for Id<K> {
    fn from(text: &str) -> Self {
        Self::new(text)
    }
}

impl<K: ?Sized> From<String> for Id<K> {
    fn from(text: String) -> Self {
        Self::new(text)
    }
}

impl<K: ?Sized> From<&String> for Id<K> {
    fn from(text: &String) -> Self {
        Self::new(text)
    }
}

impl<K: ?Sized> From<&Self> for Id<K> {
    fn from(id: &Self) -> Self {
        id.clone()
    }
}

impl<K: ?Sized> From<Id<K>> for String {
    fn from(id: Id<K>) -> Self {
        id.0.into_string()
    }
}

impl<K: ?Sized> AsRef<str> for Id<K> {
    fn as_ref(&self) -> &str {
        &self.0
    }
}

// Derives would demand the same traits of `K`.

impl<K: ?Sized> Clone for Id<K> {
    fn clone(&self) -> Self {
        Self(self.0.clone(), PhantomData)
    }
}

impl<K: ?Sized> PartialEq for Id<K> {
    fn eq(&self, other: &Self) -> bool {
        self.0 == other.0
    }
}

impl<K: ?Sized> Eq for Id<K> {}

impl<K: ?Sized> PartialEq<str> for Id<K> {
    fn eq(&self, other: &str) -> bool {
        &*self.0 == other
    }
}

impl<K: ?Sized> PartialEq<&str> for Id<K> {
    fn eq(&self, other: &&str) -> bool {
        &*self.0 == *other
    }
}

impl<K: ?Sized> PartialOrd for Id<K> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl<K: ?Sized> Ord for Id<K> {
    fn cmp(&self, other: &Self) -> Ordering {
        self.0.cmp(&other.0)
    }
}

impl<K: ?Sized> Hash for Id<K> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.0.hash(state);
    }
}

impl<K: ?Sized> Serialize for Id<K> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

impl<'de, K: ?Sized> Deserialize<'de> for Id<K> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer).map(Self::new)
    }
}

impl<K: ?Sized> fmt::Display for Id<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl<K: ?Sized> fmt::Debug for Id<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&*self.0, f)
    }
}
