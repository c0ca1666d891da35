//! Documents and rules that try to be more than text.

use keystone_lab::chromium::Chromium;
use keystone_middleware::policy::{Defaults, Enforcer};
use keystone_middleware::{DocsPage, Routes};
use serde_json::{Value, json};

use super::rules::serve;
use super::{open, open_operation, overflow, text};

static NO_POLICIES: Defaults = Defaults {
    rules: &[],
    policies: &[],
};

/// Markup that would run a script, if it were markup anywhere.
const MARKUP: &str = "\"'><img src=x onerror=\"document.title='owned'\"><script>document.title='owned'</script>\
     <a href=\"javascript:document.title='owned'\">go</a>{{7*7}}${7*7}";

/// `document` with `MARKUP` in place of every text, and as a name of whatever has free names.
fn poisoned(document: &Value) -> Value {
    const NEEDED: [&str; 9] = [
        "openapi",
        "type",
        "in",
        "$ref",
        "format",
        "x-openstack-shape",
        "x-openstack-since",
        "x-openstack-until",
        "pattern",
    ];
    match document {
        Value::String(_) => json!(MARKUP),
        Value::Array(items) => items.iter().map(poisoned).collect(),
        Value::Object(entries) => entries
            .iter()
            .map(|(name, value)| match NEEDED.contains(&name.as_str()) {
                true => (name.clone(), value.clone()),
                false => (name.clone(), poisoned(value)),
            })
            .collect(),
        other => other.clone(),
    }
}

fn document() -> Value {
    let schema = json!({
        "type": "object",
        "description": "text",
        "required": ["text"],
        "properties": {
            MARKUP: {"type": "string", "description": "text", "default": "text", "x-openstack-policies": ["text"], "x-openstack-since": "1.1"},
            "__proto__": {"type": "object", "properties": {"polluted": {"type": "string", "default": "yes"}}},
            "all": {"$ref": "#/components/schemas/All"},
            "any": {"$ref": "#/components/schemas/Any"},
            "nothing": {"$ref": "#/components/schemas/Nothing"},
            "elsewhere": {"$ref": "http://evil.example/schema"},
            "self": {"$ref": "#/components/schemas/Loop"},
            "words": {"enum": ["text", "more"]},
        },
    });
    let operation = json!({
        "operationId": "text",
        "tags": ["text"],
        "summary": "text",
        "description": "text",
        "deprecated": true,
        "x-openstack-deprecated": "text",
        "x-openstack-gone": "text",
        "x-openstack-task": "text",
        "x-openstack-policies": ["text"],
        "x-openstack-actions": {MARKUP: {"policies": ["text"], "doc": "text"}},
        "parameters": [
            {"name": "text", "in": "path", "description": "text", "schema": {"type": "string", "enum": ["text"]}},
            {"name": "text", "in": "query", "schema": {"const": "text"}},
        ],
        "requestBody": {"content": {"application/json": {"schema": schema}}},
        "responses": {
            "200": {"description": "text", "headers": {MARKUP: {"description": "text"}}, "content": {MARKUP: {"schema": schema}}},
            MARKUP: {"description": "text"},
        },
    });
    let document = json!({
        "openapi": "3.1.0",
        "info": {
            "title": "text", "version": "text", "description": "text",
            "x-openstack-service": {"type": "text", "microversions": {"min": "text", "max": "text"}},
        },
        "tags": [{"name": "text", "description": "text"}],
        "paths": {format!("/{MARKUP}"): {"get": operation, "post": operation}, "/null": null, "/list": []},
        "components": {"schemas": {
            "All": {"allOf": [{"$ref": "#/components/schemas/All"}, {"$ref": "#/components/schemas/All"}]},
            "Any": {"anyOf": [{"$ref": "#/components/schemas/Any"}, {"type": "array", "items": {"$ref": "#/components/schemas/Any"}}]},
            "Nothing": {"$ref": "#/components/schemas/Nothing"},
            "Loop": {"type": "object", "properties": {"again": {"$ref": "#/components/schemas/Loop"}}}}},
    });
    poisoned(&document)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_document_full_of_markup_stays_text() {
    let enforcer = Enforcer::builder(&NO_POLICIES).build().unwrap();
    let page = DocsPage::new(&document().to_string())
        .unwrap()
        .access_for_everybody();
    let app = Routes::new(enforcer).docs_page("/docs", page).into_router();
    let url = serve(app).await;
    let chromium = Chromium::start().await;
    chromium.look(360, 900, false).await;
    open(&chromium, &format!("{url}/docs")).await;
    open_operation(&chromium, MARKUP).await;
    let everything = "document.querySelectorAll('details').forEach((one) => one.open = true)";
    chromium.run(everything, &[]).await;
    let shown = text(&chromium).await;
    assert!(
        shown
            .matches("<script>document.title='owned'</script>")
            .count()
            > 10,
        "{shown}"
    );
    assert_eq!(chromium.run("return document.title", &[]).await, MARKUP);
    let made = "return document.querySelectorAll('img, iframe, [onerror], a[href^=javascript]').length \
         + document.querySelectorAll('script:not([src])').length";
    assert_eq!(chromium.run(made, &[]).await, 0);
    assert_eq!(
        chromium.run("return ({}).polluted ?? null", &[]).await,
        Value::Null
    );
    assert_eq!(chromium.console().await, [""; 0]);
    assert!(overflow(&chromium).await <= 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_operation_never_leads_the_token_to_another_host() {
    let paths = [
        "//evil.example/",
        "/\\evil.example/",
        "http://evil.example/",
        "/../../outside",
        "/{id}/x",
    ];
    let operation = |id: usize| json!({"get": {"operationId": format!("o{id}"), "parameters": [{"name": "id", "in": "path", "schema": {"default": "."}}]}});
    let paths: serde_json::Map<String, Value> = paths
        .iter()
        .enumerate()
        .map(|(id, path)| ((*path).to_owned(), operation(id)))
        .collect();
    let document = json!({"openapi": "3.1.0", "servers": [{"url": "http://evil.example"}], "security": [{"token": []}], "paths": paths});
    let enforcer = Enforcer::builder(&NO_POLICIES).build().unwrap();
    let page = DocsPage::new(&document.to_string())
        .unwrap()
        .without_access();
    let url = serve(Routes::new(enforcer).docs_page("/docs", page).into_router()).await;
    let chromium = Chromium::start().await;
    open(&chromium, &format!("{url}/docs")).await;
    let requests = "const sent = []; window.fetch = async (url) => { sent.push(String(url)); throw new Error('no'); }; \
         document.getElementById('token').value = 't'; document.getElementById('settings').requestSubmit(); \
         document.querySelectorAll('details.operation').forEach((one) => { one.open = true; }); \
         setTimeout(() => { document.querySelectorAll('.try').forEach((form) => { \
         form.querySelectorAll('input').forEach((input) => { input.value = '..'; }); form.requestSubmit(); }); \
         setTimeout(() => done(sent), 50); }, 50);";
    let sent = chromium.run_async(requests).await;
    let sent: Vec<&str> = sent
        .as_array()
        .unwrap()
        .iter()
        .map(|url| url.as_str().unwrap())
        .collect();
    assert!(!sent.is_empty());
    for address in &sent {
        assert!(address.starts_with(&format!("{url}/")), "{sent:?}");
        assert!(!address.contains("outside"), "{sent:?}");
    }
}
