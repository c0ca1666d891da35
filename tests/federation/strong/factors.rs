//! Passwords and passcodes: one of them, both in one request, and one after the other by a receipt.

use keystone_lab::table::Outcome;
use keystone_sdk::auth::{PluginOptions, UserIdentity, v3};
use keystone_sdk::config;
use keystone_sdk::identity::v3::{Client, CredentialCreate, UserCreate};
use serde_json::json;

use super::{admin, real, refused, row, session, unique};

/// 20 bytes, and what Keystone keeps of them.
const SEED: &[u8] = b"twenty bytes of seed";
const SEED_IN_BASE_32: &str = "OR3WK3TUPEQGE6LUMVZSA33GEBZWKZLE";
const PASSWORD: &str = "first-factor";

struct Person {
    url: String,
    name: String,
    project: String,
}

/// Makes a user with a device, and the role `member` on the administrator's project.
async fn person(both_required: bool) -> Person {
    let keystone = real();
    let session = session(admin(&keystone).build().unwrap());
    let project = session.access().await.unwrap();
    let project = project.project_id().unwrap().to_owned();
    let client = Client::new(&session);
    let name = unique("factors");
    let rules = json!({
        "multi_factor_auth_enabled": both_required,
        "multi_factor_auth_rules": [["password", "totp"]],
    });
    let new = UserCreate::new(&*name)
        .domain_id("default")
        .password(PASSWORD)
        .options(serde_json::from_value(rules).unwrap());
    let user = client.users().create(new).await.unwrap().id;
    let member = client.roles().find_by_name("member").await.unwrap();
    let roles = client.project_user_roles(project.as_str(), &user);
    roles.add(&member.unwrap().id).await.unwrap();
    let device = CredentialCreate::new("totp", SEED_IN_BASE_32, &user);
    client.credentials().create(device).await.unwrap();
    Person {
        url: keystone.url,
        name,
        project: keystone.project,
    }
}

/// What the user's device shows now.
fn passcode() -> String {
    let device = totp_rs::Builder::new().with_secret(SEED.to_vec());
    device.build().unwrap().generate_current().to_string()
}

impl Person {
    fn options(&self) -> PluginOptions {
        PluginOptions::new()
            .with("auth_url", &*self.url)
            .with("username", &*self.name)
            .with("user_domain_id", "default")
            .with("project_name", &*self.project)
            .with("project_domain_id", "default")
    }

    /// Logs in by this plugin, and asserts what proved the user.
    async fn logs_in(&self, plugin: &str, options: PluginOptions, methods: &[&str]) {
        let _row = row(plugin, "", Outcome::Token);
        let plugin = config::load(plugin, &options).unwrap();
        let session = session(plugin);
        let token = session.token().await.unwrap();
        let tokens = Client::new(&session).tokens();
        let shown = tokens.validate(token.expose()).send().await.unwrap();
        assert_eq!(shown.username(), self.name);
        assert_eq!(shown.project_name(), Some(&*self.project));
        let mut proved = shown.methods.clone();
        proved.sort();
        assert_eq!(proved, methods);
    }
}

#[tokio::test]
async fn a_password_and_a_passcode_log_in_each_by_itself() {
    let person = person(false).await;
    let password = person.options().with("password", PASSWORD);
    person.logs_in("v3password", password, &["password"]).await;
    let by_device = person.options().with("passcode", passcode());
    person.logs_in("v3totp", by_device, &["totp"]).await;
}

#[tokio::test]
async fn both_factors_log_in_by_one_request() {
    let person = person(true).await;
    let options = person
        .options()
        .with("auth_methods", "v3password,v3totp")
        .with("password", PASSWORD)
        .with("passcode", passcode());
    let methods = ["password", "totp"];
    person.logs_in("v3multifactor", options, &methods).await;
}

#[tokio::test]
async fn a_login_by_one_of_two_factors_goes_on_by_its_receipt() {
    let _row = row("v3multifactor", "second factor by receipt", Outcome::Token);
    let person = person(true).await;
    let user = || {
        UserIdentity::name(
            &*person.name,
            keystone_sdk::auth::DomainIdentity::id("default"),
        )
    };
    let first = v3::Auth::builder(&person.url)
        .method(v3::PasswordMethod::new(user(), PASSWORD))
        .project_name(&person.project)
        .project_domain_id("default")
        .build()
        .unwrap();
    let error = refused(first.clone()).await;
    let receipt = error.receipt().unwrap();
    let totp = v3::TotpMethod::new(user(), passcode());
    let whole = first.resume(receipt).method(totp).build().unwrap();
    let access = session(whole).access().await.unwrap();
    assert_eq!(access.project_name(), Some(&*person.project));
}

#[tokio::test]
async fn a_wrong_factor_is_refused() {
    let person = person(false).await;
    for (plugin, option) in [("v3password", "password"), ("v3totp", "passcode")] {
        let _row = row(plugin, &format!("wrong {option}"), Outcome::Refused);
        let options = person.options().with(option, "wrong");
        refused(config::load(plugin, &options).unwrap()).await;
    }
    let _row = row("v3multifactor", "wrong passcode", Outcome::Refused);
    let options = person
        .options()
        .with("auth_methods", "v3password,v3totp")
        .with("password", PASSWORD)
        .with("passcode", "wrong");
    refused(config::load("v3multifactor", &options).unwrap()).await;
}
