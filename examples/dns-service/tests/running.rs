//! The program as its user sees it.

#![expect(clippy::unwrap_used, reason = "helpers of tests fail as tests do")]

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use http::{HeaderName, Method};
use keystone_middleware::sdk::transport::{Request, Transport};

fn program() -> Command {
    Command::new(env!("CARGO_BIN_EXE_dns-service"))
}

/// Ends the program when the test ends, however it ends.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

impl Running {
    /// Starts the program, and reads what it prints until it serves.
    fn start(command: &mut Command) -> (Self, Vec<String>) {
        let started = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn();
        let mut running = Self(started.unwrap());
        let lines = BufReader::new(running.0.stdout.take().unwrap()).lines();
        let mut printed = Vec::new();
        for line in lines {
            printed.push(line.unwrap());
            if printed.last().unwrap().contains("Ctrl-C ends it.") {
                break;
            }
        }
        (running, printed)
    }
}

async fn status(url: &str, token: Option<&str>) -> http::StatusCode {
    let transport = Transport::builder().build().unwrap();
    let mut request = Request::new(Method::GET, url.parse().unwrap());
    if let Some(token) = token {
        let name = HeaderName::from_static("x-auth-token");
        request = request.header(name, token.parse().unwrap());
    }
    transport.send(request).await.unwrap().status
}

#[tokio::test]
async fn it_serves_with_a_keystone_of_its_own_and_prints_lines_to_paste() {
    let (_running, printed) = Running::start(&mut program());
    let value = |name: &str| {
        let mut values = printed.iter().filter_map(|line| line.strip_prefix(name));
        values.next().unwrap().to_owned()
    };
    let url = value("URL=");
    let zones = format!("{url}/v2/zones");
    for name in ["ADMIN=", "ALICE=", "RITA="] {
        assert_eq!(status(&zones, Some(&value(name))).await, 200, "{name}");
    }
    assert_eq!(status(&zones, Some("invented")).await, 401);
    assert_eq!(status(&format!("{url}/docs"), None).await, 200);
    assert!(printed.iter().any(|line| line.starts_with("call $ALICE")));
}

#[tokio::test]
async fn the_configuration_that_ships_is_understood() {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("etc/dns-service.conf");
    let (_running, printed) = Running::start(program().arg("--config").arg(file));
    let url = printed[0].strip_prefix("Serving on ").unwrap();
    let url = url.split(". ").next().unwrap();
    assert_eq!(status(&format!("{url}/v2"), None).await, 200);
}

#[test]
fn a_configuration_that_is_not_there_is_named() {
    let output = program()
        .args(["--config", "/nonexistent/dns.conf"])
        .output();
    let output = output.unwrap();
    let errors = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(1));
    assert!(errors.contains("/nonexistent/dns.conf"), "{errors}");
}
