//! A bare client: JSON in, status and JSON out.

use keystone_testing::Keystone;
use reqwest::{Client, ClientBuilder, Method, RequestBuilder};
use serde_json::{Value, json};

/// Settings of a client that keeps to loopback, whatever proxies the environment names.
pub(crate) fn builder() -> ClientBuilder {
    // A second test finds it installed already.
    let _ = rustls::crypto::ring::default_provider().install_default();
    Client::builder().no_proxy()
}

/// Such a client.
pub(crate) fn http() -> Client {
    builder().build().unwrap()
}

/// A response that has been read.
#[derive(Debug)]
pub(crate) struct Response {
    pub(crate) status: u16,
    pub(crate) token: Option<String>,
    pub(crate) headers: reqwest::header::HeaderMap,
    pub(crate) body: Value,
}

impl Response {
    async fn of(response: reqwest::Response) -> Self {
        let status = response.status().as_u16();
        let headers = response.headers().clone();
        let token = headers
            .get("x-subject-token")
            .map(|id| id.to_str().unwrap().to_owned());
        let text = response.text().await.unwrap();
        let body = serde_json::from_str(&text).unwrap_or(Value::String(text));
        Self {
            status,
            token,
            headers,
            body,
        }
    }

    /// A header as text.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(|value| value.to_str().unwrap())
    }
}

/// Somebody who talks to a server, perhaps with a token.
#[derive(Debug)]
pub(crate) struct Caller<'a> {
    keystone: &'a Keystone,
    http: Client,
    pub(crate) token: String,
}

impl<'a> Caller<'a> {
    /// Without a token.
    pub(crate) fn anonymous(keystone: &'a Keystone) -> Self {
        Self {
            keystone,
            http: http(),
            token: String::new(),
        }
    }

    /// With a token that was made elsewhere.
    pub(crate) fn with_token(keystone: &'a Keystone, token: &str) -> Self {
        Self {
            token: token.to_owned(),
            ..Self::anonymous(keystone)
        }
    }

    /// The bootstrapped administrator on its project.
    pub(crate) async fn admin(keystone: &'a Keystone) -> Self {
        let admin = keystone.admin();
        let scope = json!({ "project": { "id": admin.project_id() } });
        Self::anonymous(keystone)
            .login(admin.user_id(), admin.password(), Some(scope))
            .await
    }

    /// The same server with the token of this user.
    pub(crate) async fn login(&self, user_id: &str, password: &str, scope: Option<Value>) -> Self {
        let response = self
            .authenticate(by_password(user_id, password), scope)
            .await;
        assert_eq!(response.status, 201, "{:?}", response.body);
        Self {
            keystone: self.keystone,
            http: http(),
            token: response.token.unwrap(),
        }
    }

    /// `POST /v3/auth/tokens`.
    pub(crate) async fn authenticate(&self, identity: Value, scope: Option<Value>) -> Response {
        let mut auth = json!({ "identity": identity });
        if let Some(scope) = scope {
            auth["scope"] = scope;
        }
        self.post("auth/tokens", json!({ "auth": auth })).await
    }

    pub(crate) async fn get(&self, path: &str) -> Response {
        self.send(self.request(Method::GET, path)).await
    }

    pub(crate) async fn post(&self, path: &str, body: Value) -> Response {
        self.send(self.request(Method::POST, path).json(&body))
            .await
    }

    pub(crate) async fn patch(&self, path: &str, body: Value) -> Response {
        self.send(self.request(Method::PATCH, path).json(&body))
            .await
    }

    pub(crate) async fn put(&self, path: &str) -> Response {
        self.send(self.request(Method::PUT, path)).await
    }

    pub(crate) async fn delete(&self, path: &str) -> Response {
        self.send(self.request(Method::DELETE, path)).await
    }

    /// What the server says about a token.
    pub(crate) async fn validate(&self, token: &str) -> Response {
        self.validate_with(token, "").await
    }

    /// The same with a query, such as `?allow_expired=1`.
    pub(crate) async fn validate_with(&self, token: &str, query: &str) -> Response {
        let request = self.request(Method::GET, &format!("auth/tokens{query}"));
        self.send(request.header("X-Subject-Token", token)).await
    }

    /// Ends a token.
    pub(crate) async fn revoke(&self, token: &str) -> Response {
        self.send(
            self.request(Method::DELETE, "auth/tokens")
                .header("X-Subject-Token", token),
        )
        .await
    }

    /// A resource that is made; returns it without its envelope.
    pub(crate) async fn make(&self, path: &str, kind: &str, fields: Value) -> Value {
        let response = self.post(path, json!({ kind: fields })).await;
        assert_eq!(response.status, 201, "{:?}", response.body);
        response.body[kind].clone()
    }

    /// A user of domain `default` with password `pw`; returns its id.
    pub(crate) async fn make_user(&self, name: &str) -> String {
        let user = self
            .make("users", "user", json!({ "name": name, "password": "pw" }))
            .await;
        user["id"].as_str().unwrap().to_owned()
    }

    /// A project of domain `default`; returns its id.
    pub(crate) async fn make_project(&self, name: &str) -> String {
        let project = self
            .make("projects", "project", json!({ "name": name }))
            .await;
        project["id"].as_str().unwrap().to_owned()
    }

    /// The id of a bootstrapped role.
    pub(crate) async fn role(&self, name: &str) -> String {
        let roles = self.get(&format!("roles?name={name}")).await;
        roles.body["roles"][0]["id"].as_str().unwrap().to_owned()
    }

    /// Gives a role on a project.
    pub(crate) async fn grant(&self, project: &str, user: &str, role: &str) {
        let role = self.role(role).await;
        let response = self
            .put(&format!("projects/{project}/users/{user}/roles/{role}"))
            .await;
        assert_eq!(response.status, 204);
    }

    pub(crate) fn request(&self, method: Method, path: &str) -> RequestBuilder {
        let request = self
            .http
            .request(method, format!("{}/{path}", self.keystone.v3_url()));
        if self.token.is_empty() {
            request
        } else {
            request.header("X-Auth-Token", &self.token)
        }
    }

    pub(crate) async fn send(&self, request: RequestBuilder) -> Response {
        Response::of(request.send().await.unwrap()).await
    }
}

/// The identity object of a login by password.
pub(crate) fn by_password(user_id: &str, password: &str) -> Value {
    json!({ "methods": ["password"], "password": { "user": { "id": user_id, "password": password } } })
}
