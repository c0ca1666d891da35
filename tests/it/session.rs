//! A session and the embedded Keystone: tokens that die, connections that die, addresses that are
//! wrong, and logs that keep quiet.

use http::Method;
use keystone_sdk::auth::{generic, v3};
use keystone_sdk::catalog::EndpointFilter;
use keystone_sdk::config::env::{self, Variables};
use keystone_sdk::config::ini::Ini;
use keystone_sdk::config::{Registry, conf};
use keystone_sdk::error::TransportErrorKind;
use keystone_sdk::session::Call;
use keystone_sdk::{Error, Session};
use keystone_testing::{Fault, Keystone};
use tokio::task::JoinSet;

use crate::auth::stub::Nobody;
use crate::log::Log;

mod adapter;
mod bad_servers;
mod hostile;
mod limits;
mod redaction;
mod redirects;
mod retries;

const PROJECTS: &str = "/v3/projects";
const TOKENS: &str = "/v3/auth/tokens";

fn password(keystone: &Keystone) -> v3::PasswordBuilder {
    let admin = keystone.admin();
    v3::Password::builder(keystone.v3_url())
        .username(admin.username())
        .password(admin.password())
        .user_domain_id(admin.domain_id())
        .project_name(admin.project_name())
        .project_domain_id(admin.domain_id())
}

fn session(keystone: &Keystone) -> Session {
    Session::new(password(keystone).build().unwrap()).unwrap()
}

fn list_projects() -> Call {
    let identity = EndpointFilter::service_type("identity").major_version(3);
    Call::new(Method::GET, "projects").endpoint(identity)
}

/// Sends the call from many tasks at once; their errors.
async fn send_many(session: &Session, tasks: usize, calls: usize) -> Vec<Error> {
    let mut set = JoinSet::new();
    for _ in 0..tasks {
        let session = session.clone();
        set.spawn(async move {
            let mut errors = Vec::new();
            for _ in 0..calls {
                errors.extend(session.send(list_projects()).await.err());
            }
            errors
        });
    }
    set.join_all().await.into_iter().flatten().collect()
}

#[tokio::test]
async fn a_login_and_a_list_are_two_requests() {
    let keystone = Keystone::start().await.unwrap();
    let answer = session(&keystone).send(list_projects()).await.unwrap();
    assert_eq!(answer.status, 200);
    assert_eq!(
        keystone.requests().total(),
        2,
        "{:?}",
        keystone.requests().all()
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn many_tasks_that_meet_a_revoked_token_at_once_log_in_once_and_all_succeed() {
    let keystone = Keystone::start().await.unwrap();
    let session = session(&keystone);
    session.token().await.unwrap();
    let requests = keystone.requests();
    requests.clear();

    // All of them are on their way with the old token before it is revoked.
    let held = keystone.hold("GET", PROJECTS);
    let tasks = {
        let session = session.clone();
        tokio::spawn(async move { send_many(&session, 200, 1).await })
    };
    requests.arrived("GET", PROJECTS, 200).await;
    keystone.revoke_all_tokens();
    drop(held);

    let errors = tasks.await.unwrap();
    assert!(
        errors.is_empty(),
        "{} failed, first: {}",
        errors.len(),
        errors[0]
    );
    assert_eq!(requests.count("POST", TOKENS), 1);
    assert_eq!(requests.count("GET", PROJECTS), 400);
}

#[tokio::test]
async fn a_second_refusal_is_the_answer() {
    let keystone = Keystone::start().await.unwrap();
    let session = session(&keystone);
    keystone.fail_next_at("GET", PROJECTS, 2, Fault::status(401));
    let error = session.send(list_projects()).await.unwrap_err();
    assert_eq!(error.status().unwrap(), 401);
    assert_eq!(keystone.requests().count("GET", PROJECTS), 2);
}

#[tokio::test]
async fn a_refused_post_is_sent_again_for_it_was_not_processed() {
    let keystone = Keystone::start().await.unwrap();
    let session = session(&keystone);
    session.token().await.unwrap();
    keystone.revoke_all_tokens();
    let domain = serde_json::json!({"domain": {"name": "made-once"}});
    let identity = EndpointFilter::service_type("identity");
    let call = Call::new(Method::POST, "domains").endpoint(identity);
    let answer = session.send(call.json(&domain).unwrap()).await.unwrap();
    assert_eq!(answer.status, 201);
    assert_eq!(keystone.requests().count("POST", "/v3/domains"), 2);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn no_call_fails_on_a_server_that_closes_connections_unannounced() {
    let keystone = Keystone::builder().unannounced_close(true);
    let keystone = keystone.start().await.unwrap();
    let errors = send_many(&session(&keystone), 8, 50).await;
    assert!(
        errors.is_empty(),
        "{} failed, first: {}",
        errors.len(),
        errors[0]
    );
    assert_eq!(keystone.requests().count("GET", PROJECTS), 400);
}

#[tokio::test]
async fn a_generic_plugin_finds_the_version_and_an_unscoped_session_the_auth_url() {
    let keystone = Keystone::start().await.unwrap();
    let admin = keystone.admin();
    let auth = generic::Password::builder(keystone.url())
        .username(admin.username())
        .password(admin.password())
        .user_domain_id(admin.domain_id())
        .unscoped()
        .build()
        .unwrap();
    let session = Session::new(auth).unwrap();
    let identity = EndpointFilter::service_type("identity").major_version(3);
    let found = session.endpoint(&identity).await.unwrap();
    assert_eq!(found.url.as_str().trim_end_matches('/'), keystone.v3_url());
    assert_eq!(keystone.requests().count("GET", "/"), 1);
}

#[tokio::test]
async fn variables_and_files_make_sessions_that_work() {
    let keystone = Keystone::start().await.unwrap();
    let (url, admin) = (keystone.v3_url(), keystone.admin());
    let values = [
        ("auth_url", url.as_str()),
        ("username", admin.username()),
        ("password", admin.password()),
        ("project_name", admin.project_name()),
        ("user_domain_id", admin.domain_id()),
        ("project_domain_id", admin.domain_id()),
        ("region_name", "RegionOne"),
        ("interface", "public"),
    ];
    let named = values.map(|(name, value)| (format!("OS_{}", name.to_uppercase()), value));
    let from_env = env::builder(&Variables::given(named), &Registry::builtin());

    let lines = values
        .map(|(name, value)| format!("{name} = {value}\n"))
        .concat();
    let file = format!("[keystone_authtoken]\nauth_type = password\n{lines}");
    let ini = Ini::parse("app.conf", &file).unwrap();
    let section = ini.section("keystone_authtoken").unwrap();
    let nothing = Variables::given::<&str, &str>([]);
    let from_conf = conf::builder(&section, &[], &nothing, &Registry::builtin());

    for builder in [from_env, from_conf] {
        let session = builder.unwrap().build().unwrap();
        session.send(list_projects()).await.unwrap();
    }
}

#[tokio::test]
async fn an_auth_url_where_nothing_listens_is_named() {
    let nobody = Nobody::new();
    let url = format!("{}/v3", nobody.url);
    let auth = v3::Password::builder(&url).user_id("u").password("p");
    let session = Session::new(auth.build().unwrap()).unwrap();
    let error = session.token().await.unwrap_err();
    let Error::Transport(cause) = &error else {
        panic!("{error:?}")
    };
    assert_eq!(cause.kind(), TransportErrorKind::Connect);
    assert!(error.to_string().contains(&url), "{error}");
}

#[tokio::test]
async fn an_auth_url_that_is_no_keystone_is_named_with_a_remedy() {
    let keystone = Keystone::start().await.unwrap();
    let admin = keystone.admin();
    for answer in [
        Fault::body("text/html", "<html><body>Welcome</body></html>"),
        Fault::body("application/json", r#"{"hello": "world"}"#),
        Fault::body("text/plain", "Welcome"),
        Fault::status(404),
    ] {
        let auth = generic::Password::builder(keystone.url())
            .username(admin.username())
            .password(admin.password())
            .user_domain_id(admin.domain_id())
            .build()
            .unwrap();
        keystone.fail_next_at("GET", "/", 1, answer.clone());
        let generic = Session::new(auth).unwrap().token().await.unwrap_err();
        assert!(generic.to_string().contains(&keystone.url()), "{generic}");
        assert!(generic.to_string().contains("check the URL"), "{generic}");

        keystone.fail_next_at("POST", TOKENS, 1, answer);
        let direct = session(&keystone).token().await.unwrap_err();
        for error in [generic, direct] {
            let shown = format!("{error} {error:?}");
            assert!(!shown.contains(admin.password()), "{shown}");
            assert!(!shown.contains("Welcome"), "{shown}");
        }
    }
}

#[tokio::test]
async fn no_log_of_any_level_shows_a_password_or_a_token() {
    let log = Log::start();
    let keystone = Keystone::start().await.unwrap();
    let session = session(&keystone);
    let first = session.token().await.unwrap();
    session.send(list_projects()).await.unwrap();
    keystone.revoke_all_tokens();
    session.send(list_projects()).await.unwrap();
    let second = session.token().await.unwrap();
    keystone.fail_next_at("GET", PROJECTS, 1, Fault::status(503));
    session.send(list_projects()).await.unwrap_err();
    let log = log.text();
    assert!(
        log.contains("x-subject-token") && log.contains(PROJECTS),
        "{log}"
    );
    for secret in [keystone.admin().password(), first.expose(), second.expose()] {
        assert!(!log.contains(secret), "{log}");
    }
}
