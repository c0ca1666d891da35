//! The query of a request.

use axum::extract;
use http::Uri;

/// Pairs in the order of the query, percent-decoded; a name without `=` has an empty value.
#[derive(Clone, Debug, Default)]
pub(crate) struct Query(Vec<(String, String)>);

impl Query {
    pub(crate) fn of(uri: &Uri) -> Self {
        extract::Query::try_from_uri(uri)
            .map(|extract::Query(pairs)| Self(pairs))
            .unwrap_or_default()
    }

    /// The pairs of a form that was sent as a body.
    pub(crate) fn of_form(body: &str) -> Self {
        let uri = format!("/?{body}").parse();
        uri.map(|uri| Self::of(&uri)).unwrap_or_default()
    }

    /// The first value of a name.
    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        self.0
            .iter()
            .find(|(key, _)| key == name)
            .map(|(_, value)| value.as_str())
    }

    /// Whether a flag such as `effective` is on: it is there, with any value but `0`.
    pub(crate) fn flag(&self, name: &str) -> bool {
        self.get(name).is_some_and(|value| value != "0")
    }

    pub(crate) fn pairs(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()))
    }
}

/// How the real service reads a boolean in a query: everything but a clear no is a yes.
pub(crate) fn truth(value: &str) -> bool {
    !matches!(value, "0" | "false" | "False" | "FALSE")
}
