//! The method `application_credential`.

use crate::auth::UserIdentity;
use crate::error::ConfigurationError;
use crate::{Error, SecretString, auth_method};

/// Authenticates with an application credential: by its id, or by its name and its user.
///
/// It belongs to one project, so no scope can be requested.
#[auth_method(
    "application_credential",
    payload = flat,
    scope = own,
    check = ApplicationCredentialMethod::check,
    spec = "specs/auth-methods.yaml"
)]
pub struct ApplicationCredentialMethod {
    #[auth(user)]
    user: Option<UserIdentity>,
    /// The credential's id.
    id: Option<String>,
    /// The credential's name, unique among those of its user.
    name: Option<String>,
    /// The credential's secret.
    #[auth(secret)]
    secret: SecretString,
}

impl ApplicationCredentialMethod {
    fn check(&self) -> Result<(), Error> {
        let missing = match (&self.id, &self.name, &self.user) {
            (Some(_), _, _) | (None, Some(_), Some(_)) => return Ok(()),
            (None, Some(_), None) => "has a name, but no user",
            (None, None, _) => "has neither id nor name",
        };
        Err(
            ConfigurationError::new(format!("the application credential {missing}"))
                .remedy(
                    "set `application_credential_id`, or `application_credential_name` with \
                 `user_id`, or with `username` and `user_domain_id`",
                )
                .into(),
        )
    }
}
