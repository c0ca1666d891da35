//! Plugins that need no Keystone, and those that build on the tokens of others.

use axum::http::StatusCode;
use http::{HeaderMap, Method};
use keystone_sdk::auth::fixed::{AdminToken, HttpBasic, NoAuth};
use keystone_sdk::auth::{
    AccessInfoPlugin, AuthPlugin, EndpointFuture, PluginOptions, ServiceToken, Token, TokenFuture,
};
use keystone_sdk::catalog::EndpointFilter;
use keystone_sdk::session::Call;
use keystone_sdk::transport::Transport;
use keystone_sdk::{Error, config};
use keystone_testing::Keystone;

use super::stub::{Seen, Stub};
use super::{password, session};

fn call() -> Call {
    Call::new(Method::GET, "v1/nodes").endpoint(EndpointFilter::service_type("baremetal"))
}

/// What the service saw of one call.
async fn seen(stub: &Stub, auth: impl AuthPlugin + 'static) -> Seen {
    session(auth).send(call()).await.unwrap();
    let seen = stub.last();
    assert_eq!((&*seen.line, &*seen.body), ("GET /base/v1/nodes", ""));
    seen
}

#[tokio::test]
async fn each_fixed_plugin_proves_itself_at_its_endpoint() {
    let stub = Stub::content().await;
    let at = format!("{}/base/", stub.url);

    let none = seen(&stub, NoAuth::at(&at).unwrap()).await;
    assert_eq!(none.header("x-auth-token"), Some("notused"));

    let basic = HttpBasic::new("demo", "s3cr3t").unwrap().at(&at).unwrap();
    let basic = seen(&stub, basic).await;
    assert_eq!(
        basic.header("authorization"),
        Some("Basic ZGVtbzpzM2NyM3Q=")
    );
    assert_eq!(basic.header("x-auth-token"), None);

    let token = seen(&stub, AdminToken::new(&at, "ADMIN").unwrap()).await;
    assert_eq!(token.header("x-auth-token"), Some("ADMIN"));
}

#[tokio::test]
async fn each_fixed_plugin_is_loaded_by_its_name() {
    let stub = Stub::content().await;
    let endpoint = PluginOptions::new().with("endpoint", format!("{}/base", stub.url));
    for (name, options, header) in [
        ("none", endpoint.clone(), "x-auth-token"),
        (
            "http_basic",
            endpoint
                .clone()
                .with("user_name", "u")
                .with("password", "p"),
            "authorization",
        ),
        ("admin_token", endpoint.with("token", "t"), "x-auth-token"),
    ] {
        let seen = seen(&stub, config::load(name, &options).unwrap()).await;
        assert!(seen.headers.contains_key(header), "{name}");
    }
}

#[tokio::test]
async fn a_refusal_is_not_answered_by_the_same_proof_again() {
    let stub = Stub::start(|_| StatusCode::UNAUTHORIZED).await;
    let auth = NoAuth::at(&format!("{}/base", stub.url)).unwrap();
    let error = session(auth).send(call()).await.unwrap_err();
    assert_eq!(error.status(), Some(StatusCode::UNAUTHORIZED));
    assert_eq!(stub.lines(), ["GET /base/v1/nodes"]);
}

#[tokio::test]
async fn a_proof_without_a_token_has_no_token_to_show() {
    let error = session(HttpBasic::new("u", "p").unwrap()).token().await;
    let error = error.unwrap_err();
    assert!(matches!(error, Error::Authentication(_)), "{error:?}");
    assert!(error.to_string().contains("without a token"), "{error}");
}

#[tokio::test]
async fn a_token_from_elsewhere_finds_services_and_is_not_renewed() {
    let keystone = Keystone::start().await.unwrap();
    let admin = keystone.admin();
    let login = session(
        password(&keystone)
            .project_id(admin.project_id())
            .build()
            .unwrap(),
    );
    let (token, access) = (login.token().await.unwrap(), login.access().await.unwrap());
    keystone.requests().clear();

    let auth_url = keystone.v3_url().parse().unwrap();
    let restored = session(AccessInfoPlugin::new(auth_url, token, access));
    let identity = EndpointFilter::service_type("identity");
    let whoami = Call::new(Method::GET, "auth/projects").endpoint(identity);
    assert_eq!(restored.send(whoami.clone()).await.unwrap().status, 200);
    assert_eq!(
        restored.access().await.unwrap().project_id(),
        Some(admin.project_id())
    );

    keystone.revoke_all_tokens();
    let error = restored.send(whoami).await.unwrap_err();
    assert_eq!(error.status(), Some(StatusCode::UNAUTHORIZED));
    assert_eq!(keystone.requests().count("POST", "/v3/auth/tokens"), 0);
}

#[tokio::test]
async fn a_service_calls_in_the_name_of_its_user_and_says_so() {
    let stub = Stub::content().await;
    let user = AdminToken::new(&format!("{}/base", stub.url), "of-the-user").unwrap();
    let service = AdminToken::new("http://127.0.0.1:1", "of-the-service").unwrap();
    let seen = seen(&stub, ServiceToken::new(user, service)).await;
    assert_eq!(seen.header("x-auth-token"), Some("of-the-user"));
    assert_eq!(seen.header("x-service-token"), Some("of-the-service"));
}

#[tokio::test]
async fn a_refusal_renews_the_tokens_of_user_and_service() {
    let keystone = Keystone::start().await.unwrap();
    let project = keystone.admin().project_id();
    let login = || password(&keystone).project_id(project).build().unwrap();
    let both = session(ServiceToken::new(login(), login()));
    let first = both.token().await.unwrap();
    keystone.revoke_all_tokens();
    let identity = EndpointFilter::service_type("identity");
    let whoami = Call::new(Method::GET, "auth/projects").endpoint(identity);
    both.send(whoami).await.unwrap();
    let second = both.token().await.unwrap();
    assert!(!second.is_same(&first));
    let service = |token: &Token| token.service_token().unwrap().expose().to_owned();
    assert_ne!(service(&first), service(&second));
    assert_eq!(keystone.requests().count("POST", "/v3/auth/tokens"), 4);
}

/// A user's plugin that forgets to prove anything.
#[derive(Debug)]
struct Silent(AdminToken);

impl AuthPlugin for Silent {
    fn token<'a>(&'a self, transport: &'a Transport) -> TokenFuture<'a> {
        self.0.token(transport)
    }

    fn endpoint<'a>(
        &'a self,
        transport: &'a Transport,
        filter: &'a EndpointFilter,
    ) -> EndpointFuture<'a> {
        self.0.endpoint(transport, filter)
    }

    fn invalidate(&self, rejected: &Token) -> bool {
        self.0.invalidate(rejected)
    }

    fn headers(&self, _: &Token, _: &mut HeaderMap) -> Result<(), Error> {
        Ok(())
    }
}

#[tokio::test]
async fn no_call_goes_out_in_the_name_of_the_service_alone() {
    let stub = Stub::content().await;
    let at = format!("{}/base", stub.url);
    let token = |text: &str| AdminToken::new(&at, text).unwrap();
    let basic = || HttpBasic::new("u", "p").unwrap();
    let silent = session(ServiceToken::new(Silent(token("u")), token("canary")));
    let tokenless = session(ServiceToken::new(token("u"), basic()));
    for (session, says) in [
        (
            silent,
            "the user's plugin adds no credentials, so the call is not sent",
        ),
        (
            tokenless,
            "the service's plugin has no token, so the call is not sent",
        ),
    ] {
        let error = session.send(call()).await.unwrap_err();
        assert!(matches!(error, Error::Authentication(_)), "{error:?}");
        assert_eq!(error.to_string(), says);
    }
    assert!(stub.seen().is_empty());
}
