//! The service that a document is about.

/// The service that a document is about.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Info {
    pub(super) title: String,
    pub(super) description: Option<String>,
    pub(super) service_type: String,
    pub(super) version: String,
    pub(super) microversions: Option<(String, String)>,
}

impl Info {
    /// A service with a title, its type in the catalog, and the version with which its paths begin, such as
    /// `v1`; empty for none.
    pub fn new(
        title: impl Into<String>,
        service_type: impl Into<String>,
        version: impl Into<String>,
    ) -> Self {
        Self {
            title: title.into(),
            description: None,
            service_type: service_type.into(),
            version: version.into(),
            microversions: None,
        }
    }

    /// Sets a longer description, in Markdown.
    #[must_use]
    pub fn description(mut self, description: impl Into<String>) -> Self {
        self.description = Some(description.into());
        self
    }

    /// Sets the lowest and the highest microversion.
    #[must_use]
    pub fn microversions(mut self, min: impl Into<String>, max: impl Into<String>) -> Self {
        self.microversions = Some((min.into(), max.into()));
        self
    }
}
