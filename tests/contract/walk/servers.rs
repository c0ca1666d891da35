//! The two servers.

use std::path::{Path, PathBuf};

use keystone_lab::RealKeystone;
use keystone_testing::Keystone;
use reqwest::{Client, redirect};
use serde_json::{Value, json};

use crate::call::{Body, Call, Response};

/// The real server first, then the embedded one.
pub const SIDES: [&str; 2] = ["real", "embedded"];

/// Both servers. The real one is put back to the same state before each walk, which is cheaper by
/// far than making that state anew; the embedded one is a new one each time.
pub struct Servers {
    client: Client,
    /// Their Identity v3 URLs.
    urls: [String; 2],
    admins: [Value; 2],
    embedded: Keystone,
    database: PathBuf,
    saved: PathBuf,
    /// Before the first walk.
    found: PathBuf,
}

impl Servers {
    pub async fn start() -> Self {
        // A second test finds it installed already.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let real = RealKeystone::from_env().unwrap();
        let embedded = Keystone::start().await.unwrap();
        let client = Client::builder()
            .pool_max_idle_per_host(0)
            .redirect(redirect::Policy::none())
            .no_proxy()
            .build()
            .unwrap();
        let database = keystone_lab::database().unwrap();
        let servers = Self {
            client,
            admins: [
                user(&real.username, &real.password),
                user("admin", embedded.admin().password()),
            ],
            urls: [real.url, embedded.v3_url()],
            embedded,
            found: database.with_extension("found"),
            saved: database.with_extension("saved"),
            database,
        };
        copy(&servers.database, &servers.found);
        // As it was when the server started: other tests may have left things there, which lists show.
        copy(&servers.database.with_extension("fresh"), &servers.database);
        servers
    }

    /// Keeps the state of the real server.
    pub fn save(&self) {
        copy(&self.database, &self.saved);
    }

    /// Puts the real server back to the state that was kept, and starts a new embedded one.
    pub async fn reset(&mut self) {
        copy(&self.saved, &self.database);
        self.embedded = Keystone::start().await.unwrap();
        self.urls[1] = self.embedded.v3_url();
        self.admins[1] = user("admin", self.embedded.admin().password());
    }

    /// Puts the real server back to how it was found.
    pub fn leave(&self) {
        copy(&self.found, &self.database);
        for file in [&self.found, &self.saved] {
            // Gone with the server, at the latest.
            let _ = std::fs::remove_file(file);
        }
    }

    /// The administrator's user object, for logins.
    pub fn admin(&self, side: usize) -> &Value {
        &self.admins[side]
    }

    /// Where the servers are, without `/v3`.
    pub fn root(&self, side: usize) -> &str {
        self.urls[side].trim_end_matches("/v3")
    }

    pub async fn send(&self, side: usize, call: &Call) -> Response {
        let url = format!("{}{}", self.urls[side], call.path);
        let mut request = self.client.request(call.method.clone(), url);
        for (name, value) in &call.headers {
            request = request.header(*name, value);
        }
        if let Some(body) = &call.body {
            request = request.body(body.clone());
        }
        match request.send().await {
            Ok(response) => Response::read(response).await,
            // Where a handler of the real server breaks, it closes the connection.
            Err(_) => Response {
                status: 0,
                headers: Vec::new(),
                body: Body::Empty,
            },
        }
    }
}

fn copy(from: &Path, to: &Path) {
    let mut script = keystone_lab::python("copy_database.py").unwrap();
    let status = script.arg(from).arg(to).status().unwrap();
    assert!(status.success(), "cannot copy `{}`", from.display());
}

fn user(name: &str, password: &str) -> Value {
    json!({"name": name, "password": password, "domain": {"id": "default"}})
}
