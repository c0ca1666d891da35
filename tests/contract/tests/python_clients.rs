//! Python clients that know nothing of us use the embedded Keystone.

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
