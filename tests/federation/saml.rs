//! `v3samlpassword` at SimpleSAMLphp through mod_shib and mod_auth_mellon, and `v3adfspassword` at
//! the stand-in for ADFS.

use keystone_lab::federation::Federation;
use keystone_lab::table::{self, Outcome};
use keystone_sdk::Error;
use keystone_sdk::auth::PluginOptions;
use keystone_sdk::auth::federation::{
    AdfsPassword, AdfsPasswordBuilder, Saml2Password, Saml2PasswordBuilder,
};
use keystone_sdk::config;
use keystone_sdk::error::FederationStep;

use crate::login::{assert_failure, assert_token, federation, refusal, validated};
use crate::proxy::Proxy;

const MELLON: &str = "SimpleSAMLphp, mod_auth_mellon, Keystone";
const SHIB: &str = "SimpleSAMLphp, mod_shib, Keystone";
const ADFS: &str = "stand-in for ADFS, Keystone";

fn ecp(lab: &Federation, protocol: &str, user: &str) -> Saml2PasswordBuilder {
    let user = lab.user(user).unwrap();
    Saml2Password::builder(&lab.keystone.url)
        .identity_provider(&lab.saml.identity_provider)
        .protocol(protocol)
        .identity_provider_url(&lab.saml.identity_provider_url)
        .username(&user.name)
        .password(user.password.as_str())
}

fn adfs(lab: &Federation, user: &str) -> AdfsPasswordBuilder {
    let user = lab.user(user).unwrap();
    let adfs = &lab.adfs_stand_in;
    AdfsPassword::builder(&lab.keystone.url)
        .identity_provider(&adfs.identity_provider)
        .protocol(&adfs.protocol)
        .identity_provider_url(&adfs.identity_provider_url)
        .service_provider_endpoint(&adfs.service_provider_endpoint)
        .service_provider_entity_id(&adfs.service_provider_entity_id)
        .username(&user.name)
        .password(user.password.as_str())
}

#[tokio::test]
async fn ecp_through_mod_shib_brings_a_token() {
    let _row = table::row("v3samlpassword", "", SHIB, Outcome::Token);
    let lab = federation();
    let login = || ecp(&lab, &lab.saml.shibboleth_protocol, "alice");
    let unscoped = validated(&lab.keystone.url, &login().build().unwrap()).await;
    assert_token(&unscoped, "alice", None);
    for project in &lab.keystone.projects {
        let scoped = login()
            .project_name(project)
            .project_domain_name(&lab.keystone.domain);
        let scoped = validated(&lab.keystone.url, &scoped.build().unwrap()).await;
        assert_token(&scoped, "alice", Some(project));
    }
}

#[tokio::test]
async fn ecp_through_mod_auth_mellon_brings_a_token() {
    let _row = table::row("v3samlpassword", "", MELLON, Outcome::Token);
    let lab = federation();
    let project = lab.keystone.projects.first().unwrap();
    let login = ecp(&lab, &lab.saml.mellon_protocol, "bob")
        .project_name(project)
        .project_domain_name(&lab.keystone.domain);
    let token = validated(&lab.keystone.url, &login.build().unwrap()).await;
    let name = format!("bob{}", lab.saml.mellon_suffix);
    assert_token(&token, &name, Some(project));
}

#[tokio::test]
async fn ecp_is_loaded_by_name() {
    let _row = table::row("v3samlpassword", "loaded by name", SHIB, Outcome::Token);
    let lab = federation();
    let user = lab.user("bob").unwrap();
    let options = PluginOptions::new()
        .with("auth_url", lab.keystone.url.as_str())
        .with("identity_provider", lab.saml.identity_provider.as_str())
        .with("protocol", lab.saml.shibboleth_protocol.as_str())
        .with(
            "identity_provider_url",
            lab.saml.identity_provider_url.as_str(),
        )
        .with("username", user.name.as_str())
        .with("password", user.password.as_str());
    let plugin = config::load("v3samlpassword", &options).unwrap();
    assert_token(&validated(&lab.keystone.url, &plugin).await, "bob", None);
}

#[tokio::test]
async fn a_wrong_password_is_refused_by_the_identity_provider() {
    let _row = table::row("v3samlpassword", "wrong password", SHIB, Outcome::Refused);
    let lab = federation();
    for protocol in [&lab.saml.shibboleth_protocol, &lab.saml.mellon_protocol] {
        let login = ecp(&lab, protocol, "alice").password("not-wonderland");
        let error = refusal(&login.build().unwrap(), &["not-wonderland"]).await;
        // SimpleSAMLphp says so by the status of SAML, and HTTP status 200.
        assert_failure(&error, FederationStep::IdentityProvider, "WRONGUSERPASS");
    }
}

#[tokio::test]
async fn a_tampered_assertion_is_refused_by_the_service_provider() {
    let _row = table::row(
        "v3samlpassword",
        "tampered assertion",
        SHIB,
        Outcome::Refused,
    );
    let lab = federation();
    let idp = Proxy::start(&lab.saml.identity_provider_url, |_, body| {
        assert!(body.contains(">alice<"));
        body.replace(">alice<", ">bob<")
    })
    .await;
    for (protocol, reason) in [
        (
            &lab.saml.shibboleth_protocol,
            "signature could not be verified",
        ),
        (&lab.saml.mellon_protocol, "Bad Request"),
    ] {
        let login = ecp(&lab, protocol, "alice")
            .identity_provider_url(idp.address(&lab.saml.identity_provider_url));
        let error = refusal(&login.build().unwrap(), &["wonderland"]).await;
        assert_failure(&error, FederationStep::ServiceProvider, reason);
    }
}

#[tokio::test]
async fn an_identity_provider_that_is_down_is_named() {
    let _row = table::row(
        "v3samlpassword",
        "identity provider down",
        SHIB,
        Outcome::Refused,
    );
    let lab = federation();
    let login = ecp(&lab, &lab.saml.shibboleth_protocol, "alice");
    let login = login.identity_provider_url(&lab.closed_url);
    let error = refusal(&login.build().unwrap(), &["wonderland"]).await;
    assert!(matches!(error, Error::Transport(_)), "{error:?}");
    assert!(error.to_string().contains(&lab.closed_url), "{error}");
    let login = adfs(&lab, "alice").identity_provider_url(&lab.closed_url);
    let error = refusal(&login.build().unwrap(), &["wonderland"]).await;
    assert!(error.to_string().contains(&lab.closed_url), "{error}");
}

#[tokio::test]
async fn an_assertion_for_another_consumer_is_not_handed_over() {
    let _row = table::row(
        "v3samlpassword",
        "consumer URL mismatch",
        SHIB,
        Outcome::Refused,
    );
    let lab = federation();
    let elsewhere = Proxy::start(&lab.keystone.url, |_, body| body).await;
    let stolen = format!("{}/steal", elsewhere.url);
    let idp = Proxy::start(&lab.saml.identity_provider_url, move |_, body| {
        let (before, rest) = body.split_once("AssertionConsumerServiceURL=\"").unwrap();
        let (_, after) = rest.split_once('"').unwrap();
        format!("{before}AssertionConsumerServiceURL=\"{stolen}\"{after}")
    })
    .await;
    for protocol in [&lab.saml.shibboleth_protocol, &lab.saml.mellon_protocol] {
        let login = ecp(&lab, protocol, "alice")
            .identity_provider_url(idp.address(&lab.saml.identity_provider_url));
        let error = refusal(&login.build().unwrap(), &["wonderland"]).await;
        assert_failure(&error, FederationStep::ConsumerAddress, "");
    }
    assert!(elsewhere.lines().is_empty());
}

#[tokio::test]
async fn a_service_provider_that_asks_for_the_assertion_elsewhere_gets_none() {
    let _row = table::row(
        "v3samlpassword",
        "assertion wanted on another host",
        SHIB,
        Outcome::Refused,
    );
    let lab = federation();
    // Its consumer is on the real server, which is another one than the proxy.
    let keystone = Proxy::start(&lab.keystone.url, |_, body| body).await;
    let idp = Proxy::start(&lab.saml.identity_provider_url, |_, body| body).await;
    let user = lab.user("alice").unwrap();
    let moved = "http://service.example/Shibboleth.sso/SAML2/ECP";
    let consumer = move |_: &str, body: String| {
        let (before, rest) = body.split_once("responseConsumerURL=\"").unwrap();
        let (_, after) = rest.split_once('"').unwrap();
        format!("{before}responseConsumerURL=\"{moved}\"{after}")
    };
    let liar = Proxy::start(&lab.keystone.url, consumer).await;
    for server in [&keystone, &liar] {
        let login = Saml2Password::builder(server.address(&lab.keystone.url))
            .identity_provider(&lab.saml.identity_provider)
            .protocol(&lab.saml.shibboleth_protocol)
            .identity_provider_url(idp.address(&lab.saml.identity_provider_url))
            .username(&user.name)
            .password(user.password.as_str());
        let error = refusal(&login.build().unwrap(), &["wonderland"]).await;
        assert_failure(&error, FederationStep::ConsumerAddress, "");
        assert_eq!(server.lines().len(), 1);
    }
    assert!(idp.lines().is_empty(), "no password was sent");
}

#[tokio::test]
async fn a_login_at_the_stand_in_for_adfs_brings_a_token() {
    let _row = table::row("v3adfspassword", "", ADFS, Outcome::Token);
    let lab = federation();
    let project = lab.keystone.projects.first().unwrap();
    let login = adfs(&lab, "alice")
        .project_name(project)
        .project_domain_name(&lab.keystone.domain);
    let token = validated(&lab.keystone.url, &login.build().unwrap()).await;
    assert_token(&token, "alice", Some(project));
}

#[tokio::test]
async fn a_wrong_password_is_refused_by_the_stand_in_for_adfs() {
    let _row = table::row("v3adfspassword", "wrong password", ADFS, Outcome::Refused);
    let lab = federation();
    let login = adfs(&lab, "alice").password("not-wonderland");
    let error = refusal(&login.build().unwrap(), &["not-wonderland"]).await;
    assert_failure(
        &error,
        FederationStep::IdentityProvider,
        "FailedAuthentication",
    );
    let login = adfs(&lab, "alice").service_provider_entity_id("https://elsewhere.example");
    let error = refusal(&login.build().unwrap(), &["wonderland"]).await;
    assert_failure(
        &error,
        FederationStep::IdentityProvider,
        "elsewhere.example",
    );
}

#[tokio::test]
async fn a_tampered_security_token_is_refused_by_the_service_provider() {
    let _row = table::row(
        "v3adfspassword",
        "tampered assertion",
        ADFS,
        Outcome::Refused,
    );
    let lab = federation();
    let adfs_url = &lab.adfs_stand_in.identity_provider_url;
    let sts = Proxy::start(adfs_url, |_, body| {
        assert!(body.contains(">alice<"));
        body.replace(">alice<", ">bob<")
    })
    .await;
    let login = adfs(&lab, "alice").identity_provider_url(sts.address(adfs_url));
    let error = refusal(&login.build().unwrap(), &["wonderland"]).await;
    assert_failure(
        &error,
        FederationStep::ServiceProvider,
        "digest do not match",
    );
}
