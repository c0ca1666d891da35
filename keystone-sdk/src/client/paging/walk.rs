//! Fetches a whole list, depending on how the service pages.

use std::collections::HashSet;

use serde::de::DeserializeOwned;

use super::{List, Page};
use crate::Error;
use crate::client::Paging;
use crate::error::{PagingError, PagingErrorKind};

/// The page size to request when a service that cannot page has cut its list: Keystone's own
/// upper bound (`max_db_limit`).
const LARGEST: u32 = 1000;

/// Walks over the pages of a list.
pub(super) struct Walker<T> {
    list: List<T>,
    marker: Option<String>,
    seen: HashSet<String>,
    finished: bool,
}

impl<T: DeserializeOwned> Walker<T> {
    pub(super) fn new(list: List<T>) -> Self {
        Self {
            list,
            marker: None,
            seen: HashSet::new(),
            finished: false,
        }
    }

    /// The items of the next page, or `None` after the last one.
    pub(super) async fn next_page(&mut self) -> Result<Option<Vec<T>>, Error> {
        if self.finished {
            return Ok(None);
        }
        // An error ends the walk.
        self.finished = true;
        match self.list.paging {
            Paging::Marker => self.marker_page().await.map(Some),
            Paging::Echo => self.echo_page().await.map(Some),
            Paging::None => self.whole().await.map(Some),
        }
    }

    async fn marker_page(&mut self) -> Result<Vec<T>, Error> {
        let marker = self.marker.take();
        let list = self.list.clone();
        let page = list.page(self.list.limit, marker.as_deref()).await?;
        match page.next {
            None if page.truncated => return Err(self.incomplete("but links to no next page")),
            None => {}
            Some(None) => {
                return Err(self.incomplete("and its link to the next page has no marker"));
            }
            Some(Some(next)) => {
                if !self.seen.insert(next.clone()) {
                    let message = "the service links to a page that it has sent before";
                    return Err(self.error(PagingErrorKind::Loop, message));
                }
                self.marker = Some(next);
                self.finished = false;
            }
        }
        Ok(page.items)
    }

    async fn echo_page(&mut self) -> Result<Vec<T>, Error> {
        let page = self.list.clone().page(None, None).await?;
        if !page.is_truncated() {
            return Ok(page.into_items());
        }
        if self.list.inexact {
            return Err(self.incomplete("and this filter cannot be combined with a page size"));
        }
        let page = self.list.clone().page(Some(LARGEST), None).await?;
        if page.truncated {
            return Err(self.incomplete("even at the largest page size"));
        }
        Ok(page.into_items())
    }

    async fn whole(&mut self) -> Result<Vec<T>, Error> {
        let page: Page<T> = self.list.clone().page(None, None).await?;
        if page.truncated {
            return Err(self.incomplete("and cannot page"));
        }
        Ok(page.into_items())
    }

    fn incomplete(&self, why: &str) -> Error {
        self.error(
            PagingErrorKind::Incomplete,
            &format!("the service cut the list, {why}"),
        )
    }

    fn error(&self, kind: PagingErrorKind, message: &str) -> Error {
        PagingError::new(kind, message, self.list.call.place()).into()
    }
}
