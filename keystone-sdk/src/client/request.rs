//! A request whose answer has a type.

use std::fmt;
use std::future::{Future, IntoFuture};
use std::marker::PhantomData;
use std::pin::Pin;

use super::draft::Draft;
use super::per_call::per_call;
use crate::Error;
use crate::transport::Response;

/// How an answer becomes a `T`; the text is the key around it.
pub(super) type Read<T> = fn(Result<Response, Error>, &'static str) -> Result<T, Error>;

/// A request whose answer is a `T`: set what this one call needs, then `await` it.
///
/// ```no_run
/// # use std::time::Duration;
/// # async fn example(identity: keystone_sdk::identity::v3::Client) -> Result<(), keystone_sdk::Error> {
/// let region = identity.regions().get("RegionOne").timeout(Duration::from_secs(2)).await?;
/// # Ok(())
/// # }
/// ```
#[must_use = "nothing is sent until the request is awaited"]
pub struct Request<T> {
    draft: Draft,
    key: &'static str,
    read: Read<T>,
    answer: PhantomData<fn() -> T>,
}

impl<T> Request<T> {
    pub(super) fn new(draft: Draft, key: &'static str, read: Read<T>) -> Self {
        Self {
            draft,
            key,
            read,
            answer: PhantomData,
        }
    }

    pub(super) fn map_draft(mut self, change: impl FnOnce(Draft) -> Draft) -> Self {
        self.draft = change(self.draft);
        self
    }

    /// The same request with another type of answer.
    pub(super) fn read_again<A>(self, read: Read<A>) -> Request<A> {
        Request::new(self.draft, self.key, read)
    }

    /// Sets a parameter of the query.
    pub fn query(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.draft = self.draft.query(name, value);
        self
    }

    /// Sets a flag of the query, or takes it away.
    pub fn flag(mut self, name: &'static str, on: bool) -> Self {
        self.draft = self.draft.flag(name, on);
        self
    }

    per_call!(draft);

    /// Sends the request; the same as to `await` it.
    ///
    /// # Errors
    ///
    /// Those of [`Session::send`](crate::Session::send); [`Error::Decode`] when the answer is not
    /// what the API describes.
    pub async fn send(self) -> Result<T, Error> {
        let key = self.key;
        (self.read)(self.draft.send().await, key)
    }
}

impl<T: 'static> IntoFuture for Request<T> {
    type Output = Result<T, Error>;
    type IntoFuture = Pin<Box<dyn Future<Output = Result<T, Error>> + Send>>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(self.send())
    }
}

impl<T> fmt::Debug for Request<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.draft.fmt(f)
    }
}
