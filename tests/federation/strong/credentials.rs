//! Tokens from tokens and from application credentials, and access tokens of OAuth 2.0 by their secrets.

use keystone_lab::table::Outcome;
use keystone_sdk::auth::PluginOptions;
use keystone_sdk::identity::v3::{ApplicationCredentialCreate, Client};
use keystone_sdk::{SecretString, config};

use super::{admin, real, refused, row, session, unique};

#[tokio::test]
async fn a_token_is_exchanged_for_another_scope() {
    let _row = row("v3token", "", Outcome::Token);
    let keystone = real();
    let first = session(admin(&keystone).build().unwrap());
    let token = first.token().await.unwrap();
    let options = PluginOptions::new()
        .with("auth_url", &*keystone.url)
        .with("token", SecretString::from(token.expose()))
        .with("domain_id", "default");
    // The administrator has no role on the domain.
    let error = refused(config::load("v3token", &options).unwrap()).await;
    assert!(!format!("{error} {error:?}").contains(token.expose()));
    let options = PluginOptions::new()
        .with("auth_url", &*keystone.url)
        .with("token", SecretString::from(token.expose()))
        .with("system_scope", "all");
    let access = session(config::load("v3token", &options).unwrap());
    assert!(access.access().await.unwrap().is_system_scoped());
}

/// An application credential of the administrator: its id and its secret.
async fn application_credential() -> (String, SecretString) {
    let session = session(admin(&real()).build().unwrap());
    let user = session.access().await.unwrap().user_id().to_owned();
    let credentials = Client::new(&session).application_credentials(user);
    let new = ApplicationCredentialCreate::new(unique("strong"));
    let made = credentials.create(new).await.unwrap();
    (made.id.to_string(), made.secret.unwrap())
}

#[tokio::test]
async fn an_application_credential_logs_in_to_its_own_project() {
    let keystone = real();
    let (id, secret) = application_credential().await;
    let options = |secret: SecretString| {
        PluginOptions::new()
            .with("auth_url", &*keystone.url)
            .with("application_credential_id", &*id)
            .with("application_credential_secret", secret)
    };
    let load = |secret| config::load("v3applicationcredential", &options(secret)).unwrap();
    {
        let _row = row("v3applicationcredential", "", Outcome::Token);
        let access = session(load(secret)).access().await.unwrap();
        assert_eq!(access.project_name(), Some(&*keystone.project));
        assert_eq!(access.methods, ["application_credential"]);
    }
    let _row = row("v3applicationcredential", "wrong secret", Outcome::Refused);
    refused(load("wrong".into())).await;
}

#[tokio::test]
async fn a_client_of_oauth2_gets_an_access_token_by_its_secret() {
    let keystone = real();
    let (id, secret) = application_credential().await;
    let load = |secret: SecretString| {
        let options = PluginOptions::new()
            .with("auth_url", &*keystone.url)
            .with(
                "oauth2_endpoint",
                format!("{}/OS-OAUTH2/token", keystone.url),
            )
            .with("oauth2_client_id", &*id)
            .with("oauth2_client_secret", secret);
        config::load("v3oauth2clientcredential", &options).unwrap()
    };
    {
        let _row = row("v3oauth2clientcredential", "", Outcome::Token);
        let session = session(load(secret));
        let token = session.token().await.unwrap();
        let bearer = token.headers()["authorization"].to_str().unwrap();
        let bearer = bearer.strip_prefix("Bearer ").unwrap();
        let tokens = Client::new(&session).tokens();
        let shown = tokens.validate(bearer).send().await.unwrap();
        assert_eq!(shown.username(), keystone.username);
    }
    let _row = row("v3oauth2clientcredential", "wrong secret", Outcome::Refused);
    refused(load("wrong".into())).await;
}
