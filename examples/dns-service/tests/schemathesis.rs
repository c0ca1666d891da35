//! What schemathesis makes of the document that the service serves: it finds no failure of the
//! service, no response that the document does not declare, and no request that the document forbids
//! and the service accepts.
#![expect(clippy::unwrap_used, reason = "a test fails where it unwraps")]

use dns_service::{Cloud, app, policies};
use keystone_middleware::policy::Enforcer;
use keystone_sdk::Session;
use keystone_sdk::session::Call;
use serde_json::{Value, json};
use tokio::net::TcpListener;

// Without the runtime's worker threads the servers would wait for the script that waits for them.

/// The zone stays: schemathesis would delete it before it has tried the rest. To an administrator it
/// exists also when it was transferred.
#[tokio::test(flavor = "multi_thread")]
async fn requests_of_an_administrator_about_a_zone_find_nothing_undeclared() {
    let stage = Stage::set().await;
    let admin = stage.cloud.admin().unwrap();
    let zone = json!({"zone": {"name": "example.org.", "email": "a@example.org"}});
    let zone = stage.create(&admin, "/v2/zones", zone).await;
    let path = format!("/v2/zones/{zone}/recordsets");
    let address =
        json!({"recordset": {"name": "example.org.", "type": "A", "records": ["10.0.0.1"]}});
    let recordset = stage.create(&admin, &path, address).await;
    let ids = json!({"zone_id": zone, "recordset_id": recordset});
    let options = ["--exclude-method", "DELETE"];
    stage.hold(Some(admin), &ids, &options, 16).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn requests_of_a_member_find_nothing_undeclared() {
    let stage = Stage::set().await;
    let project = stage.cloud.project("demo").await.unwrap();
    let member = stage.cloud.user("alice", "member", &project).await.unwrap();
    stage.hold(Some(member), &json!({}), &[], 18).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn requests_without_a_token_find_nothing_undeclared() {
    let stage = Stage::set().await;
    stage.hold(None, &json!({}), &[], 18).await;
}

/// The service on a Keystone of its own.
struct Stage {
    cloud: Cloud,
    url: String,
}

impl Stage {
    async fn set() -> Self {
        let cloud = Cloud::start().await.unwrap();
        let enforcer = Enforcer::builder(&policies::DEFAULTS).build().unwrap();
        let app = app(cloud.config().unwrap(), enforcer).unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        // It ends with the runtime of the test.
        tokio::spawn(async move { axum::serve(listener, app).await });
        Self { cloud, url }
    }

    /// Makes an object, and returns its id.
    async fn create(&self, session: &Session, path: &str, body: Value) -> String {
        let call = Call::post(format!("{}{path}", self.url));
        let response = session.send(call.json(&body).unwrap()).await.unwrap();
        let body: Value = serde_json::from_slice(&response.body).unwrap();
        let mut objects = body.as_object().unwrap().values();
        objects.next().unwrap()["id"].as_str().unwrap().to_owned()
    }

    /// Has schemathesis try the operations, of which it counts `operations`: a HEAD beside each GET,
    /// and one for all actions on a path.
    async fn hold(
        &self,
        caller: Option<Session>,
        ids: &Value,
        options: &[&str],
        operations: usize,
    ) {
        let mut script = keystone_lab::python("hold_service.py").unwrap();
        script.arg(format!("{}/docs/openapi.json", self.url));
        script.args(options);
        script.env("SERVICE_IDS", ids.to_string());
        if let Some(session) = caller {
            script.env("SERVICE_TOKEN", session.token().await.unwrap().expose());
        }
        let output = script.output().unwrap();
        let found = String::from_utf8_lossy(&output.stdout);
        let errors = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{found}{errors}");
        assert!(
            found.contains(&format!("Tested: {operations}\n")),
            "{found}"
        );
    }
}
