//! The client and the service of one file understand each other, in every operation.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};

use axum::extract::Request;
use axum::middleware::{Next, from_fn};
use keystone_middleware::sdk::Session;
use keystone_middleware::sdk::auth::fixed::AdminToken;
use keystone_middleware::sdk::client::Url;

use crate::notes::{self, api};
use crate::requests::declared;

mod client {
    keystone_sdk::client!("specs/notes.yaml");
}

/// The service on a port, and the requests that have come.
struct Stage {
    url: Url,
    requests: Arc<Mutex<Vec<(String, String)>>>,
}

impl Stage {
    async fn set() -> Self {
        let requests: Arc<Mutex<Vec<(String, String)>>> = Arc::default();
        let seen = requests.clone();
        let router =
            declared(notes::routes()).layer(from_fn(move |request: Request, next: Next| {
                let line = (
                    request.method().to_string(),
                    request.uri().path().to_owned(),
                );
                seen.lock().unwrap().push(line);
                next.run(request)
            }));
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap())
            .parse()
            .unwrap();
        tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        Self { url, requests }
    }

    fn client(&self, token: &str) -> client::Client {
        let session = Session::new(AdminToken::new(self.url.as_str(), token).unwrap()).unwrap();
        client::Client::at(&session, self.url.clone())
    }

    /// The operations that were not called; an action is known by its path.
    fn left(&self) -> Vec<&'static str> {
        let requests = self.requests.lock().unwrap();
        let called = |operation: &&keystone_middleware::sdk::client::Operation| {
            requests
                .iter()
                .any(|(method, path)| method == operation.method && fits(operation.path, path))
        };
        let all = api::OPERATIONS.iter();
        all.filter(|one| !called(one)).map(|one| one.name).collect()
    }
}

fn fits(template: &str, path: &str) -> bool {
    let (template, path): (Vec<_>, Vec<_>) =
        (template.split('/').collect(), path.split('/').collect());
    let same = |(name, value): (&&str, &&str)| name == value || name.starts_with('{');
    template.len() == path.len() && template.iter().zip(&path).all(same)
}

#[tokio::test]
async fn the_client_and_the_service_of_one_file_agree_on_every_operation() {
    let stage = Stage::set().await;
    let (alice, admin, root) = (
        stage.client("alice"),
        stage.client("admin"),
        stage.client("root"),
    );
    let notes = alice.notes();

    // Everything that is sent comes back.
    let new = client::NoteCreate::new("one")
        .colour("blue")
        .tags(["a", "b"])
        .clear_due();
    let made = notes.create(new).await.unwrap();
    assert_eq!((made.text.as_str(), made.colour.as_str()), ("one", "blue"));
    assert_eq!(
        (made.tags.as_slice(), made.rank),
        (&["a".to_owned(), "b".to_owned()][..], None)
    );
    let ranked = client::NoteCreate::new("two").rank(7).pin("1234");
    assert_eq!(admin.notes().create(ranked).await.unwrap().rank, Some(7));
    let got = notes.get(&made.id).microversion("latest").await.unwrap();
    assert_eq!((got.text.as_str(), got.seal.is_none()), ("one", true));

    let change = client::NoteUpdate::new().text("three").due(
        "2026-01-02T03:04:05Z"
            .parse::<keystone_middleware::sdk::client::Timestamp>()
            .unwrap(),
    );
    let changed = notes.update(&made.id, change).await.unwrap();
    assert_eq!(
        (changed.text.as_str(), changed.colour.as_str()),
        ("three", "blue")
    );
    assert!(changed.due.is_some());

    let pages = admin.notes().list().limit(1).all().await.unwrap();
    assert_eq!(pages.len(), 2);
    let blue = notes.list().colour("blue").all().await.unwrap();
    assert_eq!(blue.len(), 1);
    assert_eq!(alice.anonymous().notes().count().await.unwrap(), 2);

    let seal = client::SealRequest::new("final").levels([1, 2]);
    let sealed = notes
        .seal(&made.id, seal)
        .microversion("latest")
        .await
        .unwrap();
    assert_eq!(sealed.seal.unwrap().levels, Some(vec![1, 2]));

    let export = notes.export(&made.id).await.unwrap();
    assert_eq!(export.status.as_str(), "PENDING");
    let done = alice.exports().get(&export.id).await.unwrap();
    assert_eq!(
        (done.status.as_str(), &done.note_id),
        ("DONE", &export.note_id)
    );

    let comments = alice.comments(&made.id);
    let comment = comments
        .create(client::CommentCreate::new("well"))
        .await
        .unwrap();
    assert_eq!(comments.list().send().await.unwrap().into_items().len(), 1);
    assert_eq!(comments.get(&comment.id).await.unwrap().text, "well");

    let readers = alice.note_readers(&made.id);
    readers.add("bob").await.unwrap();
    assert!(readers.check("bob").await.unwrap());
    readers.remove("bob").await.unwrap();
    assert!(!readers.check("bob").await.unwrap());

    notes.burn(&made.id).await.unwrap();
    assert_eq!(
        notes.get(&made.id).await.unwrap_err().status().unwrap(),
        404
    );
    let last = admin.notes().list().all().await.unwrap().remove(0);
    admin.notes().delete(&last.id).await.unwrap();
    root.notes().shred().await.unwrap();
    assert_eq!(alice.notes().count().await.unwrap(), 0);

    assert_eq!(stage.left(), [""; 0], "operations that nothing calls");
}

#[test]
fn both_sides_have_the_same_operations() {
    let rows = |operations: &[keystone_middleware::sdk::client::Operation]| -> BTreeSet<String> {
        operations.iter().map(|one| format!("{one:?}")).collect()
    };
    assert_eq!(rows(api::OPERATIONS), rows(client::OPERATIONS));
}

#[test]
fn what_is_checked_in_has_the_same_operations() {
    let rows = |operations: &[keystone_middleware::sdk::client::Operation]| operations.len();
    assert_eq!(rows(crate::checked_in::OPERATIONS), 6);
    assert_eq!(crate::checked_in::SERVICE.service_type, "proxy");
}
