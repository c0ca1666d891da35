//! The page of the example service.

use keystone_lab::chromium::Chromium;
use keystone_middleware::sdk::config::ini::Ini;
use proxy_service::cloud::Cloud;
use proxy_service::server::{self, Server};
use proxy_service::world::{Person, World};
use serde_json::json;
use tokio::net::TcpListener;

use super::{HEIGHT, LOOKS, open, open_operation, overflow, send, text, use_token, violations};

/// The example service, on an embedded Keystone.
struct Example {
    server: Server,
    world: World,
    /// The Keystone ends with it.
    _cloud: Cloud,
}

impl Example {
    async fn start() -> Self {
        let cloud = Cloud::embedded().await.unwrap();
        let world = World::create(&cloud).await.unwrap();
        let ini = Ini::parse("test", &world.service_configuration()).unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let server = Server::start(server::app(&ini).await.unwrap(), listener).unwrap();
        Self {
            server,
            world,
            _cloud: cloud,
        }
    }

    fn page(&self) -> String {
        format!("{}/docs", self.server.url())
    }

    async fn token(&self, person: &Person) -> String {
        let session = self.world.session(person).unwrap();
        session.token().await.unwrap().expose().to_owned()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_page_shows_each_operation_and_loads_nothing_from_elsewhere() {
    let example = Example::start().await;
    let chromium = Chromium::start().await;
    open(&chromium, &example.page()).await;
    let shown = text(&chromium).await;
    for says in [
        "The proxies API",
        "microversions 1.0 to 1.2",
        "Lists proxies",
        "proxy:purge",
        "Use a token above",
    ] {
        assert!(shown.contains(says), "{says}: {shown}");
    }
    assert_eq!(chromium.console().await, [""; 0]);
    let foreign = "return performance.getEntriesByType('resource').map((one) => one.name)\
         .filter((name) => new URL(name).origin !== location.origin)";
    assert_eq!(chromium.run(foreign, &[]).await, json!([]));
    // Keystone's policies and descriptions come with a token.
    use_token(&chromium, &example.token(example.world.member()).await).await;
    open_operation(&chromium, "proxy.update").await;
    let shown = text(&chromium).await;
    for says in [
        "if the object belongs to the token's project",
        "(rule:admin and rule:owner)",
        "Change a proxy of one's own project.",
        "since 1.1",
        "admin (project), with conditions",
    ] {
        assert!(shown.contains(says), "{says}: {shown}");
    }
    assert_eq!(chromium.console().await, [""; 0]);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_page_fits_phone_and_desktop_and_is_accessible_in_light_and_dark() {
    let example = Example::start().await;
    let chromium = Chromium::start().await;
    let token = example.token(example.world.admin()).await;
    for (width, is_dark) in LOOKS {
        chromium.look(width, HEIGHT, is_dark).await;
        open(&chromium, &example.page()).await;
        assert!(overflow(&chromium).await <= 0, "{width}");
        assert_eq!(violations(&chromium).await, [""; 0], "{width} {is_dark}");
        let ground = "return getComputedStyle(document.body).backgroundColor";
        let expected = if is_dark {
            "rgb(16, 21, 27)"
        } else {
            "rgb(246, 248, 250)"
        };
        assert_eq!(chromium.run(ground, &[]).await, expected);

        use_token(&chromium, &token).await;
        for id in ["proxy.list", "proxy.update", "proxy.create"] {
            open_operation(&chromium, id).await;
        }
        send(&chromium, "proxy.list").await;
        let everything = "document.querySelectorAll('details').forEach((one) => one.open = true)";
        chromium.run(everything, &[]).await;
        assert!(overflow(&chromium).await <= 0, "{width}");
        assert_eq!(violations(&chromium).await, [""; 0], "{width} {is_dark}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_operation_is_tried_with_a_pasted_token_that_is_kept_nowhere() {
    let example = Example::start().await;
    let chromium = Chromium::start().await;
    open(&chromium, &format!("{}#proxy.list", example.page())).await;
    let (status, _) = send(&chromium, "proxy.list").await;
    assert!(status.contains("401 Unauthorized"), "{status}");

    let member = example.token(example.world.member()).await;
    use_token(&chromium, &member).await;
    let (status, body) = send(&chromium, "proxy.list").await;
    assert!(status.contains("200 OK GET /v1/proxies in"), "{status}");
    assert!(
        body.starts_with("{\n  \"proxies\": [],\n  \"links\": {"),
        "{body}"
    );
    open_operation(&chromium, "proxy.create").await;
    let (status, body) = send(&chromium, "proxy.create").await;
    assert!(status.contains("403 Forbidden"), "{status}");
    assert!(body.contains("\"code\": 403"), "{body}");

    use_token(&chromium, &example.token(example.world.admin()).await).await;
    let (status, body) = send(&chromium, "proxy.create").await;
    assert!(status.contains("201 Created"), "{status}");
    assert!(body.contains("\"domain\": \"www.example.org\""), "{body}");

    use_token(&chromium, "invented").await;
    let (status, _) = send(&chromium, "proxy.list").await;
    assert!(status.contains("401 Unauthorized"), "{status}");
    assert!(text(&chromium).await.contains("does not accept this token"));
    use_token(&chromium, &member).await;
    let kept = "return JSON.stringify([Object.entries(localStorage), Object.entries(sessionStorage), document.cookie, \
         location.href, history.state, document.documentElement.outerHTML])";
    let kept = chromium.run(kept, &[]).await.to_string();
    assert!(!kept.contains(&member), "{kept}");
    // And not when the browser goes back to a page that it has kept.
    chromium
        .open(&format!("{}/docs/openapi.json", example.server.url()))
        .await;
    chromium.run("history.back()", &[]).await;
    chromium.until("document.getElementById('token')").await;
    let field = "return document.getElementById('token').value";
    assert_eq!(chromium.run(field, &[]).await, "");
}

#[tokio::test(flavor = "multi_thread")]
async fn inputs_that_cannot_be_sent_are_refused_by_the_page() {
    let example = Example::start().await;
    let chromium = Chromium::start().await;
    open(&chromium, &format!("{}#proxy.create", example.page())).await;
    let body = "document.querySelector('.try textarea').value = arguments[0]";
    chromium.run(body, &[json!("{\"proxy\": ")]).await;
    let (status, problem) = send(&chromium, "proxy.create").await;
    assert_eq!(status, "");
    assert!(problem.starts_with("The body is not JSON: "), "{problem}");

    let token = "document.getElementById('token').value = arguments[0]; \
         document.getElementById('settings').requestSubmit(); \
         return document.getElementById('token-state').textContent";
    for wrong in ["two words", "t\u{f6}ken"] {
        let says = chromium.run(token, &[json!(wrong)]).await;
        assert!(
            says.as_str().unwrap().starts_with("A token has only"),
            "{says}"
        );
    }

    open_operation(&chromium, "proxy.get").await;
    let path = "const input = [...document.querySelectorAll('.try')].at(-1).querySelector('input'); \
         const before = input.validity.valid; input.value = arguments[0]; return before";
    assert_eq!(chromium.run(path, &[json!("..")]).await, false);
    assert_eq!(chromium.console().await, [""; 0]);
}

#[tokio::test(flavor = "multi_thread")]
async fn operations_are_found_by_words_and_by_their_address_and_shown_for_a_microversion() {
    let example = Example::start().await;
    let chromium = Chromium::start().await;
    chromium.look(1280, HEIGHT, false).await;
    open(&chromium, &example.page()).await;
    let search = "const search = document.getElementById('search'); search.value = arguments[0]; \
         search.dispatchEvent(new Event('input')); \
         return [[...document.querySelectorAll('details.operation:not([hidden])')].length, \
         [...document.querySelectorAll('#contents-list li:not([hidden])')].length, \
         document.getElementById('found').textContent]";
    for (words, found, says) in [
        ("delete", 2, "2 of 6 operations"),
        ("purge PROXIES", 1, "1 of 6 operations"),
        ("nothing", 0, "0 of 6 operations"),
        ("", 6, ""),
    ] {
        let shown = chromium.run(search, &[json!(words)]).await;
        assert_eq!(shown, json!([found, found, says]), "{words}");
    }

    open(&chromium, &format!("{}#proxy.create", example.page())).await;
    let opened = "return [...document.querySelectorAll('details.operation[open] .identity code')].map((id) => id.textContent)";
    assert_eq!(chromium.run(opened, &[]).await, json!(["proxy.create"]));
    let body = "return document.querySelector('.try textarea').value";
    let has_note = async || {
        chromium
            .run(body, &[])
            .await
            .as_str()
            .unwrap()
            .contains("note")
    };
    assert!(has_note().await);
    let lowest = "const choice = document.getElementById('microversion'); choice.value = '1.0'; \
         choice.dispatchEvent(new Event('change'))";
    chromium.run(lowest, &[]).await;
    assert!(!has_note().await);
    assert!(text(&chromium).await.contains("not in 1.0"));
    use_token(&chromium, &example.token(example.world.admin()).await).await;
    let (status, body) = send(&chromium, "proxy.create").await;
    assert!(status.contains("201 Created"), "{status}");
    assert!(!body.contains("note"), "{body}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_keyboard_is_enough() {
    let example = Example::start().await;
    let chromium = Chromium::start().await;
    chromium.look(360, HEIGHT, false).await;
    open(&chromium, &example.page()).await;
    // Focus goes through everything in the order of the page, and Enter opens an operation.
    let order = chromium.focus_order(10).await;
    let expected = ["skip", "JSON", "token", "Use", "microversion", "search"];
    assert_eq!(order.get(..6).unwrap(), expected, "{order:?}");
    assert!(order[6].contains("Lists proxies"), "{order:?}");
    chromium.key("Enter").await;
    chromium
        .until("document.querySelector('details.operation[open] .try')")
        .await;
}
