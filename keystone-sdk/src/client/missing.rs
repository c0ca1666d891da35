//! What a service says is not there: the link that was asked for, or one of its ends.

use http::StatusCode;
use percent_encoding::utf8_percent_encode;

use super::draft::SEGMENT;
use crate::Error;

/// Whether an error says that a link is missing, rather than one of its ends.
pub(super) fn is_link(error: &Error) -> bool {
    let Error::Response(answer) = error else {
        return false;
    };
    let names_an_end = || {
        answer
            .message()
            .and_then(named_id)
            .is_some_and(|id| has_segment(answer.url(), id))
    };
    answer.status() == StatusCode::NOT_FOUND && !names_an_end()
}

/// The id in `Could not find user: 5f3c.`, which is how Keystone says that a resource is missing.
/// Of a link it names both ends, or none.
fn named_id(message: &str) -> Option<&str> {
    let (_, id) = message.strip_prefix("Could not find ")?.split_once(": ")?;
    id.strip_suffix('.')
}

fn has_segment(url: &str, id: &str) -> bool {
    let id = utf8_percent_encode(id, SEGMENT).to_string();
    url.split('/').any(|segment| segment == id)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_message_about_one_resource_names_it() {
        assert_eq!(named_id("Could not find user: 5f3c."), Some("5f3c"));
        assert_eq!(named_id("Could not find policy association."), None);
        assert_eq!(named_id("a does not imply b."), None);
        let url = "http://h/v3/projects/p/users/a%20b/roles/r";
        assert!(has_segment(url, "a b"));
        let both = named_id("Could not find role assignment with role: r, user or group: a b.");
        assert!(!has_segment(url, both.unwrap()));
    }
}
