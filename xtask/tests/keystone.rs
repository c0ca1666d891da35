//! No Keystone outlives the task that started it.

use std::io::{BufRead, BufReader};
use std::net::TcpStream;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

fn xtask() -> Command {
    Command::new(env!("CARGO_BIN_EXE_xtask"))
}

/// Whether anybody listens at `HOST:PORT`.
fn listens(address: &str) -> bool {
    TcpStream::connect(address).is_ok()
}

/// The `HOST:PORT` among the lines that `cargo xtask keystone` prints.
fn address(output: &mut impl BufRead) -> Option<String> {
    let mut lines = output.lines().map_while(Result::ok);
    let url = lines.find_map(|line| {
        line.strip_prefix("export OS_AUTH_URL=http://")
            .map(str::to_owned)
    });
    Some(url?.trim_end_matches("/v3").to_owned())
}

#[test]
fn a_killed_task_leaves_no_server_behind() {
    let mut task = xtask()
        .arg("keystone")
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    // Kept open, so that it is the kill that ends the task.
    let mut output = BufReader::new(task.stdout.take().unwrap());
    let address = address(&mut output).unwrap();
    assert!(listens(&address));
    assert!(task.try_wait().unwrap().is_none());
    task.kill().unwrap();
    task.wait().unwrap();
    let killed = Instant::now();
    while listens(&address) {
        assert!(
            killed.elapsed() < Duration::from_secs(60),
            "{address} is still served"
        );
        std::thread::sleep(Duration::from_millis(50));
    }
}

#[test]
fn a_command_gets_the_credentials_and_gives_its_status() {
    let script = "echo $OS_AUTH_URL $OS_USERNAME; exit 7";
    let output = xtask()
        .args(["keystone", "--", "sh", "-c", script])
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(7));
    let printed = String::from_utf8(output.stdout).unwrap();
    let (url, username) = printed.trim().split_once(' ').unwrap();
    assert_eq!(username, "admin");
    let address = url.strip_prefix("http://").unwrap().trim_end_matches("/v3");
    assert!(!listens(address), "the server ends before the task does");
}
