//! Whether the types lose anything of an answer.

use keystone_sdk::client::{Method, ServiceClient};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

/// Reads the answer of a path as it is, and holds what `T` makes of it against that: every key that
/// is not null must survive. Secrets are not written again and are not looked for.
pub async fn lossless<T: DeserializeOwned + Serialize>(
    service: &ServiceClient,
    path: &[&str],
    key: &'static str,
) {
    let raw: Value = service.request(Method::GET, path).keyed(key).await.unwrap();
    let typed: T = serde_json::from_value(raw.clone()).unwrap();
    let written = serde_json::to_value(&typed).unwrap();
    let mut lost = Vec::new();
    compare(&raw, &written, String::new(), &mut lost);
    assert!(lost.is_empty(), "{path:?}: {lost:?} lost of {raw:#}");
}

fn compare(raw: &Value, written: &Value, place: String, lost: &mut Vec<String>) {
    match (raw, written) {
        (Value::Object(raw), Value::Object(written)) => {
            for (key, value) in raw.iter().filter(|(_, value)| !value.is_null()) {
                let place = format!("{place}.{key}");
                match written.get(key) {
                    Some(written) => compare(value, written, place, lost),
                    None if SECRETS.contains(&key.as_str()) => {}
                    None => lost.push(place),
                }
            }
        }
        (Value::Array(raw), Value::Array(written)) => {
            for (index, (value, written)) in raw.iter().zip(written).enumerate() {
                compare(value, written, format!("{place}[{index}]"), lost);
            }
        }
        // Times lose a fraction of zeros.
        (Value::String(raw), Value::String(written)) => {
            if raw.replace(".000000", "") != *written {
                lost.push(place);
            }
        }
        (raw, written) if raw == written => {}
        _ => lost.push(place),
    }
}

const SECRETS: &[&str] = &["secret", "blob"];
