//! A server that wants to steer the terminal of whoever calls it, at every command.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::thread;

use serde_json::{Value, json};

use super::{PASSWORD, Ran, file, keystone};

/// Sets a title, rings, colours, turns the writing round, breaks lines and hides.
const EVIL: &str =
    "\u{1b}]0;owned\u{7}\u{9b}31m\u{202e}\u{2066}\u{200b}\u{2028}\u{85}\r\nerror: forged\u{e0041}";

/// What a header can carry of it, byte by byte.
const EVIL_HEADER: &str = "\u{9b}31m\u{202e}\u{200b}";

/// How the server behaves.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Mood {
    /// Refuses every login.
    Refuses,
    /// Logs everybody in, and puts what it wants everywhere.
    Welcomes,
    /// Logs everybody in and refuses every call.
    Breaks,
    /// Sends pages and redirects.
    Strays,
}

/// Serves until the test ends; says at which address.
fn start(mood: Mood, length: usize) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let own = url.clone();
    thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            // Who has seen enough of a long response hangs up.
            let _ = serve(stream, mood, &own, length);
        }
    });
    url
}

fn serve(stream: TcpStream, mood: Mood, own: &str, length: usize) -> std::io::Result<()> {
    let mut reader = BufReader::new(stream.try_clone()?);
    let mut line = String::new();
    reader.read_line(&mut line)?;
    let mut size = 0;
    loop {
        let mut header = String::new();
        reader.read_line(&mut header)?;
        let Some((name, value)) = header.trim().split_once(':') else {
            break;
        };
        if name.eq_ignore_ascii_case("content-length") {
            size = value.trim().parse().unwrap();
        }
    }
    reader.take(size).read_to_end(&mut Vec::new())?;
    let evil = format!("{EVIL}{}", "x".repeat(length));
    let (status, body) = respond(mood, &line, own, &evil);
    let body = if line.starts_with("HEAD") {
        String::new()
    } else {
        body
    };
    let head = format!(
        "HTTP/1.1 {status} {EVIL_HEADER}\r\nConnection: close\r\nContent-Type: application/json\r\n\
         X-Subject-Token: token\r\nX-Openstack-Request-Id: {EVIL_HEADER}\r\nX-Evil: {EVIL_HEADER}\r\n\
         Location: /{EVIL_HEADER}\r\nContent-Length: {}\r\n\r\n",
        body.len()
    );
    let mut stream = stream;
    stream.write_all(head.as_bytes())?;
    stream.write_all(body.as_bytes())
}

fn respond(mood: Mood, line: &str, own: &str, evil: &str) -> (u16, String) {
    let login = line.starts_with("POST /v3/auth/tokens");
    let refusal = json!({"error": {"code": 400, "title": evil, "message": evil}}).to_string();
    match mood {
        Mood::Refuses => (401, refusal),
        Mood::Strays if line.contains("/v3/auth") => (302, evil.to_owned()),
        Mood::Strays => (200, format!("<html>{evil}")),
        Mood::Breaks if !login => (500, refusal),
        Mood::Breaks | Mood::Welcomes if line.contains("/auth/tokens") => {
            (if login { 201 } else { 200 }, token(own, evil).to_string())
        }
        Mood::Breaks | Mood::Welcomes => (200, everything(own, evil).to_string()),
    }
}

fn token(own: &str, evil: &str) -> Value {
    let entity = json!({"id": evil, "name": evil, "domain": {"id": evil, "name": evil}});
    let endpoint = json!({"id": evil, "interface": "public", "region": evil, "region_id": evil, "url": format!("{own}/v3")});
    let odd = json!({"id": "o", "interface": evil, "region": evil, "region_id": evil, "url": evil});
    json!({"token": {
        "expires_at": "2999-01-01T00:00:00Z", "issued_at": "2000-01-01T00:00:00Z", "methods": ["password", evil],
        "user": entity, "project": entity, "roles": [entity],
        "catalog": [
            {"type": "identity", "name": evil, "id": "i", "endpoints": [endpoint, odd]},
            {"type": evil, "name": evil, "id": "e", "endpoints": [endpoint]},
        ],
    }})
}

/// A version document and a list of everything at once.
fn everything(own: &str, evil: &str) -> Value {
    let version = |id: &str| json!({"id": id, "status": evil, "links": [{"rel": "self", "href": format!("{own}/v3")}]});
    let thing = json!({
        "id": evil, "name": evil, "domain_id": evil, "enabled": true, "description": evil, "type": evil,
        "links": {}, "parent_id": null, "is_domain": false, "tags": [evil],
    });
    let mut all = json!({"versions": {"values": [version("v3.14"), version(evil)]}, "version": version("v3.14")});
    for name in [
        "projects",
        "users",
        "roles",
        "domains",
        "groups",
        "services",
        "endpoints",
        "regions",
    ] {
        all.as_object_mut()
            .unwrap()
            .insert(name.to_owned(), json!([thing]));
    }
    all
}

fn unseen(text: &str) -> Option<char> {
    let known = |one: char| {
        (one.is_control() && one != '\n')
            || matches!(
                one,
                '\u{200b}' | '\u{2028}' | '\u{202e}' | '\u{2066}' | '\u{e0041}'
            )
    };
    text.chars().find(|one| known(*one))
}

fn variables(url: &str) -> Vec<(String, String)> {
    let pairs = [
        ("OS_AUTH_URL", format!("{url}/v3")),
        ("OS_USERNAME", "u".to_owned()),
        ("OS_PASSWORD", PASSWORD.to_owned()),
        ("OS_USER_DOMAIN_ID", "d".to_owned()),
        ("OS_PROJECT_ID", "p".to_owned()),
    ];
    pairs.map(|(name, value)| (name.to_owned(), value)).to_vec()
}

fn commands(plan: &str) -> Vec<Vec<String>> {
    let commands = [
        "token issue",
        "token show",
        "token revoke",
        "catalog list",
        "discover",
        "discover --services",
        "request GET users",
        "request GET users --include",
        "request GET users --api-version 3",
        "request GET users --service-type nothing",
    ];
    let words = |text: &str| text.split(' ').map(str::to_owned).collect::<Vec<_>>();
    let mut all: Vec<_> = commands.iter().map(|text| words(text)).collect();
    all.push([words("provision --dry-run --prune"), vec![plan.to_owned()]].concat());
    all.push([words("provision"), vec![plan.to_owned()]].concat());
    all
}

fn hold(what: &str, arguments: &[&str], ran: &Ran) {
    assert!(unseen(&ran.stderr).is_none(), "{what}: {:?}", ran.stderr);
    assert!(
        !ran.stderr.contains("\nerror: forged"),
        "{what}: {}",
        ran.stderr
    );
    // To a program, `request` hands on what came.
    if arguments.first() != Some(&"request") {
        assert!(unseen(&ran.stdout).is_none(), "{what}: {:?}", ran.stdout);
    }
}

/// How results are printed; errors are the same in every format.
fn further(mood: Mood) -> &'static [&'static str] {
    match mood {
        Mood::Welcomes => &[
            "-f table",
            "-f value",
            "-f json",
            "-f yaml",
            "--debug",
            "--verbose",
        ],
        Mood::Refuses => &["--verbose", "--debug"],
        Mood::Breaks | Mood::Strays => &["--debug"],
    }
}

#[test]
fn no_command_lets_a_server_steer_the_terminal() {
    let plan = file(
        "hostile.yaml",
        "projects:\n  - {name: lab, domain: default}\nusers:\n  - {name: alice, domain: default}\n",
    );
    for mood in [Mood::Refuses, Mood::Welcomes, Mood::Breaks, Mood::Strays] {
        let variables = variables(&start(mood, 0));
        let mut told = 0;
        for command in commands(plan.to_str().unwrap()) {
            for further in further(mood) {
                let mut arguments: Vec<&str> = command.iter().map(String::as_str).collect();
                arguments.extend(further.split(' '));
                let ran = keystone(&arguments, &variables, "token");
                hold(&format!("{mood:?} {arguments:?}"), &arguments, &ran);
                let all = format!("{}{}", ran.stdout, ran.stderr);
                told += usize::from(all.contains("202e"));
            }
        }
        assert!(told > 4, "{mood:?}: nothing of the server came through");
    }
}

#[test]
fn no_command_lets_a_server_flood_the_terminal() {
    for (mood, length) in [(Mood::Refuses, 5_000_000), (Mood::Welcomes, 100_000)] {
        let variables = variables(&start(mood, length));
        for command in [
            "token issue",
            "catalog list",
            "discover",
            "request GET users",
        ] {
            let mut arguments: Vec<_> = command.split(' ').collect();
            arguments.push("--debug");
            let ran = keystone(&arguments, &variables, "token");
            hold(&format!("{mood:?} {command}"), &arguments, &ran);
            let longest = ran.stderr.lines().map(str::len).max().unwrap_or_default();
            assert!(longest < 8 << 10, "{command}: {longest}");
            assert!(
                ran.stdout.len() < 64 << 10 || arguments.first() == Some(&"request"),
                "{command}: {}",
                ran.stdout.len()
            );
        }
    }
}

#[test]
fn a_path_that_would_climb_is_refused_before_anything_is_sent() {
    let variables = variables(&start(Mood::Welcomes, 0));
    for path in [
        "users/.\t./domains",
        "users/..\n/domains",
        "users/%2e%2e/domains",
        "users/.%2E/domains",
        "users\\..\\domains",
        "users/../domains",
        " users",
    ] {
        let ran = keystone(&["request", "GET", path], &variables, "");
        assert_eq!(
            (ran.code, ran.stdout.as_str()),
            (2, ""),
            "{path:?}: {}",
            ran.stderr
        );
        assert!(
            ran.stderr.contains("the path `"),
            "{path:?}: {}",
            ran.stderr
        );
        assert!(unseen(&ran.stderr).is_none(), "{:?}", ran.stderr);
    }
}
