//! What a token can be scoped to.

use keystone_sdk::auth::PluginOptions;
use keystone_sdk::identity::v3::{RoleRef, TrustCreate};

use super::login;
use super::scene::{Person, Scene};

/// By the person's name and password, without a scope.
fn by_name(scene: &Scene, person: &Person) -> PluginOptions {
    PluginOptions::new()
        .with("auth_url", &*scene.url)
        .with("username", &*person.name)
        .with("user_domain_name", "Default")
        .with("password", Person::PASSWORD)
}

pub async fn every_scope(scene: &Scene) {
    let person = scene.person("scoped").await;
    let member = scene.member().await;
    let on_domain = scene.client.domain_user_roles("default", &person.id);
    on_domain.add(&member).await.unwrap();
    let on_system = scene.client.system_user_roles(&person.id);
    on_system.add(&member).await.unwrap();

    let project = person.project.as_str();
    let cases: [(&[(&str, &str)], &str); 6] = [
        (&[("project_id", project)], "project"),
        (
            &[
                ("project_name", &person.project_name),
                ("project_domain_id", "default"),
            ],
            "project",
        ),
        (&[("domain_id", "default")], "domain"),
        (&[("domain_name", "Default")], "domain"),
        (&[("system_scope", "all")], "system"),
        (&[], "none"),
    ];
    for (scope, expected) in cases {
        let options = scope
            .iter()
            .fold(by_name(scene, &person), |options, (name, value)| {
                options.with(*name, *value)
            });
        let session = login("v3password", options).await.unwrap();
        let access = session.access().await.unwrap();
        let found = if access.project_id() == Some(project) {
            "project"
        } else if access.domain_id() == Some("default") {
            "domain"
        } else if access.is_system_scoped() {
            "system"
        } else {
            "none"
        };
        assert_eq!(found, expected, "{scope:?}");
        assert_eq!(access.user_id(), person.id.as_str());
    }
}

pub async fn trusts(scene: &Scene) {
    let trustor = scene.person("trustor").await;
    let trustee = scene.person("trustee").await;
    let lender = scene.client_of(&trustor).await;
    for impersonation in [true, false] {
        let new = TrustCreate::new(&trustor.id, &trustee.id, impersonation)
            .project_id(&trustor.project)
            .roles([RoleRef::new().name("member")]);
        let trust = lender.trusts().create(new).await.unwrap();
        let options = by_name(scene, &trustee).with("trust_id", trust.id.as_str());
        let session = login("v3password", options).await.unwrap();
        let access = session.access().await.unwrap();
        let acting = if impersonation { &trustor } else { &trustee };
        assert_eq!(access.user_id(), acting.id.as_str());
        assert_eq!(access.project_id(), Some(trustor.project.as_str()));
    }
}

pub async fn tokens(scene: &Scene) {
    let person = scene.person("trader").await;
    let first = login("v3password", by_name(scene, &person)).await.unwrap();
    let token = first.token().await.unwrap();
    for plugin in ["v3token", "token"] {
        let options = PluginOptions::new()
            .with("auth_url", &*scene.url)
            .with("token", token.expose())
            .with("project_id", person.project.as_str());
        let session = login(plugin, options).await.unwrap();
        let access = session.access().await.unwrap();
        assert_eq!(access.project_id(), Some(person.project.as_str()));
        let mut methods = access.methods.clone();
        methods.sort();
        assert_eq!(methods, ["password", "token"]);
    }
}

pub async fn generic(scene: &Scene) {
    let person = scene.person("generic").await;
    let root = scene.url.trim_end_matches("/v3");
    for url in [root, &scene.url] {
        let options = PluginOptions::new()
            .with("auth_url", url)
            .with("username", &*person.name)
            .with("password", Person::PASSWORD)
            .with("default_domain_id", "default")
            .with("project_name", &*person.project_name);
        let session = login("password", options).await.unwrap();
        let access = session.access().await.unwrap();
        assert_eq!(access.project_id(), Some(person.project.as_str()));
    }
}
