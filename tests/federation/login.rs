//! Logins, and what Keystone says of the tokens that they bring.

use http::{HeaderName, Method};
use keystone_lab::federation::Federation;
use keystone_sdk::Error;
use keystone_sdk::auth::AuthPlugin;
use keystone_sdk::error::FederationStep;
use keystone_sdk::transport::{Request, Transport};
use serde_json::Value;

pub(crate) fn federation() -> Federation {
    Federation::from_env().unwrap()
}

pub(crate) fn transport() -> Transport {
    Transport::builder().build().unwrap()
}

/// Logs in, and lets the Keystone at `url` validate the token: its body.
pub(crate) async fn validated(url: &str, plugin: &dyn AuthPlugin) -> Value {
    let transport = transport();
    let token = plugin.token(&transport).await.unwrap();
    let url = format!("{url}/auth/tokens").parse().unwrap();
    let request = Request::new(Method::GET, url)
        .header(HeaderName::from_static("x-auth-token"), token.header())
        .header(HeaderName::from_static("x-subject-token"), token.header());
    let response = transport.send(request).await.unwrap();
    let body: Value = response.error_for_status().unwrap().json().unwrap();
    body["token"].clone()
}

/// Asserts that a token is that of a federated user, in the scope of a project or in none.
pub(crate) fn assert_token(token: &Value, user: &str, project: Option<&str>) {
    assert_eq!(token["user"]["name"], user, "{token}");
    assert!(token["user"]["OS-FEDERATION"].is_object(), "{token}");
    assert_eq!(token["project"]["name"].as_str(), project, "{token}");
}

/// Logs in in vain: the error, which shows none of `secrets`.
pub(crate) async fn refusal(plugin: &dyn AuthPlugin, secrets: &[&str]) -> Error {
    let error = plugin.token(&transport()).await.unwrap_err();
    let shown = format!("{error} {error:?} {plugin:?}");
    for secret in secrets
        .iter()
        .chain(&["<saml", "SignatureValue", "_shibsession"])
    {
        assert!(!shown.contains(secret), "{shown}");
    }
    error
}

/// Asserts at which step a login failed, and that the server's own reason holds `reason`.
pub(crate) fn assert_failure(error: &Error, step: FederationStep, reason: &str) {
    let failure = error.federation().unwrap_or_else(|| panic!("{error:?}"));
    assert_eq!(failure.step(), step, "{error:?}");
    let told = failure.reason().unwrap_or_default();
    assert!(told.contains(reason), "{told}");
}
