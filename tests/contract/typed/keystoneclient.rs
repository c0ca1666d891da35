//! Our calls beside those of python-keystoneclient: the same method, path, query and body for each of
//! its methods, or a reason why not.
//!
//! `tests/vectors/keystoneclient.jsonl` holds what it sends, as `tests/lab/keystoneclient_calls.py`
//! hears it. `cargo xtask test` lets that speak again; a new method of a later version is missed here.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use keystone_sdk::Error;
use serde::Deserialize;
use serde_json::Value;
use url::Url;

use self::calls::Calls;
use self::differences::{DIFFERENCES, NOT_OFFERED};

mod calls;
mod differences;

/// A request, as a server hears it.
#[derive(Clone, Debug, Deserialize, PartialEq)]
struct Request {
    method: String,
    /// Path and query.
    target: String,
    body: Option<Value>,
}

impl Request {
    /// As `METHOD PATH?QUERY BODY`.
    fn written(text: &str) -> Self {
        let (method, rest) = text.split_once(' ').unwrap();
        let (target, body) = rest.split_once(' ').unwrap_or((rest, ""));
        let body = (!body.is_empty()).then(|| serde_json::from_str(body).unwrap());
        let (method, target) = (method.to_owned(), target.to_owned());
        Self {
            method,
            target,
            body,
        }
        .in_order()
    }

    /// The order of a query says nothing.
    fn in_order(mut self) -> Self {
        let url: Url = format!("http://h{}", self.target).parse().unwrap();
        let mut query: Vec<(String, String)> = url.query_pairs().into_owned().collect();
        query.sort();
        self.target = format!("{} {query:?}", url.path());
        self
    }
}

#[derive(Deserialize)]
struct Line {
    call: String,
    #[serde(flatten)]
    request: Request,
}

fn file() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../vectors/keystoneclient.jsonl")
}

fn recorded() -> BTreeMap<String, Request> {
    let text = std::fs::read_to_string(file()).unwrap();
    let mut requests = BTreeMap::new();
    for line in text.lines() {
        let line: Line = serde_json::from_str(line).unwrap();
        let before = requests.insert(line.call, line.request.in_order());
        assert_eq!(before, None, "a second request");
    }
    requests
}

#[tokio::test]
async fn what_we_send_is_what_it_sends_or_has_a_reason() {
    let theirs = recorded();
    let mut ours = Calls::with_response("{}").await;
    ours.make().await;
    let ours = ours.made();
    let mut faults = Vec::new();
    let differences: BTreeMap<_, _> = DIFFERENCES
        .iter()
        .map(|(call, ours, _)| (*call, Request::written(ours)))
        .collect();
    let not_offered: BTreeMap<_, _> = NOT_OFFERED.iter().copied().collect();
    for (call, their) in &theirs {
        match ours.get(call.as_str()) {
            None if not_offered.contains_key(call.as_str()) => {}
            None => faults.push(format!("{call}: not called; they send {their:?}")),
            Some(our) if is_meant(our, their, differences.get(call.as_str())) => {}
            Some(our) => faults.push(format!("{call}:\n  theirs {their:?}\n  ours   {our:?}")),
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
    let known: BTreeSet<&str> = theirs.keys().map(String::as_str).collect();
    let named = ours.keys().copied().chain(not_offered.into_keys());
    let named = named.chain(differences.into_keys());
    let strange: Vec<&str> = named.filter(|call| !known.contains(call)).collect();
    assert!(strange.is_empty(), "it has no {strange:?}");
}

/// What is sent is theirs, or that which a difference says.
fn is_meant(our: &Request, their: &Request, difference: Option<&Request>) -> bool {
    match difference {
        None => our == their,
        Some(meant) => our == meant && our != their,
    }
}

/// Checks and deletions read no body; whatever else is called takes none of these for a response.
#[tokio::test]
async fn no_call_takes_nonsense_for_an_response() {
    let mut refusals = BTreeSet::new();
    for nonsense in [
        "",
        "{}",
        "[]",
        "null",
        "0",
        "<html>canary</html>",
        "{\"canary\": ",
    ] {
        let mut calls = Calls::with_response(nonsense).await;
        calls.make().await;
        let errors = calls.errors();
        for (call, error) in &errors {
            let text = error.to_string();
            assert!(matches!(error, Error::Decode(_)), "{call}: {error:?}");
            assert!(text.len() < 400 && !text.contains("canary"), "{text}");
        }
        refusals.insert(errors.len());
    }
    let fewest = refusals.first().unwrap();
    assert_eq!((refusals.len(), *fewest > 120), (1, true), "{refusals:?}");
}

#[cfg(feature = "real-servers")]
mod real {
    use super::file;

    #[test]
    fn the_recording_is_what_the_installed_keystoneclient_sends() {
        let script = "keystoneclient_calls.py";
        let output = keystone_lab::python(script).unwrap().output().unwrap();
        let errors = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{errors}");
        let said = String::from_utf8(output.stdout).unwrap();
        if keystone_lab::bless() {
            std::fs::write(file(), &said).unwrap();
        }
        assert_eq!(std::fs::read_to_string(file()).unwrap(), said);
    }
}
