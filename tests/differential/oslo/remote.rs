//! Remote checks: both ask one server on this machine, which notes what it is asked.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

use keystone_differential::random::Random;
use keystone_policy::decide::RemoteCall;
use keystone_policy::{Decision, JsonCredentials, Rules, oslo};
use serde_json::{Value, json};

use crate::cases::Case;
use crate::python;

/// The paths that the server knows, with the status and the body of its answer.
const ANSWERS: [(&str, u16, &str); 8] = [
    ("/yes", 200, "True"),
    ("/quoted", 200, "\"True\""),
    ("/no", 200, "False"),
    ("/lower", 200, "true"),
    ("/line", 200, "True\n"),
    ("/empty", 200, ""),
    ("/more", 200, "True or not"),
    ("/forbidden", 403, "True"),
];

/// A request: path, type of content, body.
type Asked = (String, String, String);

struct Server {
    address: String,
    asked: Arc<Mutex<Vec<Asked>>>,
}

impl Server {
    fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let asked = Arc::default();
        let server = Self {
            address,
            asked: Arc::clone(&asked),
        };
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                serve(stream.unwrap(), &asked);
            }
        });
        server
    }

    fn taken(&self) -> Vec<Asked> {
        std::mem::take(&mut *self.asked.lock().unwrap())
    }

    /// What the engine says when the calls that it needs are made.
    fn settle(&self, case: &Value, kind: &str) -> Result<bool, String> {
        let rules = case["rules"].as_object().unwrap().iter();
        let rules =
            rules.map(|(name, text)| (name.as_str(), oslo::parse_rule(text.as_str().unwrap())));
        let creds = JsonCredentials::new(case["creds"].clone()).unwrap();
        let decided = Rules::new(rules).decide("a", &creds, &case["target"]);
        let mut decided = decided.map_err(|error| error.to_string())?;
        loop {
            match decided {
                Decision::Allow => return Ok(true),
                Decision::Deny(_) => return Ok(false),
                Decision::Needs(call) => {
                    let (status, body) = self.ask(call.remote().unwrap(), kind);
                    if status != 200 {
                        return Err(call.refuse("another status").to_string());
                    }
                    let answer = call.resume(RemoteCall::reads_as_yes(&body));
                    decided = answer.map_err(|error| error.to_string())?;
                }
            }
        }
    }

    fn ask(&self, call: &RemoteCall, kind: &str) -> (u16, Vec<u8>) {
        let path = call.url().strip_prefix(&format!("http://{}", self.address));
        let body = match kind {
            JSON => call.json_body(),
            _ => call.form_body(),
        };
        let mut stream = TcpStream::connect(&self.address).unwrap();
        write!(
            stream,
            "POST {} HTTP/1.1\r\nHost: {}\r\nContent-Type: {kind}\r\nContent-Length: {}\r\n\r\n{body}",
            path.unwrap(),
            self.address,
            body.len(),
        )
        .unwrap();
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).unwrap();
        let text = String::from_utf8(answer).unwrap();
        let (head, body) = text.split_once("\r\n\r\n").unwrap();
        let status = head.split(' ').nth(1).unwrap().parse().unwrap();
        (status, body.as_bytes().to_vec())
    }
}

/// Answers one request and closes.
fn serve(stream: TcpStream, asked: &Mutex<Vec<Asked>>) {
    let mut reader = BufReader::new(stream);
    let mut line = String::new();
    reader.read_line(&mut line).unwrap();
    let path = line.split(' ').nth(1).unwrap().to_owned();
    let (mut kind, mut length) = (String::new(), 0);
    loop {
        line.clear();
        reader.read_line(&mut line).unwrap();
        match line.trim_end().split_once(": ") {
            Some((name, value)) if name.eq_ignore_ascii_case("content-type") => {
                value.clone_into(&mut kind)
            }
            Some((name, value)) if name.eq_ignore_ascii_case("content-length") => {
                length = value.parse().unwrap()
            }
            Some(_) => {}
            None => break,
        }
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body).unwrap();
    let known = ANSWERS.iter().find(|(known, ..)| path.starts_with(known));
    let (_, status, answer) = *known.unwrap();
    asked
        .lock()
        .unwrap()
        .push((path, kind, String::from_utf8(body).unwrap()));
    let length = answer.len();
    write!(
        reader.get_mut(),
        "HTTP/1.1 {status} Some\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n{answer}"
    )
    .unwrap();
}

const FORM: &str = "application/x-www-form-urlencoded";
const JSON: &str = "application/json";

/// In the order of their names, in which serde_json keeps them.
const CREDS: [&str; 5] = [
    r#"{"project_id": "p1", "roles": ["admin"], "user_id": "u1"}"#,
    r#"{"roles": [], "system_scope": "all", "user_id": null}"#,
    r#"{"note": "é😀 \"+&=%\n", "roles": ["Member", "b"], "x": [1, 1.5, true, null, {"a": []}]}"#,
    "{}",
    r#"{"system": "own", "system_scope": "all", "user_id": "u1"}"#,
];
const TARGETS: [&str; 4] = [
    "{}",
    r#"{"a.b": null, "id": "t-1", "x": 1e16}"#,
    r#"{"id": "plain.text_~1", "x": ["é", {"a": "b"}]}"#,
    r#"{"id": 7, "x": false}"#,
];

/// A rule with checks of the server, roles and a rule that holds such a check.
fn rule(random: &mut Random, server: &str, depth: usize) -> String {
    match random.below(if depth == 0 { 4 } else { 8 }) {
        0 => "role:admin".to_owned(),
        1 => "rule:remote".to_owned(),
        2 | 3 => format!("http://{server}{}/N", random.pick(&ANSWERS[..7]).0),
        4 => format!("not ({})", rule(random, server, depth - 1)),
        number => {
            let operator = if number == 5 { "or" } else { "and" };
            let left = rule(random, server, depth - 1);
            let right = rule(random, server, depth - 1);
            format!("({left} {operator} {right})")
        }
    }
}

/// Cases whose number is part of the addresses that they ask, and of what kind the content is.
fn cases(server: &str) -> Vec<(Value, &'static str)> {
    let mut random = Random::new(11);
    let mut rules: Vec<String> = (0..300).map(|_| rule(&mut random, server, 3)).collect();
    for (path, ..) in &ANSWERS[..7] {
        rules.push(format!("http://{server}{path}/N"));
        rules.push(format!("not http://{server}{path}/N/%(id)s?x=%(id)s"));
        rules.push(format!(
            "rule:remote and http://{server}{path}/N/%(missing)s"
        ));
    }
    let mut cases = Vec::new();
    for kind in [FORM, JSON] {
        for rule in &rules {
            let number = cases.len().to_string();
            let remote = format!("http://{server}{}/N", random.pick(&ANSWERS[..7]).0);
            let read = |text| serde_json::from_str::<Value>(text).unwrap();
            let case = json!({
                "rules": {"a": rule.replace("/N", &format!("/{number}")),
                          "remote": remote.replace("/N", &format!("/{number}"))},
                "creds": read(random.pick(&CREDS)),
                "target": read(random.pick(&TARGETS)),
            });
            cases.push((case, kind));
        }
    }
    cases
}

fn line((case, kind): &(Value, &'static str)) -> Case {
    let (rules, target, creds) = (&case["rules"], &case["target"], &case["creds"]);
    Case::new(
        "remote checks",
        format!(
            r#""rules": {rules}, "rule": "a", "target": {target}, "creds": {creds}, "remote_content_type": "{kind}""#
        ),
    )
}

/// Asks both about each case and compares the answers, and what the server was asked for them.
#[test]
fn other_servers_are_asked_as_oslo_policy_asks_them() {
    let server = Server::start();
    let cases = cases(&server.address);
    let lines: Vec<Case> = cases.iter().map(line).collect();
    let theirs = python::answers(&lines);
    let mut others = server.taken();
    let mut own = Vec::new();
    let mut allowed = 0;
    for ((case, kind), theirs) in cases.iter().zip(&theirs) {
        let ours = server.settle(case, kind);
        own.extend(server.taken());
        match (&ours, theirs["result"].as_bool()) {
            (Ok(ours), Some(theirs)) if *ours == theirs => allowed += usize::from(theirs),
            // The target lacks an attribute of the address.
            (Ok(false) | Err(_), None) if theirs["error"]["class"] == "KeyError" => {}
            _ => panic!("{case}\n{ours:?}\n{theirs}"),
        }
    }
    // oslo.policy asks the same address twice in a decision, we do so once.
    others.sort();
    others.dedup();
    own.sort();
    for (own, others) in own.iter().zip(&others) {
        assert_eq!(own, others);
    }
    assert_eq!(own.len(), others.len());
    println!("{} calls, {allowed} of {} allowed", own.len(), cases.len());
    assert!(allowed > 100 && own.len() > 500, "{allowed} {}", own.len());
}

/// An answer with another status than 200 is none here, whatever it says.
#[test]
fn a_refusal_that_says_true_is_a_yes_there_and_doubt_here() {
    let server = Server::start();
    for (rule, theirs) in [("", true), ("not ", false)] {
        let rules = json!({"a": format!("{rule}http://{}/forbidden/0", server.address)});
        let case = (json!({"rules": rules, "creds": {}, "target": {}}), FORM);
        assert_eq!(python::answers(&[line(&case)])[0]["result"], theirs);
        assert!(server.settle(&case.0, FORM).is_err());
    }
}
