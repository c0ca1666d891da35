//! Users, projects and roles that cases need before they begin.

use serde_json::{Value, json};

use crate::call::Call;
use crate::login::Login;
use crate::recorder::Recorder;

/// A user with a password and a project of its own.
pub struct Person {
    pub id: String,
    pub name: String,
    pub password: &'static str,
    pub project: String,
    pub project_name: String,
}

impl Person {
    /// A password login by id, without a scope.
    pub fn login(&self) -> Login {
        Login::password(&json!({"id": self.id, "password": self.password}))
    }

    /// The same for the person's project.
    pub fn login_to_project(&self) -> Login {
        self.login().project(&self.project)
    }
}

/// A user of the domain `default`, with these roles on a new project.
pub async fn person(k: &mut Recorder, what: &str, roles: &[&str]) -> Person {
    let project_name = k.name(&format!("{what}-project"));
    let project = k
        .create("/projects", "project", json!({"name": project_name}))
        .await;
    let name = k.name(what);
    let password = "a Password 4 tests";
    let user = json!({"name": name, "password": password});
    let id = k.create("/users", "user", user).await;
    for role in roles {
        let role = role_id(k, role).await;
        k.prepare_as_admin(Call::put(format!(
            "/projects/{project}/users/{id}/roles/{role}"
        )))
        .await;
    }
    Person {
        id,
        name,
        password,
        project,
        project_name,
    }
}

/// The id of a bootstrapped role.
pub async fn role_id(k: &Recorder, name: &str) -> String {
    let roles = k
        .prepare_as_admin(Call::get(format!("/roles?name={name}")))
        .await;
    roles.text("/roles/0/id")
}

/// A domain with this name and more.
pub async fn domain(k: &mut Recorder, what: &str) -> String {
    let name = k.name(what);
    k.create("/domains", "domain", json!({"name": name})).await
}

/// The number of elements at a JSON pointer.
pub fn length(value: &Value) -> usize {
    value.as_array().map_or(0, Vec::len)
}

/// A user of a domain with a role on it: its id, and a token for the domain.
pub async fn domain_caller(
    k: &mut Recorder,
    what: &str,
    domain: &str,
    role: &str,
) -> (String, String) {
    let password = "a Password 4 tests";
    let name = k.name(what);
    let user = json!({"name": name, "password": password, "domain_id": domain});
    let id = k.create("/users", "user", user).await;
    let role = role_id(k, role).await;
    k.prepare_as_admin(Call::put(format!(
        "/domains/{domain}/users/{id}/roles/{role}"
    )))
    .await;
    let login = Login::password(&json!({"id": id, "password": password})).domain(domain);
    let token = k.prepare(login.call()).await.token();
    (id, token)
}
