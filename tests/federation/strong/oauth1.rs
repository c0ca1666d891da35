//! Logins by access tokens of OAuth 1.0a, from the consumer on.

use jiff::Timestamp;
use keystone_lab::RealKeystone;
use keystone_lab::table::Outcome;
use keystone_sdk::auth::{PluginOptions, v3};
use keystone_sdk::identity::v3::{Client, ConsumerCreate, ProjectId, RoleRef};
use keystone_sdk::{Error, SecretString, config};

use super::{admin, real, row, session};

struct Keys {
    consumer: String,
    consumer_secret: SecretString,
    access: String,
    access_secret: SecretString,
}

/// Has the administrator lend a new consumer the role `admin` on the project.
#[expect(
    clippy::disallowed_methods,
    reason = "the server compares it with its own clock"
)]
async fn keys(keystone: &RealKeystone) -> Keys {
    let session = session(admin(keystone).build().unwrap());
    let project = session
        .access()
        .await
        .unwrap()
        .project_id()
        .unwrap()
        .to_owned();
    let client = Client::new(&session);
    let identity = client.service().base_url().await.unwrap();
    let made = client
        .consumers()
        .create(ConsumerCreate::new())
        .await
        .unwrap();
    let consumer_secret = made.secret.clone().unwrap();
    let consumer = v3::OAuth1Consumer::new(made.id.as_str(), consumer_secret.clone());

    let requests = client.request_tokens();
    let header = consumer.request_token(&identity, Timestamp::now()).unwrap();
    let asked = requests
        .create(header, ProjectId::from(project))
        .await
        .unwrap();
    let role = [RoleRef::new().name("admin")];
    let granted = requests.authorize(&asked.oauth_token, role).await.unwrap();
    let token = (&*asked.oauth_token, &asked.oauth_token_secret);
    let header = consumer.access_token(&identity, token, &granted.oauth_verifier, Timestamp::now());
    let access = requests.exchange(header.unwrap()).await.unwrap();
    Keys {
        consumer: made.id.to_string(),
        consumer_secret,
        access: access.oauth_token,
        access_secret: access.oauth_token_secret,
    }
}

#[tokio::test]
async fn a_consumer_of_oauth1_logs_in_wherever_its_address_leads() {
    let keystone = real();
    let keys = keys(&keystone).await;
    let options = |auth_url: &str| {
        PluginOptions::new()
            .with("auth_url", auth_url)
            .with("consumer_key", &*keys.consumer)
            .with("consumer_secret", keys.consumer_secret.clone())
            .with("access_key", &*keys.access)
            .with("access_secret", keys.access_secret.clone())
    };
    // An address without a version is where keystoneauth1 signs another one than it calls.
    for (case, auth_url) in [
        ("", keystone.url.as_str()),
        (
            "address without `/v3`",
            keystone.url.trim_end_matches("/v3"),
        ),
    ] {
        let _row = row("v3oauth1", case, Outcome::Token);
        let plugin = config::load("v3oauth1", &options(auth_url)).unwrap();
        let access = session(plugin).access().await.unwrap();
        assert_eq!(access.methods, ["oauth1"]);
        assert_eq!(access.project_name(), Some(keystone.project.as_str()));
    }
    // The query is no part of what Keystone checks.
    let bare = v3::OAuth1::builder(&keystone.url)
        .consumer_key(&*keys.consumer)
        .consumer_secret(keys.consumer_secret.clone())
        .access_key(&*keys.access)
        .access_secret(keys.access_secret.clone())
        .include_catalog(false);
    let access = session(bare.build().unwrap()).access().await.unwrap();
    assert!(access.catalog.is_none());

    let _row = row("v3oauth1", "wrong secret", Outcome::Refused);
    let wrong = options(&keystone.url).with("access_secret", "canary");
    let wrong = session(config::load("v3oauth1", &wrong).unwrap());
    let error = wrong.token().await.unwrap_err();
    assert!(matches!(error, Error::Authentication(_)), "{error:?}");
}
