//! How lists are brought whole, against services that page well, badly and not at all.

use std::sync::{Arc, Mutex};

use axum::extract::{RawQuery, State};
use axum::routing::get;
use axum::{Json, Router};
use futures_util::TryStreamExt;
use keystone_sdk::Error;
use keystone_sdk::client::Match;
use keystone_sdk::error::{PagingError, PagingErrorKind};
use keystone_sdk::identity::v3::Client;
use serde_json::{Value, json};

use crate::typed_client_requests::{client_at, serve};

/// What the stub was asked, and what it answers to the n-th question.
#[derive(Clone)]
struct Pages {
    answers: Arc<Vec<Value>>,
    queries: Arc<Mutex<Vec<String>>>,
}

impl Pages {
    fn queries(&self) -> Vec<String> {
        self.queries.lock().unwrap().clone()
    }
}

async fn answer(State(pages): State<Pages>, RawQuery(query): RawQuery) -> Json<Value> {
    let mut queries = pages.queries.lock().unwrap();
    queries.push(query.unwrap_or_default());
    let last = pages.answers.len() - 1;
    Json(pages.answers[(queries.len() - 1).min(last)].clone())
}

async fn stub(answers: Vec<Value>) -> (Client, Pages) {
    let pages = Pages {
        answers: Arc::new(answers),
        queries: Arc::default(),
    };
    let app = Router::new()
        .route("/v3/domains", get(answer))
        .route("/v3/credentials", get(answer))
        .route("/v3/regions", get(answer))
        .with_state(pages.clone());
    (client_at(serve(app).await), pages)
}

fn domains(names: &[&str], next: Option<&str>, truncated: bool) -> Value {
    let items: Vec<Value> = names
        .iter()
        .map(|name| json!({"id": name, "name": name, "description": "", "enabled": true}))
        .collect();
    json!({"domains": items, "links": {"next": next, "self": "x", "previous": null}, "truncated": truncated})
}

fn credentials(ids: &[&str], truncated: bool) -> Value {
    let items: Vec<Value> = ids
        .iter()
        .map(|id| json!({"id": id, "type": "t", "blob": "b", "user_id": "u", "project_id": null}))
        .collect();
    let next = truncated.then_some("http://any/v3/credentials?limit=1&marker=a");
    json!({"credentials": items, "links": {"next": next}, "truncated": truncated})
}

fn paging<T: std::fmt::Debug>(result: Result<T, Error>) -> PagingError {
    match result {
        Err(Error::Paging(error)) => error,
        other => panic!("expected a paging error, got {other:?}"),
    }
}

#[tokio::test]
async fn the_walk_takes_only_the_marker_out_of_a_link() {
    let (client, pages) = stub(vec![
        domains(
            &["a"],
            Some("https://foreign.invalid/elsewhere?limit=7&marker=a%20b"),
            true,
        ),
        domains(&["c"], None, false),
    ])
    .await;
    let names: Vec<String> = client
        .domains()
        .list()
        .limit(1)
        .all()
        .await
        .unwrap()
        .into_iter()
        .map(|domain| domain.name)
        .collect();
    assert_eq!(names, ["a", "c"]);
    assert_eq!(pages.queries(), ["limit=1", "limit=1&marker=a+b"]);
}

#[tokio::test]
async fn a_marker_seen_before_ends_the_walk_with_an_error() {
    let (client, pages) = stub(vec![domains(&["a"], Some("?marker=a"), true)]).await;
    let error = paging(client.domains().list().all().await);
    assert_eq!(error.kind(), PagingErrorKind::Loop);
    assert_eq!(pages.queries(), ["", "marker=a"]);
}

#[tokio::test]
async fn a_cut_list_without_a_way_on_is_an_error() {
    for next in [None, Some("?limit=3")] {
        let (client, _) = stub(vec![domains(&["a"], next, true)]).await;
        let error = paging(client.domains().list().all().await);
        assert_eq!(error.kind(), PagingErrorKind::Incomplete);
        assert!(error.to_string().contains("GET domains"), "{error}");
    }
}

#[tokio::test]
async fn a_stream_asks_for_a_page_when_the_one_before_is_used_up() {
    let (client, pages) = stub(vec![
        domains(&["a", "b"], Some("?marker=b"), true),
        domains(&["c"], None, false),
    ])
    .await;
    let mut stream = client.domains().list().stream();
    assert!(pages.queries().is_empty());
    for name in ["a", "b"] {
        assert_eq!(stream.next().await.unwrap().unwrap().name, name);
        assert_eq!(pages.queries().len(), 1);
    }
    assert_eq!(stream.next().await.unwrap().unwrap().name, "c");
    assert!(stream.next().await.is_none());
    assert!(stream.next().await.is_none());
    assert_eq!(pages.queries().len(), 2);
}

#[tokio::test]
async fn a_stream_goes_with_the_combinators_of_others() {
    let (client, _) = stub(vec![
        domains(&["a"], Some("?marker=a"), true),
        domains(&["b"], None, false),
    ])
    .await;
    let stream = client.domains().list().stream();
    let names: Vec<String> = stream
        .map_ok(|domain| domain.name)
        .try_collect()
        .await
        .unwrap();
    assert_eq!(names, ["a", "b"]);
}

#[tokio::test]
async fn a_stream_ends_after_its_error() {
    let (client, _) = stub(vec![domains(&["a"], None, true)]).await;
    let mut stream = client.domains().list().stream();
    assert!(stream.next().await.unwrap().is_err());
    assert!(stream.next().await.is_none());
}

#[tokio::test]
async fn a_service_that_ignores_markers_is_asked_for_a_larger_page_once() {
    let (client, pages) = stub(vec![
        credentials(&["a"], true),
        credentials(&["a", "b"], false),
    ])
    .await;
    let all = client.credentials().list().all().await.unwrap();
    assert_eq!(all.len(), 2);
    assert_eq!(pages.queries(), ["", "limit=1000"]);
}

#[tokio::test]
async fn a_link_without_a_marker_ends_the_walk_with_an_error() {
    for next in [
        "?marker=",
        "?marker",
        "?limit=1&marker=",
        "?limit=1",
        "/v3/domains",
        "",
    ] {
        let (client, pages) = stub(vec![
            domains(&["a"], Some(next), false),
            domains(&["b"], None, false),
        ])
        .await;
        let error = paging(client.domains().list().all().await);
        assert_eq!(error.kind(), PagingErrorKind::Incomplete, "{next}");
        assert_eq!(pages.queries(), [""], "{next}");
    }
}

#[tokio::test]
async fn a_list_that_stays_cut_is_an_error() {
    let (client, pages) = stub(vec![credentials(&["a"], true)]).await;
    let error = paging(client.credentials().list().all().await);
    assert_eq!(error.kind(), PagingErrorKind::Incomplete);
    assert_eq!(pages.queries().len(), 2);
}

#[tokio::test]
async fn one_answer_tells_whether_it_is_a_part() {
    let (client, pages) = stub(vec![credentials(&["a"], true)]).await;
    let page = client.credentials().list().send().await.unwrap();
    assert!(page.is_truncated());
    assert_eq!(page.len(), 1);
    assert_eq!(pages.queries().len(), 1);
}

#[tokio::test]
async fn a_page_size_never_goes_with_a_filter_that_is_no_equality() {
    let (client, pages) = stub(vec![domains(&["a"], None, false)]).await;
    let list = client.domains().list().limit(1);
    list.clone().name("a").all().await.unwrap();
    list.name(Match::contains("a").ignore_case())
        .all()
        .await
        .unwrap();
    assert_eq!(pages.queries(), ["name=a&limit=1", "name__icontains=a"]);

    let (client, pages) = stub(vec![credentials(&["a"], true)]).await;
    let list = client.credentials().list().r#type(Match::starts_with("t"));
    assert_eq!(paging(list.all().await).kind(), PagingErrorKind::Incomplete);
    assert_eq!(pages.queries(), ["type__startswith=t"]);
}

#[tokio::test]
async fn a_list_that_knows_no_pages_is_asked_once() {
    let answer = json!({"regions": [{"id": "r", "description": "", "parent_region_id": null}]});
    let (client, pages) = stub(vec![answer]).await;
    assert_eq!(client.regions().list().all().await.unwrap().len(), 1);
    assert_eq!(pages.queries(), [""]);
}

#[tokio::test]
async fn several_of_one_name_are_an_error() {
    let (client, pages) = stub(vec![
        domains(&["a", "a"], None, false),
        domains(&["a"], None, false),
        domains(&[], None, false),
    ])
    .await;
    let error = paging(client.domains().find_by_name("a").await);
    assert_eq!(error.kind(), PagingErrorKind::Ambiguous);
    assert!(
        error.to_string().contains("2 items match the name `a`"),
        "{error}"
    );
    assert!(client.domains().find_by_name("a").await.unwrap().is_some());
    assert!(client.domains().find_by_name("a").await.unwrap().is_none());
    assert_eq!(pages.queries(), ["name=a"; 3]);
}
