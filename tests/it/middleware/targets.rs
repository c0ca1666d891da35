//! Targets of policies, typed and untyped, and attributes that are not there.

use std::collections::{BTreeMap, HashMap};

use http::StatusCode;
use keystone_middleware::policy::Enforcer;
use keystone_middleware::{PolicyTarget, RequestContext};

use crate::log::Log;
use crate::policies;
use policies::note::Update;

#[derive(PolicyTarget)]
struct Note {
    owner_id: String,
}

fn note(owner: &str) -> Note {
    Note {
        owner_id: owner.to_owned(),
    }
}

fn caller(rule: Option<&str>) -> RequestContext {
    let mut enforcer = Enforcer::builder(&policies::DEFAULTS);
    if let Some(rule) = rule {
        enforcer = enforcer.override_rule("note:update", rule);
    }
    RequestContext::builder()
        .user_id("u1")
        .roles(["member"])
        .enforcer(&enforcer.build().unwrap())
        .build()
}

/// A rule of an operator's that reads what no note has.
const BLOCKED: &str = "not user_id:%(blocked_id)s";

async fn typed_ways(ctx: &RequestContext, note: Note) -> Vec<(&'static str, bool)> {
    let begun = ctx.begin::<Update>(&note).unwrap().settle().await.is_ok();
    let filtered = ctx.filter::<Update>().unwrap().matches(&note);
    let decided = ctx.authorize_for::<Update>(&note).is_ok();
    let mut notes = vec![note];
    ctx.retain::<Update>(&mut notes).await.unwrap();
    vec![
        ("authorize_for", decided),
        ("begin", begun),
        ("filter", filtered),
        ("retain", !notes.is_empty()),
    ]
}

#[tokio::test]
async fn every_typed_way_decides_alike() {
    for (owner, wanted) in [("u1", true), ("u2", false)] {
        for (way, allowed) in typed_ways(&caller(None), note(owner)).await {
            assert_eq!(allowed, wanted, "{way} {owner}");
        }
    }
}

#[tokio::test]
async fn every_typed_way_logs_that_an_absent_attribute_below_a_not_let_somebody_in() {
    let ctx = caller(Some(BLOCKED));
    let count = |log: &Log| log.text().matches("if the target had `blocked_id`").count();
    let log = Log::start();
    assert!(ctx.authorize_for::<Update>(&note("u2")).is_ok());
    assert_eq!(count(&log), 1, "{}", log.text());
    assert!(log.text().contains("WARN"), "{}", log.text());
    let log = Log::start();
    assert!(ctx.filter::<Update>().unwrap().matches(&note("u2")));
    assert_eq!(count(&log), 1, "{}", log.text());
    let log = Log::start();
    let ways = typed_ways(&ctx, note("u2")).await;
    assert!(ways.iter().all(|(_, allowed)| *allowed));
    assert_eq!(count(&log), ways.len(), "{}", log.text());
}

#[test]
fn nothing_is_logged_where_no_absence_decided() {
    for rule in [
        None,
        Some("role:member"),
        Some("not user_id:%(owner_id)s"),
        Some("role:member or not user_id:%(blocked_id)s"),
        Some("user_id:%(blocked_id)s"),
    ] {
        let log = Log::start();
        let _ = caller(rule).authorize_for::<Update>(&note("u2"));
        assert!(!log.text().contains("WARN"), "{rule:?}: {}", log.text());
    }
}

#[tokio::test]
async fn the_untyped_way_decides_by_name_as_oslo_policy_does() {
    let ctx = caller(None);
    let own = HashMap::from([("owner_id", "u1")]);
    let foreign = BTreeMap::from([("owner_id", "u2")]);
    assert!(ctx.authorize_untyped("note:update", &own).await.is_ok());
    let denied = ctx
        .authorize_untyped("note:update", &foreign)
        .await
        .unwrap_err();
    assert_eq!(denied.status(), StatusCode::FORBIDDEN);
    assert_eq!(denied.policy(), Some("note:update"));
    assert!(ctx.authorize_untyped("note:update", &()).await.is_err());
    // A name that nobody declared is refused, unless there is a rule `default`.
    assert!(ctx.authorize_untyped("note:updaet", &own).await.is_err());
    let open = Enforcer::builder(&policies::DEFAULTS).override_rule("default", "@");
    let open = RequestContext::builder()
        .enforcer(&open.build().unwrap())
        .build();
    assert!(open.authorize_untyped("note:updaet", &own).await.is_ok());
}

#[tokio::test]
async fn the_untyped_way_logs_that_an_absent_attribute_let_somebody_in() {
    let ctx = caller(Some("not user_id:%(owner_id)s"));
    let log = Log::start();
    assert!(ctx.authorize_untyped("note:update", &()).await.is_ok());
    let told = log.text();
    assert!(
        told.contains("WARN") && told.contains("if the target had `owner_id`"),
        "{told}"
    );
    let log = Log::start();
    let foreign = HashMap::from([("owner_id", "u2")]);
    assert!(ctx.authorize_untyped("note:update", &foreign).await.is_ok());
    assert!(!log.text().contains("WARN"), "{}", log.text());
}

#[tokio::test]
async fn a_future_of_the_untyped_way_can_be_sent_though_the_target_cannot() {
    fn sendable<T: Send>(value: T) -> T {
        value
    }
    let target = std::rc::Rc::new(HashMap::from([("owner_id", "u1")]));
    let decision = sendable(caller(None).authorize_untyped("note:update", &target));
    drop(target);
    assert!(decision.await.is_ok());
}
