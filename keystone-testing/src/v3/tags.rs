//! `/v3/projects/{id}/tags`.

use http::Method;
use serde_json::{Value, json};

use super::schema::Field;
use super::{Reply, Routes, on};
use crate::answer::Answer;
use crate::call::Call;
use crate::guard::Allow;
use crate::refusal::Refusal;
use crate::store::{Record, Store};

const MOST: usize = 80;

pub(super) fn routes(routes: Routes) -> Routes {
    routes
        .route(
            "/v3/projects/{project_id}/tags",
            on(&[
                (Method::GET, list),
                (Method::PUT, replace),
                (Method::DELETE, clear),
            ]),
        )
        .route(
            "/v3/projects/{project_id}/tags/{value}",
            on(&[
                (Method::GET, check),
                (Method::PUT, add),
                (Method::DELETE, remove),
            ]),
        )
}

fn list(call: &Call, store: &mut Store) -> Reply {
    let project = read("list_project_tags", call, store)?;
    Ok(Answer::ok(envelope(call, project.get("tags"))))
}

fn replace(call: &Call, store: &mut Store) -> Reply {
    let tags = Field::Tags.read("tags", call.body())?;
    let project = write("update_project_tags", call, store)?;
    project.set("tags", tags);
    Ok(Answer::ok(envelope(call, project.get("tags"))))
}

fn clear(call: &Call, store: &mut Store) -> Reply {
    write("delete_project_tags", call, store)?.set("tags", Vec::<String>::new());
    Ok(Answer::nothing())
}

fn check(call: &Call, store: &mut Store) -> Reply {
    let project = read("get_project_tag", call, store)?;
    let value = call.param("value");
    if project.texts("tags").contains(&value) {
        Ok(Answer::nothing())
    } else {
        Err(missing(value))
    }
}

fn add(call: &Call, store: &mut Store) -> Reply {
    let project = write("create_project_tag", call, store)?;
    let value = call.param("value").to_owned();
    let mut tags: Vec<String> = project
        .texts("tags")
        .into_iter()
        .map(ToOwned::to_owned)
        .collect();
    if tags.len() >= MOST {
        return Err(Refusal::bad(format!("A project has at most {MOST} tags")));
    }
    if tags.contains(&value) {
        return Err(Refusal::bad(format!(
            "'{value}' is there already, and tags are unique"
        )));
    }
    tags.push(value.clone());
    project.set("tags", tags);
    // The real address lacks `projects/` too.
    let url = call.link(&format!("{}/tags/{value}", project.id()));
    Ok(Answer::created_elsewhere(url))
}

fn remove(call: &Call, store: &mut Store) -> Reply {
    let project = write("delete_project_tag", call, store)?;
    let value = call.param("value");
    let tags = project.texts("tags");
    if !tags.contains(&value) {
        return Err(missing(value));
    }
    let kept: Vec<String> = tags
        .into_iter()
        .filter(|tag| *tag != value)
        .map(ToOwned::to_owned)
        .collect();
    project.set("tags", kept);
    Ok(Answer::nothing())
}

fn read<'a>(action: &str, call: &Call, store: &'a Store) -> Result<&'a Record, Refusal> {
    let id = call.param("project_id");
    let project = store.projects.look(id);
    let domain = project
        .and_then(|project| project.text("domain_id"))
        .unwrap_or_default();
    call.require(
        action,
        &[
            Allow::Admin,
            Allow::SystemReader,
            Allow::DomainRole("reader", domain),
            Allow::Project(id),
        ],
    )?;
    store.projects.get(id)
}

fn write<'a>(action: &str, call: &Call, store: &'a mut Store) -> Result<&'a mut Record, Refusal> {
    let id = call.param("project_id");
    let project = store.projects.look(id);
    let domain = project
        .and_then(|project| project.text("domain_id"))
        .unwrap_or_default();
    call.require(
        action,
        &[Allow::Admin, Allow::DomainRole("manager", domain)],
    )?;
    store.projects.get_mut(id)
}

/// The link of the real answer leads to the root of the API.
fn envelope(call: &Call, tags: Option<&Value>) -> Value {
    let root = format!("{}/v3", call.base());
    json!({ "tags": tags, "links": { "self": root } })
}

fn missing(value: &str) -> Refusal {
    Refusal::missing("project tag", value)
}
