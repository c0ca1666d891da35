//! The authorization code, with a scripted person in front of a scripted browser.

use keystone_lab::table::{self, Outcome};
use std::time::Duration;

use keystone_sdk::auth::federation::{
    AuthorizedCode, OidcAuthCode, OidcAuthCodeBuilder, OidcAuthorization,
};

use super::{Lab, OPENID, discovery, person};

const SCRIPT: &str = "federation/login_code.py";

impl Lab {
    /// Where the browser ends: nobody has to listen there, for the script reads the address.
    pub(super) fn redirect(&self) -> String {
        format!("http://127.0.0.1:1{}", self.provider().redirect_path)
    }

    pub(super) async fn begin(&self, client: &str, scope: &str) -> OidcAuthorization {
        OidcAuthorization::builder(client, self.redirect())
            .discovery_endpoint(discovery(&self.provider().issuer))
            .openid_scope(scope)
            .begin(&self.transport)
            .await
            .unwrap()
    }

    pub(super) async fn code(&self, client: &str, scope: &str) -> AuthorizedCode {
        let authorization = self.begin(client, scope).await;
        let ended = person(SCRIPT, &[authorization.url().as_str()]).await;
        authorization.redirected(&ended).unwrap()
    }

    /// A plugin that redeems a code, for an unscoped token.
    pub(super) fn code_builder(&self, client: &str, scope: &str) -> OidcAuthCodeBuilder {
        let openid = &self.facts.openid;
        let client = self.provider().client(client).unwrap();
        let builder = OidcAuthCode::builder(&*self.facts.keystone.url)
            .identity_provider(&*openid.identity_provider)
            .protocol(&*openid.protocol)
            .discovery_endpoint(discovery(&self.provider().issuer))
            .client_id(&*client.id)
            .openid_scope(scope);
        match &client.secret {
            Some(secret) => builder.client_secret(&**secret),
            None => builder,
        }
    }

    /// The same, for a token on the first project.
    pub(super) fn by_code(&self, client: &str, scope: &str, code: &AuthorizedCode) -> OidcAuthCode {
        let builder = self.code_builder(client, scope).authorized(code);
        builder
            .project_name(&*self.facts.keystone.projects[0])
            .project_domain_name(&*self.facts.keystone.domain)
            .build()
            .unwrap()
    }
}

#[tokio::test]
async fn a_code_of_a_public_client_logs_in_by_its_verifier_and_nonce() {
    let _row = table::row(
        "v3oidcauthcode",
        "public client, PKCE, nonce",
        OPENID,
        Outcome::Token,
    );
    let lab = Lab::new();
    let code = lab.code("public", "openid profile").await;
    let plugin = lab.by_code("public", "openid profile", &code);
    let token = lab.log_in(&plugin).await.unwrap();
    lab.is_of(&token, "alice");
}

#[tokio::test]
async fn a_code_of_a_confidential_client_logs_in() {
    let _row = table::row("v3oidcauthcode", "", OPENID, Outcome::Token);
    let lab = Lab::new();
    let code = lab.code("basic", "openid profile").await;
    let plugin = lab.by_code("basic", "openid profile", &code);
    let token = lab.log_in(&plugin).await.unwrap();
    lab.is_of(&token, "alice");
}

#[tokio::test]
async fn a_code_is_of_no_use_without_its_verifier() {
    let _row = table::row(
        "v3oidcauthcode",
        "no PKCE verifier",
        OPENID,
        Outcome::Refused,
    );
    let lab = Lab::new();
    let code = lab.code("public", "openid").await;
    let another = lab.begin("public", "openid").await;
    let ended = person(SCRIPT, &[another.url().as_str()]).await;
    let another = another.redirected(&ended).unwrap();
    let builder = lab.code_builder("public", "openid");
    // The code of one login, and all the rest of another.
    let stolen = builder.authorized(&another).code(code.code().clone());
    let error = lab.log_in(&stolen.build().unwrap()).await.unwrap_err();
    assert!(error.contains("was refused: `invalid_grant`"), "{error}");
}

#[tokio::test]
async fn an_expired_code_is_refused() {
    let _row = table::row("v3oidcauthcode", "expired code", OPENID, Outcome::Refused);
    let lab = Lab::new();
    let code = lab.code("code-expires", "openid").await;
    // The provider's own clock has to get there: its codes of this client live for a second.
    let pause = Duration::from_secs(2);
    keystone_sdk::clock::SystemClock::shared()
        .sleep(pause)
        .await;
    let plugin = lab.by_code("code-expires", "openid", &code);
    let error = lab.log_in(&plugin).await.unwrap_err();
    assert!(error.contains("was refused: `invalid_grant`"), "{error}");
}

#[tokio::test]
async fn a_used_code_is_refused() {
    let _row = table::row("v3oidcauthcode", "used code", OPENID, Outcome::Refused);
    let lab = Lab::new();
    let code = lab.code("basic", "openid").await;
    lab.log_in(&lab.by_code("basic", "openid", &code))
        .await
        .unwrap();
    // By another plugin, which does not know that it was used.
    let error = lab
        .log_in(&lab.by_code("basic", "openid", &code))
        .await
        .unwrap_err();
    assert!(error.contains("was refused: `invalid_grant`"), "{error}");
    assert!(
        error.contains("the code may have expired or been used"),
        "{error}"
    );
}

#[tokio::test]
async fn a_state_is_good_for_one_redirect_and_for_its_own() {
    let _row = table::row("v3oidcauthcode", "replayed state", OPENID, Outcome::Refused);
    let lab = Lab::new();
    let (one, other) = (
        lab.begin("public", "openid").await,
        lab.begin("public", "openid").await,
    );
    let ended = person(SCRIPT, &[one.url().as_str()]).await;
    let error = other.redirected(&ended).unwrap_err().to_string();
    assert!(error.contains("has another `state`"), "{error}");
    one.redirected(&ended).unwrap();
    let error = one.redirected(&ended).unwrap_err().to_string();
    assert!(error.contains("it is replayed"), "{error}");
}

#[tokio::test]
async fn a_person_who_refuses_ends_the_authorization() {
    let _row = table::row("v3oidcauthcode", "consent denied", OPENID, Outcome::Refused);
    let lab = Lab::new();
    let authorization = lab.begin("public", "openid profile").await;
    let ended = person(SCRIPT, &[authorization.url().as_str(), "--deny"]).await;
    let error = authorization.redirected(&ended).unwrap_err().to_string();
    assert!(
        error.contains("refused the authorization (`access_denied`)"),
        "{error}"
    );
}

#[tokio::test]
async fn the_response_of_a_mixed_up_provider_is_refused() {
    let _row = table::row(
        "v3oidcauthcode",
        "mixed-up issuer",
        OPENID,
        Outcome::Refused,
    );
    let lab = Lab::new();
    // The document says that it is of one issuer, and sends the browser to another.
    let authorization = OidcAuthorization::builder("public", lab.redirect())
        .discovery_endpoint(discovery(&lab.provider().mixed_up_url))
        .begin(&lab.transport)
        .await
        .unwrap();
    let ended = person(SCRIPT, &[authorization.url().as_str()]).await;
    let error = authorization.redirected(&ended).unwrap_err().to_string();
    let says = format!("is of the issuer `{}`", lab.provider().issuer);
    assert!(error.contains(&says), "{error}");
}
