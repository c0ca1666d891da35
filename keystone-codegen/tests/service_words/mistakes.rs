//! Extension keys in a document that cannot mean anything.

use keystone_codegen::describe;
use keystone_codegen::openapi::WriteOptions;
use keystone_codegen::resource_spec::SpecFile;

use crate::document;

/// The document with `was` replaced once, and what is wrong with it then.
fn refusal(was: &str, is: &str) -> String {
    let text = document(&WriteOptions::new());
    assert!(text.contains(was), "{was}\n{text}");
    let edited = text.replacen(was, is, 1);
    match describe(&[SpecFile::new("dns.yaml", edited)]) {
        Ok(_) => panic!("`{is}` was not refused"),
        Err(error) => error.to_string(),
    }
}

/// The line and column of the first place where a text stands, with the length of a key skipped.
fn position(text: &str, what: &str, skip: usize) -> String {
    let at = text.find(what).unwrap();
    let line = text[..at].lines().count();
    let column = at - text[..at].rfind('\n').map_or(0, |end| end + 1) + skip + 1;
    let line = if text[..at].ends_with('\n') {
        line + 1
    } else {
        line
    };
    format!("dns.yaml:{line}:{column}: ")
}

#[test]
fn extension_keys_that_cannot_be_are_told_with_place_and_remedy() {
    for (was, is, skip, expected) in [
        (
            "x-openstack-until: \"1.3\"",
            "x-openstack-until: \"1.9\"",
            19,
            "`1.9` is not a microversion of this service; it supports 1.0 to 1.3",
        ),
        (
            "x-openstack-until: \"1.3\"",
            "x-openstack-until: []",
            19,
            "expected a version such as `1.2`",
        ),
        (
            "x-openstack-until: \"1.3\"",
            "x-openstack-untill: \"1.3\"",
            20,
            "there is no extension key `x-openstack-untill`; did you mean `x-openstack-until`?",
        ),
        (
            "x-openstack-since: \"1.1\", x-openstack-until: \"1.2\"",
            "x-openstack-since: \"1.3\", x-openstack-until: \"1.2\"",
            45,
            "no version is both since 1.3 and until 1.2; `until` is the last version that has it",
        ),
        (
            "x-openstack-policies: [zone:pool]",
            "x-openstack-policies: [zone:pool, zone:other]",
            22,
            "a property has exactly one policy; write a list of one",
        ),
        (
            "x-openstack-policies: [zone:pool]",
            "x-openstack-policies: [\"a b\"]",
            23,
            "`a b` is not the name of a policy; use one such as `identity:get_user`",
        ),
        (
            "x-openstack-shape: list",
            "x-openstack-hide: true",
            18,
            "a list leaves out what the caller may not see; `hide` is for paths with the id of an object",
        ),
        (
            "x-openstack-hide: true",
            "x-openstack-hide: maybe",
            18,
            "expected `true` or `false`",
        ),
        (
            "x-openstack-task: zone_task",
            "x-openstack-task: zone_tsk",
            18,
            "`zone_tsk` is not a resource with `get`; did you mean `zone_task`?",
        ),
        (
            "x-openstack-shape: get\n",
            "x-openstack-task: zone_task\n",
            18,
            "`get` starts no work; leave `x-openstack-task` out",
        ),
    ] {
        let text = document(&WriteOptions::new()).replacen(was, is, 1);
        let place = position(&text, is, skip);
        let found = refusal(was, is);
        let first = found.lines().next().unwrap();
        assert!(first.starts_with(&place), "{is}: {place}\n{found}");
        assert!(first.ends_with(&format!("`: {expected}")), "{is}\n{found}");
        assert_eq!(
            found.lines().count(),
            1,
            "{is}: one mistake, one error\n{found}"
        );
    }
}

#[test]
fn actions_and_the_schemas_of_their_bodies_belong_together() {
    for (was, is, expected) in [
        (
            "        verify:\n",
            "        verfy:\n",
            &[
                "`x-openstack-actions` has no action `verify`; did you mean `verfy`?",
                "no schema in the body's `oneOf` requires the key `verfy`; did you mean `verify`?",
            ][..],
        ),
        (
            "required: [verify], properties",
            "required: [verify, other], properties",
            &[
                "the schema of an action requires exactly one key, its name",
                "no schema in the body's `oneOf` requires the key `verify`; add one",
            ][..],
        ),
    ] {
        let found = refusal(was, is);
        for message in expected {
            assert!(found.contains(message), "{message}\n{found}");
        }
        assert_eq!(found.lines().count(), expected.len(), "{found}");
    }
}

#[test]
fn a_body_in_the_entry_of_an_action_is_refused() {
    let found = refusal(
        "operationId: zone.verify\n",
        "operationId: zone.verify\n          requestBody: {content: {}}\n",
    );
    assert!(
        found.contains("an action has no key `requestBody`"),
        "{found}"
    );
}
