//! A person with a real Chromium, driven by chromedriver.

#![expect(
    clippy::expect_used,
    clippy::missing_panics_doc,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test fails where the browser does not do what it should"
)]

use std::io::{BufRead as _, BufReader};
use std::os::unix::process::CommandExt as _;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use fantoccini::elements::Element;
use fantoccini::wd::WebDriverCompatibleCommand;
use fantoccini::{Client, ClientBuilder, Locator};
use http::Method;
use hyper_util::client::legacy::connect::HttpConnector;
use serde_json::{Value, json};
use url::{ParseError, Url};

use crate::federation::User;

/// What a page may take on a machine that is busy with other tests.
const PATIENCE: Duration = Duration::from_secs(60);

/// A Chromium of its own, without a window; gone when it is dropped.
pub struct Chromium {
    client: Client,
    _server: Server,
}

impl Chromium {
    /// Starts chromedriver and a browser.
    pub async fn start() -> Self {
        let (server, url) = Server::start();
        let arguments = [
            "--headless=new",
            "--disable-dev-shm-usage",
            "--no-first-run",
            "--no-proxy-server",
            // Whatever is not on this machine is not found.
            "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost, EXCLUDE *.localhost",
            // It does not start as root with one; its pages are those of the lab.
            "--no-sandbox",
        ];
        let capabilities = json!({
            "goog:chromeOptions": {"args": arguments},
            "goog:loggingPrefs": {"browser": "ALL"},
        });
        let capabilities = serde_json::from_value(capabilities).unwrap();
        let mut builder = ClientBuilder::new(HttpConnector::new());
        let builder = builder.capabilities(capabilities);
        Self {
            client: builder.connect(&url).await.unwrap(),
            _server: server,
        }
    }

    /// Opens an address.
    pub async fn open(&self, url: &str) {
        self.client.goto(url).await.unwrap();
    }

    /// Fills in the form of an identity provider, and sends it off.
    pub async fn log_in(&self, user: &User) {
        self.type_into("input[name=login], input[name=username]", &user.name)
            .await;
        let password = format!("{}\u{e007}", user.password);
        self.type_into("input[name=password]", &password).await;
    }

    /// Presses the button with this label.
    pub async fn press(&self, label: &str) {
        let button = format!("//button[normalize-space(.) = \"{label}\"]");
        let button = self.shown(Locator::XPath(&button), label).await;
        button.click().await.unwrap();
    }

    /// What the page with this title says, in the end.
    pub async fn page(&self, title: &str) -> String {
        let titled = format!("//title[contains(., \"{title}\")]");
        self.shown(Locator::XPath(&titled), title).await;
        self.client.source().await.unwrap()
    }

    /// The address of the page.
    pub async fn address(&self) -> String {
        self.client.current_url().await.unwrap().into()
    }

    /// Waits until the page has this text in it.
    pub async fn text(&self, part: &str) {
        let body = format!("//body[contains(., \"{part}\")]");
        self.shown(Locator::XPath(&body), part).await;
    }

    /// What a script in the page returns. Its arguments are `arguments[0]` and so on.
    pub async fn run(&self, script: &str, arguments: &[Value]) -> Value {
        let ran = self.client.execute(script, arguments.to_vec()).await;
        ran.unwrap_or_else(|error| panic!("{script}: {error}"))
    }

    /// What an asynchronous script hands to `done`.
    pub async fn run_async(&self, script: &str) -> Value {
        let script = format!("const done = arguments[0]; {script}");
        let ran = self.client.execute_async(&script, Vec::new()).await;
        ran.unwrap_or_else(|error| panic!("{script}: {error}"))
    }

    /// Waits until an expression in the page is true.
    pub async fn until(&self, expression: &str) {
        let look = format!(
            "const look = () => {{ if ({expression}) done(true); else setTimeout(look, 10); }}; look();"
        );
        self.run_async(&look).await;
    }

    /// The size of the window, and whether the user prefers dark colours.
    pub async fn look(&self, width: u32, height: u32, is_dark: bool) {
        let scheme = if is_dark { "dark" } else { "light" };
        let feature = json!({"name": "prefers-color-scheme", "value": scheme});
        self.devtools("Emulation.setEmulatedMedia", json!({"features": [feature]}))
            .await;
        let size =
            json!({"width": width, "height": height, "deviceScaleFactor": 1, "mobile": false});
        self.devtools("Emulation.setDeviceMetricsOverride", size)
            .await;
    }

    /// What has the focus after each of so many presses of Tab: the id of a field, or the text.
    pub async fn focus_order(&self, presses: usize) -> Vec<String> {
        let mut order = Vec::new();
        for _ in 0..presses {
            self.key("Tab").await;
            let focused =
                "const at = document.activeElement; return at.id || at.className || at.innerText";
            let focused = self.run(focused, &[]).await;
            order.push(focused.as_str().unwrap_or_default().to_owned());
        }
        order
    }

    /// Presses a key, wherever the focus is.
    pub async fn key(&self, name: &str) {
        let text = if name == "Enter" { "\r" } else { "" };
        for kind in ["keyDown", "keyUp"] {
            let code = match name {
                "Enter" => 13,
                _ => 9,
            };
            let key = json!({"type": kind, "key": name, "code": name, "text": text, "windowsVirtualKeyCode": code});
            self.devtools("Input.dispatchKeyEvent", key).await;
        }
    }

    /// A picture of what the window shows, as PNG.
    pub async fn screenshot(&self) -> Vec<u8> {
        self.client.screenshot().await.unwrap()
    }

    /// What the console says since the last time, such as errors, failed requests and violations of
    /// the page's security policy.
    pub async fn console(&self) -> Vec<String> {
        let log = Raw {
            path: "se/log",
            body: json!({"type": "browser"}),
        };
        let entries = self.client.issue_cmd(log).await.unwrap();
        let entries = entries.as_array().cloned().unwrap_or_default();
        entries.iter().map(ToString::to_string).collect()
    }

    async fn devtools(&self, command: &str, parameters: Value) {
        let command = Raw {
            path: "goog/cdp/execute",
            body: json!({"cmd": command, "params": parameters}),
        };
        self.client.issue_cmd(command).await.unwrap();
    }

    async fn type_into(&self, field: &str, text: &str) {
        let field = self.shown(Locator::Css(field), field).await;
        field.send_keys(text).await.unwrap();
    }

    /// What the locator finds, once it is there.
    async fn shown(&self, what: Locator<'_>, name: &str) -> Element {
        let wait = self.client.wait().at_most(PATIENCE);
        match wait.for_element(what).await {
            Ok(element) => element,
            Err(error) => {
                let page = self.client.source().await.unwrap();
                panic!("no `{name}` in {page}: {error}");
            }
        }
    }
}

/// A command of chromedriver alone.
#[derive(Debug)]
struct Raw {
    path: &'static str,
    body: Value,
}

impl WebDriverCompatibleCommand for Raw {
    fn endpoint(&self, base_url: &Url, session: Option<&str>) -> Result<Url, ParseError> {
        base_url.join(&format!(
            "session/{}/{}",
            session.unwrap_or_default(),
            self.path
        ))
    }

    fn method_and_body(&self, _: &Url) -> (Method, Option<String>) {
        (Method::POST, Some(self.body.to_string()))
    }
}

/// chromedriver, with the browsers that it starts.
struct Server(Child);

impl Server {
    fn start() -> (Self, String) {
        // The port that it is given for IPv4 may be somebody's for IPv6, and then it ends at once.
        let mut started = std::iter::repeat_with(Self::try_to_start).take(5).flatten();
        started.next().expect("chromedriver starts")
    }

    /// Nothing when it ends instead of telling its port.
    fn try_to_start() -> Option<(Self, String)> {
        let mut server = Command::new("chromedriver")
            .arg("--port=0")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            // Its browsers are in it too.
            .process_group(0)
            .spawn()
            .expect("chromedriver of Debian's package chromium-driver");
        let lines = BufReader::new(server.stdout.take().unwrap()).lines();
        let server = Self(server);
        let mut ports = lines.filter_map(|line| {
            let line = line.unwrap();
            let (_, port) = line.split_once("started successfully on port ")?;
            Some(port.trim_end_matches('.').to_owned())
        });
        Some((server, format!("http://127.0.0.1:{}", ports.next()?)))
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let group = format!("-{}", self.0.id());
        let _ = Command::new("kill").args(["-KILL", "--", &group]).status();
        let _ = self.0.wait();
    }
}
