//! Where a service's rules come from, and how it follows their changes.

use std::fs;
use std::path::PathBuf;
use std::time::Duration;

use axum::Router;
use http::StatusCode;
use keystone_middleware::sdk::clock::{Clock, SystemClock};
use keystone_middleware::{
    PolicyConfig, RequestContext, Routes, follow_policy_files, policy, reload_policy_files, routing,
};

use super::{behind, get, same, status, tokens};
use crate::log::Log;
use crate::policies;

/// A folder that is removed with the value.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("keystone-it-{}-{name}", std::process::id()));
        fs::create_dir_all(path.join("policy.d")).unwrap();
        Self(path)
    }

    fn write(&self, name: &str, text: &str) -> PathBuf {
        let path = self.0.join(name);
        fs::write(&path, text).unwrap();
        path
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

#[policy("note:create")]
async fn create() -> &'static str {
    "created"
}

fn refused(folder: &Folder, conf: &str) -> String {
    let conf = folder.write("wrong.conf", conf);
    let error = PolicyConfig::from_conf(conf)
        .and_then(|config| config.enforcer(&policies::DEFAULTS))
        .unwrap_err();
    let source = std::error::Error::source(&error).map(ToString::to_string);
    format!("{error}: {}", source.unwrap_or_default())
}

#[tokio::test(start_paused = true)]
async fn files_are_found_beside_the_configuration_and_followed() {
    let log = Log::start();
    let folder = Folder::new("follow");
    let conf = folder.write("proxies.conf", "[DEFAULT]\ndebug = true\n");
    let enforcer = PolicyConfig::from_conf(conf)
        .unwrap()
        .enforcer(&policies::DEFAULTS)
        .unwrap();
    let routes = Routes::new(enforcer.clone()).route("/notes", routing::get(create));
    let app: Router = behind(routes.into_router(), &tokens(), same);
    let response = async || status(&app, get("/notes", "member")).await;
    assert_eq!(response().await, StatusCode::FORBIDDEN);
    assert!(!reload_policy_files(&enforcer).await.unwrap());

    folder.write("policy.d/20-members.yaml", "admin: role:member\n");
    assert!(reload_policy_files(&enforcer).await.unwrap());
    assert_eq!(response().await, StatusCode::OK);

    folder.write("policy.d/30-broken.json", "{\"admin\": \"role:admin or\"}");
    for _ in 0..2 {
        assert!(reload_policy_files(&enforcer).await.is_err());
    }
    assert_eq!(response().await, StatusCode::OK);
    let said = log
        .text()
        .matches("so the current rules stay in force")
        .count();
    assert_eq!(said, 2, "{}", log.text());

    folder.write("policy.d/30-broken.json", "{\"admin\": \"!\"}");
    assert!(reload_policy_files(&enforcer).await.unwrap());
    assert_eq!(response().await, StatusCode::FORBIDDEN);
}

/// Tokio's clock goes on only while everybody waits for it, so what is written after 100 ms of its
/// time falls between the two readings.
async fn meanwhile<T>(look: impl Future<Output = T>, write: impl FnOnce()) -> T {
    let writer = async {
        SystemClock::default()
            .sleep(Duration::from_millis(100))
            .await;
        write();
    };
    tokio::join!(look, writer).0
}

#[tokio::test(start_paused = true)]
async fn a_file_that_is_being_written_opens_no_door() {
    let log = Log::start();
    let folder = Folder::new("written");
    let conf = folder.write("proxies.conf", "[DEFAULT]\n");
    folder.write("policy.yaml", "# none yet\n");
    folder.write("policy.d/10.yaml", "note:create: '!'\nnote:other: '!'\n");
    let enforcer = PolicyConfig::from_conf(conf)
        .unwrap()
        .enforcer(&policies::DEFAULTS)
        .unwrap();
    assert!(
        log.text().contains("policy.yaml` contains no rules"),
        "{}",
        log.text()
    );
    let allows = || {
        let caller = RequestContext::builder().user_id("u").project_id("p");
        let caller = caller.roles(["admin"]).enforcer(&enforcer).build();
        caller.authorize::<policies::note::Create>().is_ok()
    };
    assert!(!allows());

    // Emptied, and whole again before the second reading.
    folder.write("policy.d/10.yaml", "");
    let whole = "note:create: '!'\nadmin: '!'\n";
    let look = meanwhile(reload_policy_files(&enforcer), || {
        folder.write("policy.d/10.yaml", whole);
    });
    assert!(matches!(look.await, Err(policy::Error::Unsettled(_))));
    assert!(
        !allows() && log.text().contains("are being written"),
        "{}",
        log.text()
    );

    // Emptied for good, which a follower sees as well.
    folder.write("policy.d/10.yaml", "");
    let follower = follow_policy_files(enforcer.clone(), Duration::from_secs(1));
    let follower = tokio::spawn(follower);
    SystemClock::default().sleep(Duration::from_secs(3)).await;
    assert!(!allows());
    let said = log
        .text()
        .matches("the rules that were here are gone")
        .count();
    assert!(said >= 2, "{said}: {}", log.text());
    folder.write("policy.d/10.yaml", "{}");
    SystemClock::default().sleep(Duration::from_secs(3)).await;
    assert!(allows());
    let place = "10.yaml:1:1";
    let warning = log
        .text()
        .lines()
        .find(|line| line.contains("was removed"))
        .unwrap()
        .to_owned();
    assert!(
        warning.contains("WARN") && warning.contains("`note:create`") && warning.contains(place),
        "{warning}"
    );
    follower.abort();
}

#[test]
fn the_options_of_oslo_policy_are_read() {
    let folder = Folder::new("options");
    folder.write("rules.yaml", "other: role:member\nunused: '@'\n");
    for name in ["one", "two"] {
        fs::create_dir_all(folder.0.join(name)).unwrap();
    }
    folder.write("one/a", "note:create: '!'\n");
    folder.write("two/a", "note:create: rule:other\n");
    folder.write("two/.hidden", "note:create: '!'\n");
    let conf = folder.write(
        "proxies.conf",
        "[oslo_policy]\npolicy_file = rules.yaml\npolicy_dirs = one\npolicy_dirs = two\n\
         policy_default_rule = other\nenforce_new_defaults = false\nenforce_scope = false\n\
         remote_content_type = application/json\nremote_timeout = 2.5\n",
    );
    let config = PolicyConfig::from_conf(conf).unwrap();
    let enforcer = config.enforcer(&policies::DEFAULTS).unwrap();
    let caller = RequestContext::builder()
        .user_id("u")
        .project_id("p")
        .roles(["member"])
        .enforcer(&enforcer)
        .build();
    assert!(caller.authorize::<policies::note::Create>().is_ok());
    let rules = enforcer.snapshot();
    assert!(rules.enforce("never:declared", &caller, &()).unwrap());
    assert!(rules.authorize("never:declared", &caller, &()).is_err());
    let remote = format!("{:?}", config.remote_checks());
    assert!(
        remote.contains("2.5s") && remote.contains("json: true"),
        "{remote}"
    );
}

#[test]
fn mistakes_stop_the_service_and_are_told_with_their_place() {
    let folder = Folder::new("mistakes");
    for (conf, said) in [
        ("[oslo_policy]\npolicy_fil = x\n", "line 2"),
        ("[oslo_policy]\npolicy_fil = x\n", "`policy_file`"),
        ("[oslo_policy]\nremote_content_type = text\n", "line 2"),
        ("[oslo_policy]\npolicy_file = gone.yaml\n", "gone.yaml"),
        ("[oslo_policy]\npolicy_dirs = wrong.conf\n", "wrong.conf"),
    ] {
        let error = refused(&folder, conf);
        assert!(error.contains(said), "{said}: {error}");
    }
    folder.write("bad.yaml", "note:create:\n  no\n");
    let error = refused(&folder, "[oslo_policy]\npolicy_file = bad.yaml\n");
    assert!(error.contains("bad.yaml:2:3"), "{error}");
}
