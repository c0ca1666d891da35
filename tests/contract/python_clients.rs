//! Python clients that know nothing of us use the embedded Keystone.

use std::io::Write;
use std::process::Stdio;

use keystone_sdk::Session;
use keystone_sdk::auth::{AuthState, v3};
use keystone_sdk::catalog::EndpointFilter;
use keystone_sdk::session::Call;
use keystone_testing::Keystone;
use serde_json::{Value, json};

/// Without the runtime's worker threads the server would wait for the script that waits for it.
#[tokio::test(flavor = "multi_thread")]
async fn keystoneauth1_and_openstacksdk_list_the_projects() {
    let keystone = Keystone::start().await.unwrap();
    let admin = keystone.admin();
    let output = keystone_lab::python("list_projects.py")
        .unwrap()
        .env("OS_AUTH_URL", keystone.url())
        .env("OS_USERNAME", admin.username())
        .env("OS_PASSWORD", admin.password())
        .env("OS_PROJECT_NAME", admin.project_name())
        .env("OS_USER_DOMAIN_ID", admin.domain_id())
        .env("OS_PROJECT_DOMAIN_ID", admin.domain_id())
        .env("OS_REGION_NAME", "RegionOne")
        .output()
        .unwrap();
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{errors}");
    let listed: Value = serde_json::from_slice(&output.stdout).unwrap();
    let projects = json!([admin.project_name()]);
    assert_eq!(
        listed,
        json!({"keystoneauth1": projects, "openstacksdk": projects})
    );
    assert_eq!(keystone.requests().count("GET", "/v3/projects"), 2);
}

const TOKENS: &str = "/v3/auth/tokens";

/// Runs `auth_state.py` with the login of the administrator, but for the password where it shall
/// not log in.
fn auth_state(keystone: &Keystone, action: &str, password: &str, stdin: &str) -> String {
    let admin = keystone.admin();
    let mut child = keystone_lab::python("auth_state.py")
        .unwrap()
        .arg(action)
        .env("OS_AUTH_URL", keystone.v3_url())
        .env("OS_USERNAME", admin.username())
        .env("OS_PASSWORD", password)
        .env("OS_PROJECT_NAME", admin.project_name())
        .env("OS_USER_DOMAIN_ID", admin.domain_id())
        .env("OS_PROJECT_DOMAIN_ID", admin.domain_id())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut input = child.stdin.take().unwrap();
    input.write_all(stdin.as_bytes()).unwrap();
    drop(input);
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success());
    String::from_utf8(output.stdout).unwrap()
}

fn login(keystone: &Keystone, password: &str) -> Session {
    let admin = keystone.admin();
    let auth = v3::Password::builder(keystone.v3_url())
        .username(admin.username())
        .password(password)
        .user_domain_id(admin.domain_id())
        .project_name(admin.project_name())
        .project_domain_id(admin.domain_id());
    Session::new(auth.build().unwrap()).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn keystoneauth1_takes_up_a_login_of_ours() {
    let keystone = Keystone::start().await.unwrap();
    let session = login(&keystone, keystone.admin().password());
    session.token().await.unwrap();
    let state = session.auth().auth_state().unwrap().to_json();
    let response = auth_state(&keystone, "restore", "wrong", state.expose());
    let response: Value = serde_json::from_str(&response).unwrap();
    assert_eq!(response["user_id"], keystone.admin().user_id());
    assert_eq!(response["project_id"], keystone.admin().project_id());
    assert_eq!(
        response["projects"],
        json!([keystone.admin().project_name()])
    );
    // What it would keep of it is a state for us again.
    let again = AuthState::from_json(response["state"].as_str().unwrap().as_bytes()).unwrap();
    assert!(again.is_of(&session.token().await.unwrap().expose().into()));
    assert_eq!(keystone.requests().count("POST", TOKENS), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn we_take_up_a_login_of_keystoneauth1() {
    let keystone = Keystone::start().await.unwrap();
    let password = keystone.admin().password().to_owned();
    let state = auth_state(&keystone, "save", &password, "");
    let session = login(&keystone, "wrong");
    let state = AuthState::from_json(state.as_bytes()).unwrap();
    let clock = session.transport().clock();
    assert!(session.auth().set_auth_state(state, clock));
    let identity = EndpointFilter::service_type("identity").major_version(3);
    let call = Call::get("projects").endpoint(identity);
    let response: Value = session.send(call).await.unwrap().json().unwrap();
    assert_eq!(
        response["projects"][0]["name"],
        keystone.admin().project_name()
    );
    assert_eq!(keystone.requests().count("POST", TOKENS), 1);
}
