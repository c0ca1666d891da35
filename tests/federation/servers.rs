//! The servers are there, before anything is asked of them.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use keystone_lab::federation::Federation;

/// What a first start under load may take.
const PATIENCE: Duration = Duration::from_secs(60);

/// The first bytes of what a server says to `GET /`.
fn greeting(address: &str) -> std::io::Result<Vec<u8>> {
    let mut stream = TcpStream::connect(address)?;
    stream.set_read_timeout(Some(PATIENCE))?;
    stream.write_all(format!("GET / HTTP/1.1\r\nHost: {address}\r\n\r\n").as_bytes())?;
    let mut start = [0; 5];
    stream.read_exact(&mut start)?;
    Ok(start.to_vec())
}

#[test]
fn each_server_responds() {
    let federation = Federation::from_env().unwrap();
    assert_eq!(federation.servers.len(), 10);
    for (name, url) in &federation.servers {
        let (scheme, rest) = url.split_once("://").unwrap();
        let address = rest.split('/').next().unwrap();
        let start = greeting(address);
        match scheme {
            "http" => assert_eq!(start.unwrap(), b"HTTP/", "{name}"),
            // An alert of TLS: plain HTTP is not what it speaks.
            _ => assert!(
                start.is_err() || start.unwrap().first() == Some(&0x15),
                "{name}"
            ),
        }
    }
}

#[test]
fn nobody_listens_where_nobody_should() {
    let federation = Federation::from_env().unwrap();
    let (_, address) = federation.closed_url.split_once("://").unwrap();
    assert!(TcpStream::connect(address).is_err());
}

#[test]
fn every_client_can_prove_itself() {
    let federation = Federation::from_env().unwrap();
    for client in &federation.openid.provider.clients {
        let proof = match client.authentication.as_str() {
            "client_secret_basic" | "client_secret_post" => client.secret.is_some(),
            "private_key_jwt" => client.key.as_ref().is_some_and(|key| key.exists()),
            "none" => true,
            other => panic!("{other}"),
        };
        assert!(proof, "{}", client.id);
    }
    assert!(federation.other_openid.authority.exists());
}

/// The commands that its servers need come from where ours do.
fn search_path() -> std::ffi::OsString {
    std::env::var_os("PATH").unwrap_or_default()
}

/// Whether a process is there, and no zombie.
fn runs(process: u32) -> bool {
    let line = std::fs::read(format!("/proc/{process}/cmdline"));
    line.is_ok_and(|line| !line.is_empty())
}

#[test]
fn a_second_lab_runs_beside_the_first_and_ends_with_its_input() {
    let first = Federation::from_env().unwrap();
    let mut script = keystone_lab::python("federation_lab.py")
        .unwrap()
        .arg("serve")
        .arg(&first.state)
        .env("PATH", search_path())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut line = String::new();
    let mut output = BufReader::new(script.stdout.take().unwrap());
    output.read_line(&mut line).unwrap();
    let facts = serde_json::from_str::<serde_json::Value>(&line).unwrap();
    let second = Federation::read(Path::new(facts["facts"].as_str().unwrap())).unwrap();
    assert_ne!(first.openid.provider.issuer, second.openid.provider.issuer);
    assert!(second.pids.values().all(|process| runs(*process)));
    drop(script.stdin.take());
    assert!(script.wait().unwrap().success());
    assert!(!second.pids.values().any(|process| runs(*process)));
    assert!(!second.run.exists());
    assert!(first.pids.values().all(|process| runs(*process)));
}
