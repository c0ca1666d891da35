//! Pages of lists.

use serde::de::{Error as _, Unexpected};
use serde::{Deserialize, Deserializer};

use super::check::Check;

/// How many items a page has: what the request asks for, but no more than
/// [`ServiceSettings::max_limit`](super::ServiceSettings::max_limit), which is also the number
/// without a `limit`.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Limit(u32);

impl Limit {
    /// A limit, for tests that call a method.
    pub const fn new(items: u32) -> Self {
        Self(items)
    }

    /// The number of items.
    pub const fn items(self) -> u32 {
        self.0
    }

    /// One more than the number of items: with so many rows, storage shows whether there is a next
    /// page; [`Page::cut`] drops the last one.
    pub const fn and_one(self) -> u32 {
        self.0.saturating_add(1)
    }

    /// Sets it to the maximum, where it is absent or higher.
    #[doc(hidden)]
    pub fn bound(&mut self, check: &Check<'_>) {
        if self.0 == 0 || self.0 > check.max_limit() {
            self.0 = check.max_limit();
        }
    }
}

impl<'de> Deserialize<'de> for Limit {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        match text.parse() {
            Ok(items) if items > 0 => Ok(Self(items)),
            _ => Err(D::Error::invalid_value(
                Unexpected::Str(&text),
                &"a whole number from 1",
            )),
        }
    }
}

/// A page of a list; the response links to the next one, if there is any.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Page<T> {
    pub(super) items: Vec<T>,
    pub(super) next: Option<String>,
}

impl<T> Page<T> {
    /// The only page, or the last one.
    pub fn last(items: Vec<T>) -> Self {
        Self { items, next: None }
    }

    /// A page with the marker of the next one: the id of the last item on it.
    pub fn new(items: Vec<T>, next: Option<String>) -> Self {
        Self { items, next }
    }

    /// The first `limit` of these rows. If there are more, another page follows, which begins after
    /// the last item here; `id` gives its marker.
    pub fn cut(mut rows: Vec<T>, limit: Limit, id: impl FnOnce(&T) -> String) -> Self {
        let limit = usize::try_from(limit.items()).unwrap_or(usize::MAX);
        let more = rows.len() > limit;
        rows.truncate(limit);
        let next = rows.last().filter(|_| more).map(id);
        Self { items: rows, next }
    }

    /// The items as another type.
    pub fn map<U>(self, convert: impl FnMut(T) -> U) -> Page<U> {
        Page {
            items: self.items.into_iter().map(convert).collect(),
            next: self.next,
        }
    }

    /// The items.
    pub fn items(&self) -> &[T] {
        &self.items
    }
}
