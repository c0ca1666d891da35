//! Twins of mistakes in `#[auth_method]`.

use keystone_sdk::auth::{
    AuthMethod, AuthRequest, PluginOption, PluginOptions, UserIdentity, ValueKind,
};
use keystone_sdk::config::Registry;
use keystone_sdk::{SecretString, auth_method};
use serde_json::json;

// Twin of two_user_fields, unknown_key_in_auth_attribute, unknown_argument_of_auth_method.
// Twin of secret_field_of_a_plain_type, method_without_its_suffix, auth_method_on_an_enum.
// Twin of method_name_with_illegal_characters, several_mistakes_in_one_auth_method.
// Twin of field_of_a_type_that_no_option_has, plugin_whose_name_is_taken, misspelt_user_field.
// Twin of missing_comma_in_a_method, method_with_two_names, payload_in_quotes, generic_method.
// Twin of user_of_a_plain_type.
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
    #[auth_method("pin", spec = "../ui/mistakes/specs/methods.yaml")]
    #[derive(Clone)]
    pub struct PinMethod {
        #[auth(user)]
        user: UserIdentity,
        /// The four digits.
        #[auth(secret)]
        pin: SecretString,
    }
}

/// All that can be said of options without a file.
pub mod inline {
    use super::*;

    // Twin of secret_with_a_default.
    /// A message to the user's device.
    #[auth_method("device_message", payload = flat)]
    pub struct DeviceMessageMethod {
        #[auth(user)]
        user: Option<UserIdentity>,
        /// What the message says.
        #[auth(secret, rename = "text", env = "OS_MESSAGE", aliases = ["sms"], help = "The text")]
        message: SecretString,
        /// How the message was sent.
        #[auth(default = "sms")]
        channel: String,
        /// How many digits it has.
        #[auth(default = 6)]
        digits: u32,
        /// Whether the user asked for it to be repeated.
        #[auth(flag)]
        repeated: bool,
    }
}

/// Fields that are there under conditions.
pub mod conditions {
    use super::*;

    /// A PIN.
    #[auth_method("conditions", plugin = Conditional)]
    pub struct ConditionsMethod {
        #[cfg(any())]
        #[auth(user)]
        user: Gone,
        #[cfg(not(any()))]
        #[auth(secret)]
        pin: SecretString,
        #[cfg_attr(not(any()), auth(flag))]
        repeated: bool,
    }
}

fn payload(method: &impl AuthMethod) -> serde_json::Value {
    let url = "http://127.0.0.1:5000/v3/auth/tokens".parse().unwrap();
    let now = jiff::Timestamp::UNIX_EPOCH;
    method.auth_data(&mut AuthRequest::new(url, now)).unwrap()
}

#[test]
fn a_default_stands_where_nothing_was_set() {
    let method = inline::DeviceMessageMethod::new("canary");
    assert_eq!(
        payload(&method),
        json!({"text": "canary", "channel": "sms", "digits": 6})
    );
    let method = method.channel("call").digits(4).repeated(true);
    assert_eq!(
        payload(&method),
        json!({"text": "canary", "channel": "call", "digits": 4, "repeated": true})
    );
}

#[test]
fn a_field_whose_condition_does_not_hold_is_not_there() {
    let method = conditions::ConditionsMethod::new("canary").repeated(true);
    assert_eq!(payload(&method), json!({"pin": "canary", "repeated": true}));
    assert!(!format!("{method:?}").contains("canary"));
    let names = conditions::Conditional::loader().options();
    let names: Vec<&str> = names.map(|option| option.name).collect();
    assert!(!names.contains(&"user_id"), "{names:?}");
    assert!(
        names.contains(&"pin") && names.contains(&"repeated"),
        "{names:?}"
    );
}

#[test]
fn debug_shows_plain_values_as_they_are_sent() {
    let method = inline::DeviceMessageMethod::new("canary").channel("call");
    let shown = format!("{method:?}");
    assert!(
        shown.contains("message: ***, channel: \"call\", digits: 6"),
        "{shown}"
    );
}

#[test]
fn an_option_is_called_as_its_attribute_says() {
    let loader = inline::DeviceMessage::loader();
    let option = |name| loader.options().find(|option| option.name == name).unwrap();
    let message = option("message");
    assert_eq!(
        (message.env, message.aliases, message.help),
        ("OS_MESSAGE", &["sms"][..], "The text")
    );
    assert!(message.required && message.secret && message.default.is_none());
    let digits = option("digits");
    assert_eq!((digits.default, digits.required), (Some("6"), false));
    assert_eq!(
        (digits.kind, message.kind),
        (ValueKind::Number, ValueKind::Text)
    );

    let registry = Registry::empty().with(loader);
    let options = PluginOptions::new()
        .with("auth_url", "http://127.0.0.1:5000/v3")
        .with("sms", "1234");
    assert!(registry.load("v3devicemessage", &options).is_ok());
    let error = registry.load("v3devicemessage", &options.with("digits", "six"));
    let error = error.unwrap_err().to_string();
    assert!(error.contains("write a whole number"), "{error}");
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
    let options = PluginOptions::new()
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
