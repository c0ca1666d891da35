//! Twins of mistakes in `#[auth_method]`.

use keystone_sdk::auth::{AuthMethod, AuthRequest, Options, PluginOption, UserIdentity};
use keystone_sdk::config::Registry;
use keystone_sdk::{SecretString, auth_method};
use serde_json::json;

// Twin of two_user_fields, unknown_key_in_auth_attribute, unknown_argument_of_auth_method.
// Twin of secret_field_of_a_plain_type, method_without_its_suffix, auth_method_on_an_enum.
// Twin of method_name_with_illegal_characters, several_mistakes_in_one_auth_method.
/// A PIN.
#[auth_method("four_digits", alone)]
pub struct PinMethod {
    #[auth(user)]
    user: UserIdentity,
    /// The four digits.
    #[auth(secret)]
    pin: SecretString,
}

/// The same, as a file describes it.
pub mod described {
    use super::*;

    // Twin of method_that_its_spec_lacks, field_that_differs_from_the_spec.
    // Twin of debug_derived_for_a_method.
    /// A PIN.
    #[auth_method("pin", spec = "../ui/tests/mistakes/specs/methods.yaml")]
    #[derive(Clone)]
    pub struct PinMethod {
        #[auth(user)]
        user: UserIdentity,
        /// The four digits.
        #[auth(secret)]
        pin: SecretString,
    }
}

#[test]
fn the_method_sends_its_user_and_its_secret() {
    let method = PinMethod::new(UserIdentity::id("u1"), "canary");
    let url = "http://127.0.0.1:5000/v3/auth/tokens".parse().unwrap();
    let now = jiff::Timestamp::UNIX_EPOCH;
    let data = method.auth_data(&mut AuthRequest::new(url, now)).unwrap();
    assert_eq!(data, json!({"user": {"id": "u1", "pin": "canary"}}));
    assert_eq!(method.name(), "four_digits");
}

#[test]
fn no_method_shows_its_secret() {
    let method = described::PinMethod::new(UserIdentity::id("u1"), "canary").clone();
    let shown = format!("{method:?}");
    assert!(shown.contains("u1") && !shown.contains("canary"), "{shown}");
}

#[test]
fn the_plugin_is_loaded_by_its_name_with_the_options_of_the_spec() {
    let registry = Registry::empty().with(described::Pin::loader());
    let options = Options::new()
        .with("auth_url", "http://127.0.0.1:5000/v3")
        .with("user_id", "u1");
    let error = registry.load("v3pin", &options).unwrap_err().to_string();
    assert!(error.contains("needs the option `pin`"), "{error}");
    assert!(registry.load("v3pin", &options.with("pin", "1234")).is_ok());

    let mut known = described::Pin::loader().options();
    let pin: &PluginOption = known.find(|option| option.name == "pin").unwrap();
    assert_eq!((pin.help, pin.secret), ("The four digits", true));
}

// Twin of secret_that_is_shown.
#[test]
fn a_secret_is_read_on_purpose_only() {
    let password = SecretString::new("canary");
    assert!(!format!("{password:?}").contains("canary"));
    assert_eq!(password.expose(), "canary");
}
