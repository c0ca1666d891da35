//! Whether the server has to prove itself.

use serde_json::Value;

use crate::SecretString;
use crate::auth::FieldValue;

/// Whether the server has to prove by its response that it could read the ticket. TLS proves as much
/// where the server's certificate is checked.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
#[non_exhaustive]
pub enum MutualAuth {
    /// A response without a proof is refused, and so is one with a wrong proof.
    Required,
    /// A wrong proof is refused; a response without one is taken.
    #[default]
    Optional,
    /// No proof is asked for, and none is looked at.
    Disabled,
}

impl FieldValue for MutualAuth {
    fn to_json(&self) -> Option<Value> {
        let text = match self {
            Self::Required => "required",
            Self::Optional => "optional",
            Self::Disabled => "disabled",
        };
        Some(text.into())
    }

    fn from_text(text: &SecretString) -> Result<Self, String> {
        match text.expose() {
            "required" => Ok(Self::Required),
            "optional" => Ok(Self::Optional),
            "disabled" => Ok(Self::Disabled),
            _ => Err("`required`, `optional` or `disabled`".to_owned()),
        }
    }
}
