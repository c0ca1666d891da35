//! The words that own services need: versions that end, policies of attributes, hidden objects, actions and tasks.

use super::*;
use crate::model::{Field, Operation};

/// Zones with all of the words, of a service with microversions.
const ZONES: &str = "service: {type: dns, version: v2, microversions: {min: '1.0', max: '1.3'}}
resources:
  zone:
    until: '1.3'
    hide: true
    filters: {name: string, 'legacy': 'flag, since 1.1, until 1.2'}
    operations:
      list: zone:list
      create: zone:create
      get: zone:get
      delete: {delete: 'zones/{zone_id}', policy: zone:delete, task: zone_task}
      update: {policy: zone:update, hide: false, until: '1.2'}
      verify: {action: verify, policy: zone:verify}
      transfer: {action: os-transferZone, policy: zone:transfer, body: Transfer, response: {zone: Zone}, since: '1.1'}
      sign: {action: sign, policy: zone:sign, body: Transfer, task: zone_task}
    fields:
      id: id, response
      name: string, response create!
      pool: string, response create update, policy zone:pool, since 1.1, until 1.2 -- Where it is served
    records:
      Transfer: {fields: {to: string}}
  zone_task:
    key: task
    path: zones/{zone_id}/tasks
    operations: {get: zone:get}
    fields: {id: 'id, response', status: 'PENDING | DONE, response'}
";

fn zones() -> Api {
    read(&[SpecFile::new("dns.yaml", ZONES)]).unwrap()
}

fn operation<'a>(api: &'a Api, name: &str) -> &'a Operation {
    let zone = &api.modules[0].resources[0];
    zone.operations.iter().find(|one| one.name == name).unwrap()
}

#[test]
fn what_ends_with_a_version_or_needs_a_policy_may_be_absent_from_responses() {
    let api = zones();
    let zone = &api.modules[0].resources[0];
    assert_eq!(zone.notes.until.as_deref(), Some("1.3"));
    let pool = &zone.fields[2];
    let Field { since, until, .. } = pool;
    assert_eq!(
        (since.as_deref(), until.as_deref()),
        (Some("1.1"), Some("1.2"))
    );
    assert_eq!(pool.policy.as_deref(), Some("zone:pool"));
    assert_eq!(pool.response, Some(Presence::Always), "as it is written");
    assert_eq!(pool.seen(), Some(Presence::Maybe));
    assert_eq!(zone.fields[1].seen(), Some(Presence::Always));
    let legacy = &operation(&api, "list").query[1];
    assert_eq!(legacy.until.as_deref(), Some("1.2"));
}

#[test]
fn a_resource_hides_its_objects_unless_an_operation_says_otherwise() {
    let api = zones();
    let hidden = |name: &str| operation(&api, name).hide;
    for (name, hide) in [
        ("list", false),
        ("create", false),
        ("get", true),
        ("delete", true),
        ("update", false),
        ("verify", true),
    ] {
        assert_eq!(hidden(name), hide, "{name}");
    }
}

/// A list of what is in a zone tells of the zone.
#[test]
fn what_is_nested_in_an_object_hides_that_object() {
    let nested = ZONES.replace(
        "    operations: {get: zone:get}",
        "    hide: true\n    operations: {list: zone:get, create: zone:get, get: {policy: zone:get, hide: false}}",
    );
    let api = read(&[SpecFile::new("dns.yaml", nested)]).unwrap();
    let tasks = &api.modules[0].resources[1];
    let hides: Vec<_> = tasks.operations.iter().map(|one| one.hide).collect();
    assert_eq!(hides, [true, true, false]);
}

#[test]
fn actions_share_a_path_and_differ_in_the_key_of_their_body() {
    let api = zones();
    for (name, action, key, statuses) in [
        ("verify", "verify", None, [204]),
        (
            "transfer",
            "os-transferZone",
            Some("os-transferZone"),
            [200],
        ),
        ("sign", "sign", Some("sign"), [202]),
    ] {
        let operation = operation(&api, name);
        assert_eq!(operation.action.as_deref(), Some(action));
        assert_eq!(operation.method.as_str(), "POST");
        assert_eq!(operation.path.template(), "zones/{zone_id}/action");
        assert_eq!(operation.statuses, statuses);
        let Shape::Other { body, .. } = &operation.shape else {
            panic!("{name} has another shape")
        };
        assert_eq!(body.as_ref().map(|body| body.key.as_str()), key);
    }
}

#[test]
fn an_operation_with_a_task_returns_that_under_its_key() {
    let api = zones();
    for name in ["delete", "sign"] {
        let operation = operation(&api, name);
        assert_eq!(operation.task.as_deref(), Some("zone_task"));
        assert_eq!(operation.statuses, [202]);
        assert_eq!(operation.response_headers[0].name, "Location");
        assert!(
            matches!(&operation.shape, Shape::Other { response: Response::Value(key, Type::Record(ty)), .. }
                if key == "task" && ty == "ZoneTask")
        );
    }
}

/// The problems of a spec of a service with microversions; the note has an id and a task with `get`.
fn mistakes(lines: &[&str]) -> Vec<String> {
    let mut text = "service: {type: notes, version: v1, microversions: {min: '1.0', max: '1.3'}}\n\
                    resources:\n  note:\n"
        .to_owned();
    for line in lines {
        text.push_str(&format!("    {line}\n"));
    }
    text.push_str(
        "  job: {operations: {get: 'job:get'}, fields: {id: 'id, response', name: 'string, create'}}\n  \
         stuck: {fields: {id: 'id, response'}}\n  \
         far: {path: 'desks/{desk}/fars', params: {desk: string}, operations: {get: 'far:get'}, fields: {id: 'id, response'}}\n",
    );
    match read(&[SpecFile::new("notes.yaml", text.as_str())]) {
        Ok(_) => panic!("nothing is wrong with\n{text}"),
        Err(error) => error.to_string().lines().map(str::to_owned).collect(),
    }
}

const ID: &str = "fields: {id: 'id, response'}";

#[test]
fn versions_that_cannot_be_are_refused() {
    for (line, expected) in [
        (
            "fields: {a: 'string, response, since 1.3, until 1.2'}",
            "notes.yaml:4:53: no version is both since 1.3 and until 1.2; `until` is the last version that has it",
        ),
        (
            "fields: {a: 'string, response, until 1.4'}",
            "notes.yaml:4:42: `1.4` is not a microversion of this service; it supports 1.0 to 1.3",
        ),
        (
            "fields: {a: 'string, response, until 0.9'}",
            "notes.yaml:4:42: `0.9` is not a microversion of this service; it supports 1.0 to 1.3",
        ),
        (
            "fields: {a: 'string, response, until'}",
            "notes.yaml:4:36: `until` needs a value, such as `since 1.1` or `as other_name`",
        ),
        (
            "fields: {a: 'string, response, untill 1.2'}",
            "notes.yaml:4:36: `untill` is not a setting of a line; did you mean `until`?",
        ),
        (
            "fields: {a: 'string, response create until 1.2'}",
            "notes.yaml:4:42: write a comma before `until`",
        ),
        (
            "fields: {a: 'string, response, since 1.1, since 1.2'}",
            "notes.yaml:4:47: `since` is given twice",
        ),
        (
            "filters: {a: 'string, since 1.3, until 1.2'}",
            "notes.yaml:4:44: no version is both since 1.3 and until 1.2; `until` is the last version that has it",
        ),
        (
            "records: {Part: {fields: {a: 'string, since 1.2'}}}",
            "notes.yaml:4:49: `a` is required, but some microversions lack it; add `optional`",
        ),
        (
            "records: {Part: {fields: {a: 'string, optional, since 1.3, until 1.2'}}}",
            "notes.yaml:4:70: no version is both since 1.3 and until 1.2; `until` is the last version that has it",
        ),
        (
            "operations: {list: {policy: 'n:l', since: '1.3', until: '1.2'}}",
            "notes.yaml:4:61: no version is both since 1.3 and until 1.2; `until` is the last version that has it",
        ),
        (
            "operations: {list: {policy: 'n:l', until: '2.0'}}",
            "notes.yaml:4:47: `2.0` is not a microversion of this service; it supports 1.0 to 1.3",
        ),
        (
            "operations: {list: {policy: 'n:l', untl: '1.2'}}",
            "notes.yaml:4:40: `untl` is not a key of an operation of a usual name; did you mean `until`?",
        ),
    ] {
        let found = mistakes(&[line]);
        assert_eq!(found, [expected]);
    }
    let found = mistakes(&[
        "until: '1.1'",
        "operations: {list: {policy: 'n:l', since: '1.2'}}",
        ID,
    ]);
    assert_eq!(
        found,
        [
            "notes.yaml:5:47: no version is both since 1.2 and until 1.1; `until` is the last version that has it"
        ]
    );
    let found = mistakes(&["until: '1.1'", "since: '1.2'", ID]);
    assert_eq!(
        found,
        [
            "notes.yaml:4:12: no version is both since 1.2 and until 1.1; `until` is the last version that has it"
        ]
    );
}

#[test]
fn a_service_without_microversions_has_its_versions_in_order_too() {
    let found = problems(&note(&[
        "fields: {a: 'string, response, since v3.10, until v3.9'}",
    ]));
    assert!(
        found[0].contains("no version is both since v3.10 and until v3.9"),
        "{found:?}"
    );
}

#[test]
fn policies_of_attributes_without_sense_are_refused() {
    for (line, expected) in [
        (
            "fields: {a: 'string, create!, policy n:a'}",
            "notes.yaml:4:42: `a` is required, but whom `n:a` refuses cannot set it; write `create` or `update` without `!`",
        ),
        (
            "fields: {a: 'string, update!, policy n:a'}",
            "notes.yaml:4:42: `a` is required, but whom `n:a` refuses cannot set it; write `create` or `update` without `!`",
        ),
        (
            "fields: {id: 'id, response, policy n:a'}",
            "notes.yaml:4:40: every response has the id; leave `policy n:a` out",
        ),
        (
            "fields: {id: 'id, response, until 1.2'}",
            "notes.yaml:4:39: every response has the id; leave `until 1.2` out",
        ),
        (
            "fields: {a: 'string, response, policy public'}",
            "notes.yaml:4:43: an attribute is open to all without a policy; leave `policy public` out",
        ),
        (
            "fields: {a: 'string, response, policy n:a create'}",
            "notes.yaml:4:43: `n:a create` is not the name of a policy; use one such as `identity:get_user`",
        ),
        (
            "fields: {a: 'string, response, polcy n:a'}",
            "notes.yaml:4:36: `polcy` is not a setting of a line; did you mean `policy`?",
        ),
        (
            "records: {Part: {fields: {a: 'string, policy n:a'}}}",
            "notes.yaml:4:50: only attributes of resources have policies; protect the one that holds the record; leave `policy n:a` out",
        ),
        (
            "filters: {a: 'string, policy n:a'}",
            "notes.yaml:4:34: a parameter has no policy of its own; leave `policy n:a` out",
        ),
        (
            "operations: {x: {get: x, policy: public, headers: {N: 'string, until 1.2'}}}",
            "notes.yaml:4:74: a header has neither versions nor a policy; leave `until 1.2` out",
        ),
    ] {
        assert_eq!(mistakes(&[line]), [expected]);
    }
}

#[test]
fn objects_that_cannot_be_hidden_are_refused() {
    for (line, expected) in [
        (
            "operations: {list: {policy: 'n:l', hide: true}}",
            "notes.yaml:5:46: a list leaves out what the caller may not see; `hide` is for paths with the id of an object",
        ),
        (
            "operations: {get: {policy: public, hide: true}}",
            "notes.yaml:5:46: nobody is refused where the policy is `public`; leave `hide` out",
        ),
        (
            "operations: {create: {policy: 'n:c', hide: true}}",
            "notes.yaml:5:48: `hide` is for operations on one object, whose id the path has",
        ),
        (
            "operations: {get: {policy: 'n:g', hide: yes}}",
            "notes.yaml:5:45: expected `true` or `false`",
        ),
        (
            "operations: {get: {policy: 'n:g', hid: true}}",
            "notes.yaml:5:39: `hid` is not a key of an operation of a usual name; did you mean `hide`?",
        ),
        (
            "operations: {get: {hide: true}}",
            "notes.yaml:5:23: the key `policy` is missing; an operation that is open to all says `policy: public`",
        ),
        (
            "hide: true",
            "notes.yaml:5:11: no operation here has a policy and the id of an object in its path; leave `hide` out",
        ),
    ] {
        assert_eq!(mistakes(&[ID, line]), [expected]);
    }
}

#[test]
fn tasks_that_cannot_be_polled_are_refused() {
    for (task, expected) in [
        (
            "post: x, task: jab",
            "notes.yaml:5:37: `jab` is not a resource with `get`; did you mean `job`?",
        ),
        (
            "post: x, task: robot",
            "notes.yaml:5:37: `robot` is not a resource with `get`; describe it in one of the files",
        ),
        (
            "post: x, task: stuck",
            "notes.yaml:5:37: `stuck` has no operation `get`, by which callers see how far the work is; add it",
        ),
        (
            "post: x, task: far",
            "notes.yaml:5:37: `Location` would be `desks/{desk}/fars/{far_id}`, but the path of this operation has no `{desk}`; put it there, or choose another path for `far`",
        ),
        (
            "get: x, task: job",
            "notes.yaml:5:36: `get` starts no work; leave `task` out",
        ),
        (
            "list: x, of: job, task: job",
            "notes.yaml:5:46: `list` starts no work; leave `task` out",
        ),
        (
            "post: x, task: job, response: {job: Job}",
            "notes.yaml:5:52: an operation with `task` responds with 202 and that resource; leave `response` out",
        ),
        (
            "post: x, task: job, status: 201",
            "notes.yaml:5:50: an operation with `task` responds with 202 and that resource; leave `status` out",
        ),
        (
            "post: x, tsk: job",
            "notes.yaml:5:31: `tsk` is not a key of an operation; did you mean `task`?",
        ),
    ] {
        let line = format!("operations: {{x: {{{task}, policy: n}}}}");
        assert_eq!(mistakes(&[ID, &line]), [expected]);
    }
}

#[test]
fn actions_that_cannot_be_told_apart_or_have_no_item_are_refused() {
    for (operations, expected) in [
        (
            "a: {action: seal, policy: n}, b: {action: seal, policy: n}",
            "notes.yaml:5:60: the action `seal` of `POST /v1/notes/{note_id}/action` is described twice; choose another name",
        ),
        (
            "a: {action: seal, policy: n}, b: {post: 'notes/{note_id}/action', policy: n}",
            "notes.yaml:5:30: `POST /v1/notes/{note_id}/action` is described as an operation of its own too; make that an action, or give it another path",
        ),
        (
            "a: {action: seal, post: x, policy: n}",
            "notes.yaml:5:42: an action is a body for one path; leave `post` out",
        ),
        (
            "a: {action: seal, policy: n, query: {deep: flag}}",
            "notes.yaml:5:54: an action is a body for one path; leave `query` out",
        ),
        (
            "a: {action: seal, policy: n, headers: {X-Pin: secret}}",
            "notes.yaml:5:56: an action is a body for one path; leave `headers` out",
        ),
        (
            "a: {action: seal, policy: n, body: {seal: string}}",
            "notes.yaml:5:53: the body of an action stands under `seal`; write its type alone, such as `body: SealRequest`",
        ),
        (
            "a: {action: seal, policy: n, body: form of Job}",
            "notes.yaml:5:53: the body of an action stands under `seal`; write its type alone, such as `body: SealRequest`",
        ),
        (
            "a: {action: 2fa, policy: n}",
            "notes.yaml:5:30: `2fa` is not the name of an action; use one such as `os-resetState`",
        ),
        (
            "a: {action: '', policy: n}",
            "notes.yaml:5:30: `` is not the name of an action; use one such as `os-resetState`",
        ),
        (
            "a: {acton: seal, policy: n}",
            "notes.yaml:5:22: `acton` is not a key of an operation; did you mean `action`?",
        ),
    ] {
        let line = format!("operations: {{{operations}}}");
        assert_eq!(mistakes(&[ID, &line]), [expected]);
    }
    assert_eq!(
        mistakes(&[
            "fields: {a: 'string, response'}",
            "operations: {a: {action: seal, policy: n}}"
        ]),
        [
            "notes.yaml:5:30: an action is done on one item, and `note` has no id; add the field `id: id, response`"
        ]
    );
    let link = "resources:\n  note: {fields: {id: 'id, response'}}\n\
                links:\n  reader:\n    path: rooms/{room}/notes/{note_id}\n    of: note\n    params: {room: string}\n    \
                operations: {seal: {action: seal, policy: n}}\n";
    assert_eq!(
        problems(link),
        [
            "notes.yaml:9:33: an action is done on one item, and `reader` is a link; add it to a resource"
        ]
    );
}
