//! Tests of the reader: what it makes of good files, and where it finds fault with bad ones.

use super::*;
use crate::model::{Page, Presence, QueryKind, Response, Shape, Type};

const SERVICE: &str = "service: {type: notes, version: v1}\n";

fn read_one(text: &str) -> Result<Api, Error> {
    read(&[SpecFile::new("notes.yaml", format!("{SERVICE}{text}"))])
}

fn api(text: &str) -> Api {
    match read_one(text) {
        Ok(api) => api,
        Err(error) => panic!("{error}"),
    }
}

/// All that is wrong with a file, a line each.
fn problems(text: &str) -> Vec<String> {
    match read_one(text) {
        Ok(api) => panic!("nothing is wrong with {api:?}"),
        Err(error) => error.to_string().lines().map(str::to_owned).collect(),
    }
}

/// A resource with these lines below it, each indented by four spaces.
fn note(lines: &[&str]) -> String {
    let mut text = "resources:\n  note:\n".to_owned();
    for line in lines {
        text.push_str(&format!("    {line}\n"));
    }
    text
}

#[test]
fn a_resource_says_only_what_is_unusual() {
    let api = api(&note(&[
        "page: marker",
        "filters: {text: text, tags-any: csv, done: bool}",
        "operations: {list: 'note:list', delete: ['note:delete', 'note:purge']}",
        "fields:",
        "  id: id, response",
        "  type: string or null, response? create! update, as kind -- What kind of note",
        "  links: '[url], response'",
    ]));
    let note = &api.modules[0].resources[0];
    assert_eq!(
        (note.plural.as_str(), note.keys.as_str()),
        ("notes", "notes")
    );
    let [list, delete] = note.operations.as_slice() else {
        panic!("expected two operations")
    };
    assert!(
        matches!(&list.shape, Shape::List { item, keys, page: Page::Marker } if item == "Note" && keys == "notes")
    );
    assert_eq!(list.path.template(), "notes");
    assert_eq!(list.query[0].kind, QueryKind::Text);
    assert_eq!(list.query[1].rust_name, "tags_any");
    assert_eq!(list.query[2].kind, QueryKind::Exact(Type::Bool));
    assert_eq!(delete.path.template(), "notes/{note_id}");
    assert_eq!(delete.policies, ["note:delete", "note:purge"]);
    let kind = &note.fields[1];
    assert_eq!(
        (kind.name.as_str(), kind.rust_name.as_str()),
        ("type", "kind")
    );
    assert_eq!(kind.doc, "What kind of note");
    assert!(kind.nullable && kind.update == Some(Presence::Maybe));
    assert_eq!(kind.response, Some(Presence::Maybe));
    assert_eq!(kind.create, Some(Presence::Always));
    assert_eq!(note.fields[2].ty, Type::List(Box::new(Type::Url)));
}

#[test]
fn an_operation_of_its_own_names_method_and_path() {
    let api = api(&note(&[
        "fields: {id: 'id, response'}",
        "operations:",
        "  seal: {post: 'notes/{note_id}/seal', policy: public, body: {seal: secret}, response: {note: Note}}",
        "  sealed: {head: 'notes/{note_id}/seal', policy: 'note:get', response: exists}",
        "  related: {list: 'notes/{note_id}/related', of: note, policy: 'note:list', page: echo}",
    ]));
    let [seal, sealed, related] = api.modules[0].resources[0].operations.as_slice() else {
        panic!("expected three operations")
    };
    assert_eq!(
        (seal.method.as_str(), seal.statuses.as_slice()),
        ("POST", [201].as_slice())
    );
    assert!(seal.policies.is_empty());
    assert!(matches!(
        &sealed.shape,
        Shape::Other {
            response: Response::Exists,
            ..
        }
    ));
    assert!(
        matches!(&related.shape, Shape::List { keys, page: Page::Echo, .. } if keys == "notes")
    );
}

#[test]
fn a_link_is_put_checked_and_deleted_on_one_path() {
    let api = api("resources:\n  note: {fields: {id: 'id, response'}}\n\
         links:\n  reader:\n    path: rooms/{room}/notes/{note_id}\n    of: note\n    params: {room: string}\n    \
         operations: {list: 'l', add: 'a', check: 'c', remove: 'r'}\n");
    let link = &api.modules[0].resources[1];
    let lines: Vec<String> = link
        .operations
        .iter()
        .map(|operation| {
            let (method, path) = (operation.method.as_str(), operation.path.template());
            format!("{method} {path} {:?}", operation.statuses)
        })
        .collect();
    assert_eq!(
        lines,
        [
            "GET rooms/{room}/notes [200]",
            "PUT rooms/{room}/notes/{note_id} [204]",
            "HEAD rooms/{room}/notes/{note_id} [204]",
            "DELETE rooms/{room}/notes/{note_id} [204]",
        ]
    );
}

#[test]
fn unknown_words_are_found_where_they_stand_with_what_was_meant() {
    for (lines, expected) in [
        (
            ["opertions: {}", "fields: {}"],
            "notes.yaml:4:5: `opertions` is not a key of a resource; did you mean `operations`?",
        ),
        (
            ["fields:", "  id: id, respnse"],
            "notes.yaml:5:15: `respnse` is not a place of a field; did you mean `response`?",
        ),
        (
            ["fields:", "  text: strin, response"],
            "notes.yaml:5:13: `strin` is not a type; did you mean `string`?",
        ),
        (
            ["fields:", "  tags: '[strng], response'"],
            "notes.yaml:5:15: `strng` is not a type; did you mean `string`?",
        ),
        (
            ["fields: {id: 'id, response'}", "filters: {by: id of noet}"],
            "notes.yaml:5:25: `noet` is not a resource with an id; did you mean `note`?",
        ),
        (
            ["page: markr", "fields: {}"],
            "notes.yaml:4:11: `markr` is not a kind of paging; did you mean `marker`?",
        ),
        (
            ["operations: {lits: 'note:list'}", "fields: {}"],
            "notes.yaml:4:18: `lits` is not a usual operation; did you mean `list`?",
        ),
        (
            ["fields: {}", "path: rooms/{rom}"],
            "notes.yaml:5:17: the type of `rom` is unknown; add it to `params`, as `string` or `id of ..`",
        ),
    ] {
        assert_eq!(problems(&note(&lines)), [expected]);
    }
}

#[test]
fn all_that_is_wrong_is_told_at_once() {
    let found = problems(&note(&["pth: x", "open: maybe", "operations: {list: ''}"]));
    let places: Vec<&str> = found
        .iter()
        .filter_map(|problem| problem.split(": ").next())
        .collect();
    assert_eq!(
        places,
        ["notes.yaml:4:5", "notes.yaml:5:11", "notes.yaml:6:24"]
    );
}

#[test]
fn an_operation_without_a_policy_is_refused() {
    let found = problems(&note(&[
        "fields: {id: 'id, response'}",
        "operations:",
        "  seal: {post: notes}",
    ]));
    assert!(found[0].contains("says `policy: public`"), "{found:?}");
}

#[test]
fn broken_yaml_and_double_names_are_found_in_their_file() {
    assert!(problems("resources: [")[0].starts_with("notes.yaml:"));
    let twice = problems("resources:\n  note: {}\n  note: {}\n");
    assert!(
        twice[0].starts_with("notes.yaml:4:3: `note` is already defined"),
        "{twice:?}"
    );
}

#[test]
fn exactly_one_file_describes_the_service() {
    let none = read(&[SpecFile::new("a.yaml", "resources: {}")]).unwrap_err();
    assert!(none.to_string().contains("add the key `service`"), "{none}");
    let source = |name| SpecFile::new(name, SERVICE);
    let two = read(&[source("a.yaml"), source("b.yaml")]).unwrap_err();
    assert!(two.to_string().starts_with("b.yaml:1:1:"), "{two}");
}

#[test]
fn names_that_rust_cannot_have_are_refused() {
    for (lines, expected) in [
        (
            ["fields:", "  2fa: string, response"],
            "notes.yaml:5:7: `2fa` is not a name in Rust; add `as NAME` with another",
        ),
        (
            ["fields:", "  a-b: string, response, as 日本"],
            "notes.yaml:5:7: `日本` is not a name in Rust; add `as NAME` with another",
        ),
        (
            ["fields: {}", "filters: {a-b: text, a.b: text}"],
            "notes.yaml:5:26: `a_b` is used twice; add `as NAME` with another",
        ),
        (
            ["fields: {}", "filters: {limit: int}"],
            "notes.yaml:5:15: `limit` is the name of a built-in method; add `as NAME` with another",
        ),
        (
            ["plural: service", "fields: {}"],
            "notes.yaml:3:3: every client has a method `service`; choose another `plural`",
        ),
        (
            ["fields:", "  a: x | X, response"],
            "notes.yaml:5:10: `X` has no variant name of its own in an enumeration; use the type `string`",
        ),
        (
            ["fields: {}", "records: {Value: {fields: {}}}"],
            "notes.yaml:5:15: a type `Value` would clash with another of that name; choose another name",
        ),
        (
            [
                "fields: {}",
                "operations: {list: 'n:l', new: {get: x, policy: public}}",
            ],
            "notes.yaml:5:31: `new` is the name of a built-in method; choose another",
        ),
    ] {
        assert_eq!(problems(&note(&lines)), [expected]);
    }
    let page = problems("resources:\n  page: {}\n  Big: {}\n");
    assert!(
        page[0].starts_with("notes.yaml:3:3: a type `Page`"),
        "{page:?}"
    );
    assert!(
        page[1].starts_with("notes.yaml:4:3: `Big` is not a name"),
        "{page:?}"
    );
}

#[test]
fn the_old_word_for_a_response_is_refused_where_it_stands() {
    let cases = [
        (
            "fields: {id: 'id, answer'}",
            "operations: {}",
            "notes.yaml:4:23: `answer` is now called `response`; write `response`",
        ),
        (
            "fields: {id: 'id, create answer?'}",
            "operations: {}",
            "notes.yaml:4:30: `answer?` is now called `response?`; write `response?`",
        ),
        (
            "fields: {id: 'id, response'}",
            "operations: {seal: {post: 'notes/{note_id}/seal', policy: public, answer: raw}}",
            "notes.yaml:5:71: `answer` is now called `response`; write `response`",
        ),
    ];
    for (fields, other, expected) in cases {
        assert_eq!(problems(&note(&[fields, other])), [expected]);
    }
}

#[test]
fn bodies_and_responses_can_stand_without_a_key_or_be_no_json() {
    let api = api(&note(&[
        "fields: {id: 'id, response', text: 'string, create! update!'}",
        "records: {Ticket: {fields: {code: secret}}}",
        "operations:",
        "  create: {policy: 'note:create', bare: true, status: [200, 201]}",
        "  redeem: {post: tickets, policy: public, body: form of Ticket, response: form of Ticket}",
        "  print: {get: 'notes/{note_id}/print', policy: 'note:get', accept: text/html, response: raw}",
        "  all: {get: /, policy: public, response: Ticket}",
        "  version: {get: ., policy: public, gone: Returns 410, response: '[Note]'}",
    ]));
    let operations = &api.modules[0].resources[0].operations;
    let [create, redeem, print, all, version] = operations.as_slice() else {
        panic!("expected five operations")
    };
    assert!(matches!(
        create.shape,
        Shape::Create {
            bare: true,
            many: false
        }
    ));
    assert_eq!(create.statuses, [200, 201]);
    let Shape::Other { body, response } = &redeem.shape else {
        panic!("expected an operation of its own shape")
    };
    assert!(
        body.as_ref()
            .is_some_and(|body| body.form && body.key.is_empty())
    );
    assert!(matches!(response, Response::Form(Type::Record(name)) if name == "Ticket"));
    assert_eq!(print.accept.as_deref(), Some("text/html"));
    assert_eq!(api.address(&all.path), "/");
    assert_eq!(api.address(&version.path), "/v1");
    assert!(version.statuses.is_empty() && version.gone.is_some());
    assert!(matches!(
        &version.shape,
        Shape::Other { response: Response::Value(key, Type::List(_)), .. } if key.is_empty()
    ));
    let text = &api.modules[0].resources[0].fields[1];
    assert_eq!(text.update, Some(Presence::Always));
}

#[test]
fn many_are_created_at_once_and_headers_and_queries_can_be_demanded() {
    let api = api(&note(&[
        "since: v1.2",
        "strict: true",
        "deprecated: Nobody takes notes",
        "fields: {id: 'id, response', due: 'time, response, since v1.3'}",
        "filters: {since: moment}",
        "operations:",
        "  list: note:list",
        "  create: {policy: 'note:create', many: true}",
        "  put: 'note:put'",
        "  sign: {get: sign, policy: public, headers: {X-Pin: secret, Room-Id: id of note}, query: {from: 'url, required'}}",
    ]));
    let note = &api.modules[0].resources[0];
    assert!(note.strict && note.notes.deprecated.is_some());
    assert_eq!(note.notes.since.as_deref(), Some("v1.2"));
    assert_eq!(note.fields[1].since.as_deref(), Some("v1.3"));
    let [list, create, put, sign] = note.operations.as_slice() else {
        panic!("expected four operations")
    };
    assert_eq!(list.query[0].kind, QueryKind::Exact(Type::Time));
    assert!(matches!(create.shape, Shape::Create { many: true, .. }));
    assert_eq!(put.name, "put");
    let names: Vec<_> = sign
        .headers
        .iter()
        .map(|header| &header.rust_name)
        .collect();
    assert_eq!(names, ["pin", "room_id"]);
    assert!(sign.query[0].required);
}

#[test]
fn what_only_put_creates_is_created_by_put() {
    let api = api(&note(&[
        "fields: {id: 'id, response'}",
        "operations: {put: 'note:create'}",
    ]));
    let create = &api.modules[0].resources[0].operations[0];
    assert_eq!(
        (create.name.as_str(), create.method.as_str()),
        ("create", "PUT")
    );
}

#[test]
fn an_entry_with_each_stands_for_all_combinations() {
    let api = api("resources:\n  note: {fields: {id: 'id, response'}}\n\
         links:\n  <of>_<kind>_note:\n    each: {of: [room, desk], kind: [old, new]}\n    \
         doc: Those <kind> ones of a <of>\n    path: <of>s/<kind>/notes/{note_id}/pinned\n    of: note\n    \
         operations: {add: 'note:<of>_add'}\n");
    let links: Vec<_> = api.resources().skip(1).collect();
    let names: Vec<_> = links.iter().map(|link| link.name.as_str()).collect();
    assert_eq!(
        names,
        [
            "room_old_note",
            "room_new_note",
            "desk_old_note",
            "desk_new_note"
        ]
    );
    let last = &links[3];
    assert_eq!(last.doc, "Those new ones of a desk");
    assert_eq!(last.path.template(), "desks/new/notes");
    let add = &last.operations[0];
    assert_eq!(add.path.template(), "desks/new/notes/{note_id}/pinned");
    assert_eq!(add.policies, ["note:desk_add"]);
}

#[test]
fn what_cannot_be_is_refused_where_it_stands() {
    for (lines, expected) in [
        (
            "operations: {list: {policy: 'n:l', many: true}}",
            "notes.yaml:5:46: `many` is for `create` and `put`",
        ),
        (
            "operations: {sign: {get: x, policy: public, query: {n: 'int, required'}}}",
            "notes.yaml:5:66: only a text can be required",
        ),
        (
            "operations: {sign: {get: x, policy: public, headers: {N: int}}}",
            "notes.yaml:5:62: a header is `string`, `secret` or `id of ..`",
        ),
        (
            "operations: {sign: {post: x, policy: public, body: form of string}}",
            "notes.yaml:5:56: a form is `form of` a record",
        ),
        (
            "operations: {sign: {get: x, policy: public, status: [200, 500]}}",
            "notes.yaml:5:63: expected a status of success, such as 204",
        ),
        ("each: {a: b}", "notes.yaml:5:15: expected a list of words"),
    ] {
        assert_eq!(problems(&note(&["fields: {}", lines])), [expected]);
    }
}

#[test]
fn a_version_is_one_of_the_microversions_where_there_are_any() {
    let spec = |range: &str, since: &str| {
        let text = format!(
            "service: {{type: notes, version: v1, microversions: {range}}}\nresources:\n  note:\n    \
             operations: {{list: public}}\n    fields: {{id: 'id, response', pin: 'string, response, since {since}'}}\n"
        );
        read(&[SpecFile::new("notes.yaml", text)])
    };
    let range = "{min: '1.0', max: '1.10'}";
    let api = spec(range, "1.9").unwrap();
    let pin = &api.modules[0].resources[0].fields[1];
    assert_eq!(pin.seen(), Some(Presence::Maybe), "lower versions lack it");
    for since in ["1.11", "0.9", "v3.4", "1"] {
        let error = spec(range, since).unwrap_err().to_string();
        assert!(
            error.contains("notes.yaml:5:")
                && error.contains(&format!("`{since}` is not a microversion")),
            "{error}"
        );
    }
    for range in ["{min: '1.2', max: '1.1'}", "{min: one, max: '1.1'}"] {
        let error = spec(range, "1.1").unwrap_err().to_string();
        assert!(error.contains("notes.yaml:1:"), "{error}");
    }
}

mod service_words;
