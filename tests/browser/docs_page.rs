//! The page that documents a service.

mod described;
mod example;
mod hostile;
mod rules;

use keystone_lab::chromium::Chromium;
use serde_json::{Value, json};

/// A phone and a desktop, light and dark.
const LOOKS: [(u32, bool); 4] = [(360, false), (360, true), (1280, false), (1280, true)];
const HEIGHT: u32 = 900;

/// Opens the page and waits until it shows the operations.
async fn open(chromium: &Chromium, url: &str) {
    // A change of the fragment alone would not load the page again.
    chromium.open("about:blank").await;
    chromium.open(url).await;
    chromium
        .until("document.documentElement.dataset.ready !== undefined")
        .await;
}

/// Pastes a token, and waits until the page has asked for the rules.
async fn use_token(chromium: &Chromium, token: &str) {
    let paste = "document.getElementById('token').value = arguments[0]; \
         document.getElementById('settings').requestSubmit()";
    chromium.run(paste, &[json!(token)]).await;
    chromium
        .until("document.querySelector('.overview') || /accept|may not/.test(document.getElementById('token-state').textContent)")
        .await;
}

/// Opens the operation with this id by its address, and everything in it.
async fn open_operation(chromium: &Chromium, id: &str) {
    chromium
        .run(
            "location.hash = encodeURIComponent(arguments[0])",
            &[json!(id)],
        )
        .await;
    let opened = format!(
        "[...document.querySelectorAll('details.operation[open] .identity code')].some((id) => id.textContent === {})",
        json!(id)
    );
    chromium.until(&opened).await;
}

/// Sends the form of the operation that was opened by its address, and returns the status line and
/// the body of the response.
async fn send(chromium: &Chromium, id: &str) -> (String, String) {
    const FORM: &str = "const form = [...document.querySelectorAll('details.operation')]\
         .find((one) => one.querySelector('.identity code')?.textContent === ID).querySelector('.try');";
    let form = FORM.replace("ID", &json!(id).to_string());
    let script = format!(
        "{form} const result = form.querySelector('.result'); result.replaceChildren(); form.requestSubmit(); \
         const look = () => {{ const pre = result.querySelector('pre, .notice'); \
         if (pre) done([result.querySelector('.status-line')?.textContent ?? '', pre.textContent]); \
         else setTimeout(look, 10); }}; look();"
    );
    let shown = chromium.run_async(&script).await;
    let part = |index: usize| shown[index].as_str().unwrap().to_owned();
    (part(0), part(1))
}

/// What the page shows, as text.
async fn text(chromium: &Chromium) -> String {
    let text = chromium.run("return document.body.innerText", &[]).await;
    text.as_str().unwrap().to_owned()
}

/// By how much the page is wider than the window.
async fn overflow(chromium: &Chromium) -> i64 {
    let widths = "return document.scrollingElement.scrollWidth - window.innerWidth";
    chromium.run(widths, &[]).await.as_i64().unwrap()
}

/// What axe-core finds wrong.
async fn violations(chromium: &Chromium) -> Vec<String> {
    let axe = std::fs::read_to_string(keystone_lab::axe().unwrap()).unwrap();
    chromium
        .run(&format!("{axe}; window.axe = axe;"), &[])
        .await;
    let found = "axe.run(document, {resultTypes: ['violations']}).then((found) => \
         done(found.violations.map(({id, help, nodes}) => [id, help, nodes.map(({html}) => html)])))";
    let found = chromium.run_async(found).await;
    found
        .as_array()
        .unwrap()
        .iter()
        .map(Value::to_string)
        .collect()
}
