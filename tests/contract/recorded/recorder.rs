//! Performs the exchanges of a case and writes down what came back.

use std::hash::{BuildHasher, RandomState};

use reqwest::{Client, Url, redirect};
use serde_json::Value;

use crate::call::{Call, Response};
use crate::login::Login;
use crate::shape::{MARK, Mask};

/// A server under test: an address and its administrator.
pub struct Server {
    /// Ends in `/v3`.
    pub url: String,
    pub admin: Login,
}

/// What a case is given: a server, and paper.
pub struct Recorder {
    server: Server,
    client: Client,
    mask: Mask,
    admin: String,
    undo: Vec<Call>,
    transcript: String,
}

impl Recorder {
    pub async fn new(server: Server) -> Self {
        // A second test finds it installed already.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let client = Client::builder()
            .pool_max_idle_per_host(0)
            .redirect(redirect::Policy::none())
            .no_proxy()
            .build()
            .unwrap();
        let random = RandomState::new().hash_one(&server.url);
        let mask = Mask {
            root: server.url.trim_end_matches("/v3").to_owned(),
            tag: format!("{MARK}{random:016x}"),
        };
        let mut recorder = Self {
            client,
            mask,
            admin: String::new(),
            undo: Vec::new(),
            transcript: String::new(),
            server,
        };
        let login = recorder.server.admin.clone();
        recorder.admin = recorder.prepare(login.call()).await.token();
        recorder
    }

    /// Performs an exchange that is part of the case.
    pub async fn record(&mut self, what: &str, call: Call) -> Response {
        let path = self.mask.string(&call.path);
        let response = self.perform(&call).await;
        let masked = self.mask.response(&response);
        self.transcript += &format!("# {what}\n{} {path}\n{masked}\n", call.method);
        response
    }

    /// The same as the administrator.
    pub async fn record_as_admin(&mut self, what: &str, call: Call) -> Response {
        let call = call.token(&self.admin);
        self.record(what, call).await
    }

    /// Writes down a fact that the shapes do not show, such as a number of elements.
    pub fn note(&mut self, fact: impl AsRef<str>) {
        self.transcript += &format!("# {}\n\n", fact.as_ref());
    }

    /// Performs an exchange that only sets the scene; it must succeed.
    pub async fn prepare(&self, call: Call) -> Response {
        let response = self.perform(&call).await;
        let Call { method, path, .. } = call;
        let status = response.status;
        assert!(
            (200..300).contains(&status),
            "{method} {path}: {status}, while setting the scene"
        );
        response
    }

    /// The same as the administrator.
    pub async fn prepare_as_admin(&self, call: Call) -> Response {
        self.prepare(call.token(&self.admin)).await
    }

    /// The status of an exchange that a case only waits for.
    pub async fn status_as_admin(&self, call: Call) -> u16 {
        self.perform(&call.token(&self.admin)).await.status
    }

    /// Creates a resource, and deletes it when the case ends. Returns its id.
    pub async fn create(&mut self, collection: &str, envelope: &str, body: Value) -> String {
        let body = Value::Object([(envelope.to_owned(), body)].into_iter().collect());
        let created = self.prepare_as_admin(Call::post(collection, &body)).await;
        let id = created.text(&format!("/{envelope}/id"));
        if envelope != "domain" {
            self.undo(Call::delete(format!("{collection}/{id}")));
        } else {
            // In reverse: only a disabled domain can be deleted.
            let disable = serde_json::json!({"domain": {"enabled": false}});
            self.undo(Call::delete(format!("{collection}/{id}")));
            self.undo(Call::patch(format!("{collection}/{id}"), &disable));
        }
        id
    }

    /// Something to do, as the administrator, when the case ends; the last one first.
    pub fn undo(&mut self, call: Call) {
        self.undo.push(call.token(&self.admin));
    }

    /// A name that no other case and no other run uses.
    pub fn name(&self, what: &str) -> String {
        format!("{}-{what}", self.mask.tag)
    }

    /// The address of the Identity API, for what is signed along with it.
    pub fn url(&self) -> Url {
        self.server.url.parse().unwrap()
    }

    /// The administrator's credentials.
    pub fn admin_login(&self) -> Login {
        self.server.admin.clone()
    }

    /// Cleans up, and hands over what was written down.
    pub async fn finish(mut self) -> String {
        while let Some(call) = self.undo.pop() {
            // What the case deleted itself is gone already.
            self.perform(&call).await;
        }
        self.transcript
    }

    async fn perform(&self, call: &Call) -> Response {
        let url = match call.path.strip_prefix('~') {
            Some(path) => format!("{}{path}", self.mask.root),
            None => format!("{}{}", self.server.url, call.path),
        };
        let mut request = self.client.request(call.method.clone(), url);
        for (name, value) in &call.headers {
            request = request.header(*name, value);
        }
        if let Some(body) = &call.body {
            request = request.body(body.clone());
        }
        let response = request.send().await;
        let response = response.unwrap_or_else(|error| {
            let Call { method, body, .. } = call;
            panic!(
                "no response to {method} {} {}: {error:?}",
                call.path,
                body.as_deref().unwrap_or_default()
            )
        });
        Response::read(response).await
    }
}
