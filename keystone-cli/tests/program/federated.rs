//! Logins that a person takes part in.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::os::unix::fs::PermissionsExt;
use std::process::{Child, ChildStderr, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use axum::routing::post;
use axum::{Json, Router};
use serde_json::{Value, json};
use url::Url;

use super::{PASSWORD, file, keystone, start, variables};

/// The program while it waits for somebody.
struct Waiting {
    child: Child,
    stderr: BufReader<ChildStderr>,
    read: String,
}

impl Waiting {
    fn start(arguments: &[&str], variables: &[(&str, &str)]) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_keystone"))
            .args(arguments)
            .env_clear()
            .envs(variables.iter().copied())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let stderr = BufReader::new(child.stderr.take().unwrap());
        Self {
            child,
            stderr,
            read: String::new(),
        }
    }

    /// The next line on stderr with this in it.
    fn line(&mut self, part: &str) -> String {
        loop {
            let mut line = String::new();
            let length = self.stderr.read_line(&mut line).unwrap();
            self.read.push_str(&line);
            assert!(length > 0, "no `{part}` in {}", self.read);
            if line.contains(part) {
                return line;
            }
        }
    }

    /// What it prints in the end: stdout as JSON, and stderr.
    fn end(mut self) -> (Value, String) {
        self.stderr.read_to_string(&mut self.read).unwrap();
        let output = self.child.wait_with_output().unwrap();
        assert!(output.status.success(), "{}", self.read);
        let json = serde_json::from_slice(&output.stdout);
        (
            json.unwrap_or_else(|error| panic!("{error}: {}", self.read)),
            self.read,
        )
    }
}

/// Sends Keystone's form, as the browser does in the end.
fn bring(token: &str, origin: &Url) {
    let (host, body) = (origin.authority(), format!("token={token}"));
    let mut stream = TcpStream::connect(host).unwrap();
    let length = body.len();
    write!(
        stream,
        "POST /auth/websso/ HTTP/1.1\r\nHost: {host}\r\n\
         Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {length}\r\n\
         Sec-Fetch-Site: cross-site\r\nSec-Fetch-Mode: navigate\r\n\
         Sec-Fetch-Dest: document\r\n\r\n{body}"
    )
    .unwrap();
    let mut page = String::new();
    stream.read_to_string(&mut page).unwrap();
    assert!(page.starts_with("HTTP/1.1 200 OK"), "{page}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_login_by_the_browser_opens_it_and_takes_the_token_that_it_brings() {
    let server = start().await;
    let issue = ["token", "issue", "-f", "json"];
    let issued = keystone(&issue, &variables(&server, PASSWORD), "").json();
    let token = issued["id"].as_str().unwrap();

    let opened = file("opened-address", "");
    let script = format!("#!/bin/sh\necho \"$1\" > '{}'\n", opened.display());
    let browser = file("browser", &script);
    std::fs::set_permissions(&browser, PermissionsExt::from_mode(0o755)).unwrap();

    let arguments = [
        &issue[..],
        &[
            "--os-auth-type",
            "v3websso",
            "--os-identity-provider",
            "acme",
        ],
        &["--os-protocol", "openid", "--os-redirect-host", "127.0.0.1"],
        &["--os-redirect-port", "0"],
    ];
    let url = server.v3_url();
    let variables = [
        ("OS_AUTH_URL", url.as_str()),
        ("BROWSER", browser.to_str().unwrap()),
    ];
    let mut waiting = Waiting::start(&arguments.concat(), &variables);
    let line = waiting.line("to log in, open http");
    let address = line.split_whitespace().last().unwrap();
    let address = Url::parse(address).unwrap();
    assert!(
        address
            .path()
            .ends_with("/identity_providers/acme/protocols/openid/websso")
    );
    let (_, origin) = address
        .query_pairs()
        .find(|(name, _)| name == "origin")
        .unwrap();
    bring(token, &Url::parse(&origin).unwrap());

    let (taken, stderr) = waiting.end();
    assert_eq!(taken["id"], token);
    assert!(!stderr.contains(token), "{stderr}");
    let opened = std::fs::read_to_string(opened).unwrap();
    assert_eq!(opened.trim_end(), address.as_str());
}

/// An OpenID Provider and a Keystone in one. The second poll finds the login approved.
async fn provider() -> String {
    let polls = Arc::new(AtomicUsize::new(0));
    let poll = move || async move {
        if polls.fetch_add(1, Ordering::SeqCst) == 0 {
            let pending = Json(json!({"error": "authorization_pending"}));
            return (StatusCode::BAD_REQUEST, pending).into_response();
        }
        Json(json!({"access_token": "canary-access", "token_type": "Bearer"})).into_response()
    };
    let device = || async {
        Json(json!({
            "device_code": "canary-device", "user_code": "WDJB-MJHT", "interval": 1,
            "verification_uri": "https://op.example/device",
            "verification_uri_complete": "https://op.example/device?user_code=WDJB-MJHT",
            "expires_in": 600,
        }))
    };
    let login = || async { unscoped() };
    let app = Router::new()
        .route("/device", post(device))
        .route("/token", post(poll))
        .route(
            "/v3/OS-FEDERATION/identity_providers/acme/protocols/openid/auth",
            post(login),
        );
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move { axum::serve(listener, app).await });
    format!("http://{address}")
}

fn unscoped() -> Response {
    let body = json!({"token": {
        "expires_at": "2999-01-01T00:00:00Z", "methods": ["openid"], "user": {"id": "u"},
    }});
    (
        StatusCode::CREATED,
        [("x-subject-token", "unscoped")],
        Json(body),
    )
        .into_response()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_login_on_another_device_says_what_to_do_in_plain_lines_where_stderr_is_no_terminal() {
    let url = provider().await;
    let (keystone, device, token) = (
        format!("{url}/v3"),
        format!("{url}/device"),
        format!("{url}/token"),
    );
    let arguments = [
        &[
            "token",
            "issue",
            "-f",
            "json",
            "--os-auth-type",
            "v3oidcdeviceauthz",
        ][..],
        &[
            "--os-auth-url",
            &keystone,
            "--os-identity-provider",
            "acme",
            "--os-protocol",
            "openid",
        ],
        &[
            "--os-client-id",
            "tool",
            "--os-device-authorization-endpoint",
            &device,
        ],
        &["--os-access-token-endpoint", &token],
    ];
    let variables = [("LANG", "en_GB.UTF-8"), ("TERM", "xterm-256color")];
    let (taken, stderr) = Waiting::start(&arguments.concat(), &variables).end();
    assert_eq!(taken["id"], "unscoped");
    assert_eq!(
        stderr,
        "To log in, open https://op.example/device and enter the code WDJB-MJHT within 10 minutes.\n\
         Or open https://op.example/device?user_code=WDJB-MJHT\n"
    );
}
