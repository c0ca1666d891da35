//! The table of operations in every generated client.

/// One operation of an API.
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
    /// The success statuses; empty if services no longer offer the operation.
    pub success: &'static [u16],
    /// Whether it is deprecated.
    pub deprecated: bool,
    /// The API version that introduced it, unless all versions have it.
    pub since: Option<&'static str>,
    /// The last API version that has it, unless the newest does.
    pub until: Option<&'static str>,
    /// The key of the body that selects it, if it is an action: others have the same method and path.
    pub action: Option<&'static str>,
    /// The resource that it returns while the work goes on, such as `zone_task`; `Location` is its path.
    pub task: Option<&'static str>,
    /// Whether a caller who may not do it gets the 404 of an object that does not exist, instead of 403.
    pub hide: bool,
    /// Whether the service rejects unknown query parameters, or returns nothing for them, instead
    /// of ignoring them.
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
            until: None,
            action: None,
            task: None,
            hide: false,
            strict: false,
        }
    }

    /// Marks it as deprecated.
    #[must_use]
    pub const fn deprecated(mut self) -> Self {
        self.deprecated = true;
        self
    }

    /// Sets the API version that introduced it.
    #[must_use]
    pub const fn since(mut self, version: &'static str) -> Self {
        self.since = Some(version);
        self
    }

    /// Sets the last API version that has it.
    #[must_use]
    pub const fn until(mut self, version: &'static str) -> Self {
        self.until = Some(version);
        self
    }

    /// Sets the key of the body that selects it.
    #[must_use]
    pub const fn action(mut self, name: &'static str) -> Self {
        self.action = Some(name);
        self
    }

    /// Sets the resource that it returns while the work goes on.
    #[must_use]
    pub const fn task(mut self, resource: &'static str) -> Self {
        self.task = Some(resource);
        self
    }

    /// Marks it as one that hides its object from those who may not do it.
    #[must_use]
    pub const fn hide(mut self) -> Self {
        self.hide = true;
        self
    }

    /// Marks it as one where the service does not ignore unknown query parameters.
    #[must_use]
    pub const fn strict(mut self) -> Self {
        self.strict = true;
        self
    }

    /// Sets the policies that the service enforces.
    #[must_use]
    pub const fn policies(mut self, policies: &'static [&'static str]) -> Self {
        self.policies = policies;
        self
    }
}

/// How a list is paged.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
#[non_exhaustive]
pub enum Paging {
    /// The service links to a next page but ignores the marker: following the link would return the
    /// first page forever.
    Echo,
    /// The service honours `marker` and `limit`.
    Marker,
    /// The whole list is one response.
    #[default]
    None,
}
