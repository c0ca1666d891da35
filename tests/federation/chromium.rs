//! A person with a real Chromium, driven by chromedriver.

use std::io::{BufRead as _, BufReader};
use std::os::unix::process::CommandExt as _;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use keystone_lab::federation::User;
use thirtyfour::common::capabilities::chromium::ChromiumLikeCapabilities as _;
use thirtyfour::prelude::ElementQueryable as _;
use thirtyfour::{By, DesiredCapabilities, WebDriver};

/// What a page may take on a machine that is busy with other tests.
const PATIENCE: Duration = Duration::from_secs(60);
const GLANCE: Duration = Duration::from_millis(50);

/// A Chromium of its own, without a window; gone when it is dropped.
pub(crate) struct Chromium {
    driver: WebDriver,
    _server: Server,
}

impl Chromium {
    pub(crate) async fn start() -> Self {
        // The driver's HTTP client wants a provider of TLS to be chosen, and speaks none.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let (server, url) = Server::start();
        let mut capabilities = DesiredCapabilities::chrome();
        for argument in [
            "--headless=new",
            "--disable-dev-shm-usage",
            "--no-first-run",
            "--no-proxy-server",
            // It does not start as root with one; its pages are those of the lab.
            "--no-sandbox",
        ] {
            capabilities.add_arg(argument).unwrap();
        }
        let driver = WebDriver::new(url, capabilities).await.unwrap();
        Self {
            driver,
            _server: server,
        }
    }

    pub(crate) async fn open(&self, url: &str) {
        self.driver.goto(url).await.unwrap();
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
        let buttons = self
            .driver
            .query(By::Css("button"))
            .with_text(label.to_owned());
        let button = buttons.wait(PATIENCE, GLANCE).first().await.unwrap();
        button.click().await.unwrap();
    }

    /// What the page with this title says, in the end.
    pub(crate) async fn page(&self, title: &str) -> String {
        let titled = format!("//title[contains(., \"{title}\")]");
        let shown = self.driver.query(By::XPath(titled));
        if let Err(error) = shown.wait(PATIENCE, GLANCE).first().await {
            let page = self.driver.source().await.unwrap();
            panic!("no page `{title}`, but {page}: {error}");
        }
        self.driver.source().await.unwrap()
    }

    /// The address of the page.
    pub(crate) async fn address(&self) -> String {
        self.driver.current_url().await.unwrap().into()
    }

    /// The text of the page, when it has this in it.
    pub(crate) async fn text(&self, part: &str) {
        let shown = By::XPath(format!("//body[contains(., \"{part}\")]"));
        let shown = self.driver.query(shown);
        if let Err(error) = shown.wait(PATIENCE, GLANCE).first().await {
            let page = self.driver.source().await.unwrap();
            panic!("no `{part}` in {page}: {error}");
        }
    }

    async fn type_into(&self, field: &str, text: &str) {
        let field = self.driver.query(By::Css(field));
        let field = field.wait(PATIENCE, GLANCE).first().await.unwrap();
        field.send_keys(text).await.unwrap();
    }
}

impl Drop for Chromium {
    fn drop(&mut self) {
        // The browser ends with chromedriver. The driver would wait for both, and let nobody else
        // run meanwhile.
        let _ = self.driver.clone().leak();
    }
}

/// chromedriver, with the browsers that it starts.
struct Server(Child);

impl Server {
    fn start() -> (Self, String) {
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
        let mut ports = lines.filter_map(|line| {
            let line = line.unwrap();
            let (_, port) = line.split_once("started successfully on port ")?;
            Some(port.trim_end_matches('.').to_owned())
        });
        let port = ports.next().unwrap();
        (Self(server), format!("http://127.0.0.1:{port}"))
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let group = format!("-{}", self.0.id());
        let _ = Command::new("kill").args(["-KILL", "--", &group]).status();
        let _ = self.0.wait();
    }
}
