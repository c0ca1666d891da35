//! Tokens, and what lets programs log in.

use keystone_sdk::Session;
use keystone_sdk::auth::v3::ApplicationCredential;
use keystone_sdk::identity::v3::{
    AllowedCall, ApplicationCredentialCreate, Client, CredentialCreate, CredentialUpdate, RoleRef,
};
use keystone_testing::Keystone;
use serde_json::{Value, json};

use super::admin;

fn password(keystone: &Keystone) -> Value {
    let admin = keystone.admin();
    json!({
        "identity": {
            "methods": ["password"],
            "password": {"user": {"id": admin.user_id(), "password": admin.password()}},
        },
        "scope": {"project": {"id": admin.project_id()}},
    })
}

#[tokio::test]
async fn tokens_are_issued_validated_checked_and_revoked() {
    let (keystone, client) = admin().await;
    let tokens = client.tokens();
    let issued = tokens.issue(password(&keystone)).await.unwrap();
    assert!(issued.access.catalog.is_some());
    let bare = tokens
        .issue(password(&keystone))
        .nocatalog(true)
        .await
        .unwrap();
    assert!(bare.access.catalog.is_none());

    let token = &issued.token;
    let access = tokens.validate(token).nocatalog(true).await.unwrap();
    assert_eq!(access.user.id, keystone.admin().user_id());
    assert!(tokens.check(token).await.unwrap());
    tokens.revoke(token).await.unwrap();
    assert!(!tokens.check(token).await.unwrap());
    let error = tokens.validate(token).await.unwrap_err();
    assert_eq!(error.status().unwrap(), 404);
    assert!(!format!("{error} {error:?}").contains(token.expose()));
}

#[tokio::test]
async fn an_application_credential_shows_its_secret_once_and_logs_in() {
    let (keystone, client) = admin().await;
    let credentials = client.application_credentials(keystone.admin().user_id());
    let new = ApplicationCredentialCreate::new("backup")
        .description("Nightly")
        .expires_at("2100-01-02T03:04:05".parse().unwrap())
        .roles([RoleRef::new().name("admin")])
        .access_rules([AllowedCall::new()
            .service("identity")
            .method("GET")
            .path("/v3/**")]);
    let created = credentials.create(new).await.unwrap();
    let secret = created.secret.clone().unwrap();
    assert!(!format!("{created:?}").contains(secret.expose()));
    assert_eq!(
        created.expires_at.unwrap().to_string(),
        "2100-01-02T03:04:05"
    );
    assert_eq!(created.roles[0].name.as_deref(), Some("admin"));

    let shown = credentials.get(&created.id).await.unwrap();
    assert!(shown.secret.is_none());
    assert_eq!(
        shown.access_rules.unwrap()[0].path.as_deref(),
        Some("/v3/**")
    );
    let found = credentials.find_by_name("backup").await.unwrap().unwrap();
    assert_eq!(found.id, created.id);
    let rules = client.access_rules(keystone.admin().user_id());
    assert_eq!(
        rules.list().service("identity").all().await.unwrap().len(),
        1
    );

    let auth = ApplicationCredential::builder(keystone.v3_url())
        .id(created.id.as_str())
        .secret(secret.expose())
        .build()
        .unwrap();
    let program = Client::new(&Session::new(auth).unwrap());
    assert!(!program.projects().list().all().await.unwrap().is_empty());

    credentials.delete(&created.id).await.unwrap();
    assert!(credentials.list().all().await.unwrap().is_empty());
}

#[tokio::test]
async fn credentials_keep_their_blob_out_of_sight() {
    let (keystone, client) = admin().await;
    let credentials = client.credentials();
    let user = keystone.admin().user_id();
    let created = credentials
        .create(CredentialCreate::new("totp", "CANARYSEED", user))
        .await
        .unwrap();
    assert_eq!(created.blob.expose(), "CANARYSEED");
    assert!(!format!("{created:?}").contains("CANARY"));
    let change = CredentialUpdate::new("OTHERSEED");
    let changed = credentials.update(&created.id, change).await.unwrap();
    assert_eq!(changed.blob.expose(), "OTHERSEED");
    let listed = credentials
        .list()
        .r#type("totp")
        .user_id(user)
        .all()
        .await
        .unwrap();
    assert_eq!(listed[0].id, created.id);
    credentials.delete(&created.id).await.unwrap();
    assert!(
        credentials
            .list()
            .user_id(user)
            .all()
            .await
            .unwrap()
            .is_empty()
    );
}
