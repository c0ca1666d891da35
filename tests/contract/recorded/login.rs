//! Bodies of `POST /auth/tokens`.

use serde_json::{Value, json};

use crate::call::Call;

/// Who logs in, with which methods, for which scope.
#[derive(Clone)]
pub struct Login {
    methods: Vec<&'static str>,
    identity: Value,
    scope: Option<Value>,
}

impl Login {
    /// By a user object, such as `{"id": .., "password": ..}`.
    pub fn password(user: &Value) -> Self {
        Self::method("password", json!({"user": user}))
    }

    pub fn token(token: &str) -> Self {
        Self::method("token", json!({"id": token}))
    }

    pub fn application_credential(credential: Value) -> Self {
        Self::method("application_credential", credential)
    }

    pub fn totp(user: &Value) -> Self {
        Self::method("totp", json!({"user": user}))
    }

    pub fn method(name: &'static str, data: Value) -> Self {
        Self {
            methods: vec![name],
            identity: json!({name: data}),
            scope: None,
        }
    }

    /// A further method in the same request.
    pub fn and(mut self, other: Self) -> Self {
        self.methods.extend(other.methods);
        for (name, data) in other.identity.as_object().unwrap() {
            self.identity[name] = data.clone();
        }
        self
    }

    /// Any scope, also a wrong one.
    pub fn scope(mut self, scope: Value) -> Self {
        self.scope = Some(scope);
        self
    }

    pub fn project(self, id: &str) -> Self {
        self.scope(json!({"project": {"id": id}}))
    }

    pub fn domain(self, id: &str) -> Self {
        self.scope(json!({"domain": {"id": id}}))
    }

    pub fn system(self) -> Self {
        self.scope(json!({"system": {"all": true}}))
    }

    pub fn unscoped(mut self) -> Self {
        self.scope = None;
        self
    }

    pub fn call(&self) -> Call {
        self.call_at("/auth/tokens")
    }

    /// With another query.
    pub fn call_at(&self, path: &str) -> Call {
        let mut identity = self.identity.clone();
        identity["methods"] = json!(self.methods);
        let mut auth = json!({"identity": identity});
        if let Some(scope) = &self.scope {
            auth["scope"] = scope.clone();
        }
        Call::post(path, &json!({"auth": auth}))
    }
}
