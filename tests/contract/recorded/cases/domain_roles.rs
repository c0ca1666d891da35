//! Roles of a domain: what they imply counts, they themselves never do.

use serde_json::{Value, json};

use crate::call::Call;
use crate::login::Login;
use crate::recorder::Recorder;
use crate::scene::{domain, role_id};

cases!(alone, with_implied, implied_by_a_global_role, lent);

const PASSWORD: &str = "a Password 4 tests";

/// A domain with a project, a role and a user, who has the role on the project.
struct Scene {
    domain: String,
    project: String,
    role: String,
    user: String,
}

impl Scene {
    async fn set(k: &mut Recorder) -> Self {
        let domain = domain(k, "domain").await;
        let project = json!({"name": k.name("project"), "domain_id": domain});
        let project = k.create("/projects", "project", project).await;
        let role = json!({"name": k.name("role"), "domain_id": domain});
        let role = k.create("/roles", "role", role).await;
        let user = json!({"name": k.name("user"), "password": PASSWORD, "domain_id": domain});
        let user = k.create("/users", "user", user).await;
        let grant = format!("/projects/{project}/users/{user}/roles/{role}");
        k.prepare_as_admin(Call::put(grant)).await;
        Self {
            domain,
            project,
            role,
            user,
        }
    }

    fn login(&self) -> Call {
        let user = json!({"id": self.user, "password": PASSWORD});
        Login::password(&user).project(&self.project).call()
    }

    async fn assignments(&self, k: &mut Recorder) {
        for (what, more) in [("assigned", ""), ("in effect", "&effective")] {
            let path = format!("/role_assignments?user.id={}{more}", self.user);
            k.record_as_admin(what, Call::get(path)).await;
        }
    }

    async fn imply_member(&self, k: &Recorder) {
        let member = role_id(k, "member").await;
        k.prepare_as_admin(Call::put(format!("/roles/{}/implies/{member}", self.role)))
            .await;
    }
}

async fn alone(k: &mut Recorder) {
    let scene = Scene::set(k).await;
    k.record("login", scene.login()).await;
    scene.assignments(k).await;
    let on_the_domain = format!(
        "/domains/{}/users/{}/roles/{}",
        scene.domain, scene.user, scene.role
    );
    k.record_as_admin("on the domain", Call::put(on_the_domain))
        .await;
    let user = json!({"id": scene.user, "password": PASSWORD});
    let login = Login::password(&user).domain(&scene.domain).call();
    k.record("login to the domain", login).await;
    let on_the_system = format!("/system/users/{}/roles/{}", scene.user, scene.role);
    k.record_as_admin("on the system", Call::put(on_the_system))
        .await;
    let foreign = domain(k, "foreign").await;
    for (what, target) in [
        ("a foreign domain", "domains"),
        ("it as a project", "projects"),
    ] {
        let path = format!(
            "/{target}/{foreign}/users/{}/roles/{}",
            scene.user, scene.role
        );
        k.record_as_admin(&format!("on {what}"), Call::put(path))
            .await;
    }
}

async fn with_implied(k: &mut Recorder) {
    let scene = Scene::set(k).await;
    scene.imply_member(k).await;
    k.record("login", scene.login()).await;
    scene.assignments(k).await;
    let path = format!("/roles/{}/implies", scene.role);
    k.record_as_admin("what it implies", Call::get(path)).await;
}

async fn implied_by_a_global_role(k: &mut Recorder) {
    let scene = Scene::set(k).await;
    let global = k
        .create("/roles", "role", json!({"name": k.name("global")}))
        .await;
    let path = format!("/roles/{global}/implies/{}", scene.role);
    k.record_as_admin("by a global role", Call::put(&path))
        .await;
    k.record_as_admin("it is not there", Call::get(&path)).await;
    let other = json!({"name": k.name("other"), "domain_id": scene.domain});
    let other = k.create("/roles", "role", other).await;
    let path = format!("/roles/{other}/implies/{}", scene.role);
    k.record_as_admin("by a role of the domain", Call::put(&path))
        .await;
}

async fn lent(k: &mut Recorder) {
    let scene = Scene::set(k).await;
    scene.imply_member(k).await;
    let trustee = json!({"name": k.name("trustee"), "password": PASSWORD});
    let trustee = k.create("/users", "user", trustee).await;
    let token = k.prepare(scene.login()).await.token();
    let trust = json!({"trust": {
        "trustor_user_id": scene.user, "trustee_user_id": trustee, "impersonation": false,
        "project_id": scene.project, "roles": [{"id": scene.role}],
    }});
    let call = Call::post("/OS-TRUST/trusts", &trust).token(&token);
    let trust = k.record("a trust with the role", call).await;
    let scope: Value = json!({"OS-TRUST:trust": {"id": trust.text("/trust/id")}});
    let login = Login::password(&json!({"id": trustee, "password": PASSWORD})).scope(scope);
    k.record("what it lends", login.call()).await;
}
