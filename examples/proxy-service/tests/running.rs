//! A running service, over HTTP: what comes of its storage, and how it ends.
#![expect(clippy::unwrap_used, reason = "a test fails where it unwraps")]

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use http::{HeaderName, HeaderValue, Method};
use keystone_middleware::sdk::Session;
use keystone_middleware::sdk::config::ini::Ini;
use keystone_middleware::sdk::transport::{Request, Retries, Transport};
use proxy_service::cloud::Cloud;
use proxy_service::server::{self, App, Server};
use proxy_service::world::World;
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tracing::subscriber::DefaultGuard;

/// The service on the embedded Keystone, as an application to serve and somebody to call it.
struct Stage {
    _cloud: Cloud,
    world: World,
}

impl Stage {
    async fn set() -> Self {
        let cloud = Cloud::embedded().await.unwrap();
        let world = World::create(&cloud).await.unwrap();
        Self {
            _cloud: cloud,
            world,
        }
    }

    async fn app(&self) -> App {
        let ini = Ini::parse("test", &self.world.service_configuration()).unwrap();
        server::app(&ini).await.unwrap()
    }

    async fn admin(&self, server: &Server) -> Caller {
        let session: Session = self.world.session(self.world.admin()).unwrap();
        Caller {
            url: server.url(),
            token: session.token().await.unwrap().header(),
        }
    }
}

/// Calls without a typed client, which would not send what these tests do.
struct Caller {
    url: String,
    token: HeaderValue,
}

impl Caller {
    async fn call(&self, method: Method, path: &str, body: Option<Value>) -> (u16, Value) {
        let url = format!("{}{path}", self.url).parse().unwrap();
        let mut request = Request::new(method, url)
            .header(HeaderName::from_static("x-auth-token"), self.token.clone())
            .header(
                HeaderName::from_static("openstack-api-version"),
                HeaderValue::from_static("proxy 1.2"),
            );
        if let Some(body) = body {
            request = request.json(&body).unwrap();
        }
        // 503 is not tried again.
        let transport = Transport::builder()
            .retries(Retries::new().status(0))
            .build()
            .unwrap();
        let response = transport.send(request).await.unwrap();
        let body = serde_json::from_slice(&response.body).unwrap_or_default();
        (response.status.as_u16(), body)
    }

    async fn get(&self, path: &str) -> (u16, Value) {
        self.call(Method::GET, path, None).await
    }

    async fn create(&self, domain: &str) -> (u16, Value) {
        let body = json!({"proxy": {"domain": domain, "backends": [], "note": "n"}});
        self.call(Method::POST, "/v1/proxies", Some(body)).await
    }
}

async fn start(app: App) -> Server {
    Server::start(app, TcpListener::bind("127.0.0.1:0").await.unwrap()).unwrap()
}

#[tokio::test]
async fn a_list_is_cut_into_pages_that_are_linked() {
    let stage = Stage::set().await;
    let server = start(stage.app().await).await;
    let admin = stage.admin(&server).await;
    for number in 0..5 {
        assert_eq!(admin.create(&format!("{number}.example")).await.0, 201);
    }
    let (mut domains, mut pages) = (Vec::new(), Vec::new());
    let mut next = Some("/v1/proxies?limit=2&editable=".to_owned());
    while let Some(path) = next {
        let (status, body) = admin.get(&path).await;
        assert_eq!(status, 200, "{body}");
        let proxies = body["proxies"].as_array().unwrap();
        pages.push(proxies.len());
        domains.extend(
            proxies
                .iter()
                .map(|proxy| proxy["domain"].as_str().unwrap().to_owned()),
        );
        next = body["links"]["next"].as_str().map(|link| {
            let path = link.find("/v1/").unwrap();
            link[path..].to_owned()
        });
        let has = |part| next.as_ref().is_none_or(|next| next.contains(part));
        assert!(
            has("limit=2") && has("marker=") && has("editable="),
            "{next:?}"
        );
    }
    assert_eq!(pages, [2, 2, 1]);
    domains.sort();
    domains.dedup();
    assert_eq!(domains.len(), 5);
    for (path, message) in [
        (
            "/v1/proxies?limit=x",
            "the query parameter `limit`: invalid value: string \"x\", expected a whole number from 1.",
        ),
        (
            "/v1/proxies?marker=x",
            "There is no proxy with the id in `marker`.",
        ),
        (
            "/v1/proxies?marker=%00",
            "There is no proxy with the id in `marker`.",
        ),
    ] {
        let (status, body) = admin.get(path).await;
        assert_eq!(
            (status, &body["error"]["message"]),
            (400, &json!(message)),
            "{path}"
        );
    }
    assert_eq!(admin.get("/v1/proxies?limit=99999999999").await.0, 400);
    assert_eq!(admin.get("/v1/proxies?limit=4294967295").await.0, 200);
    server.stop().await.unwrap();
}

#[tokio::test]
async fn what_the_storage_refuses_is_the_callers_mistake() {
    let stage = Stage::set().await;
    let server = start(stage.app().await).await;
    let admin = stage.admin(&server).await;
    let (status, made) = admin.create("a.example").await;
    assert_eq!(status, 201);
    let (status, body) = admin.create("a.example").await;
    assert_eq!(status, 409);
    assert_eq!(body["error"]["title"], "Conflict");
    let (status, body) = admin.create("\0").await;
    assert_eq!(status, 400);
    let nul = "`domain` has a NUL character, which cannot be stored.";
    assert_eq!(body["error"]["message"], nul);
    assert_eq!(admin.get("/v1/proxies?domain=%00").await, (400, body));
    assert_eq!(admin.get("/v1/proxies/%00").await.0, 404);
    let path = format!("/v1/proxies/{}", made["proxy"]["id"].as_str().unwrap());
    let change = json!({"proxy": {"note": "\0"}});
    let (status, body) = admin.call(Method::PATCH, &path, Some(change)).await;
    assert_eq!(status, 400);
    assert!(
        body["error"]["message"]
            .as_str()
            .unwrap()
            .starts_with("`note` has a NUL")
    );
    server.stop().await.unwrap();
}

#[tokio::test]
async fn a_storage_that_is_gone_is_503_and_logged_and_nothing_of_it_is_told() {
    let stage = Stage::set().await;
    let app = stage.app().await;
    app.db().close().await;
    let server = start(app).await;
    let admin = stage.admin(&server).await;
    let (log, _guard) = Log::start();
    let expected = json!({"error": {
        "code": 503,
        "title": "Service Unavailable",
        "message": "The service is temporarily unavailable.",
    }});
    assert_eq!(admin.get("/v1/proxies").await, (503, expected.clone()));
    assert_eq!(admin.get("/v1/proxies/x").await, (503, expected.clone()));
    assert_eq!(admin.create("a.example").await, (503, expected));
    let log = log.text();
    let line = "the database is unavailable: attempted to acquire a connection on a closed pool";
    assert_eq!(log.matches(line).count(), 3, "{log}");
    server.stop().await.unwrap();
}

/// A request whose body is still on its way is under way: it gets its response after SIGTERM, while
/// nobody is taken any more.
#[test]
#[cfg(unix)]
fn on_sigterm_what_is_under_way_ends_well_and_nothing_new_begins() {
    for signal in ["TERM", "INT"] {
        let mut running = Running::start();
        let token = running.printed("ALICE=");
        let address = running.address.clone();
        let body = r#"{"proxy": {"domain": "a.example", "backends": []}}"#;
        let (early, late) = body.split_at(10);
        let mut request = TcpStream::connect(&address).unwrap();
        let length = body.len();
        write!(
            request,
            "POST /v1/proxies HTTP/1.1\r\nHost: {address}\r\nX-Auth-Token: {token}\r\n\
             Content-Type: application/json\r\nContent-Length: {length}\r\n\
             Expect: 100-continue\r\n\r\n"
        )
        .unwrap();
        // The service asks for the body when the handler reads it.
        let mut line = String::new();
        BufReader::new(request.try_clone().unwrap())
            .read_line(&mut line)
            .unwrap();
        assert_eq!(line, "HTTP/1.1 100 Continue\r\n");
        request.write_all(early.as_bytes()).unwrap();

        let (signal, process) = (format!("-{signal}"), running.child.id().to_string());
        let killed = Command::new("kill").args([signal, process]).status();
        assert!(killed.unwrap().success());
        while TcpStream::connect(&address).is_ok() {
            std::thread::yield_now();
        }
        request.write_all(late.as_bytes()).unwrap();
        let mut response = String::new();
        request.read_to_string(&mut response).unwrap();
        assert!(response.contains("HTTP/1.1 201 Created\r\n"), "{response}");
        assert!(running.child.wait().unwrap().success());
    }
}

#[tokio::test]
async fn what_takes_longer_than_the_limit_is_named_when_the_service_ends() {
    let stage = Stage::set().await;
    let server = start(stage.app().await).await;
    let address = server.url().replace("http://", "");
    let mut request = TcpStream::connect(address).unwrap();
    // A request that never ends.
    request.write_all(b"POST /v1/proxies HTTP/1.1\r\n").unwrap();
    let admin = stage.admin(&server).await;
    assert_eq!(admin.get("/v1/proxies").await.0, 200);
    let error = server.stop_within(Duration::ZERO).await.unwrap_err();
    assert_eq!(error.to_string(), "requests were still under way after 0ns");
}

/// The program, which ends when the test ends, however it ends.
struct Running {
    child: Child,
    address: String,
    lines: Vec<String>,
}

impl Running {
    fn start() -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_proxy-service"))
            .env_remove("RUST_LOG")
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let output = BufReader::new(child.stdout.take().unwrap());
        let mut lines = Vec::new();
        for line in output.lines().map(Result::unwrap) {
            let last = line.starts_with("Ctrl-C");
            lines.push(line);
            if last {
                break;
            }
        }
        let mut running = Self {
            child,
            address: String::new(),
            lines,
        };
        let serving = running.printed("Serving on http://");
        running.address = serving.split(',').next().unwrap().to_owned();
        running
    }

    fn printed(&self, name: &str) -> String {
        let line = self.lines.iter().find_map(|line| line.strip_prefix(name));
        line.unwrap().to_owned()
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// What is logged in this thread, on which the tests' servers run as well.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Log {
    fn start() -> (Self, DefaultGuard) {
        let log = Self::default();
        let writer = log.clone();
        let subscriber = tracing_subscriber::fmt()
            .with_ansi(false)
            .with_writer(move || writer.clone())
            .finish();
        (log, tracing::subscriber::set_default(subscriber))
    }

    fn text(&self) -> String {
        String::from_utf8(self.0.lock().unwrap().clone()).unwrap()
    }
}

impl Write for Log {
    fn write(&mut self, text: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(text);
        Ok(text.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}
