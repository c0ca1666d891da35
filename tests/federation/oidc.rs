//! Logins by a real OpenID Provider: each ends with a token that Keystone itself validates.

use std::error::Error as _;
use std::fs;
use std::process::Command;

use http::Method;
use http::header::{HeaderName, HeaderValue};
use keystone_lab::federation::{Client, Federation, OpenIdProvider};
use keystone_lab::python;
use keystone_sdk::Url;
use keystone_sdk::auth::{AuthPlugin, PluginOptions};
use keystone_sdk::config::Registry;
use keystone_sdk::transport::{Request, Transport};
use serde_json::Value;

mod clients;
mod code;
mod device;
mod refusals;
mod renewal;

const OPENID: &str = "oidc-provider, mod_auth_openidc, Keystone";
const OPENID_JWKS: &str = "oidc-provider, mod_auth_openidc (JWKS), Keystone";

/// The servers, and a transport to them.
struct Lab {
    facts: Federation,
    transport: Transport,
}

impl Lab {
    fn new() -> Self {
        Self {
            facts: Federation::from_env().unwrap(),
            transport: Transport::builder().build().unwrap(),
        }
    }

    fn provider(&self) -> &OpenIdProvider {
        &self.facts.openid.provider
    }

    /// The options of a plugin for the client `client`, who asks for the first project.
    fn options(&self, client: &str) -> PluginOptions {
        let openid = &self.facts.openid;
        let mut options = PluginOptions::new()
            .with("auth_url", &*self.facts.keystone.url)
            .with("identity_provider", &*openid.identity_provider)
            .with("protocol", &*openid.protocol)
            .with("discovery_endpoint", discovery(&self.provider().issuer))
            .with("project_name", &*self.facts.keystone.projects[0])
            .with("project_domain_name", &*self.facts.keystone.domain);
        prove(&mut options, self.provider().client(client).unwrap());
        options
    }

    /// The same, with the user's name and password.
    fn by_password(&self, client: &str) -> PluginOptions {
        let user = self.facts.user("alice").unwrap();
        self.options(client)
            .with("username", &*user.name)
            .with("password", &*user.password)
    }

    /// Logs in, and lets Keystone validate the token. Gives what Keystone says of it.
    async fn log_in(&self, plugin: &dyn AuthPlugin) -> Result<Value, String> {
        let token = plugin.token(&self.transport).await.map_err(|error| {
            // What a server refused names that server.
            if error.response().is_some() {
                assert!(error.federation().is_some(), "{error:?}");
            }
            told(&error)
        })?;
        let url = format!("{}/auth/tokens", self.facts.keystone.url);
        let value = HeaderValue::from_str(token.expose()).unwrap();
        let request = Request::new(Method::GET, Url::parse(&url).unwrap())
            .header(HeaderName::from_static("x-auth-token"), value.clone())
            .header(HeaderName::from_static("x-subject-token"), value);
        let response = self.transport.send(request).await.unwrap();
        let response = response.error_for_status().unwrap();
        Ok(response.json::<Value>().unwrap()["token"].take())
    }

    /// Logs in by the plugin of this name as `user`, on the first project.
    async fn proves(&self, plugin: &str, options: &PluginOptions, user: &str) {
        let plugin = Registry::builtin().load(plugin, options).unwrap();
        let token = self.log_in(&*plugin).await.unwrap();
        self.is_of(&token, user);
    }

    /// The token is of this user, by federation, on the first project.
    fn is_of(&self, token: &Value, user: &str) {
        assert_eq!(token["user"]["name"], user, "{token}");
        assert!(token["user"]["OS-FEDERATION"].is_object(), "{token}");
        let project = &token["project"]["name"];
        assert_eq!(project, &*self.facts.keystone.projects[0], "{token}");
    }

    /// What refuses the plugin of this name, with all causes.
    async fn refusal(&self, plugin: &str, options: &PluginOptions) -> String {
        let plugin = Registry::builtin().load(plugin, options).unwrap();
        self.log_in(&*plugin).await.unwrap_err()
    }
}

fn discovery(issuer: &str) -> String {
    format!("{issuer}/.well-known/openid-configuration")
}

/// Adds the client, with what proves it.
fn prove(options: &mut PluginOptions, client: &Client) {
    options.set("client_id", &*client.id);
    if let Some(secret) = &client.secret {
        options.set("client_secret", &**secret);
    }
    if let Some(key) = &client.key {
        options.set("client_private_key", fs::read_to_string(key).unwrap());
        options.set("client_private_key_id", client.kid.clone().unwrap());
    }
    if client.authentication == "client_secret_post" {
        options.set("client_auth_method", "client_secret_post");
    }
}

/// An error with all its causes, as a program prints it.
fn told(error: &keystone_sdk::Error) -> String {
    let mut told = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        told.push_str(&format!(" <- {error}"));
        cause = error.source();
    }
    told
}

/// A person with a browser. Gives what the script printed.
async fn person(script: &str, arguments: &[&str]) -> String {
    let mut command: Command = python(script).unwrap();
    command.args(arguments);
    let run = move || command.output().unwrap();
    let output = tokio::task::spawn_blocking(run).await.unwrap();
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{errors}");
    String::from_utf8(output.stdout).unwrap().trim().to_owned()
}
