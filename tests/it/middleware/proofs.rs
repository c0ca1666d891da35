//! What a proof proves: this caller, by the rules of this request, about this target.

use std::sync::Mutex;

use http::StatusCode;
use keystone_middleware::policy::Enforcer;
use keystone_middleware::{Authorized, Denied, PolicyTarget, RequestContext};

use crate::policies;
use policies::note::{Create, Update};

#[derive(Clone, Debug, PolicyTarget)]
struct Note {
    id: String,
    owner_id: String,
    title: Option<String>,
}

fn note(id: &str, owner: &str) -> Note {
    Note {
        id: id.to_owned(),
        owner_id: owner.to_owned(),
        title: None,
    }
}

fn caller(user: &str, role: &str) -> RequestContext {
    let enforcer = Enforcer::builder(&policies::DEFAULTS).build().unwrap();
    RequestContext::builder()
        .user_id(user)
        .roles([role])
        .enforcer(&enforcer)
        .build()
}

/// Storage that cannot be reached without a decision.
#[derive(Default)]
struct Store(Mutex<Vec<String>>);

impl Store {
    fn change(&self, may: &Authorized<Update>, note: &Note) -> Result<(), Denied> {
        may.covers(note)?;
        let user = may.caller().user_id.clone().unwrap_or_default();
        let line = format!("{} by {user}", note.id);
        self.0.lock().unwrap().push(line);
        Ok(())
    }
}

#[test]
fn a_proof_covers_the_object_that_was_decided_about_and_no_other() {
    let store = Store::default();
    let own = note("1", "u1");
    let may = caller("u1", "member")
        .authorize_for::<Update>(&own)
        .unwrap();
    assert!(store.change(&may, &own.clone()).is_ok());
    for other in [note("2", "u1"), note("1", "u2"), note("u1", "1")] {
        let denied = store.change(&may, &other).unwrap_err();
        assert_eq!(denied.status(), StatusCode::FORBIDDEN, "{other:?}");
        assert_eq!(denied.policy(), Some("note:update"));
        assert_eq!(denied.hide().status(), StatusCode::NOT_FOUND);
    }
    // The policy reads no title, so a new one changes neither the object nor the decision.
    let title = Some("new".to_owned());
    assert!(store.change(&may, &Note { title, ..own }).is_ok());
    assert_eq!(*store.0.lock().unwrap(), ["1 by u1", "1 by u1"]);
}

#[test]
fn a_proof_depends_on_what_an_operators_rule_reads() {
    let enforcer = Enforcer::builder(&policies::DEFAULTS);
    let enforcer = enforcer.override_rule("note:update", "not 'secret':%(title)s");
    let context = RequestContext::builder().user_id("u1");
    let context = context.enforcer(&enforcer.build().unwrap()).build();
    let may = context.authorize_for::<Update>(&note("1", "u1")).unwrap();
    assert!(may.covers(&note("1", "u2")).is_ok());
    let title = Some("secret".to_owned());
    assert!(
        may.covers(&Note {
            title,
            ..note("1", "u1")
        })
        .is_err()
    );
}

#[test]
fn a_proof_that_was_kept_names_the_caller_it_was_made_for() {
    static KEPT: Mutex<Option<Authorized<Update>>> = Mutex::new(None);
    let note = note("1", "u9");
    let admin = caller("u-admin", "admin").authorize_for::<Update>(&note);
    *KEPT.lock().unwrap() = Some(admin.unwrap());
    let kept = KEPT.lock().unwrap();
    let kept = kept.as_ref().unwrap();
    assert_eq!(kept.caller().user_id.as_deref(), Some("u-admin"));
    let store = Store::default();
    store.change(kept, &note).unwrap();
    assert_eq!(*store.0.lock().unwrap(), ["1 by u-admin"]);
}

#[test]
fn a_proof_about_no_target_covers_none() {
    let may = caller("u1", "admin").authorize::<Create>().unwrap();
    let denied = may.covers(&note("1", "u1")).unwrap_err();
    assert_eq!(denied.status(), StatusCode::FORBIDDEN);
    assert!(may.covers(&()).is_err());
}

#[test]
fn a_context_without_rules_proves_nothing() {
    let nobody = RequestContext::builder()
        .user_id("u1")
        .roles(["admin"])
        .build();
    let refused = [
        nobody.authorize::<Create>().unwrap_err(),
        nobody
            .authorize_for::<Update>(&note("1", "u1"))
            .unwrap_err(),
        nobody.begin::<Update>(&note("1", "u1")).unwrap_err(),
        nobody.authorizing::<Update>().unwrap_err(),
        nobody.filter::<Update>().unwrap_err(),
    ];
    for denied in refused {
        assert_eq!(denied.status(), StatusCode::INTERNAL_SERVER_ERROR);
    }
}

#[test]
fn a_request_keeps_the_rules_that_it_began_with() {
    let enforcer = Enforcer::builder(&policies::DEFAULTS).build().unwrap();
    let begun = RequestContext::builder().user_id("u1").roles(["member"]);
    let begun = begun.enforcer(&enforcer).build();
    assert!(begun.clone().authorize::<Create>().is_err());
    let open = Enforcer::builder(&policies::DEFAULTS).override_rule("admin", "@");
    let later = RequestContext::builder().user_id("u1").roles(["member"]);
    let later = later.enforcer(&open.build().unwrap()).build();
    assert!(later.authorize::<Create>().is_ok());
    assert!(begun.authorize::<Create>().is_err());
}

#[test]
fn a_proof_shows_its_caller_and_no_token() {
    let enforcer = Enforcer::builder(&policies::DEFAULTS).build().unwrap();
    let context = RequestContext::builder().user_id("u1").roles(["admin"]);
    let context = context.auth_token("canary").enforcer(&enforcer).build();
    let shown = format!("{:?}", context.authorize::<Create>().unwrap());
    assert!(shown.contains("u1") && !shown.contains("canary"), "{shown}");
}
