//! The names that an operation gives to the types of its bodies.

use super::names;

/// The names of an operation and of its types.
pub(super) struct OperationNames<'n> {
    /// The name for the type of one of its group: `User`.
    pub(super) one: &'n str,
    /// The name of the operation as that of a type: `Create`.
    pub(super) operation: &'n str,
    /// Whether the document is one of ours.
    pub(super) is_own: bool,
}

impl OperationNames<'_> {
    pub(super) fn of(&self, what: &str) -> String {
        format!("{}{}{what}", self.one, self.operation)
    }

    /// The name of the type under a key.
    pub(super) fn of_key(&self, key: &str, sent: bool) -> String {
        let name = names::camel(&names::words(&names::singular(key)), "Item");
        match (sent, name == self.one) {
            (true, true) => self.of(""),
            (true, false) => format!("{name}{}", self.operation),
            (false, _) => name,
        }
    }
}
