//! What the extension keys of a document say.

use keystone_lab::chromium::Chromium;
use keystone_middleware::policy::{Defaults, Enforcer};
use keystone_middleware::{DocsPage, Routes};
use serde_json::json;

use super::rules::serve;
use super::{open, open_operation};

static NO_POLICIES: Defaults = Defaults {
    rules: &[],
    policies: &[],
};

/// A browser with the page of `zones.yaml`.
async fn zones() -> Chromium {
    let enforcer = Enforcer::builder(&NO_POLICIES).build().unwrap();
    let page = DocsPage::new(include_str!("zones.yaml")).unwrap();
    let url = serve(Routes::new(enforcer).docs_page("/docs", page).into_router()).await;
    let chromium = Chromium::start().await;
    chromium.look(1280, 900, false).await;
    open(&chromium, &format!("{url}/docs")).await;
    chromium
}

/// The text of an operation that is opened by its address, without line breaks.
async fn shown(chromium: &Chromium, id: &str) -> String {
    open_operation(chromium, id).await;
    let text = "return [...document.querySelectorAll('details.operation')] \
         .find((one) => one.querySelector('.identity code')?.textContent === arguments[0]).innerText.replace(/\\s+/g, ' ')";
    let text = chromium.run(text, &[json!(id)]).await;
    text.as_str().unwrap().to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn attributes_and_operations_show_for_whom_and_in_which_microversions_they_exist() {
    let chromium = zones().await;
    let zone = shown(&chromium, "zone.get").await;
    for says in [
        "gets 404, as for an object that does not exist",
        "Token scope: project",
        "zone.host optional zone:see_host string",
        "zone.ttl optional until 2.1 not in 2.4 integer at least 60",
        "zone.status optional \"ACTIVE\" | \"PENDING\" other words may be added",
        "zone.parent optional Zone or null",
    ] {
        assert!(zone.contains(says), "{says}: {zone}");
    }
    let lowest = "const choice = document.getElementById('microversion'); choice.value = '2.0'; \
         choice.dispatchEvent(new Event('change'))";
    chromium.run(lowest, &[]).await;
    let zone = shown(&chromium, "zone.get").await;
    assert!(
        zone.contains("zone.ttl optional until 2.1 integer"),
        "{zone}"
    );
    let freeze = shown(&chromium, "zone.freeze").await;
    assert!(freeze.contains("since 2.2 not in 2.0"), "{freeze}");
}

#[tokio::test(flavor = "multi_thread")]
async fn each_action_is_an_operation_with_its_own_policy_body_and_response() {
    let chromium = zones().await;
    let count = "return document.querySelectorAll('details.operation').length";
    assert_eq!(chromium.run(count, &[]).await, 3);
    let freeze = shown(&chromium, "zone.freeze").await;
    assert!(
        freeze.contains("/action freeze Freezes a zone zone:freeze since 2.2"),
        "{freeze}"
    );
    assert!(freeze.contains("freeze required null"), "{freeze}");
    assert!(freeze.contains("204 Done"), "{freeze}");
    assert!(!freeze.contains("transfer"), "{freeze}");
    let transfer = shown(&chromium, "zone.transfer").await;
    for says in [
        "zone:transfer asynchronous",
        "its Location is a task to be polled",
        "transfer.target_project_id required string Who gets it.",
        "202 The task",
        "404 A resource that the request names does not exist",
    ] {
        assert!(transfer.contains(says), "{says}: {transfer}");
    }
    let body = "return [...document.querySelectorAll('.try textarea')].map((body) => JSON.parse(body.value))";
    let bodies = json!([{"freeze": null}, {"transfer": {"target_project_id": "6b0a4f9e5a1c4d0e9a532c6f1f1d7a10"}}]);
    assert_eq!(chromium.run(body, &[]).await, bodies);
}
