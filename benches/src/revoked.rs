//! One token, many callers, and then the token is revoked: who notices, and what it costs.
//!
//! All callers are on their way with the same token when it is revoked, at the same embedded
//! Keystone: our tasks, then as many threads of keystoneauth1.

use std::error::Error;
use std::io::{BufRead, BufReader, Write};
use std::process::Stdio;
use std::time::{Duration, Instant};

use http::Method;
use keystone_sdk::Session;
use keystone_sdk::auth::v3;
use keystone_sdk::catalog::EndpointFilter;
use keystone_sdk::session::Call;
use keystone_testing::Keystone;
use serde::Deserialize;
use tokio::task::JoinSet;

const CALLERS: usize = 200;
const ROUNDS: usize = 5;
const PROJECTS: &str = "/v3/projects";

/// What came of all rounds.
#[derive(Default)]
struct Sum {
    errors: usize,
    logins: usize,
    time: Duration,
}

pub(crate) fn run() -> Result<(), Box<dyn Error>> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()?;
    let ours = runtime.block_on(ours())?;
    let theirs = runtime.block_on(theirs())?;
    println!("\n{CALLERS} callers whose one token is revoked while they call, {ROUNDS} times");
    let header = ("errors", "logins", "ms a call that succeeds");
    println!("{:<26}{:>10}{:>10}{:>28}", "", header.0, header.1, header.2);
    let base = ours.time_of_success();
    for (name, sum) in [
        ("tasks of keystone-sdk", ours),
        ("threads of keystoneauth1", theirs),
    ] {
        let (errors, logins, time) = (sum.errors, sum.logins, sum.time_of_success());
        let ratio = time / base;
        println!("{name:<26}{errors:>10}{logins:>10}{time:>20.2} (x {ratio:.1})");
    }
    Ok(())
}

impl Sum {
    /// Milliseconds a call that succeeds: what fails soon is not fast.
    fn time_of_success(&self) -> f64 {
        let succeeded = CALLERS * ROUNDS - self.errors;
        1e3 * self.time.as_secs_f64() / succeeded as f64
    }
}

async fn ours() -> Result<Sum, Box<dyn Error>> {
    let keystone = Keystone::start().await?;
    let admin = keystone.admin();
    let auth = v3::Password::builder(keystone.v3_url())
        .username(admin.username())
        .password(admin.password())
        .user_domain_id(admin.domain_id())
        .project_name(admin.project_name())
        .project_domain_id(admin.domain_id())
        .build()?;
    let session = Session::new(auth)?;
    session.token().await?;
    let mut sum = Sum::default();
    for _ in 0..ROUNDS {
        keystone.requests().clear();
        let held = keystone.hold("GET", PROJECTS);
        let begin = Instant::now();
        let mut calls = JoinSet::new();
        for _ in 0..CALLERS {
            let session = session.clone();
            let identity = EndpointFilter::service_type("identity");
            let call = Call::new(Method::GET, "projects").endpoint(identity);
            calls.spawn(async move { session.send(call).await.is_err() });
        }
        revoke_midway(&keystone).await;
        drop(held);
        sum.errors += calls.join_all().await.into_iter().filter(|it| *it).count();
        sum.time += begin.elapsed();
        sum.logins += keystone.requests().count("POST", "/v3/auth/tokens");
    }
    Ok(sum)
}

#[derive(Deserialize)]
struct Round {
    errors: usize,
    seconds: f64,
}

async fn theirs() -> Result<Sum, Box<dyn Error>> {
    let keystone = Keystone::start().await?;
    let admin = keystone.admin();
    let mut python = keystone_lab::python("revoked_token.py")?
        .args([&keystone.v3_url(), admin.username(), admin.password()])
        .args([
            admin.project_name(),
            &CALLERS.to_string(),
            &ROUNDS.to_string(),
        ])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()?;
    let mut input = python.stdin.take().ok_or("no input")?;
    let output = python.stdout.take().ok_or("no output")?;
    let mut lines = BufReader::new(output).lines();
    let mut sum = Sum::default();
    for _ in 0..ROUNDS {
        let ready = lines.next().ok_or("keystoneauth1 came to its end")??;
        assert_eq!(ready, "ready");
        keystone.requests().clear();
        let held = keystone.hold("GET", PROJECTS);
        writeln!(input, "go")?;
        revoke_midway(&keystone).await;
        drop(held);
        let line = lines.next().ok_or("keystoneauth1 came to its end")??;
        let round: Round = serde_json::from_str(&line)?;
        sum.errors += round.errors;
        sum.time += Duration::from_secs_f64(round.seconds);
        sum.logins += keystone.requests().count("POST", "/v3/auth/tokens");
    }
    python.wait()?;
    Ok(sum)
}

/// Revokes all tokens once every caller's request has come in.
async fn revoke_midway(keystone: &Keystone) {
    let requests = keystone.requests();
    requests.arrived("GET", PROJECTS, CALLERS).await;
    keystone.revoke_all_tokens();
}
