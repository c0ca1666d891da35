//! List requests: one page, all items, or a stream.

use std::borrow::Cow;
use std::fmt;
use std::marker::PhantomData;
use std::ops::Deref;

use serde::de::DeserializeOwned;
use url::Url;

use super::decode;
use super::filter::{Match, TimeMatch};
use super::operation::Paging;
use crate::error::{PagingError, PagingErrorKind};
use crate::session::{Call, call_settings};
use crate::setters::setters;
use crate::{Error, Session};

mod stream;
mod walk;

pub use stream::Items;
use walk::Walker;

/// A list request. Generated code wraps it and adds the filters of the list.
#[must_use = "nothing is sent until the list is asked for"]
pub struct List<T> {
    session: Session,
    pub(super) call: Call,
    key: &'static str,
    paging: Paging,
    limit: Option<u32>,
    /// Set by a filter that the service applies only after it has cut a page.
    inexact: bool,
    items: PhantomData<fn() -> T>,
}

impl<T> List<T> {
    pub(super) fn new(session: Session, call: Call, key: &'static str, paging: Paging) -> Self {
        Self {
            session,
            call,
            key,
            paging,
            limit: None,
            inexact: false,
            items: PhantomData,
        }
    }

    /// Sets a filter.
    pub fn filter(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.call.set_query(name.into(), Some(value.into()));
        self
    }

    /// Sets a text filter, with any comparison.
    pub fn text(mut self, name: &'static str, value: impl Into<Match>) -> Self {
        let value = value.into();
        self.inexact |= !value.is_exact();
        let (name, value) = value.query(name);
        self.call.set_query(name, Some(value));
        self
    }

    /// Sets a time filter.
    pub fn time(self, name: &'static str, value: TimeMatch) -> Self {
        self.filter(name, value.value())
    }

    /// Sets a filter to several values, separated by commas.
    pub fn csv<V: Into<String>>(
        self,
        name: &'static str,
        values: impl IntoIterator<Item = V>,
    ) -> Self {
        let values: Vec<String> = values.into_iter().map(Into::into).collect();
        self.filter(name, values.join(","))
    }

    /// Sets or removes a flag.
    pub fn flag(mut self, name: &'static str, on: bool) -> Self {
        self.call
            .set_query(name.into(), on.then(|| "true".to_owned()));
        self
    }

    /// Marks a filter that needs a microversion of the API; see
    /// [`RequestBuilder::since`](super::RequestBuilder::since).
    pub fn since(mut self, version: &'static str, what: &'static str) -> Self {
        self.call.needs_mut().since(version, what);
        self
    }

    /// Marks a filter that only some microversions of the API have; see
    /// [`RequestBuilder::between`](super::RequestBuilder::between).
    pub fn between(mut self, first: &'static str, last: &'static str, what: &'static str) -> Self {
        let needs = self.call.needs_mut();
        needs.since(first, what);
        needs.until(last, what);
        self
    }

    setters! {
        /// The page size. It is not sent with filters other than equality, because the service would
        /// cut the page before it filters.
        pub limit: u32;
    }

    call_settings!(call);
}

impl<T: DeserializeOwned> List<T> {
    /// Sends one request and returns its page, which may be [truncated](Page::is_truncated).
    ///
    /// # Errors
    ///
    /// Those of [`Session::send`](crate::Session::send); [`Error::Decode`] when the response is not
    /// what the API describes.
    pub async fn send(self) -> Result<Page<T>, Error> {
        let limit = self.limit;
        self.page(limit, None).await
    }

    /// Fetches all items, over as many pages as it takes.
    ///
    /// # Errors
    ///
    /// As [`send`](Self::send), and [`Error::Paging`] when the service does not return the whole
    /// list.
    pub async fn all(self) -> Result<Vec<T>, Error> {
        let mut walker = Walker::new(self);
        let mut items = Vec::new();
        while let Some(mut page) = walker.next_page().await? {
            items.append(&mut page);
        }
        Ok(items)
    }

    /// Fetches the only item, if there is one. `what` describes it in the error.
    ///
    /// # Errors
    ///
    /// As [`all`](Self::all), and [`Error::Paging`] when there are several.
    pub async fn at_most_one(self, what: &str) -> Result<Option<T>, Error> {
        let place = self.call.place();
        let mut items = self.all().await?.into_iter();
        let first = items.next();
        let others = items.count();
        if others > 0 {
            let message = format!("{} items match {what}", others + 1);
            return Err(PagingError::new(PagingErrorKind::Ambiguous, message, place).into());
        }
        Ok(first)
    }

    async fn page(mut self, limit: Option<u32>, marker: Option<&str>) -> Result<Page<T>, Error> {
        let limit = limit.filter(|_| !self.inexact);
        let limit = limit.map(|limit| limit.to_string());
        self.call.set_query(Cow::Borrowed("limit"), limit);
        let marker = marker.map(str::to_owned);
        self.call.set_query(Cow::Borrowed("marker"), marker);
        let response = self.session.send(self.call).await?.error_for_status()?;
        let body = decode::read_list(&response, self.key)?;
        Ok(Page {
            next: body.next.map(|link| marker_of(&response.url, &link)),
            items: body.items,
            truncated: body.truncated,
        })
    }
}

impl<T: DeserializeOwned + Send + 'static> List<T> {
    /// Streams the items; a page is requested when the one before it is used up.
    pub fn stream(self) -> Items<T> {
        Items::new(self)
    }
}

impl<T> Clone for List<T> {
    fn clone(&self) -> Self {
        Self {
            session: self.session.clone(),
            call: self.call.clone(),
            ..*self
        }
    }
}

impl<T> fmt::Debug for List<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.call.fmt(f)
    }
}

/// A list request without filters, where the service supports none.
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
    /// Hides the filters of a list request.
    pub fn new(list: List<T>) -> Self {
        Self(list)
    }

    call_settings!(0);
}

impl<T: DeserializeOwned> PlainList<T> {
    /// Sends one request and returns its page, which may be [truncated](Page::is_truncated).
    ///
    /// # Errors
    ///
    /// As [`List::send`].
    pub async fn send(self) -> Result<Page<T>, Error> {
        self.0.send().await
    }

    /// Fetches all items.
    ///
    /// # Errors
    ///
    /// As [`List::all`].
    pub async fn all(self) -> Result<Vec<T>, Error> {
        self.0.all().await
    }
}

impl<T: DeserializeOwned + Send + 'static> PlainList<T> {
    /// Streams the items.
    pub fn stream(self) -> Items<T> {
        self.0.stream()
    }
}

impl<T> fmt::Debug for PlainList<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// The response to a list request: all items, or some of them.
#[derive(Clone, Debug)]
pub struct Page<T> {
    items: Vec<T>,
    /// Whether the service says explicitly that it cut the list.
    truncated: bool,
    /// The marker in the link to the next page, if there is a link. The rest of it is not needed, and
    /// may name hosts and schemes that only the service's own proxy knows.
    next: Option<Option<String>>,
}

impl<T> Page<T> {
    /// Whether the service left items out.
    pub fn is_truncated(&self) -> bool {
        self.truncated || self.next.is_some()
    }

    /// The items.
    pub fn into_items(self) -> Vec<T> {
        self.items
    }
}

impl<T> Deref for Page<T> {
    type Target = [T];

    fn deref(&self) -> &[T] {
        &self.items
    }
}

impl<T> IntoIterator for Page<T> {
    type Item = T;
    type IntoIter = std::vec::IntoIter<T>;

    fn into_iter(self) -> Self::IntoIter {
        self.items.into_iter()
    }
}

impl<'a, T> IntoIterator for &'a Page<T> {
    type Item = &'a T;
    type IntoIter = std::slice::Iter<'a, T>;

    fn into_iter(self) -> Self::IntoIter {
        self.items.iter()
    }
}

/// The `marker` in a link, which may be relative.
fn marker_of(base: &Url, link: &str) -> Option<String> {
    let link = base.join(link).ok()?;
    let mut pairs = link.query_pairs();
    pairs
        .find(|(name, value)| name == "marker" && !value.is_empty())
        .map(|(_, marker)| marker.into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_marker_is_what_the_link_says_and_never_nothing() {
        let base = Url::parse("http://keystone.example/v3/domains?marker=old").unwrap();
        for (link, wanted) in [
            ("?marker=m", Some("m")),
            ("?limit=2&marker=m&x=y", Some("m")),
            ("/v3/domains?marker=a%20b%26", Some("a b&")),
            ("https://other.example/?marker=m", Some("m")),
            ("?marker=&marker=m", Some("m")),
            ("?marker=", None),
            ("?marker", None),
            ("?limit=1&marker=&x=y", None),
            ("?markers=m", None),
            ("?Marker=m", None),
            // A link with no query of its own is one to the page that was just sent.
            ("#marker=m", Some("old")),
            ("/v3/marker=m", None),
            ("http://[", None),
        ] {
            let marker = marker_of(&base, link);
            assert_eq!(marker.as_deref(), wanted, "{link}");
        }
    }
}
