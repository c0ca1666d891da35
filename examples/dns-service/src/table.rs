//! Storage for a short example: rows in memory. The proxy service has a database.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use keystone_middleware::{ApiError, Limit, Page};

/// Something with an id.
pub(crate) trait Row: Clone {
    fn id(&self) -> &str;
}

/// Rows in the order in which they were added. Cheap to clone; all clones share the rows.
#[derive(Clone, Debug)]
pub(crate) struct Table<T>(Arc<Mutex<Vec<T>>>);

impl<T: Row> Table<T> {
    pub(crate) fn get(&self, id: &str) -> Option<T> {
        self.rows().iter().find(|row| row.id() == id).cloned()
    }

    /// Adds a row; 409 if another one clashes with it.
    pub(crate) fn insert(&self, row: T, clashes: impl Fn(&T) -> bool) -> Result<T, ApiError> {
        let mut rows = self.rows();
        if rows.iter().any(clashes) {
            return Err(ApiError::conflict("One of this name exists already."));
        }
        rows.push(row.clone());
        Ok(row)
    }

    /// Changes the row with the id of `row`, and returns it as it is then; 404 if it is gone.
    pub(crate) fn update(&self, row: &T, change: impl FnOnce(&mut T)) -> Result<T, ApiError> {
        let mut rows = self.rows();
        let stored = rows.iter_mut().find(|stored| stored.id() == row.id());
        let stored = stored.ok_or_else(ApiError::not_found)?;
        change(stored);
        Ok(stored.clone())
    }

    pub(crate) fn remove(&self, unwanted: impl Fn(&T) -> bool) {
        self.rows().retain(|row| !unwanted(row));
    }

    pub(crate) fn all(&self, wanted: impl Fn(&T) -> bool) -> Vec<T> {
        let rows = self.rows();
        rows.iter().filter(|row| wanted(row)).cloned().collect()
    }

    /// The wanted rows after the one with the id `marker`.
    pub(crate) fn page(
        &self,
        marker: Option<&str>,
        limit: Limit,
        wanted: impl Fn(&T) -> bool,
    ) -> Result<Page<T>, ApiError> {
        let mut rows = self.all(wanted);
        if let Some(marker) = marker {
            let last = rows.iter().position(|row| row.id() == marker);
            let last =
                last.ok_or_else(|| ApiError::bad_request("marker: it is not in the list."))?;
            rows.drain(..=last);
        }
        Ok(Page::cut(rows, limit, |row| row.id().to_owned()))
    }

    fn rows(&self) -> MutexGuard<'_, Vec<T>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<T> Default for Table<T> {
    fn default() -> Self {
        Self(Arc::default())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_begins_after_a_marker_that_the_caller_can_see() {
        let rows = Table::default();
        for row in ["a", "b", "c"] {
            rows.insert(row, |_| false).unwrap();
        }
        let page = |marker| rows.page(Some(marker), Limit::new(1), |row| *row != "c");
        assert_eq!(page("a").unwrap().items(), ["b"]);
        assert_eq!(page("c").unwrap_err().status(), 400);
    }

    impl Row for &str {
        fn id(&self) -> &str {
            self
        }
    }
}
