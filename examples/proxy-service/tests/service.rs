//! The program as its user sees it, with the embedded Keystone.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};

use http::{HeaderName, Method};
use keystone_middleware::sdk::config::ini::Ini;
use keystone_middleware::sdk::transport::{Request, Transport};
use proxy_service::client::{Client, ProxyCreate};
use proxy_service::cloud::Cloud;
use proxy_service::server::{self, Server};
use proxy_service::world::World;
use tokio::net::TcpListener;

const STORY: &str = include_str!("demo.txt");

fn program() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_proxy-service"));
    for variable in ["OS_AUTH_URL", "OS_USERNAME", "OS_PASSWORD", "RUST_LOG"] {
        command.env_remove(variable);
    }
    command
}

#[test]
fn the_demo_tells_who_did_what_and_why() {
    let output = program().arg("--demo").output().unwrap();
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{errors}");
    assert_eq!(
        String::from_utf8_lossy(&output.stdout),
        STORY,
        "tests/demo.txt tells another"
    );
}

#[test]
fn an_address_that_is_not_a_keystone_ends_the_program_with_a_remedy() {
    let output = program()
        .args(["--demo", "--auth-url", "http://127.0.0.1:1/v3"])
        .env("OS_USERNAME", "admin")
        .env("OS_PASSWORD", "canary")
        .env("OS_USER_DOMAIN_ID", "default")
        .output()
        .unwrap();
    let errors = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(1));
    assert!(errors.contains("http://127.0.0.1:1/v3"), "{errors}");
    assert!(errors.contains("check the URL"), "{errors}");
    assert!(!errors.contains("canary"), "{errors}");
}

/// Ends the program when the test ends, however it ends.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[tokio::test]
async fn without_a_demo_it_serves_and_prints_lines_to_paste() {
    let mut running = Running(
        program()
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap(),
    );
    let mut lines = BufReader::new(running.0.stdout.take().unwrap())
        .lines()
        .map(Result::unwrap);
    let mut printed = Vec::new();
    for line in lines.by_ref() {
        let last = line.starts_with("Ctrl-C");
        printed.push(line);
        if last {
            break;
        }
    }
    let value = |name: &str| {
        printed
            .iter()
            .find_map(|line| line.strip_prefix(name))
            .unwrap()
            .to_owned()
    };
    let address = value("Serving on ");
    let url = format!("{}/v1/proxies", address.split(',').next().unwrap());
    let transport = Transport::builder().build().unwrap();
    let list = async |token: String| {
        let (name, token) = (
            HeaderName::from_static("x-auth-token"),
            token.parse().unwrap(),
        );
        let request = Request::new(Method::GET, url.parse().unwrap()).header(name, token);
        transport.send(request).await.unwrap().status
    };
    assert_eq!(list(value("BOB=")).await, 200);
    assert_eq!(list(value("ALICE=")).await, 200);
    assert_eq!(list("invented".to_owned()).await, 401);
    assert!(
        printed.iter().any(|line| line.starts_with("curl ")),
        "{printed:?}"
    );
}

#[tokio::test]
async fn an_operators_rule_replaces_the_compiled_one() {
    let cloud = Cloud::embedded().await.unwrap();
    let world = World::create(&cloud).await.unwrap();
    let folder = std::env::temp_dir().join(format!("{}-{}", world.name(), std::process::id()));
    std::fs::create_dir(&folder).unwrap();
    let rules = folder.join("policy.yaml");
    std::fs::write(&rules, "\"admin\": \"role:member and not role:admin\"\n").unwrap();
    let text = format!(
        "{}[oslo_policy]\npolicy_file = {}\n",
        world.service_configuration(),
        rules.display()
    );
    let app = server::app(&Ini::parse("test", &text).unwrap())
        .await
        .unwrap();
    std::fs::remove_dir_all(&folder).unwrap();
    let server = Server::start(app, TcpListener::bind("127.0.0.1:0").await.unwrap()).unwrap();
    world.register(&server.url()).await.unwrap();

    let new = || ProxyCreate::new("www.example.org", ["http://10.0.0.5:8080"]);
    let member = Client::new(&world.session(world.member()).unwrap());
    assert_eq!(
        member.proxies().create(new()).await.unwrap().domain,
        "www.example.org"
    );
    let admin = Client::new(&world.session(world.admin()).unwrap());
    let refused = admin.proxies().create(new()).await.unwrap_err();
    assert_eq!(refused.status().unwrap(), 403);
    server.stop().await.unwrap();
}

#[tokio::test]
async fn a_list_is_filtered_by_the_policy_of_another_operation() {
    let cloud = Cloud::embedded().await.unwrap();
    let world = World::create(&cloud).await.unwrap();
    let ini = Ini::parse("test", &world.service_configuration()).unwrap();
    let app = server::app(&ini).await.unwrap();
    let server = Server::start(app, TcpListener::bind("127.0.0.1:0").await.unwrap()).unwrap();
    world.register(&server.url()).await.unwrap();

    let here = Client::new(&world.session(world.admin()).unwrap());
    let elsewhere = Client::new(&world.session_elsewhere(world.admin()).unwrap());
    let member = Client::new(&world.session(world.member()).unwrap());
    let none: [&str; 0] = [];
    let create = |client: &Client, domain| client.proxies().create(ProxyCreate::new(domain, none));
    create(&here, "here.example.org").await.unwrap();
    create(&elsewhere, "elsewhere.example.org").await.unwrap();

    assert_eq!(here.proxies().list().all().await.unwrap().len(), 2);
    let editable = here.proxies().list().editable(true).all().await.unwrap();
    let domains: Vec<_> = editable.iter().map(|proxy| proxy.domain.as_str()).collect();
    assert_eq!(domains, ["here.example.org"]);
    assert!(
        member
            .proxies()
            .list()
            .editable(true)
            .all()
            .await
            .unwrap()
            .is_empty()
    );
    server.stop().await.unwrap();
}

#[tokio::test]
async fn the_configuration_that_ships_is_understood() {
    let text = include_str!("../etc/proxy-service.conf");
    assert!(
        server::app(&Ini::parse("etc/proxy-service.conf", text).unwrap())
            .await
            .is_ok()
    );
}

#[tokio::test]
async fn a_misspelt_option_is_named_with_its_line_and_the_near_name() {
    let text = include_str!("../etc/proxy-service.conf").replace("username", "usrname");
    let error = server::app(&Ini::parse("proxy.conf", &text).unwrap())
        .await
        .unwrap_err()
        .to_string();
    assert!(error.contains("`usrname` (proxy.conf, line "), "{error}");
    assert!(error.contains("`username`"), "{error}");
    assert!(!error.contains("change-me"), "{error}");
}

#[tokio::test]
async fn what_came_with_a_microversion_is_asked_for_as_it_is_used() {
    let cloud = Cloud::embedded().await.unwrap();
    let world = World::create(&cloud).await.unwrap();
    let ini = Ini::parse("test", &world.service_configuration()).unwrap();
    let app = server::app(&ini).await.unwrap();
    let server = Server::start(app, TcpListener::bind("127.0.0.1:0").await.unwrap()).unwrap();
    world.register(&server.url()).await.unwrap();

    let client = Client::new(&world.session(world.admin()).unwrap());
    let none: [&str; 0] = [];
    let new = ProxyCreate::new("www.example.org", none).note("first");
    let made = client.proxies().create(new).await.unwrap();
    assert_eq!(made.note.as_deref(), Some("first"));
    let seen = |note: Option<String>| note.as_deref() == Some("first");
    // Nothing of 1.1 is asked for here, so nothing of it is answered.
    assert!(!seen(client.proxies().get(&made.id).await.unwrap().note));
    let latest = client.proxies().get(&made.id).microversion("latest").await;
    assert!(seen(latest.unwrap().note));
    let older = client.microversion("1.1");
    assert!(seen(older.proxies().get(&made.id).await.unwrap().note));

    let error = older.proxies().list().editable(true).all().await;
    let error = error.unwrap_err().to_string();
    assert!(
        error.contains("the parameter `editable` needs microversion 1.2"),
        "{error}"
    );
    let later = client.proxies().list().microversion("1.3").all().await;
    assert_eq!(later.unwrap_err().status().unwrap(), 406);
    server.stop().await.unwrap();
}
