//! Calls of services, and which versions there are.

use serde_json::Value;

use super::{PASSWORD, file, keystone, start, variables};

#[tokio::test(flavor = "multi_thread")]
async fn the_body_goes_to_stdout_as_it_came() {
    let server = start().await;
    let variables = variables(&server, PASSWORD);
    let ran = keystone(&["request", "get", "/projects"], &variables, "");
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    assert_eq!(
        ran.json()["projects"][0]["name"],
        server.admin().project_name()
    );
    let whole = format!("{}/projects", server.v3_url());
    assert_eq!(
        keystone(&["request", "GET", &whole], &variables, "").stdout,
        ran.stdout
    );
    let ran = keystone(&["request", "GET", "projects", "--include"], &variables, "");
    assert!(ran.stdout.starts_with("HTTP 200 OK\n"), "{}", ran.stdout);
    assert!(
        ran.stdout.contains("content-type: application/json\n"),
        "{}",
        ran.stdout
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_body_comes_from_the_arguments_a_file_or_stdin() {
    let server = start().await;
    let variables = variables(&server, PASSWORD);
    let post = ["request", "POST", "projects"];
    let body =
        |name: &str| format!(r#"{{"project": {{"name": "{name}", "domain_id": "default"}}}}"#);
    let path = file("project.json", &body("of-file"));
    let at_file = format!("@{}", path.display());
    for (given, stdin) in [
        (body("of-argument"), String::new()),
        (at_file, String::new()),
        ("-".to_owned(), body("of-stdin")),
    ] {
        let ran = keystone(
            &[&post[..], &["--json", &given]].concat(),
            &variables,
            &stdin,
        );
        assert_eq!(ran.code, 0, "{}{}", ran.stdout, ran.stderr);
        assert!(ran.json()["project"]["id"].is_string());
    }
    let data = body("of-data");
    let header = ["-H", "Content-Type: application/json", "--data", &data];
    assert_eq!(
        keystone(&[&post[..], &header].concat(), &variables, "").code,
        0
    );
    for (wrong, says) in [
        (&["--json", "{"][..], "the body is not JSON"),
        (
            &["--json", "@no/such.json"],
            "the file `no/such.json` cannot be read",
        ),
        (&["--json", "{}", "--data", "x"], "cannot be used with"),
        (&["-H", "nonsense"], "write the name, a colon and the value"),
        (
            &["--interface", "pubic"],
            "write `public`, `internal` or `admin`",
        ),
        (
            &["--api-version", "3", "--min-version", "3"],
            "cannot be used with",
        ),
        (&["--min-version", "4", "--max-version", "3"], "min_version"),
        (&["--timeout", "soon"], "write a number of seconds"),
    ] {
        let ran = keystone(&[&post[..], wrong].concat(), &variables, "");
        assert_eq!(ran.code, 2, "{wrong:?}: {}", ran.stderr);
        assert!(ran.stderr.contains(says), "{wrong:?}: {}", ran.stderr);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_status_is_told_by_the_exit_code_and_the_reason_by_the_body() {
    let server = start().await;
    let variables = variables(&server, PASSWORD);
    let ran = keystone(&["request", "GET", "projects/nowhere"], &variables, "");
    assert_eq!(ran.code, 4);
    assert_eq!(ran.json()["error"]["code"], 404);
    assert!(ran.stderr.contains("404"), "{}", ran.stderr);
    let ran = keystone(&["request", "GET", "projects", "--no-auth"], &variables, "");
    assert_eq!(ran.code, 3, "{}", ran.stderr);
    let ran = keystone(
        &["request", "GET", "x", "--service-type", "nothing"],
        &variables,
        "",
    );
    assert_eq!((ran.code, ran.stdout.as_str()), (4, ""));
    let ran = keystone(
        &["request", "GET", "projects", "--min-version", "9"],
        &variables,
        "",
    );
    assert_eq!(ran.code, 4, "{}", ran.stderr);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_endpoint_can_be_chosen() {
    let server = start().await;
    let variables = variables(&server, PASSWORD);
    let base = server.v3_url();
    let by = |further: &[&str]| {
        let arguments = [&["request", "GET", "projects"][..], further].concat();
        let ran = keystone(&arguments, &variables, "");
        assert_eq!(ran.code, 0, "{further:?}: {}", ran.stderr);
    };
    by(&["--endpoint-override", &base]);
    by(&[
        "--interface",
        "public",
        "--region-name",
        "RegionOne",
        "--service-name",
        "keystone",
    ]);
    by(&["--min-version", "3", "--max-version", "3.latest"]);
    by(&["--timeout", "20", "--microversion", "3.14"]);
    let elsewhere = ["request", "GET", "projects", "--region-name", "elsewhere"];
    assert_eq!(keystone(&elsewhere, &variables, "").code, 4);
}

#[tokio::test(flavor = "multi_thread")]
async fn debug_tells_what_curl_would_be_told_without_secrets() {
    let server = start().await;
    let variables = variables(&server, PASSWORD);
    let user = r#"{"user": {"name": "u", "domain_id": "default", "password": "canary-new"}}"#;
    let arguments = ["--debug", "request", "POST", "users", "--json", user];
    let ran = keystone(&arguments, &variables, "");
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    let told = &ran.stderr;
    assert!(told.contains("REQ: curl -g -i -X POST 'http://"), "{told}");
    assert!(told.contains("-H 'x-auth-token: ***'"), "{told}");
    assert!(told.contains("RESP: [201]"), "{told}");
    assert!(told.contains(r#"REQ BODY: {"user":{"#), "{told}");
    assert!(!told.contains("canary"), "{told}");
    let token = keystone(&["--debug", "token", "issue", "-f", "json"], &variables, "");
    let id = token.json()["id"].as_str().unwrap().to_owned();
    assert!(token.stderr.contains("RESP: [201]") && !token.stderr.contains(&id));
}

#[tokio::test(flavor = "multi_thread")]
async fn versions_are_discovered() {
    let server = start().await;
    let root = server.url();
    let ran = keystone(&["discover", &root, "-f", "json"], &[], "");
    let versions = ran.json();
    let v3 = versions.as_array().unwrap().iter().find(|one| {
        one["version"]
            .as_str()
            .is_some_and(|version| version.starts_with("3."))
    });
    assert!(v3.unwrap()["url"].as_str().unwrap().starts_with(&root));
    let variables = variables(&server, PASSWORD);
    let own = keystone(&["discover", "-f", "json"], &variables, "").json();
    assert_eq!(own[0]["status"], versions[0]["status"]);
    let all = keystone(&["discover", "--services", "-f", "json"], &variables, "").json();
    assert!(
        all.as_array()
            .unwrap()
            .iter()
            .any(|row: &Value| row["type"] == "identity"),
        "{all}"
    );
    let ran = keystone(&["discover"], &[], "");
    assert_eq!(ran.code, 2);
    assert!(
        ran.stderr.contains("set the variable `OS_AUTH_URL`"),
        "{}",
        ran.stderr
    );
    assert_eq!(keystone(&["discover", "nonsense"], &[], "").code, 2);
}
