//! JSON Schemas of the types of the Identity client, and of the options of plugins.

use keystone_sdk::auth::fixed::AdminToken;
use keystone_sdk::auth::v3::Password;
use keystone_sdk::identity::v3::{User, UserCreate, UserUpdate};
use schemars::schema_for;
use serde_json::json;

#[test]
fn only_what_a_request_needs_is_required() {
    let create = schema_for!(UserCreate);
    assert_eq!(create.get("required"), Some(&json!(["name"])));
    let password = create.pointer("/properties/password").unwrap();
    assert_eq!(password["type"], json!(["string", "null"]));
    assert_eq!(schema_for!(UserUpdate).get("required"), None);
}

#[test]
fn answers_say_what_is_always_there() {
    let user = schema_for!(User);
    let required = user.get("required").unwrap().as_array().unwrap();
    assert!(required.contains(&json!("id")), "{required:?}");
    assert!(!required.contains(&json!("email")), "{required:?}");
    let description = user.pointer("/properties/password_expires_at/description");
    assert!(description.is_some());
}

#[test]
fn a_plugin_says_what_its_options_are() {
    let schema = Password::loader().schema();
    assert_eq!(schema.get("title"), Some(&json!("v3password")));
    assert_eq!(schema.get("additionalProperties"), Some(&json!(false)));
    let password = schema.pointer("/properties/password").unwrap();
    assert_eq!(password["writeOnly"], true);
    assert_eq!(
        schema.pointer("/properties/tenant_name/deprecated"),
        Some(&json!(true))
    );
    assert_eq!(
        schema.get("required"),
        Some(&json!(["auth_url", "password"]))
    );
    let schema = AdminToken::loader().schema();
    assert_eq!(schema.get("required"), Some(&json!(["token"])));
    let either = json!([{"anyOf": [{"required": ["endpoint"]}, {"required": ["url"]}]}]);
    assert_eq!(schema.get("allOf"), Some(&either));
}
