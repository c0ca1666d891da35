//! The servers of a case. Those called `NAME.test` in it listen on ports of this machine.

use std::collections::{BTreeMap, BTreeSet, HashMap, VecDeque};
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::extract::Request;
use axum::http::{HeaderName, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use http_body_util::BodyExt as _;
use serde_json::Value;
use tokio::net::TcpListener;
use tokio::task::JoinSet;

use super::case::Case;
use super::outcome::{self, Outcome};

/// A server that nobody runs.
const NOBODY: (&str, &str) = ("closed.test", "127.0.0.1:1");

/// The servers of one case, running.
pub(super) struct Stage {
    /// The names in the case, and the addresses of this run.
    names: BTreeMap<String, String>,
    play: Arc<Play>,
    /// Ends with the stage.
    _servers: JoinSet<()>,
}

#[derive(Default)]
struct Play {
    answers: Mutex<HashMap<String, VecDeque<Value>>>,
    seen: Mutex<Vec<Value>>,
}

impl Stage {
    pub(super) async fn set(case: &Case) -> Self {
        let mut servers = JoinSet::new();
        let play = Arc::new(Play::default());
        let mut names = BTreeMap::from([(NOBODY.0.to_owned(), NOBODY.1.to_owned())]);
        for name in hosts(case) {
            let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
            let address = listener.local_addr().unwrap().to_string();
            let origin = format!("http://{name}");
            names.insert(name, address);
            let play = Arc::clone(&play);
            let app = Router::new().fallback(move |request| play_on(request, origin, play));
            servers.spawn(async move { axum::serve(listener, app).await.unwrap() });
        }
        let stage = Self {
            names,
            play,
            _servers: servers,
        };
        for answer in &case.answers {
            let on = answer["at"].as_str().unwrap().to_owned();
            let answer = stage.replace(answer, Direction::ToStage);
            let mut answers = stage.play.answers.lock().unwrap();
            answers.entry(on).or_default().push_back(answer);
        }
        stage
    }

    /// The case with the addresses of this run.
    pub(super) fn on_stage(&self, case: &Case) -> Case {
        let mut hidden = self.replace(&serde_json::to_value(case).unwrap(), Direction::ToStage);
        hidden["results"] = Value::Array(Vec::new());
        serde_json::from_value(hidden).unwrap()
    }

    /// What came of the case, with the names that stand in it.
    pub(super) fn outcome(&self, results: Vec<Value>) -> Outcome {
        let seen = self.play.seen.lock().unwrap().clone();
        let back = |all: Vec<Value>| {
            all.iter()
                .map(|it| self.replace(it, Direction::ToCase))
                .collect()
        };
        Outcome {
            requests: back(seen),
            results: back(results),
        }
    }

    fn replace(&self, value: &Value, direction: Direction) -> Value {
        let mut text = value.to_string();
        for (name, address) in &self.names {
            text = match direction {
                Direction::ToStage => text.replace(name, address),
                Direction::ToCase => text.replace(address, name),
            };
        }
        serde_json::from_str(&text).unwrap()
    }
}

#[derive(Clone, Copy)]
enum Direction {
    ToStage,
    ToCase,
}

/// The names of servers in a case.
fn hosts(case: &Case) -> BTreeSet<String> {
    let shown = serde_json::to_string(case).unwrap();
    let all = format!("{shown} {}", Value::from(case.answers.clone()));
    let words = all.split(|it: char| !it.is_ascii_alphanumeric() && it != '.' && it != '-');
    let hosts = words.filter(|word| word.ends_with(".test") && *word != NOBODY.0);
    hosts.map(str::to_owned).collect()
}

async fn play_on(request: Request, origin: String, play: Arc<Play>) -> Response {
    let (parts, body) = request.into_parts();
    let body = body.collect().await.unwrap().to_bytes();
    let line = format!("{} {origin}{}", parts.method, parts.uri);
    let text = |value: &HeaderValue| String::from_utf8_lossy(value.as_bytes()).into_owned();
    let headers = parts.headers.iter();
    let headers: Vec<_> = headers
        .map(|(name, value)| (name.to_string(), text(value)))
        .collect();
    let seen = outcome::request(line.clone(), &headers, &String::from_utf8_lossy(&body));
    play.seen.lock().unwrap().push(seen);
    let mut answers = play.answers.lock().unwrap();
    let without_query = line.split('?').next().unwrap();
    let known = [line.as_str(), without_query]
        .into_iter()
        .find(|it| answers.contains_key(*it));
    let Some(queue) = known.and_then(|known| answers.get_mut(known)) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let answer = if queue.len() > 1 {
        queue.pop_front().unwrap()
    } else {
        queue[0].clone()
    };
    respond(&answer)
}

fn respond(answer: &Value) -> Response {
    let status = answer["status"].as_u64().unwrap_or(200);
    let status = StatusCode::from_u16(status.try_into().unwrap()).unwrap();
    let mut response = match (answer.get("json"), answer.get("text")) {
        (Some(body), _) => axum::Json(body).into_response(),
        (None, Some(text)) => text.as_str().unwrap().to_owned().into_response(),
        (None, None) => ().into_response(),
    };
    *response.status_mut() = status;
    for (name, value) in answer["headers"].as_object().into_iter().flatten() {
        let name: HeaderName = name.parse().unwrap();
        response
            .headers_mut()
            .insert(name, value.as_str().unwrap().parse().unwrap());
    }
    response
}
