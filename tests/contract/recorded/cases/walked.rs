//! What random walks found that no other case had asked.

use serde_json::json;

use crate::call::Call;
use crate::recorder::Recorder;
use crate::scene::{domain, person};

cases!(
    roles_of_no_domain,
    tag_filters_together,
    assignments_of_nobody
);

async fn roles_of_no_domain(k: &mut Recorder) {
    let new = json!({"role": {"name": k.name("role"), "domain_id": "missing"}});
    let made = k
        .record_as_admin("creation", Call::post("/roles", &new))
        .await;
    let path = format!("/roles/{}", made.text("/role/id"));
    k.record_as_admin("show", Call::get(&path)).await;
    k.record_as_admin("list", Call::get("/roles?domain_id=missing"))
        .await;
    k.record_as_admin("deletion", Call::delete(&path)).await;
}

async fn tag_filters_together(k: &mut Recorder) {
    let domain = domain(k, "domain").await;
    for (name, tags) in [
        ("none", vec![]),
        ("blue", vec!["blue"]),
        ("both", vec!["blue", "green"]),
    ] {
        let project = json!({"name": k.name(name), "domain_id": domain, "tags": tags});
        k.create("/projects", "project", project).await;
    }
    let filters = ["tags", "tags-any", "not-tags", "not-tags-any"];
    for first in filters {
        for wanted in ["blue", "blue,green", "red"] {
            let one = format!("/projects?domain_id={domain}&{first}={wanted}");
            k.record_as_admin("one filter", Call::get(&one)).await;
            for second in filters.iter().filter(|second| **second != first) {
                let two = format!("{one}&{second}=green");
                k.record_as_admin("two filters", Call::get(two)).await;
            }
        }
    }
}

async fn assignments_of_nobody(k: &mut Recorder) {
    let person = person(k, "person", &["member"]).await;
    for query in [
        "user.id=missing".to_owned(),
        "user.id=missing&effective".to_owned(),
        format!(
            "user.id=missing&effective&scope.project.id={}",
            person.project
        ),
        "user.id=missing&effective&scope.domain.id=default".to_owned(),
        "group.id=missing".to_owned(),
        "role.id=missing&effective".to_owned(),
        "scope.project.id=missing".to_owned(),
        "scope.project.id=missing&effective".to_owned(),
        "scope.domain.id=missing&effective".to_owned(),
    ] {
        let path = format!("/role_assignments?{query}");
        k.record_as_admin("assignments", Call::get(path)).await;
    }
}
