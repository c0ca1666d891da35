//! Logging in: methods and scopes at the embedded Keystone, many tasks at once, loading by name.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use futures_util::future::{join_all, poll_immediate};
use keystone_sdk::auth::{AuthPlugin, PluginOptions, generic, v3};
use keystone_sdk::config;
use keystone_sdk::{Error, Session};
use keystone_testing::{Fault, Keystone};
use tokio::sync::Barrier;
use tokio::task::JoinSet;

mod answers;
pub(crate) mod browser;
mod federation;
mod fixed;
mod mechanisms;
mod oauth2;
mod receipts;
mod registry;
pub(crate) mod stub;
mod v2;

const TOKENS: &str = "/v3/auth/tokens";

async fn keystone() -> Keystone {
    Keystone::start().await.unwrap()
}

fn password(keystone: &Keystone) -> v3::PasswordBuilder {
    let admin = keystone.admin();
    v3::Password::builder(keystone.v3_url())
        .username(admin.username())
        .user_domain_id(admin.domain_id())
        .password(admin.password())
}

fn session(auth: impl AuthPlugin + 'static) -> Session {
    Session::new(auth).unwrap()
}

#[tokio::test]
async fn each_scope_is_granted_as_it_was_asked_for() {
    let keystone = keystone().await;
    let admin = keystone.admin();
    let (project, domain) = (admin.project_name(), admin.domain_name());
    let login = |builder: v3::PasswordBuilder| async move {
        session(builder.build().unwrap()).access().await.unwrap()
    };

    let by_name = password(&keystone)
        .project_name(project)
        .project_domain_name(domain);
    let access = login(by_name).await;
    assert_eq!(access.project_id(), Some(admin.project_id()));
    assert!(access.has_role("admin") && access.catalog.is_some());

    let by_id = login(password(&keystone).project_id(admin.project_id())).await;
    assert_eq!(by_id.project_name(), Some(project));

    assert!(
        login(password(&keystone).system_scope())
            .await
            .is_system_scoped()
    );
    assert!(!login(password(&keystone).unscoped()).await.is_scoped());

    let bare = password(&keystone)
        .project_id(admin.project_id())
        .include_catalog(false);
    assert!(login(bare).await.catalog.is_none());
}

#[tokio::test]
async fn a_scope_without_a_role_is_refused_by_name() {
    let keystone = keystone().await;
    let auth = password(&keystone).domain_id("default").build().unwrap();
    let error = session(auth).token().await.unwrap_err();
    assert!(matches!(error, Error::Authentication(_)), "{error:?}");
    let text = error.to_string();
    assert!(
        text.contains("by `password` for domain `default`"),
        "{text}"
    );
}

#[tokio::test]
async fn a_token_is_exchanged_for_one_in_another_scope() {
    let keystone = keystone().await;
    let admin = keystone.admin();
    let unscoped = session(password(&keystone).unscoped().build().unwrap());
    let token = unscoped.token().await.unwrap();
    let auth = v3::Token::builder(keystone.v3_url())
        .token(token.expose())
        .project_id(admin.project_id())
        .build()
        .unwrap();
    let access = session(auth).access().await.unwrap();
    assert_eq!(access.project_id(), Some(admin.project_id()));
    assert_eq!(access.methods, ["password", "token"]);
}

#[tokio::test]
async fn generic_plugins_find_the_api_from_the_root() {
    let keystone = keystone().await;
    let admin = keystone.admin();
    let auth = generic::Password::builder(keystone.url())
        .username(admin.username())
        .password(admin.password())
        .default_domain_id(admin.domain_id())
        .project_name(admin.project_name())
        .build()
        .unwrap();
    let access = session(auth).access().await.unwrap();
    assert_eq!(access.project_name(), Some(admin.project_name()));
    let seen: Vec<_> = keystone.requests().all();
    let seen: Vec<_> = seen.iter().map(|one| (&*one.method, &*one.path)).collect();
    assert_eq!(seen, [("GET", "/"), ("POST", TOKENS)]);
}

/// What 200 tasks get from one plugin that they ask at once.
async fn crowd(session: &Session) -> Vec<Result<String, Error>> {
    let gate = Arc::new(Barrier::new(200));
    let mut tasks = JoinSet::new();
    for _ in 0..200 {
        let (session, gate) = (session.clone(), Arc::clone(&gate));
        tasks.spawn(async move {
            gate.wait().await;
            session.token().await.map(|token| token.expose().to_owned())
        });
    }
    tasks.join_all().await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_crowd_without_a_token_logs_in_once() {
    let keystone = keystone().await;
    let session = session(password(&keystone).build().unwrap());
    let tokens = crowd(&session).await;
    let distinct: BTreeSet<_> = tokens.into_iter().map(Result::unwrap).collect();
    assert_eq!(distinct.len(), 1);
    assert_eq!(keystone.requests().count("POST", TOKENS), 1);
}

#[tokio::test]
async fn a_crowd_with_a_wrong_password_is_refused_by_one_login() {
    let keystone = keystone().await;
    let session = session(password(&keystone).password("wrong").build().unwrap());
    let mut asking: Vec<_> = (0..200).map(|_| Box::pin(session.token())).collect();
    // Each has asked before the first can be answered: who asks later deserves another try.
    for one in &mut asking {
        assert!(poll_immediate(one).await.is_none());
    }
    let refused = join_all(asking).await;
    let all = refused
        .iter()
        .all(|one| matches!(one, Err(Error::Authentication(_))));
    assert!(all, "{:?}", refused.first());
    assert_eq!(keystone.requests().count("POST", TOKENS), 1);

    assert!(session.token().await.is_err());
    assert_eq!(keystone.requests().count("POST", TOKENS), 2);
}

#[tokio::test]
async fn a_login_that_is_dropped_half_way_is_taken_over() {
    let keystone = keystone().await;
    let session = session(password(&keystone).build().unwrap());
    let held = keystone.hold("POST", TOKENS);
    let requests = keystone.requests();
    tokio::select! {
        _ = session.token() => panic!("the answer is held back"),
        () = requests.arrived("POST", TOKENS, 1) => {}
    }
    drop(held);
    assert!(session.token().await.is_ok());
    assert_eq!(requests.count("POST", TOKENS), 2);
}

#[tokio::test]
async fn a_token_is_renewed_before_it_ends_by_the_clock_that_is_given() {
    let clock = keystone_sdk::clock::ManualClock::new(jiff::Timestamp::UNIX_EPOCH);
    let keystone = keystone().await;
    let session = Session::builder(password(&keystone).build().unwrap());
    let session = session.clock(clock.clone()).build().unwrap();
    let first = session.token().await.unwrap();
    clock.advance(Duration::from_secs(3600 - 121));
    assert!(session.token().await.unwrap().is_same(&first));
    clock.advance(Duration::from_secs(2));
    assert!(!session.token().await.unwrap().is_same(&first));
    assert_eq!(keystone.requests().count("POST", TOKENS), 2);
}

#[tokio::test]
async fn an_outage_during_renewal_is_not_noticed() {
    let clock = keystone_sdk::clock::ManualClock::new(jiff::Timestamp::UNIX_EPOCH);
    let keystone = keystone().await;
    let session = Session::builder(password(&keystone).build().unwrap());
    let session = session.clock(clock.clone()).build().unwrap();
    let first = session.token().await.unwrap();
    clock.advance(Duration::from_secs(3500));
    keystone.fail_next_at("POST", TOKENS, 1, Fault::status(503));
    assert!(session.token().await.unwrap().is_same(&first));
    assert_eq!(keystone.requests().count("POST", TOKENS), 2);
}

#[tokio::test]
async fn a_plugin_is_loaded_by_its_name() {
    let keystone = keystone().await;
    let admin = keystone.admin();
    let options = PluginOptions::new()
        .with("auth_url", keystone.v3_url())
        .with("username", admin.username())
        .with("password", admin.password())
        .with("user_domain_name", admin.domain_name())
        .with("project_id", admin.project_id());
    let plugin = config::load("v3password", &options).unwrap();
    let access = session(plugin).access().await.unwrap();
    assert_eq!(access.username(), "admin");
}

#[tokio::test]
async fn a_method_of_ones_own_logs_in_by_builder_in_company_and_by_name() {
    let lines = custom_auth_method::tour().await.unwrap();
    let [by_builder, in_company, by_name, wrong] = lines.as_slice() else {
        panic!("{lines:?}")
    };
    assert_eq!(by_builder, "by builder: admin in admin, methods pin");
    assert!(
        in_company.ends_with("methods pin and password"),
        "{in_company}"
    );
    assert_eq!(by_name, "by name: admin in no project, methods pin");
    assert!(
        wrong.contains("Keystone refused the login by `pin`"),
        "{wrong}"
    );
}

#[test]
fn a_method_of_ones_own_takes_twelve_lines() {
    let source = include_str!("../../examples/custom-auth-method/src/pin.rs");
    let lines = source.lines().filter(|line| !line.trim().is_empty());
    assert_eq!(lines.count(), 12);
}
