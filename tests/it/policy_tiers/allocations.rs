//! Neither way of deciding allocates, whatever it decides.

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;

use keystone_middleware::{PolicyTarget, RequestContext};
use keystone_policy::{Credentials, Policy, Rules, TargetOf};

use crate::policies;

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

#[derive(PolicyTarget)]
struct Server {
    user_id: String,
    project_id: String,
    domain_id: Option<String>,
    wanted: String,
    size: f64,
    number: u32,
    enabled: bool,
    nothing: Option<String>,
}

fn server(owner: &str) -> Server {
    Server {
        user_id: owner.to_owned(),
        project_id: "p-1".to_owned(),
        domain_id: None,
        wanted: "READER".to_owned(),
        size: 16.0,
        number: 1,
        enabled: false,
        nothing: Some("x".to_owned()),
    }
}

fn caller(role: &str) -> RequestContext {
    RequestContext::builder()
        .user_id("u-1")
        .project_id("p-1")
        .roles([role, "guest"])
        .build()
}

/// How many allocations a decision takes, and whether it allowed.
fn decide<P: Policy>(
    rules: &Rules,
    creds: &dyn Credentials,
    target: &dyn TargetOf<P>,
) -> (usize, bool) {
    let before = COUNT.with(Cell::get);
    let decision = rules.decide_policy::<P>(creds, target).unwrap();
    (COUNT.with(Cell::get) - before, decision.is_allowed())
}

#[test]
fn the_allocator_counts() {
    let before = COUNT.with(Cell::get);
    drop(Box::new(before));
    assert_eq!(COUNT.with(Cell::get), before + 1);
}

#[test]
fn no_decision_allocates() {
    let (own, foreign) = (server("u-1"), server("u-9"));
    let (admin, member, reader) = (caller("admin"), caller("member"), caller("reader"));
    for rules in [crate::compiled(), crate::program()] {
        let rules = &rules;
        assert_eq!(decide::<policies::Role>(rules, &admin, &()), (0, true));
        assert_eq!(decide::<policies::Role>(rules, &member, &()), (0, false));
        assert_eq!(
            decide::<policies::three::Way>(rules, &member, &own),
            (0, true)
        );
        assert_eq!(
            decide::<policies::three::Way>(rules, &member, &foreign),
            (0, false)
        );
        assert_eq!(
            decide::<policies::Twice>(rules, &member, &foreign),
            (0, true)
        );
        assert_eq!(
            decide::<policies::Negated>(rules, &admin, &foreign),
            (0, false)
        );
        assert_eq!(
            decide::<policies::role::of::Target>(rules, &reader, &own),
            (0, true)
        );
        assert_eq!(
            decide::<policies::literal::Number>(rules, &admin, &own),
            (0, false)
        );
        assert_eq!(decide::<policies::Mixed>(rules, &member, &own), (0, true));
        assert_eq!(
            decide::<policies::Mixed>(rules, &member, &server("u")),
            (0, true)
        );
        assert_eq!(decide::<policies::Scoped>(rules, &member, &own), (0, false));
    }
}
