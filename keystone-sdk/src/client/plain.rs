//! Lists that take no parameter.

use std::fmt;

use serde::de::DeserializeOwned;

use super::list::{List, Page};
use super::per_call::per_call;
use super::stream::Items;
use crate::Error;

/// A list request that nothing can be asked of: the service reads no filter there.
///
/// ```no_run
/// # async fn example(identity: keystone_sdk::identity::v3::Client) -> Result<(), keystone_sdk::Error> {
/// let roles = identity.project_user_roles("5f3c", "a1b2").list().all().await?;
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
#[must_use = "nothing is sent until the list is asked for"]
pub struct PlainList<T>(List<T>);

impl<T> PlainList<T> {
    /// A list without its parameters.
    pub fn new(list: List<T>) -> Self {
        Self(list)
    }

    per_call!(0.draft);
}

impl<T: DeserializeOwned> PlainList<T> {
    /// Asks once and returns what comes, which may be [a part](Page::is_truncated).
    ///
    /// # Errors
    ///
    /// As [`List::send`].
    pub async fn send(self) -> Result<Page<T>, Error> {
        self.0.send().await
    }

    /// Brings every item.
    ///
    /// # Errors
    ///
    /// As [`List::all`].
    pub async fn all(self) -> Result<Vec<T>, Error> {
        self.0.all().await
    }
}

impl<T: DeserializeOwned + Send + 'static> PlainList<T> {
    /// Brings item by item.
    pub fn stream(self) -> Items<T> {
        self.0.stream()
    }
}

impl<T> fmt::Debug for PlainList<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}
