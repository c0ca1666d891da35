//! The items of a list as a stream.

use std::fmt;
use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::vec;

use futures_core::Stream;
use serde::de::DeserializeOwned;

use super::List;
use super::walk::Walker;
use crate::Error;

type Step<T> = (Walker<T>, Result<Option<Vec<T>>, Error>);

/// A stream of the items of a list. A page is requested when the one before it is used up. After an
/// error the stream ends.
///
/// It is a [`Stream`]; [`next`](Items::next) needs no extension trait.
pub struct Items<T> {
    ready: vec::IntoIter<T>,
    state: State<T>,
}

enum State<T> {
    Idle(Box<Walker<T>>),
    Asking(Pin<Box<dyn Future<Output = Step<T>> + Send>>),
    Ended,
}

impl<T: DeserializeOwned + Send + 'static> Items<T> {
    pub(super) fn new(list: List<T>) -> Self {
        Self {
            ready: Vec::new().into_iter(),
            state: State::Idle(Box::new(Walker::new(list))),
        }
    }

    /// The next item, or `None` at the end.
    ///
    /// # Errors
    ///
    /// The item is an error where [`List::all`] would return one.
    pub async fn next(&mut self) -> Option<Result<T, Error>> {
        poll_fn(|context| self.poll_item(context)).await
    }

    fn poll_item(&mut self, context: &mut Context<'_>) -> Poll<Option<Result<T, Error>>> {
        loop {
            if let Some(item) = self.ready.next() {
                return Poll::Ready(Some(Ok(item)));
            }
            self.state = match std::mem::replace(&mut self.state, State::Ended) {
                State::Ended => return Poll::Ready(None),
                State::Idle(mut walker) => State::Asking(Box::pin(async move {
                    let page = walker.next_page().await;
                    (*walker, page)
                })),
                State::Asking(mut step) => match step.as_mut().poll(context) {
                    Poll::Pending => {
                        self.state = State::Asking(step);
                        return Poll::Pending;
                    }
                    Poll::Ready((_, Err(error))) => return Poll::Ready(Some(Err(error))),
                    Poll::Ready((_, Ok(None))) => return Poll::Ready(None),
                    Poll::Ready((walker, Ok(Some(page)))) => {
                        self.ready = page.into_iter();
                        State::Idle(Box::new(walker))
                    }
                },
            };
        }
    }
}

impl<T> Unpin for Items<T> {}

impl<T: DeserializeOwned + Send + 'static> Stream for Items<T> {
    type Item = Result<T, Error>;

    fn poll_next(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let item = ready!(self.get_mut().poll_item(context));
        Poll::Ready(item)
    }
}

impl<T> fmt::Debug for Items<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Items")
            .field("ready", &self.ready.len())
            .finish_non_exhaustive()
    }
}
