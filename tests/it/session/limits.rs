//! Limits that hold, and timings.

use std::sync::Arc;
use std::time::Duration;

use axum::body::{Body, Bytes};
use futures_util::stream;
use keystone_sdk::Session;
use keystone_sdk::auth::fixed::AdminToken;
use keystone_sdk::clock::{Clock, ManualClock};
use keystone_sdk::session::{Adapter, Call};
use keystone_sdk::transport::Limit;
use tokio::sync::Semaphore;
use tokio::task::JoinSet;

use crate::auth::stub::{Stub, status};

fn session() -> Session {
    let auth = AdminToken::new("http://127.0.0.1:1", "t").unwrap();
    Session::new(auth).unwrap()
}

/// Where [`slow_bodies`] answers at once.
const AT_ONCE: &str = "/at-once";

/// A server that sends heads at once and bodies when it is told to.
async fn slow_bodies() -> (Stub, Arc<Semaphore>) {
    let go = Arc::new(Semaphore::new(0));
    let gate = Arc::clone(&go);
    let server = Stub::in_turn(move |seen, _| {
        let gate = Arc::clone(&gate);
        let waits = seen.target() != AT_ONCE;
        Body::from_stream(stream::once(async move {
            if waits {
                gate.acquire_owned().await.unwrap().forget();
            }
            Ok::<_, std::io::Error>(Bytes::from_static(b"{}"))
        }))
    })
    .await;
    (server, go)
}

/// Waits until the server was asked so often, then for calls that begin later and are answered: one
/// more that was under way would have come before them.
async fn settled_at(server: &Stub, count: usize) {
    let asked = || {
        server
            .lines()
            .iter()
            .filter(|line| !line.ends_with(AT_ONCE))
            .count()
    };
    let answered = async || {
        let call = Call::get(format!("{}{AT_ONCE}", server.url));
        session().send(call).await.unwrap();
    };
    while asked() < count {
        answered().await;
    }
    for _ in 0..3 {
        answered().await;
    }
    assert_eq!(asked(), count);
}

#[tokio::test]
async fn no_more_calls_than_allowed_are_under_way_until_their_bodies_are_read() {
    let (server, go) = slow_bodies().await;
    let adapter = session().adapter().concurrency(2).unwrap();
    let adapter = adapter.build().unwrap();
    let mut calls = JoinSet::new();
    for _ in 0..6 {
        let (adapter, url) = (adapter.clone(), server.url.clone());
        calls.spawn(async move { adapter.send(Call::get(url)).await.unwrap() });
    }
    for done in 0..5 {
        settled_at(&server, (done + 2).min(6)).await;
        go.add_permits(1);
        calls.join_next().await.unwrap().unwrap();
    }
    go.add_permits(1);
    calls.join_all().await;
}

#[tokio::test]
async fn limits_of_nested_adapters_hold_all_together() {
    let (server, go) = slow_bodies().await;
    let narrow = session().adapter().concurrency(1).unwrap().build().unwrap();
    let wide = narrow.adapter().concurrency(5).unwrap().build().unwrap();
    let send = |adapter: &Adapter| {
        let (adapter, url) = (adapter.clone(), server.url.clone());
        tokio::spawn(async move { adapter.send(Call::get(url)).await.unwrap() })
    };
    let calls = [send(&narrow), send(&wide), send(&wide)];
    settled_at(&server, 1).await;
    go.add_permits(3);
    for call in calls {
        call.await.unwrap();
    }
}

#[tokio::test]
async fn a_call_that_is_given_up_gives_its_place_free() {
    let (server, go) = slow_bodies().await;
    let adapter = session().adapter().concurrency(1).unwrap().build().unwrap();
    let given_up = {
        let (adapter, url) = (adapter.clone(), server.url.clone());
        tokio::spawn(async move { adapter.send(Call::get(url)).await })
    };
    settled_at(&server, 1).await;
    given_up.abort();
    // The server may still spend one on the call that was given up.
    go.add_permits(2);
    adapter.send(Call::get(&server.url)).await.unwrap();
}

#[tokio::test]
async fn a_rate_is_kept_also_after_a_rest() {
    let server = Stub::in_turn(|_, _| status(200)).await;
    let clock = ManualClock::new("2030-01-01T00:00:00Z".parse().unwrap());
    let auth = AdminToken::new("http://127.0.0.1:1", "t").unwrap();
    let session = Session::builder(auth).clock(clock.clone()).build().unwrap();
    let adapter = session.adapter().rate_limit(10.0).unwrap().build().unwrap();
    for _ in 0..2 {
        let before = clock.now();
        for _ in 0..5 {
            adapter.send(Call::get(&server.url)).await.unwrap();
        }
        let took = clock.now().duration_since(before).as_millis();
        assert_eq!(took, 400, "the first at once, the others 100 ms apart");
        clock.advance(Duration::from_secs(60));
    }
}

#[tokio::test]
async fn a_limit_of_the_session_counts_logins_too() {
    let keystone = keystone_testing::Keystone::start().await.unwrap();
    let session = Session::builder(super::password(&keystone).build().unwrap())
        .throttle(Limit::concurrency(1).unwrap())
        .build()
        .unwrap();
    let mut calls = JoinSet::new();
    for _ in 0..20 {
        let session = session.clone();
        calls.spawn(async move { session.send(super::list_projects()).await.unwrap() });
    }
    calls.join_all().await;
    assert_eq!(
        keystone.requests().total(),
        21,
        "one login and no standstill"
    );
}

#[tokio::test]
async fn exchanges_are_timed_when_asked_for() {
    let server = Stub::in_turn(|_, number| status(if number == 0 { 503 } else { 200 })).await;
    let auth = AdminToken::new("http://127.0.0.1:1", "t").unwrap();
    let builder = Session::builder(auth).wire(|wire| wire.collect_timings(true));
    let session = builder.build().unwrap();
    let url = format!("{}/x?secret=canary", server.url);
    session.send(Call::get(&url)).await.unwrap_err();
    session.send(Call::get(&url)).await.unwrap();
    let timings = session.transport().take_timings();
    let statuses: Vec<_> = timings
        .iter()
        .map(|it| it.status.unwrap().as_u16())
        .collect();
    assert_eq!(statuses, [503, 200]);
    assert_eq!(timings[0].url, format!("{}/x", server.url));
    assert!(session.transport().take_timings().is_empty());
}
