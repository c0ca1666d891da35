//! The device flow, with a scripted person who approves or denies.

use keystone_lab::table::{self, Outcome};
use std::sync::{Arc, Mutex};

use keystone_sdk::auth::PluginOptions;
use keystone_sdk::auth::federation::{DeviceAuthorization, DevicePrompt, SharedDevicePrompt};
use keystone_sdk::config::Registry;
use serde_json::Value;
use tokio::sync::Notify;

use super::{Lab, OPENID, person};

/// Hands what it shows to a person.
#[derive(Clone, Default)]
struct Shown {
    device: Arc<Mutex<Option<DeviceAuthorization>>>,
    there: Arc<Notify>,
}

impl DevicePrompt for Shown {
    fn show(&self, device: &DeviceAuthorization) {
        *self.device.lock().unwrap() = Some(device.clone());
        self.there.notify_one();
    }
}

impl Shown {
    /// The person opens the address, logs in, and does as told.
    async fn decide(&self, arguments: &[&str]) {
        self.there.notified().await;
        let device = self.device.lock().unwrap().clone().unwrap();
        let address = device.verification_uri_complete().unwrap().to_string();
        let mut all = vec![&*address];
        all.extend(arguments);
        person("federation/approve_device.py", &all).await;
    }
}

/// Logs in by a device while the person does something.
async fn by_device(
    lab: &Lab,
    options: &PluginOptions,
    person: Option<&[&str]>,
) -> (Result<Value, String>, DeviceAuthorization) {
    let shown = Shown::default();
    let registry = Registry::builtin().attach(SharedDevicePrompt::new(shown.clone()));
    let plugin = registry.load("v3oidcdeviceauthz", options).unwrap();
    let (outcome, ()) = tokio::join!(lab.log_in(&*plugin), async {
        if let Some(arguments) = person {
            shown.decide(arguments).await;
        }
    });
    let device = shown.device.lock().unwrap().clone().unwrap();
    (outcome, device)
}

#[tokio::test]
async fn an_approved_device_logs_in() {
    let _row = table::row("v3oidcdeviceauthz", "approved", OPENID, Outcome::Token);
    let lab = Lab::new();
    let (outcome, device) = by_device(&lab, &lab.options("device"), Some(&[])).await;
    lab.is_of(&outcome.unwrap(), "alice");
    assert_eq!(device.interval().as_secs(), 1);
}

#[tokio::test]
async fn a_device_that_is_bound_by_a_challenge_logs_in() {
    let _row = table::row("v3oidcdeviceauthz", "PKCE", OPENID, Outcome::Token);
    let lab = Lab::new();
    let options = lab.options("public").with("code_challenge_method", "S256");
    let (outcome, _) = by_device(&lab, &options, Some(&[])).await;
    lab.is_of(&outcome.unwrap(), "alice");
}

#[tokio::test]
async fn a_denied_device_is_told_so() {
    let _row = table::row("v3oidcdeviceauthz", "denied", OPENID, Outcome::Refused);
    let lab = Lab::new();
    let (outcome, _) = by_device(&lab, &lab.options("device"), Some(&["--deny"])).await;
    let error = outcome.unwrap_err();
    assert!(
        error.starts_with("the person refused the login at the OpenID Provider"),
        "{error}"
    );
}

#[tokio::test]
async fn without_an_interval_a_device_waits_five_seconds() {
    let _row = table::row("v3oidcdeviceauthz", "no `interval`", OPENID, Outcome::Token);
    let lab = Lab::new();
    let options = lab.options("device-without-interval");
    let (outcome, device) = by_device(&lab, &options, Some(&[])).await;
    lab.is_of(&outcome.unwrap(), "alice");
    assert_eq!(device.interval().as_secs(), 5);
}

#[tokio::test]
async fn a_device_that_is_told_to_slow_down_goes_on() {
    let _row = table::row("v3oidcdeviceauthz", "`slow_down`", OPENID, Outcome::Token);
    let lab = Lab::new();
    let options = lab.options("device-slow-down");
    let (outcome, _) = by_device(&lab, &options, Some(&[])).await;
    lab.is_of(&outcome.unwrap(), "alice");
}

#[tokio::test]
async fn a_device_that_nobody_approves_expires() {
    let _row = table::row("v3oidcdeviceauthz", "expired", OPENID, Outcome::Refused);
    let lab = Lab::new();
    let (outcome, device) = by_device(&lab, &lab.options("device-expires"), None).await;
    let error = outcome.unwrap_err();
    assert!(
        error.starts_with("nobody approved the login at the OpenID Provider"),
        "{error}"
    );
    assert_eq!(device.expires_in().as_secs(), 3);
}
