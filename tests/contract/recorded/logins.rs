//! Every way to log in that needs no certificate, by plugins that are loaded by their names: on the
//! embedded Keystone and on the real one.

mod scene;
mod scopes;

use std::sync::Arc;

use jiff::Timestamp;
use keystone_sdk::auth::v3::{Auth, OAuth1Consumer, TotpMethod};
use keystone_sdk::auth::{AuthPlugin as _, PluginOptions, UserIdentity};
use keystone_sdk::clock::{SharedClock, SystemClock};
use keystone_sdk::identity::v3::{ApplicationCredentialCreate, ConsumerCreate, ProjectId, RoleRef};
use keystone_sdk::{Error, Session, config};

use self::scene::{Person, Scene};

/// Declares the cases: a test on the embedded server for each, and one on the real server behind
/// the feature `real-servers`.
macro_rules! logins {
    ($($(#[$doc:meta])* $case:ident: $($run:ident)::+),+ $(,)?) => {
        mod embedded {
            $(
                $(#[$doc])*
                #[tokio::test]
                async fn $case() {
                    let keystone = keystone_testing::Keystone::start().await.unwrap();
                    let admin = keystone.admin();
                    let scene = super::Scene::new(
                        keystone.v3_url(),
                        admin.username(),
                        admin.password(),
                        admin.project_name(),
                    );
                    super::$($run)::+(&scene.await).await;
                }
            )+
        }

        #[cfg(feature = "real-servers")]
        mod real {
            $(
                #[tokio::test]
                async fn $case() {
                    let real = keystone_lab::RealKeystone::from_env().unwrap();
                    let scene =
                        super::Scene::new(real.url, &real.username, &real.password, &real.project);
                    super::$($run)::+(&scene.await).await;
                }
            )+
        }
    };
}

logins! {
    every_scope: scopes::every_scope,
    trusts_with_and_without_impersonation: scopes::trusts,
    tokens_for_another_scope: scopes::tokens,
    generic_plugins_from_the_root: scopes::generic,
    passcodes: passcodes,
    application_credentials_by_id_and_name: application_credentials,
    two_factors_at_once_and_by_receipt: two_factors,
    access_tokens_of_oauth1: oauth1,
    clients_of_oauth2: oauth2,
    kept_states: kept_states,
}

/// Loads a plugin and logs in.
async fn login(plugin: &str, options: PluginOptions) -> Result<Session, Error> {
    let session = Session::new(config::load(plugin, &options)?)?;
    session.access().await?;
    Ok(session)
}

/// The login must be refused for what it proves.
async fn refused(plugin: &str, options: PluginOptions) {
    let error = login(plugin, options).await.unwrap_err();
    assert!(matches!(error, Error::Authentication(_)), "{error:?}");
}

async fn methods(session: &Session) -> Vec<String> {
    let mut methods = session.access().await.unwrap().methods.clone();
    methods.sort();
    methods
}

async fn passcodes(scene: &Scene) {
    let person = scene.person("device").await;
    scene.give_device(&person).await;
    let options = person
        .options(&scene.url)
        .with("passcode", scene::passcode());
    let session = login("v3totp", options).await.unwrap();
    assert_eq!(methods(&session).await, ["totp"]);
    refused(
        "v3totp",
        person.options(&scene.url).with("passcode", "000000"),
    )
    .await;
}

async fn application_credentials(scene: &Scene) {
    let person = scene.person("owner").await;
    let own = scene.client_of(&person).await;
    let credentials = own.application_credentials(&person.id);
    let name = scene.name("credential");
    let made = credentials
        .create(ApplicationCredentialCreate::new(&*name))
        .await
        .unwrap();
    let secret = made.secret.unwrap();
    let by_id = PluginOptions::new()
        .with("auth_url", &*scene.url)
        .with("application_credential_id", made.id.as_str())
        .with("application_credential_secret", secret.clone());
    let by_name = PluginOptions::new()
        .with("auth_url", &*scene.url)
        .with("application_credential_name", name)
        .with("user_id", person.id.as_str())
        .with("application_credential_secret", secret);
    for options in [by_id, by_name] {
        let wrong = options
            .clone()
            .with("application_credential_secret", "wrong");
        let session = login("v3applicationcredential", options).await.unwrap();
        let access = session.access().await.unwrap();
        assert_eq!(access.project_id(), Some(person.project.as_str()));
        refused("v3applicationcredential", wrong).await;
    }
}

async fn two_factors(scene: &Scene) {
    let person = scene.person_with_two_factors().await;
    let options = person
        .options(&scene.url)
        .with("auth_methods", "v3password,v3totp")
        .with("password", Person::PASSWORD)
        .with("passcode", scene::passcode());
    let session = login("v3multifactor", options).await.unwrap();
    assert_eq!(methods(&session).await, ["password", "totp"]);

    let first = Auth::builder(&*scene.url).method(person.password_method());
    let first = first.project_id(person.project.as_str()).build().unwrap();
    let error = Session::new(first.clone())
        .unwrap()
        .token()
        .await
        .unwrap_err();
    let receipt = error.receipt().unwrap();
    assert_eq!(receipt.missing_methods().collect::<Vec<_>>(), [["totp"]]);
    let totp = TotpMethod::new(UserIdentity::id(person.id.as_str()), scene::passcode());
    let whole = first.resume(receipt).method(totp).build().unwrap();
    let session = Session::new(whole).unwrap();
    assert_eq!(methods(&session).await, ["password", "totp"]);
    let access = session.access().await.unwrap();
    assert_eq!(access.project_id(), Some(person.project.as_str()));
}

#[expect(
    clippy::disallowed_methods,
    reason = "the server compares it with its own clock"
)]
async fn oauth1(scene: &Scene) {
    let client = &scene.client;
    let identity = client.service().base_url().await.unwrap();
    let made = client.consumers().create(ConsumerCreate::new()).await;
    let made = made.unwrap();
    let secret = made.secret.clone().unwrap();
    let consumer = OAuth1Consumer::new(made.id.as_str(), secret.clone());

    let requests = client.request_tokens();
    let header = consumer.request_token(&identity, Timestamp::now()).unwrap();
    let project = ProjectId::from(&*scene.project);
    let asked = requests.create(header, project).await.unwrap();
    let role = [RoleRef::new().name("reader")];
    let granted = requests.authorize(&asked.oauth_token, role).await.unwrap();
    let token = (&*asked.oauth_token, &asked.oauth_token_secret);
    let header = consumer.access_token(&identity, token, &granted.oauth_verifier, Timestamp::now());
    let access = requests.exchange(header.unwrap()).await.unwrap();

    let options = PluginOptions::new()
        .with("auth_url", &*scene.url)
        .with("consumer_key", made.id.as_str())
        .with("consumer_secret", secret)
        .with("access_key", &*access.oauth_token)
        .with("access_secret", access.oauth_token_secret);
    let session = login("v3oauth1", options.clone()).await.unwrap();
    let shown = session.access().await.unwrap();
    assert_eq!(shown.project_id(), Some(&*scene.project));
    assert_eq!(shown.roles.len(), 1);
    refused("v3oauth1", options.with("access_secret", "wrong")).await;
    client.consumers().delete(&made.id).await.unwrap();
}

async fn oauth2(scene: &Scene) {
    let person = scene.person("client").await;
    let own = scene.client_of(&person).await;
    let credentials = own.application_credentials(&person.id);
    let new = ApplicationCredentialCreate::new(scene.name("oauth2"));
    let made = credentials.create(new).await.unwrap();
    let options = PluginOptions::new()
        .with("auth_url", &*scene.url)
        .with("oauth2_endpoint", format!("{}/OS-OAUTH2/token", scene.url))
        .with("oauth2_client_id", made.id.as_str())
        .with("oauth2_client_secret", made.secret.unwrap());
    let session = login("v3oauth2clientcredential", options.clone())
        .await
        .unwrap();
    let token = session.token().await.unwrap();
    let bearer = token.headers()["authorization"].to_str().unwrap();
    assert!(bearer.starts_with("Bearer "));
    let wrong = options.with("oauth2_client_secret", "wrong");
    refused("v3oauth2clientcredential", wrong).await;
}

/// A token that was kept is used again, and replaced when it does not hold any more.
async fn kept_states(scene: &Scene) {
    let person = scene.person("keeper").await;
    let plugin = || {
        let options = person
            .options(&scene.url)
            .with("password", Person::PASSWORD);
        config::load("v3password", &options).unwrap()
    };
    let first = plugin();
    let session = Session::new(Arc::clone(&first)).unwrap();
    let kept = session.token().await.unwrap();
    let state = first.auth_state().unwrap();

    let second = plugin();
    assert_eq!(first.cache_id(), second.cache_id());
    let clock: SharedClock = SystemClock::shared();
    assert!(second.set_auth_state(state, &clock));
    let session = Session::new(second).unwrap();
    assert!(session.token().await.unwrap().expose() == kept.expose());

    scene.client.tokens().revoke(kept.expose()).await.unwrap();
    let identity = keystone_sdk::identity::v3::Client::new(&session);
    identity.users().get(&person.id).await.unwrap();
    assert!(session.token().await.unwrap().expose() != kept.expose());
}
