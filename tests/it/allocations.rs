//! What must not allocate, counted by an allocator that is this binary's own.

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;
use std::convert::Infallible;

use axum::body::Bytes;
use http::{HeaderValue, Request, Response, StatusCode};
use keystone_middleware::testing::{TestToken, Tokens};
use keystone_middleware::{AuthToken, Config};
use keystone_sdk::auth::{AuthPlugin, v3};
use keystone_sdk::transport::Transport;
use keystone_testing::Keystone;
use tower::{Layer, Service};

struct Counting;

thread_local! {
    static COUNT: Cell<usize> = const { Cell::new(0) };
}

// SAFETY: every call is handed on to the system's allocator unchanged.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        // Gone only while the thread ends.
        let _ = COUNT.try_with(|count| count.set(count.get() + 1));
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        unsafe { System.dealloc(pointer, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

fn allocations() -> usize {
    COUNT.with(Cell::get)
}

#[tokio::test]
async fn a_token_at_hand_costs_no_allocation() {
    let keystone = Keystone::start().await.unwrap();
    let admin = keystone.admin();
    let auth = v3::Password::builder(keystone.v3_url())
        .user_id(admin.user_id())
        .password(admin.password())
        .build()
        .unwrap();
    let auth: &dyn AuthPlugin = &auth;
    let transport = Transport::builder().build().unwrap();

    let before = allocations();
    let first = auth.token(&transport).await.unwrap();
    assert!(allocations() > before, "the allocator counts");

    let before = allocations();
    for _ in 0..100 {
        assert!(auth.token(&transport).await.unwrap().is_same(&first));
    }
    assert_eq!(allocations(), before);
}

/// The layer itself needs room for the identity: its headers, its context and their place among the
/// extensions of the request. Finding the token needs none.
#[tokio::test]
async fn a_validated_token_at_hand_costs_few_allocations() {
    let tokens = Tokens::new();
    tokens.add(
        "t",
        TestToken::user("u")
            .project("p")
            .roles(["member", "reader"]),
    );
    let config = Config::with_validator("http://keystone.example", tokens).build();
    let inner = tower::service_fn(|_: Request<()>| {
        std::future::ready(Ok::<_, Infallible>(Response::new(Bytes::new())))
    });
    let mut service = AuthToken::layer(config.unwrap()).layer(inner);
    let mut fewest = usize::MAX;
    for _ in 0..100 {
        let mut request = Request::new(());
        let headers = request.headers_mut();
        headers.insert("x-auth-token", HeaderValue::from_static("t"));
        let before = allocations();
        let response = service.call(request).await.unwrap();
        fewest = fewest.min(allocations() - before);
        assert_eq!(response.status(), StatusCode::OK);
    }
    assert!(fewest <= 8, "{fewest}");
}
