//! The plugins by their names.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use keystone_sdk::auth::PluginOptions;
use keystone_sdk::auth::federation::{DeviceAuthorization, DevicePrompt, SharedDevicePrompt};
use keystone_sdk::config::Registry;

use crate::op::{Op, transport};

fn options(op: &Op) -> PluginOptions {
    PluginOptions::new()
        .with("auth_url", op.keystone())
        .with("identity_provider", "acme")
        .with("protocol", "openid")
        .with("discovery_endpoint", op.discovery())
        .with("client_id", "client")
}

#[tokio::test]
async fn each_is_loaded_by_its_name_and_older_names_of_options_are_read() {
    let op = Op::start().await;
    let registry = Registry::builtin();
    for (name, own) in [
        ("v3oidcauthcode", vec![("authorization_code", "c")]),
        (
            "v3oidcclientcredentials",
            vec![("client_secret", "s"), ("scope", "a b")],
        ),
        ("v3oidcdeviceauthz", vec![("code_challenge_method", "S256")]),
        ("v3oidcpassword", vec![("username", "u"), ("password", "p")]),
        ("v3oidctokenexchange", vec![("subject_token", "t")]),
    ] {
        let mut options = options(&op);
        own.into_iter()
            .for_each(|(key, value)| options.set(key, value));
        let plugin = registry.load(name, &options).unwrap();
        plugin.token(&transport().0).await.unwrap();
    }
    let scopes: Vec<_> = op
        .asked()
        .into_iter()
        .filter_map(|asked| asked.form.get("scope").cloned())
        .collect();
    assert_eq!(scopes[0], "a b");
}

#[test]
fn malformed_options_are_refused_with_what_to_write() {
    let options = PluginOptions::new()
        .with("auth_url", "http://h/v3")
        .with("identity_provider", "acme")
        .with("protocol", "openid")
        .with("access_token_endpoint", "http://h/token")
        .with("client_id", "client");
    for (name, value, says) in [
        (
            "access_token_type",
            "refresh_token",
            "write `access_token` or `id_token`",
        ),
        (
            "client_auth_method",
            "tls_client_auth",
            "write `client_secret_basic`, ",
        ),
        ("code_challenge_method", "s256", "write `S256` or `plain`"),
        (
            "discovery_endpoint",
            "op.example",
            "`discovery_endpoint` is not a URL",
        ),
    ] {
        let options = options.clone().with(name, value);
        let loaded = Registry::builtin().load("v3oidcdeviceauthz", &options);
        let error = loaded.map(drop).unwrap_err().to_string();
        assert!(error.contains(says), "{error}");
    }
}

struct Count(Arc<AtomicUsize>);

impl DevicePrompt for Count {
    fn show(&self, _: &DeviceAuthorization) {
        self.0.fetch_add(1, Ordering::SeqCst);
    }
}

#[tokio::test]
async fn a_prompt_reaches_the_plugin_through_options_and_through_the_registry() {
    let op = Op::start().await;
    let shown = Arc::new(AtomicUsize::new(0));
    let prompt = || SharedDevicePrompt::new(Count(shown.clone()));
    let mut options = options(&op);
    let registry = Registry::builtin().attach(prompt());
    let plugin = registry.load("v3oidcdeviceauthz", &options).unwrap();
    plugin.token(&transport().0).await.unwrap();
    options.attach(prompt());
    let plugin = Registry::builtin()
        .load("v3oidcdeviceauthz", &options)
        .unwrap();
    plugin.token(&transport().0).await.unwrap();
    assert_eq!(shown.load(Ordering::SeqCst), 2);
}
