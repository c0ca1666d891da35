//! The cases: each is given an empty database, and how to connect to it once more.

use keystone_middleware::RequestContext;
use keystone_middleware::policy::Enforcer;
use keystone_middleware::sdk::client::Patch;
use keystone_middleware::sdk::clock::ManualClock;
use proxy_service::api::Proxy;
use proxy_service::policies::{self, proxy};
use proxy_service::store::{Db, ListFilter, Settings, StoreError};
use tokio::task::JoinSet;

use super::{admin, all, caller, change, create, create_in, new};

pub(crate) async fn a_domain_is_taken_once(db: &Db, _: &Settings) {
    create(db, "a.example").await.unwrap();
    let error = create_in(db, "other", new("a.example")).await.unwrap_err();
    assert!(matches!(error, StoreError::Taken), "{error:?}");
    assert_eq!(error.status(), 409);
    assert_eq!(all(db).await.len(), 1);
}

pub(crate) async fn a_list_goes_through_all_pages_in_the_order_of_creation(db: &Db, _: &Settings) {
    let clock = ManualClock::new("2026-01-01T00:00:00Z".parse().unwrap());
    let db = db.clone().with_clock(clock.clone());
    let mut made = Vec::new();
    // Some of them at the same time: then the ids decide.
    for number in 0..7 {
        if number % 3 == 0 {
            clock.advance(std::time::Duration::from_secs(1));
        }
        let proxy = create(&db, &format!("{number}.example")).await.unwrap();
        made.push((number / 3, proxy.id.clone(), proxy));
    }
    made.sort_by(|one, other| (one.0, &one.1).cmp(&(other.0, &other.1)));
    let made: Vec<Proxy> = made.into_iter().map(|(_, _, proxy)| proxy).collect();

    for limit in [1, 2, 3, 6, 7, 8] {
        let mut seen = Vec::new();
        loop {
            let marker = seen.last().map(|proxy: &Proxy| proxy.id.as_str());
            let listed = db
                .list(&ListFilter::default(), marker, limit)
                .await
                .unwrap();
            assert!(listed.len() <= limit as usize);
            if listed.is_empty() {
                break;
            }
            seen.extend(listed);
        }
        assert_eq!(seen, made, "by {limit}");
    }
    let filter = ListFilter {
        domain: Some("4.example".into()),
        ..ListFilter::default()
    };
    let listed = db.list(&filter, None, 2).await.unwrap();
    assert_eq!(
        listed.len(),
        1,
        "others with other domains are not more of these"
    );
}

pub(crate) async fn a_marker_of_nothing_is_refused(db: &Db, _: &Settings) {
    create(db, "a.example").await.unwrap();
    for marker in ["", "0", "a\0b", "' OR 1=1 --"] {
        let error = db
            .list(&ListFilter::default(), Some(marker), 5)
            .await
            .unwrap_err();
        assert!(matches!(error, StoreError::NoSuchMarker), "{error:?}");
        assert_eq!(error.status(), 400);
    }
}

pub(crate) async fn a_marker_whose_proxy_is_gone_is_refused_and_others_hold(db: &Db, _: &Settings) {
    for name in ["a", "b", "c"] {
        create(db, &format!("{name}.example")).await.unwrap();
    }
    let all = all(db).await;
    let (first, others) = all.split_first().unwrap();
    let (second, others) = others.split_first().unwrap();
    let may = admin("p").authorize_for::<proxy::Delete>(second).unwrap();
    assert!(db.delete(&may, &second.id).await.unwrap());
    let after = async |marker: &Proxy| {
        db.list(&ListFilter::default(), Some(marker.id.as_str()), 5)
            .await
    };
    assert_eq!(after(first).await.unwrap(), others);
    assert!(matches!(after(second).await, Err(StoreError::NoSuchMarker)));
}

pub(crate) async fn a_null_note_is_removed_and_an_absent_one_stays(db: &Db, _: &Settings) {
    let proxy = create(db, "a.example").await.unwrap();
    let may = admin("p").authorize_for(&proxy).unwrap();
    let update = async |text| {
        let changed = db.update(&may, &proxy.id, change(text)).await;
        changed.unwrap().unwrap()
    };
    let changed = update(r#"{"backends": ["http://b"]}"#).await;
    assert_eq!(changed.note.as_deref(), Some("old"));
    assert_eq!(changed.backends, ["http://b"]);
    let changed = update(r#"{"note": null}"#).await;
    assert_eq!(changed.note, None);
    assert_eq!(changed.backends, ["http://b"]);
    assert_eq!(db.get(&proxy.id).await.unwrap(), Some(changed));
}

/// For rules of many shapes, the query selects exactly what the policy allows one by one.
pub(crate) async fn a_query_of_a_policy_selects_what_the_policy_allows(db: &Db, _: &Settings) {
    for (project, domain, note) in [
        ("p", "one.example", Some("n")),
        ("p", "two.example", None),
        ("q", "three.example", Some("None")),
        ("q", "four.example", Some("")),
    ] {
        let mut new = new(domain);
        new.note = note.map_or(Patch::Null, |note| Patch::Set(note.to_owned()));
        create_in(db, project, new).await.unwrap();
    }
    let all = all(db).await;
    for rule in [
        "@",
        "!",
        "role:admin and project_id:%(project_id)s",
        "not project_id:%(project_id)s",
        "'n':%(note)s",
        "not 'n':%(note)s",
        "None:%(note)s",
        "not None:%(note)s",
        "'one.example':%(domain)s or project_id:%(project_id)s and not None:%(note)s",
        "project_id:%(region)s or 'two.example':%(domain)s",
        "'n':%(backends)s",
    ] {
        let rules = format!("\"proxy:update\": \"{rule}\"");
        let enforcer = Enforcer::builder(&policies::DEFAULTS);
        let enforcer = enforcer.policy_text("test", rules).build().unwrap();
        let ctx = RequestContext::builder()
            .project_id("p")
            .roles(["admin"])
            .enforcer(&enforcer)
            .build();
        let editable = ctx.filter::<proxy::Update>().unwrap();
        let allowed = all.iter().filter(|proxy| editable.matches(*proxy));
        let allowed: Vec<Proxy> = allowed.cloned().collect();
        let filter = ListFilter {
            domain: None,
            editable: Some(editable),
        };
        let listed = db.list(&filter, None, 10).await.unwrap();
        assert_eq!(listed, allowed, "{rule}");
    }
    let none = caller("member", "p").filter::<proxy::Update>().unwrap();
    let filter = ListFilter {
        domain: None,
        editable: Some(none),
    };
    assert_eq!(db.list(&filter, None, 10).await.unwrap(), []);
}

pub(crate) async fn a_text_with_nul_is_the_callers_mistake(db: &Db, _: &Settings) {
    let proxy = create(db, "a.example").await.unwrap();
    let may = admin("p").authorize_for(&proxy).unwrap();
    let mut in_note = new("b.example");
    in_note.note = Patch::Set("a\0b".into());
    let mut in_backends = new("b.example");
    in_backends.backends = vec!["http://a".into(), "http://\0".into()];
    let filter = ListFilter {
        domain: Some("\0".into()),
        ..ListFilter::default()
    };
    let note = change(r#"{"note": "\u0000"}"#);
    for (field, error) in [
        ("domain", create(db, "a\0b").await.unwrap_err()),
        ("note", create_in(db, "p", in_note).await.unwrap_err()),
        (
            "backends",
            create_in(db, "p", in_backends).await.unwrap_err(),
        ),
        ("domain", db.list(&filter, None, 5).await.unwrap_err()),
        ("note", db.update(&may, &proxy.id, note).await.unwrap_err()),
    ] {
        assert_eq!(error.status(), 400, "{error:?}");
        assert!(
            error.to_string().contains(&format!("`{field}` has a NUL")),
            "{error}"
        );
    }
    assert_eq!(all(db).await, [proxy]);
}

pub(crate) async fn a_closed_database_is_unavailable(db: &Db, settings: &Settings) {
    let closed = Db::connect(settings).await.unwrap();
    closed.close().await;
    for error in [
        closed.get(&"id".into()).await.unwrap_err(),
        create(&closed, "a.example").await.unwrap_err(),
        closed
            .list(&ListFilter::default(), None, 1)
            .await
            .unwrap_err(),
    ] {
        assert!(matches!(error, StoreError::Unavailable), "{error:?}");
        assert_eq!(error.status(), 503);
        assert_eq!(error.to_string(), "The service is temporarily unavailable.");
    }
    assert_eq!(all(db).await, []);
}

/// Whoever changes one field does not bring back the other as it was.
pub(crate) async fn changes_at_the_same_time_are_made_one_after_the_other(db: &Db, _: &Settings) {
    let proxy = create(db, "a.example").await.unwrap();
    for round in 0..5 {
        let mut changes = vec![format!(r#"{{"note": "{round}"}}"#)];
        changes.extend((0..6).map(|number| format!(r#"{{"backends": ["http://{number}"]}}"#)));
        let mut tasks = JoinSet::new();
        for text in changes {
            let (db, proxy) = (db.clone(), proxy.clone());
            tasks.spawn(async move {
                let may = admin("p").authorize_for(&proxy).unwrap();
                db.update(&may, &proxy.id, change(&text)).await.unwrap();
            });
        }
        tasks.join_all().await;
        let stored = db.get(&proxy.id).await.unwrap().unwrap();
        assert_eq!(stored.note, Some(round.to_string()));
    }
}

pub(crate) async fn every_text_comes_back_as_it_was(db: &Db, _: &Settings) {
    let texts = [
        "",
        " ",
        "None",
        "null",
        "'; DROP TABLE proxies; --",
        "$1",
        "%",
        "ä\u{1f980}\u{ffff}",
        "\u{1}\n\r\t\"\\",
    ];
    for (number, text) in texts.into_iter().enumerate() {
        let mut new = new(&format!("{number}{}", text.to_lowercase()));
        new.note = Patch::Set(text.to_owned());
        new.backends = vec![text.to_owned(), String::new()];
        let made = create_in(db, "p", new).await.unwrap();
        assert_eq!(made.note.as_deref(), Some(text));
        assert_eq!(db.get(&made.id).await.unwrap(), Some(made));
    }
    let long = "x".repeat(254);
    let error = create(db, &long).await.unwrap_err();
    assert_eq!(error.status(), 400);
    assert!(
        error
            .to_string()
            .contains("`domain` is longer than 253 bytes"),
        "{error}"
    );
    let mut long = new(&long[1..]);
    long.note = Patch::Set("y".repeat(100_000));
    create_in(db, "p", long).await.unwrap();
}

pub(crate) async fn nothing_is_found_under_an_odd_id(db: &Db, _: &Settings) {
    let proxy = create(db, "a.example").await.unwrap();
    let may_update = admin("p").authorize_for(&proxy).unwrap();
    let may_delete = admin("p").authorize_for(&proxy).unwrap();
    for id in ["", "\0", "%", "' OR ''='", &"x".repeat(10_000)] {
        let id = &id.into();
        assert_eq!(db.get(id).await.unwrap(), None);
        let updated = db.update(&may_update, id, change("{}")).await.unwrap();
        assert_eq!(updated, None);
        assert!(!db.delete(&may_delete, id).await.unwrap());
    }
    assert!(db.delete(&may_delete, &proxy.id).await.unwrap());
    assert!(!db.delete(&may_delete, &proxy.id).await.unwrap());
}

pub(crate) async fn only_one_of_many_gets_a_domain(db: &Db, _: &Settings) {
    let mut tasks = JoinSet::new();
    for _ in 0..20 {
        let db = db.clone();
        tasks.spawn(async move { create(&db, "a.example").await });
    }
    let results = tasks.join_all().await;
    assert_eq!(results.iter().filter(|result| result.is_ok()).count(), 1);
    let taken = |result: &&Result<_, _>| matches!(result, Err(StoreError::Taken));
    assert_eq!(results.iter().filter(taken).count(), 19);
}

pub(crate) async fn tables_are_made_once(db: &Db, settings: &Settings) {
    create(db, "a.example").await.unwrap();
    let mut tasks = JoinSet::new();
    for _ in 0..4 {
        let settings = settings.clone();
        tasks.spawn(async move { Db::connect(&settings).await.map(|_| ()) });
    }
    for connected in tasks.join_all().await {
        connected.unwrap();
    }
    assert_eq!(all(db).await.len(), 1);
}

pub(crate) async fn the_domain_filter_compares_exactly(db: &Db, _: &Settings) {
    for domain in ["a.example", "A.example", "a.example ", "b.example"] {
        create(db, domain).await.unwrap();
    }
    for (domain, count) in [
        ("a.example", 1),
        ("a.exampl_", 0),
        ("", 0),
        ("B.example", 0),
    ] {
        let filter = ListFilter {
            domain: Some(domain.to_owned()),
            ..ListFilter::default()
        };
        let listed = db.list(&filter, None, 10).await.unwrap();
        assert_eq!(listed.len(), count, "{domain}");
        assert!(listed.iter().all(|proxy| proxy.domain == domain));
    }
}

pub(crate) async fn the_proof_about_one_proxy_serves_no_other(db: &Db, _: &Settings) {
    let one = create(db, "a.example").await.unwrap();
    let other = create(db, "b.example").await.unwrap();
    let may = admin("p").authorize_for(&one).unwrap();
    let error = db.delete(&may, &other.id).await.unwrap_err();
    assert_eq!(error.status(), 403);
    let may_update = admin("p").authorize_for(&one).unwrap();
    let error = db
        .update(&may_update, &other.id, change("{}"))
        .await
        .unwrap_err();
    assert_eq!(error.status(), 403);
    assert!(db.delete(&may, &one.id).await.unwrap());
    assert_eq!(all(db).await, std::slice::from_ref(&other));
    // A refusal leaves no lock behind.
    let may = admin("p").authorize_for(&other).unwrap();
    assert!(db.delete(&may, &other.id).await.unwrap());
}

/// The proxy was deleted and made again by another project, under the same id.
pub(crate) async fn the_proof_is_checked_against_the_proxy_as_it_is_now(db: &Db, _: &Settings) {
    let proxy = create(db, "a.example").await.unwrap();
    let before = Proxy {
        project_id: "q".into(),
        ..proxy.clone()
    };
    // Decided while it belonged to `q`.
    let may = admin("q").authorize_for(&before).unwrap();
    let error = db.update(&may, &proxy.id, change("{}")).await.unwrap_err();
    assert_eq!(error.status(), 403);
    let may = admin("q").authorize_for(&before).unwrap();
    assert_eq!(db.delete(&may, &proxy.id).await.unwrap_err().status(), 403);
    assert_eq!(db.get(&proxy.id).await.unwrap(), Some(proxy));
}
