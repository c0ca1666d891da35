//! The credentials of the bootstrapped administrator.

use std::fmt;

/// The bootstrapped administrator: `admin` of project `admin` in domain `default`, with role
/// `admin` on that project and on the system.
#[derive(Clone)]
pub struct Admin {
    pub(crate) password: String,
    pub(crate) user_id: String,
    pub(crate) project_id: String,
}

impl Admin {
    /// `admin`.
    #[must_use]
    pub fn username(&self) -> &'static str {
        "admin"
    }

    /// The password.
    #[must_use]
    pub fn password(&self) -> &str {
        &self.password
    }

    /// `admin`, the project.
    #[must_use]
    pub fn project_name(&self) -> &'static str {
        "admin"
    }

    /// `default`, the id of the domain of both.
    #[must_use]
    pub fn domain_id(&self) -> &'static str {
        "default"
    }

    /// `Default`, the name of that domain.
    #[must_use]
    pub fn domain_name(&self) -> &'static str {
        "Default"
    }

    /// The user's id.
    #[must_use]
    pub fn user_id(&self) -> &str {
        &self.user_id
    }

    /// The project's id.
    #[must_use]
    pub fn project_id(&self) -> &str {
        &self.project_id
    }
}

impl fmt::Debug for Admin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Admin")
            .field("user_id", &self.user_id)
            .field("project_id", &self.project_id)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_does_not_show_the_password() {
        let admin = Admin {
            password: "s3cr3t".into(),
            user_id: "u".into(),
            project_id: "p".into(),
        };
        assert!(!format!("{admin:?}").contains("s3cr3t"));
    }
}
