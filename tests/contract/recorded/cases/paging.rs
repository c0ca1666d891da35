//! Pages: some lists follow a marker, others only pretend to.

use serde_json::json;

use crate::call::Call;
use crate::recorder::Recorder;
use crate::scene::{domain, length};

cases!(
    users,
    projects,
    domains,
    lists_that_ignore_the_marker,
    odd_limits
);

/// A name of which the mask leaves nothing, because elements come in the order of their ids.
fn numbered(k: &Recorder, number: u8) -> String {
    k.name(&format!("{number:032x}"))
}

/// Walks by `limit` and `marker`, and records each page.
async fn walk(k: &mut Recorder, path: &str, pointer: &str) {
    let separator = if path.contains('?') { '&' } else { '?' };
    let mut marker = String::new();
    for page in 1..=4 {
        let call = Call::get(format!("{path}{separator}limit=2{marker}"));
        let response = k.record_as_admin(&format!("page {page}"), call).await;
        let elements = length(response.at(pointer));
        k.note(format!("{elements} elements"));
        if elements == 0 {
            break;
        }
        marker = format!(
            "&marker={}",
            response.text(&format!("{pointer}/{}/id", elements - 1))
        );
    }
    let call = Call::get(format!("{path}{separator}limit=2&marker=nothing"));
    k.record_as_admin("an unknown marker", call).await;
    let response = k.record_as_admin("all", Call::get(path)).await;
    k.note(format!("{} elements", length(response.at(pointer))));
}

async fn users(k: &mut Recorder) {
    let domain = domain(k, "domain").await;
    for number in 0..3 {
        k.create(
            "/users",
            "user",
            json!({"name": numbered(k, number), "domain_id": domain}),
        )
        .await;
    }
    walk(k, &format!("/users?domain_id={domain}"), "/users").await;
}

async fn projects(k: &mut Recorder) {
    let domain = domain(k, "domain").await;
    for number in 0..4 {
        k.create(
            "/projects",
            "project",
            json!({"name": numbered(k, number), "domain_id": domain}),
        )
        .await;
    }
    walk(k, &format!("/projects?domain_id={domain}"), "/projects").await;
}

async fn domains(k: &mut Recorder) {
    let name = k.name("domain");
    domain(k, "domain").await;
    let path = format!("/domains?name={name}&limit=1");
    let response = k
        .record_as_admin("a full page of one", Call::get(path))
        .await;
    let marker = response.text("/domains/0/id");
    let path = format!("/domains?name={name}&limit=1&marker={marker}");
    k.record_as_admin("the page after it", Call::get(path))
        .await;
}

async fn lists_that_ignore_the_marker(k: &mut Recorder) {
    for number in 0..3 {
        k.create("/roles", "role", json!({"name": numbered(k, number)}))
            .await;
        k.create(
            "/services",
            "service",
            json!({"type": k.name("type"), "name": numbered(k, number)}),
        )
        .await;
    }
    let roles = format!("/roles?name={}&limit=1", numbered(k, 0));
    let response = k.record_as_admin("roles", Call::get(&roles)).await;
    let marker = response.text("/roles/0/id");
    k.record_as_admin(
        "roles after the last",
        Call::get(format!("{roles}&marker={marker}")),
    )
    .await;
    let services = format!("/services?type={}&limit=2", k.name("type"));
    let first = k.record_as_admin("services", Call::get(&services)).await;
    k.note(format!("{} elements", length(first.at("/services"))));
    let marker = first.text("/services/1/id");
    let second = k
        .record_as_admin(
            "services after the second",
            Call::get(format!("{services}&marker={marker}")),
        )
        .await;
    let same = first.at("/services") == second.at("/services");
    k.note(format!(
        "{} elements; the same as before: {same}",
        length(second.at("/services"))
    ));
    let service = first.text("/services/0/id");
    for _ in 0..2 {
        let endpoint =
            json!({"service_id": service, "interface": "public", "url": "http://localhost"});
        k.create("/endpoints", "endpoint", endpoint).await;
    }
    let endpoints = format!("/endpoints?service_id={service}&limit=1");
    let response = k.record_as_admin("endpoints", Call::get(&endpoints)).await;
    k.note(format!("{} elements", length(response.at("/endpoints"))));
    k.record_as_admin("regions know no limit", Call::get("/regions?limit=1"))
        .await;
}

async fn odd_limits(k: &mut Recorder) {
    let domain = domain(k, "domain").await;
    for number in 0..2 {
        k.create(
            "/users",
            "user",
            json!({"name": numbered(k, number), "domain_id": domain}),
        )
        .await;
    }
    for limit in ["0", "-1", "1000000"] {
        let call = Call::get(format!("/users?domain_id={domain}&limit={limit}"));
        let response = k.record_as_admin(&format!("limit {limit}"), call).await;
        k.note(format!("{} elements", length(response.at("/users"))));
    }
}
