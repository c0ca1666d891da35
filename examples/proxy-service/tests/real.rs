//! The example on a real Keystone, and real Python clients at the example.
#![expect(clippy::unwrap_used, reason = "a test fails where it unwraps")]

use std::process::Command;

use keystone_lab::RealKeystone;
use keystone_middleware::sdk::config::ini::Ini;
use keystone_middleware::sdk::identity::v3::Client;
use proxy_service::cloud::Cloud;
use proxy_service::server::{self, Server};
use proxy_service::world::{PROJECT, Person, World};
use tokio::net::TcpListener;

const STORY: &str = include_str!("demo.txt");

#[test]
fn the_demo_tells_the_same_story_on_a_real_keystone() {
    let keystone = RealKeystone::from_env().unwrap();
    let output = Command::new(env!("CARGO_BIN_EXE_proxy-service"))
        .args(["--demo", "--auth-url", &keystone.url])
        .env("OS_USERNAME", &keystone.username)
        .env("OS_PASSWORD", &keystone.password)
        .env("OS_PROJECT_NAME", &keystone.project)
        .env("OS_USER_DOMAIN_ID", "default")
        .env("OS_PROJECT_DOMAIN_ID", "default")
        .env_remove("RUST_LOG")
        .output()
        .unwrap();
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{errors}");
    assert_eq!(String::from_utf8_lossy(&output.stdout), STORY);
}

#[tokio::test]
async fn a_world_in_a_real_keystone_is_removed_whole() {
    let cloud = real_cloud();
    let world = World::create(&cloud).await.unwrap();
    world.register("http://127.0.0.1:9").await.unwrap();
    let name = world.name().to_owned();
    world.remove().await.unwrap();

    let identity = Client::new(cloud.admin());
    assert!(
        identity
            .domains()
            .find_by_name(&name)
            .await
            .unwrap()
            .is_none()
    );
    let services = identity
        .services()
        .list()
        .name(name.as_str())
        .send()
        .await
        .unwrap();
    assert_eq!(services.into_items().len(), 0);
}

/// Without the runtime's worker threads the servers would wait for the script that waits for them.
#[tokio::test(flavor = "multi_thread")]
async fn python_clients_call_the_service_with_tokens_of_the_embedded_keystone() {
    let cloud = Cloud::embedded().await.unwrap();
    python_clients_call_the_service(&cloud).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn python_clients_call_the_service_with_tokens_of_a_real_keystone() {
    python_clients_call_the_service(&real_cloud()).await;
}

async fn python_clients_call_the_service(cloud: &Cloud) {
    let world = World::create(cloud).await.unwrap();
    let ini = Ini::parse("test", &world.service_configuration()).unwrap();
    let app = server::app(&ini).await.unwrap();
    let server = Server::start(app, TcpListener::bind("127.0.0.1:0").await.unwrap()).unwrap();
    world.register(&server.url()).await.unwrap();

    let admin = serde_json::json!({
        "keystoneclient": {"find": 200},
        "keystoneauth1": {
            "list": 200, "create": 201, "anonymous": 401, "taken": 409, "update": 200,
            "note": "second", "delete": 204, "gone": 404,
        },
        "openstacksdk": {
            "create": ["sdk.alice.example.org", ["http://10.0.0.1"], "first"], "list": true,
            "update": "second", "show": "second", "gone": 404,
        },
    });
    assert_eq!(called(cloud, &world, world.admin()), admin);
    let member = serde_json::json!({
        // Keystone lists its services for administrators; others have the catalog.
        "keystoneclient": {"find": 403},
        "keystoneauth1": {"list": 200, "create": 403, "anonymous": 401},
        "openstacksdk": {"list": 0, "create": 403},
    });
    assert_eq!(called(cloud, &world, world.member()), member);
    server.stop().await.unwrap();
    world.remove().await.unwrap();
}

/// What Python clients see.
fn called(cloud: &Cloud, world: &World, person: &Person) -> serde_json::Value {
    let output = keystone_lab::python("call_proxies.py")
        .unwrap()
        .env("OS_AUTH_URL", cloud.auth_url())
        .env("OS_USERNAME", person.name())
        .env("OS_PASSWORD", person.password().expose())
        .env("OS_PROJECT_NAME", PROJECT)
        .env("OS_USER_DOMAIN_NAME", world.name())
        .env("PROXIES_SERVICE", world.name())
        .env("OS_PROJECT_DOMAIN_NAME", world.name())
        .output()
        .unwrap();
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{errors}");
    serde_json::from_slice(&output.stdout).unwrap()
}

fn real_cloud() -> Cloud {
    let keystone = RealKeystone::from_env().unwrap();
    let text = format!(
        "[admin]\nauth_type = password\nauth_url = {}\nusername = {}\npassword = {}\n\
         project_name = {}\nuser_domain_id = default\nproject_domain_id = default\n",
        keystone.url, keystone.username, keystone.password, keystone.project
    );
    Cloud::configured(&Ini::parse("test", &text).unwrap()).unwrap()
}
