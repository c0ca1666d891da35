//! The service beside the same one in Flask, on the same real Keystone: what one responds, the other
//! does too.
#![expect(clippy::unwrap_used, reason = "a test fails where it unwraps")]

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::process::{Child, Stdio};

use http::{HeaderName, HeaderValue, Method};
use keystone_lab::RealKeystone;
use keystone_middleware::sdk::Session;
use keystone_middleware::sdk::config::ini::Ini;
use keystone_middleware::sdk::transport::{Request, Retries, Transport};
use proxy_service::client::{Client, ProxyCreate, ProxyUpdate};
use proxy_service::cloud::Cloud;
use proxy_service::server::{self, Server};
use proxy_service::world::{PROJECT, Person, World};
use serde_json::{Value, json};
use tokio::net::TcpListener;
use uuid::Uuid;

mod twin_calls;

use twin_calls::{CALLS, Call, Caller};

/// Calls to which the two respond differently, each with the reason.
const DIFFERENCES: [(&str, &str); 0] = [];

#[tokio::test]
async fn every_call_has_the_same_response_in_flask() {
    let stage = Stage::set().await;
    let tokens = stage.tokens().await;
    let (ours, theirs) = (
        stage.responses(&stage.ours.url(), &tokens).await,
        stage.responses(&stage.theirs.url, &tokens).await,
    );
    let mut wrong = Vec::new();
    for (call, (ours, theirs)) in CALLS.iter().zip(ours.iter().zip(&theirs)) {
        let known = DIFFERENCES.iter().any(|(name, _)| *name == call.what);
        if (ours == theirs) == known {
            wrong.push(format!("{}\n  ours   {ours}\n  theirs {theirs}", call.what));
        }
        if ours["status"] != call.status {
            wrong.push(format!(
                "{}: {} is expected, not {ours}",
                call.what, call.status
            ));
        }
    }
    stage.end().await;
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[tokio::test]
async fn the_typed_client_cannot_tell_them_apart() {
    let stage = Stage::set().await;
    let admin = stage.world.session(stage.world.admin()).unwrap();
    let operator = stage
        .world
        .session_on_system(stage.world.operator())
        .unwrap();
    let ours = typed_calls(&admin, &operator, &stage.ours.url()).await;
    let theirs = typed_calls(&admin, &operator, &stage.theirs.url).await;
    stage.end().await;
    assert_eq!(ours, theirs);
    assert_eq!(ours.len(), 8);
}

/// What a client that knows the API sees, without what is made up by each service.
async fn typed_calls(admin: &Session, operator: &Session, url: &str) -> Vec<String> {
    let at = |session: &Session| Client::at(session, url.parse().unwrap());
    let proxies = at(admin).microversion("1.2").proxies();
    let new = || ProxyCreate::new("www.example.org", ["http://10.0.0.5"]).note("first");
    let made = proxies.create(new()).await.unwrap();
    let mut seen = vec![format!(
        "{} {:?} {:?}",
        made.domain, made.backends, made.note
    )];
    seen.push(format!(
        "{:?}",
        proxies.create(new()).await.unwrap_err().status()
    ));
    let got = proxies.get(&made.id).await.unwrap();
    seen.push(format!("{} {:?}", got.id == made.id, got.note));
    let editable = proxies.list().editable(true).all().await.unwrap();
    let editable: Vec<bool> = editable.iter().map(|proxy| proxy.id == made.id).collect();
    seen.push(format!("{editable:?}"));
    let change = ProxyUpdate::new()
        .note("second")
        .backends(["http://10.0.0.6"]);
    let changed = proxies.update(&made.id, change).await.unwrap();
    seen.push(format!("{:?} {:?}", changed.backends, changed.note));
    proxies.delete(&made.id).await.unwrap();
    let gone = proxies.get(&made.id).await.unwrap_err();
    seen.push(format!("{:?}", gone.status()));
    proxies.create(new()).await.unwrap();
    seen.push(format!("{:?}", proxies.purge().await.unwrap_err().status()));
    at(operator).proxies().purge().await.unwrap();
    seen.push(format!("{}", proxies.list().all().await.unwrap().len()));
    seen
}

/// Without the runtime's worker threads our server would wait for the script that waits for it.
#[tokio::test(flavor = "multi_thread")]
async fn python_clients_cannot_tell_them_apart() {
    let stage = Stage::set().await;
    let calls = |person: &Person| stage.python_calls(person);
    stage.world.register(&stage.ours.url()).await.unwrap();
    let ours = (calls(stage.world.admin()), calls(stage.world.member()));
    stage.world.register(&stage.theirs.url).await.unwrap();
    let theirs = (calls(stage.world.admin()), calls(stage.world.member()));
    stage.end().await;
    assert_eq!(ours, theirs);
}

/// Both services on the real Keystone, each with an empty database.
struct Stage {
    cloud: Cloud,
    world: World,
    ours: Server,
    theirs: Flask,
    folder: PathBuf,
}

impl Stage {
    async fn set() -> Self {
        let cloud = cloud();
        let world = World::create(&cloud).await.unwrap();
        let folder = std::env::temp_dir().join(format!("proxies-{}", Uuid::new_v4()));
        std::fs::create_dir(&folder).unwrap();
        let ini = |name: &str| {
            let database = folder.join(name);
            let configuration = world.service_configuration();
            // Keystone has much to do while tests run.
            let (hasty, patient) = ("http_connect_timeout = 5", "http_connect_timeout = 60");
            let configuration = configuration.replace(hasty, patient);
            let file = folder.join(format!("{name}.conf"));
            let database = format!(
                "[database]\nconnection = sqlite:///{}\n",
                database.display()
            );
            std::fs::write(&file, format!("{configuration}{database}")).unwrap();
            file
        };
        let app = server::app(&Ini::read(ini("ours")).unwrap()).await.unwrap();
        let ours = Server::start(app, TcpListener::bind("127.0.0.1:0").await.unwrap()).unwrap();
        let theirs = Flask::start(ini("theirs"));
        Self {
            cloud,
            world,
            ours,
            theirs,
            folder,
        }
    }

    async fn end(self) {
        self.ours.stop().await.unwrap();
        drop(self.theirs);
        self.world.remove().await.unwrap();
        std::fs::remove_dir_all(self.folder).unwrap();
    }

    /// A token of each caller.
    async fn tokens(&self) -> BTreeMap<Caller, HeaderValue> {
        let world = &self.world;
        let sessions = [
            (Caller::Admin, world.session(world.admin())),
            (
                Caller::AdminElsewhere,
                world.session_elsewhere(world.admin()),
            ),
            (
                Caller::AdminOfDomain,
                world.session_in_domain(world.admin()),
            ),
            (Caller::Member, world.session(world.member())),
            (Caller::Operator, world.session_on_system(world.operator())),
        ];
        let mut tokens = BTreeMap::new();
        for (caller, session) in sessions {
            tokens.insert(caller, session.unwrap().token().await.unwrap().header());
        }
        tokens.insert(Caller::Invalid, HeaderValue::from_static("invented"));
        tokens
    }

    /// What a service responds to all calls, one after the other.
    async fn responses(&self, url: &str, tokens: &BTreeMap<Caller, HeaderValue>) -> Vec<Value> {
        let transport = Transport::builder();
        let transport = transport.retries(Retries::new().status(0)).build().unwrap();
        let (mut responses, mut ids) = (Vec::new(), Vec::new());
        for call in CALLS {
            let request = request(call, url, tokens.get(&call.who), &ids);
            let response = transport.send(request).await.unwrap();
            let body: Value = serde_json::from_slice(&response.body).unwrap_or_default();
            if let Some(id) = body
                .pointer("/proxy/id")
                .and_then(Value::as_str)
                .filter(|_| response.status == 201)
            {
                ids.push(id.to_owned());
            }
            let header = |name: &str, unless: bool| {
                let value = response.headers.get(name).filter(|_| !unless);
                value.map(|value| value.to_str().unwrap().to_owned())
            };
            // Flask gives a type to a body that is not there. Which refusals know the version that
            // was agreed on depends on who refuses: keystonemiddleware, the router or the service.
            let (empty, refused) = (response.body.is_empty(), !response.status.is_success());
            responses.push(json!({
                "status": response.status.as_u16(),
                "title": body.pointer("/error/title"),
                "body": shape(&body),
                "type": header("content-type", empty),
                "version": header("openstack-api-version", refused),
            }));
        }
        responses
    }

    fn python_calls(&self, person: &Person) -> Value {
        let output = keystone_lab::python("call_proxies.py")
            .unwrap()
            .env("OS_AUTH_URL", self.cloud.auth_url())
            .env("OS_USERNAME", person.name())
            .env("OS_PASSWORD", person.password().expose())
            .env("OS_PROJECT_NAME", PROJECT)
            .env("OS_USER_DOMAIN_NAME", self.world.name())
            .env("PROXIES_SERVICE", self.world.name())
            .env("OS_PROJECT_DOMAIN_NAME", self.world.name())
            .output()
            .unwrap();
        let errors = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{errors}");
        serde_json::from_slice(&output.stdout).unwrap()
    }
}

fn cloud() -> Cloud {
    let keystone = RealKeystone::from_env().unwrap();
    let text = format!(
        "[admin]\nauth_type = password\nauth_url = {}\nusername = {}\npassword = {}\n\
         project_name = {}\nuser_domain_id = default\nproject_domain_id = default\n",
        keystone.url, keystone.username, keystone.password, keystone.project
    );
    Cloud::configured(&Ini::parse("test", &text).unwrap()).unwrap()
}

fn request(call: &Call, url: &str, token: Option<&HeaderValue>, ids: &[String]) -> Request {
    let mut path = call.path.to_owned();
    for (number, id) in ids.iter().enumerate() {
        path = path.replace(&format!("{{{number}}}"), id);
    }
    let method = Method::from_bytes(call.method.as_bytes()).unwrap();
    let mut request = Request::new(method, format!("{url}{path}").parse().unwrap());
    if let Some(token) = token {
        request = request.header(HeaderName::from_static("x-auth-token"), token.clone());
    }
    for (name, value) in [
        ("openstack-api-version", call.version),
        ("content-type", call.content_type),
    ] {
        if !value.is_empty() {
            let name = HeaderName::from_static(name);
            request = request.header(name, HeaderValue::from_static(value));
        }
    }
    if !call.body.is_empty() {
        request.body = Some(call.body.into());
    }
    request
}

/// The keys and types of a body, without its values.
fn shape(body: &Value) -> Value {
    match body {
        Value::Null => Value::Null,
        Value::Bool(_) => "boolean".into(),
        Value::Number(_) => "number".into(),
        Value::String(_) => "string".into(),
        Value::Array(items) => items.iter().map(shape).collect(),
        Value::Object(members) => {
            let members = members.iter();
            members
                .map(|(key, value)| (key.clone(), shape(value)))
                .collect()
        }
    }
}

/// The service in Flask, which ends when the pipe to it does.
struct Flask {
    script: Child,
    url: String,
}

impl Flask {
    fn start(configuration: PathBuf) -> Self {
        let mut script = keystone_lab::python("serve_proxies.py")
            .unwrap()
            .arg(configuration)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        let output = script.stdout.take().unwrap();
        BufReader::new(output).read_line(&mut line).unwrap();
        let url = line.trim().to_owned();
        assert!(!url.is_empty(), "what it said stands above");
        Self { script, url }
    }
}

impl Drop for Flask {
    fn drop(&mut self) {
        drop(self.script.stdin.take());
        let _ = self.script.wait();
    }
}
