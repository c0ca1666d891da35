//! The table of operations that every generated client carries.

/// One operation of an API, as its description says.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct Operation {
    /// Resource and verb, such as `project.create`.
    pub name: &'static str,
    /// The HTTP method.
    pub method: &'static str,
    /// The path below the service's address, with `{parameters}`.
    pub path: &'static str,
    /// The policies that the service enforces; none for an operation that is open to all.
    pub policies: &'static [&'static str],
    /// The statuses of success; none when services no longer offer it.
    pub success: &'static [u16],
    /// Whether it should not be used any more.
    pub deprecated: bool,
    /// The version of the API that brought it, if not all have it.
    pub since: Option<&'static str>,
    /// Whether the service refuses parameters of the query that it does not know, or finds nothing
    /// with them, instead of ignoring them.
    pub strict: bool,
}

impl Operation {
    /// An operation without policies.
    pub const fn new(
        name: &'static str,
        method: &'static str,
        path: &'static str,
        success: &'static [u16],
    ) -> Self {
        Self {
            name,
            method,
            path,
            policies: &[],
            success,
            deprecated: false,
            since: None,
            strict: false,
        }
    }

    /// Says that it should not be used any more.
    #[must_use]
    pub const fn deprecated(mut self) -> Self {
        self.deprecated = true;
        self
    }

    /// Says which version of the API brought it.
    #[must_use]
    pub const fn since(mut self, version: &'static str) -> Self {
        self.since = Some(version);
        self
    }

    /// Says that the service does not ignore unknown parameters of the query.
    #[must_use]
    pub const fn strict(mut self) -> Self {
        self.strict = true;
        self
    }

    /// Adds the policies that the service enforces.
    #[must_use]
    pub const fn policies(mut self, policies: &'static [&'static str]) -> Self {
        self.policies = policies;
        self
    }
}

/// How a list comes in pages.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
#[non_exhaustive]
pub enum Paging {
    /// The service responds with a link to a next page but ignores the marker in it: following it
    /// would bring the first page for ever.
    Echo,
    /// The service honours `marker` and `limit`.
    Marker,
    /// Everything comes at once.
    #[default]
    None,
}
