//! JSON Schemas of the types of the Identity client.

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
