//! Which values are secret, by their names.

use crate::value::Value;

/// What is shown in place of a secret.
pub(super) const MASK: &str = "***";

/// Parts of names that suggest secrets, in lower case and without `_` and `-`.
const SECRET: [&str; 9] = [
    "password",
    "passwd",
    "passphrase",
    "passcode",
    "secret",
    "apikey",
    "privatekey",
    "authkey",
    "credential",
];

/// Whether the value with this name is a secret. All parts of a dotted name count; `token` only at
/// the end, since what is nested in it is not the token itself.
pub(super) fn is_secret(name: &str) -> bool {
    let plain = |part: &str| -> String {
        let letters = part.chars().filter(|c| !matches!(c, '_' | '-'));
        letters.flat_map(char::to_lowercase).collect()
    };
    let last = plain(name.rsplit('.').next().unwrap_or_default());
    let whole = plain(name);
    SECRET.iter().any(|word| whole.contains(word)) || last.ends_with("token")
}

/// The text of a value. Mappings are masked, since they may contain secrets anywhere.
pub(super) fn text(value: Value<'_>) -> String {
    match value {
        Value::Map(_) => MASK.to_owned(),
        Value::List(list) => {
            let mut index = 0;
            while let Some(item) = list.at(index) {
                if matches!(item, Value::Map(_) | Value::List(_)) {
                    return MASK.to_owned();
                }
                index += 1;
            }
            value.text().into_owned()
        }
        plain => plain.text().into_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_secrets_are_known() {
        for name in [
            "password",
            "user.Password",
            "auth_token",
            "client-secret",
            "private_key",
            "x.api_key.y",
            "passcode",
            "token",
        ] {
            assert!(is_secret(name), "{name}");
        }
        for name in [
            "user_id",
            "token.project.id",
            "project_id",
            "tokens_left",
            "key_id",
        ] {
            assert!(!is_secret(name), "{name}");
        }
    }
}
