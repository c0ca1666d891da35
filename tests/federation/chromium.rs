//! A person with a real Chromium, driven by chromedriver.

use std::io::{BufRead as _, BufReader};
use std::os::unix::process::CommandExt as _;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use fantoccini::elements::Element;
use fantoccini::{Client, ClientBuilder, Locator};
use hyper_util::client::legacy::connect::HttpConnector;
use keystone_lab::federation::User;
use serde_json::json;

/// What a page may take on a machine that is busy with other tests.
const PATIENCE: Duration = Duration::from_secs(60);

/// A Chromium of its own, without a window; gone when it is dropped.
pub(crate) struct Chromium {
    client: Client,
    _server: Server,
}

impl Chromium {
    pub(crate) async fn start() -> Self {
        let (server, url) = Server::start();
        let arguments = [
            "--headless=new",
            "--disable-dev-shm-usage",
            "--no-first-run",
            "--no-proxy-server",
            // It does not start as root with one; its pages are those of the lab.
            "--no-sandbox",
        ];
        let capabilities = json!({"goog:chromeOptions": {"args": arguments}});
        let capabilities = serde_json::from_value(capabilities).unwrap();
        let mut builder = ClientBuilder::new(HttpConnector::new());
        let builder = builder.capabilities(capabilities);
        Self {
            client: builder.connect(&url).await.unwrap(),
            _server: server,
        }
    }

    pub(crate) async fn open(&self, url: &str) {
        self.client.goto(url).await.unwrap();
    }

    /// Fills in the form of an identity provider, and sends it off.
    pub(crate) async fn log_in(&self, user: &User) {
        self.type_into("input[name=login], input[name=username]", &user.name)
            .await;
        let password = format!("{}\u{e007}", user.password);
        self.type_into("input[name=password]", &password).await;
    }

    /// Presses the button with this label.
    pub(crate) async fn press(&self, label: &str) {
        let button = format!("//button[normalize-space(.) = \"{label}\"]");
        let button = self.shown(Locator::XPath(&button), label).await;
        button.click().await.unwrap();
    }

    /// What the page with this title says, in the end.
    pub(crate) async fn page(&self, title: &str) -> String {
        let titled = format!("//title[contains(., \"{title}\")]");
        self.shown(Locator::XPath(&titled), title).await;
        self.client.source().await.unwrap()
    }

    /// The address of the page.
    pub(crate) async fn address(&self) -> String {
        self.client.current_url().await.unwrap().into()
    }

    /// Waits until the page has this text in it.
    pub(crate) async fn text(&self, part: &str) {
        let body = format!("//body[contains(., \"{part}\")]");
        self.shown(Locator::XPath(&body), part).await;
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
