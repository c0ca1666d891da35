//! How a list is brought whole, given what the service makes of pages.

use std::collections::HashSet;

use serde::de::DeserializeOwned;

use super::{List, Page};
use crate::Error;
use crate::client::Paging;
use crate::error::{PagingError, PagingErrorKind};

/// The page size to ask for when a service that cannot page has cut its list: Keystone's own
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

    /// The items of the next page; none when there is none.
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
        let page = self.list.page(self.list.limit, marker.as_deref()).await?;
        match page.next() {
            None if page.says_truncated() => Err(self.incomplete("but names no next page")),
            None => Ok(page.into_items()),
            Some(None) => Err(self.incomplete("and its link to the next page holds no marker")),
            Some(Some(next)) => {
                let next = next.to_owned();
                if !self.seen.insert(next.clone()) {
                    let message = "the service names a page that it has sent before";
                    return Err(self.error(PagingErrorKind::Loop, message));
                }
                self.marker = Some(next);
                self.finished = false;
                Ok(page.into_items())
            }
        }
    }

    async fn echo_page(&mut self) -> Result<Vec<T>, Error> {
        let page = self.list.page(None, None).await?;
        if !page.is_truncated() {
            return Ok(page.into_items());
        }
        if self.list.inexact {
            return Err(self.incomplete("and this filter cannot be combined with a larger page"));
        }
        let page = self.list.page(Some(LARGEST), None).await?;
        if page.says_truncated() {
            return Err(self.incomplete("even when asked for its largest page"));
        }
        Ok(page.into_items())
    }

    async fn whole(&mut self) -> Result<Vec<T>, Error> {
        let page: Page<T> = self.list.page(None, None).await?;
        if page.says_truncated() {
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

pub(super) async fn all<T: DeserializeOwned>(list: List<T>) -> Result<Vec<T>, Error> {
    let mut walker = Walker::new(list);
    let mut items = Vec::new();
    while let Some(mut page) = walker.next_page().await? {
        items.append(&mut page);
    }
    Ok(items)
}
