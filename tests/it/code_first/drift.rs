//! `assert_spec_matches!`: what differs between handlers and file is told, in both directions.

use std::fs;
use std::path::PathBuf;

use axum::Json;
use axum::extract::Path;
use keystone_middleware::routing::get;
use keystone_middleware::{Routes, operation, operations, policy};
use keystone_testing::assert_spec_matches;
use keystone_testing::spec::{CodeFirst, SpecError, TestPlace, compare};

use super::service::{enforcer, info, list_proxies, routes};
const SPEC: &str = include_str!("proxies.yaml");

/// A file of this test with such a text.
fn file(name: &str, text: &str) -> String {
    let path = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("code_first_{name}"));
    fs::write(&path, text).unwrap();
    path.to_str().unwrap().to_owned()
}

fn compared(service: &impl CodeFirst, path: &str) -> Result<(), SpecError> {
    let place = TestPlace::new(env!("CARGO_TARGET_TMPDIR"), file!());
    compare(service, &[path], place)
}

/// The differences from the description after an edit.
fn differences(name: &str, before: &str, after: &str) -> Vec<String> {
    assert_eq!(SPEC.matches(before).count(), 1, "{before}");
    let path = file(&format!("{name}.yaml"), &SPEC.replace(before, after));
    let error = compared(&routes(), &path).unwrap_err();
    let place = format!("code_first_{name}.yaml");
    let all = error.differences().iter().map(|one| {
        let line = one.place.strip_prefix(&place).unwrap_or(&one.place);
        format!(
            "{} {}{}: {} | {} {line}",
            one.method, one.path, one.part, one.code, one.file
        )
    });
    all.collect()
}

#[test]
fn handlers_are_as_a_resource_spec_describes_them() {
    assert_spec_matches!(routes(), "code_first/proxies.yaml");
    // Beside the test.
    assert_spec_matches!(routes().openapi(&info()), "proxies.yaml");
    assert_spec_matches!(routes().openapi(&info()).as_str(), "proxies.yaml");
}

#[test]
fn handlers_are_as_an_openapi_document_describes_them() {
    let document = routes().openapi(&info());
    let path = file("own.json", document.as_str());
    assert_eq!(compared(&routes(), &path), Ok(()));
}

#[test]
fn an_operation_that_one_of_them_lacks_is_told() {
    assert_eq!(
        differences("missing_operation", "      get: proxy:view\n", ""),
        ["GET /v1/proxies/{proxy_id}: an operation with the policy proxy:view | nothing :9:5"]
    );
    assert_eq!(
        differences(
            "extra_operation",
            "      purge:\n",
            "      seal: {post: \"proxies/{proxy_id}/seal\", policy: proxy:update}\n      purge:\n"
        ),
        [
            "POST /v1/proxies/{proxy_id}/seal: nothing | an operation with the policy proxy:update :17:13"
        ]
    );
}

/// Edits of the description, with what is told then.
const DRIFT: &[(&str, &str, &str, &[&str])] = &[
    (
        "policy",
        "list: proxy:index",
        "list: proxy:view",
        &["GET /v1/proxies, policy: proxy:index | proxy:view :12:13"],
    ),
    (
        "public",
        "list: proxy:index",
        "list: public",
        &["GET /v1/proxies, policy: proxy:index | public :12:13"],
    ),
    (
        "several_policies",
        "list: proxy:index",
        "list: [proxy:index, proxy:view]",
        &["GET /v1/proxies, policy: proxy:index | proxy:index, proxy:view :12:13"],
    ),
    (
        "status",
        "        policy: proxy:purge\n",
        "        policy: proxy:purge\n        status: 202\n",
        &["DELETE /v1/proxies, status: 204 | 202 :18:9"],
    ),
    (
        "operation_since",
        "        policy: proxy:purge\n",
        "        policy: proxy:purge\n        since: 1.1\n",
        &["DELETE /v1/proxies, microversion that introduced it: it was always there | 1.1 :18:9"],
    ),
    (
        "deprecated",
        "        policy: proxy:purge\n",
        "        policy: proxy:purge\n        deprecated: it is of no use\n",
        &["DELETE /v1/proxies, deprecation: not deprecated | deprecated :18:9"],
    ),
    (
        "missing_query",
        "      domain: string\n",
        "",
        &["GET /v1/proxies, `domain` of the query: string | nothing :12:13"],
    ),
    (
        "extra_query",
        "      domain: string\n",
        "      domain: string\n      note: string\n",
        &["GET /v1/proxies, `note` of the query: nothing | string :23:13"],
    ),
    (
        "type_of_a_query",
        "      domain: string\n",
        "      domain: int\n",
        &["GET /v1/proxies, `domain` of the query: string | int :22:15"],
    ),
    (
        "required_query",
        "      domain: string\n",
        "      domain: string, required\n",
        &["GET /v1/proxies, `domain` of the query: string | string, required :22:15"],
    ),
    (
        "since_of_a_query",
        "flag, since 1.2",
        "flag",
        &["GET /v1/proxies, `editable` of the query: flag, since 1.2 | flag :23:17"],
    ),
    (
        "pages",
        "    doc: A domain name that leads to backends\n",
        "    doc: A domain name\n    page: marker\n",
        &[
            "GET /v1/proxies, `limit` of the query: nothing | int :13:13",
            "GET /v1/proxies, `marker` of the query: nothing | string :13:13",
        ],
    ),
    (
        "key",
        "    plural: proxies\n",
        "    plural: proxies\n    key: mapping\n",
        &[
            "POST /v1/proxies, body: an object with `proxy` | an object with `mapping` :14:15",
            "POST /v1/proxies, response: an object with `proxy` | an object with `mapping` :14:15",
            "GET /v1/proxies/{proxy_id}, response: an object with `proxy` | an object with `mapping` :15:12",
            "PATCH /v1/proxies/{proxy_id}, body: an object with `proxy` | an object with `mapping` :16:15",
            "PATCH /v1/proxies/{proxy_id}, response: an object with `proxy` | an object with `mapping` :16:15",
        ],
    ),
    (
        "keys",
        "    plural: proxies\n",
        "    plural: proxies\n    keys: mappings\n",
        &["GET /v1/proxies, response: an object with `proxies` | an object with `mappings` :13:13"],
    ),
    (
        "missing_attribute",
        "      project_id: string, response -- The project that owns it\n",
        "",
        &[
            "GET /v1/proxies, `proxies[].project_id` of the response: string | nothing :25:7",
            "POST /v1/proxies, `proxy.project_id` of the response: string | nothing :25:7",
            "GET /v1/proxies/{proxy_id}, `proxy.project_id` of the response: string | nothing :25:7",
            "PATCH /v1/proxies/{proxy_id}, `proxy.project_id` of the response: string | nothing :25:7",
        ],
    ),
    (
        "extra_attribute",
        "      id: id, response\n",
        "      id: id, response\n      name: string, response create\n",
        &[
            "GET /v1/proxies, `proxies[].name` of the response: nothing | string :26:13",
            "POST /v1/proxies, `proxy.name` of the body: nothing | string :26:13",
            "POST /v1/proxies, `proxy.name` of the response: nothing | string :26:13",
            "GET /v1/proxies/{proxy_id}, `proxy.name` of the response: nothing | string :26:13",
            "PATCH /v1/proxies/{proxy_id}, `proxy.name` of the response: nothing | string :26:13",
        ],
    ),
    (
        "type_of_an_attribute",
        "domain: string, response create!",
        "domain: int, response create!",
        &[
            "GET /v1/proxies, `proxies[].domain` of the response: string | int :27:15",
            "POST /v1/proxies, `proxy.domain` of the body: string | int :27:15",
            "POST /v1/proxies, `proxy.domain` of the response: string | int :27:15",
            "GET /v1/proxies/{proxy_id}, `proxy.domain` of the response: string | int :27:15",
            "PATCH /v1/proxies/{proxy_id}, `proxy.domain` of the response: string | int :27:15",
        ],
    ),
    (
        "type_of_an_item",
        "\"[url], response create! update",
        "\"[int], response create! update",
        &[
            "GET /v1/proxies, `proxies[].backends[]` of the response: string | int :28:17",
            "POST /v1/proxies, `proxy.backends[]` of the body: string | int :28:17",
            "POST /v1/proxies, `proxy.backends[]` of the response: string | int :28:17",
            "GET /v1/proxies/{proxy_id}, `proxy.backends[]` of the response: string | int :28:17",
            "PATCH /v1/proxies/{proxy_id}, `proxy.backends[]` of the body: string | int :28:17",
            "PATCH /v1/proxies/{proxy_id}, `proxy.backends[]` of the response: string | int :28:17",
        ],
    ),
    (
        "word",
        "project_id: string, response",
        "project_id: a | b, response",
        &[
            "GET /v1/proxies, `proxies[].project_id` of the response: string | a | b :26:19",
            "POST /v1/proxies, `proxy.project_id` of the response: string | a | b :26:19",
            "GET /v1/proxies/{proxy_id}, `proxy.project_id` of the response: string | a | b :26:19",
            "PATCH /v1/proxies/{proxy_id}, `proxy.project_id` of the response: string | a | b :26:19",
        ],
    ),
    (
        "time",
        "project_id: string, response",
        "project_id: time, response",
        &[
            "GET /v1/proxies, `proxies[].project_id` of the response: string | time :26:19",
            "POST /v1/proxies, `proxy.project_id` of the response: string | time :26:19",
            "GET /v1/proxies/{proxy_id}, `proxy.project_id` of the response: string | time :26:19",
            "PATCH /v1/proxies/{proxy_id}, `proxy.project_id` of the response: string | time :26:19",
        ],
    ),
    (
        "required_attribute",
        "note: string or null, response create update",
        "note: string or null, response create! update",
        &["POST /v1/proxies, `proxy.note` of the body: optional | required :29:13"],
    ),
    (
        "optional_attribute",
        "domain: string, response create!",
        "domain: string, response create",
        &["POST /v1/proxies, `proxy.domain` of the body: required | optional :27:15"],
    ),
    (
        "absent_attribute",
        "project_id: string, response",
        "project_id: string, response?",
        &[
            "GET /v1/proxies, `proxies[].project_id` of the response: always there | may be absent or null :26:19",
            "POST /v1/proxies, `proxy.project_id` of the response: always there | may be absent or null :26:19",
            "GET /v1/proxies/{proxy_id}, `proxy.project_id` of the response: always there | may be absent or null :26:19",
            "PATCH /v1/proxies/{proxy_id}, `proxy.project_id` of the response: always there | may be absent or null :26:19",
        ],
    ),
    (
        "null_in_a_request",
        "\"[url], response create! update",
        "\"[url] or null, response create! update",
        &[
            "GET /v1/proxies, `proxies[].backends` of the response: always there | may be absent or null :28:17",
            "POST /v1/proxies, `proxy.backends` of the body: is never null | may be null :28:17",
            "POST /v1/proxies, `proxy.backends` of the response: always there | may be absent or null :28:17",
            "GET /v1/proxies/{proxy_id}, `proxy.backends` of the response: always there | may be absent or null :28:17",
            "PATCH /v1/proxies/{proxy_id}, `proxy.backends` of the response: always there | may be absent or null :28:17",
        ],
    ),
    (
        "since_of_an_attribute",
        ", since 1.1",
        "",
        &[
            "GET /v1/proxies, `proxies[].note` of the response: since 1.1 | it was always there :29:13",
            "POST /v1/proxies, `proxy.note` of the body: since 1.1 | it was always there :29:13",
            "POST /v1/proxies, `proxy.note` of the response: since 1.1 | it was always there :29:13",
            "GET /v1/proxies/{proxy_id}, `proxy.note` of the response: since 1.1 | it was always there :29:13",
            "PATCH /v1/proxies/{proxy_id}, `proxy.note` of the body: since 1.1 | it was always there :29:13",
            "PATCH /v1/proxies/{proxy_id}, `proxy.note` of the response: since 1.1 | it was always there :29:13",
        ],
    ),
    (
        "attribute_of_one_request",
        "response create! -- The name",
        "response create! update -- The name",
        &["PATCH /v1/proxies/{proxy_id}, `proxy.domain` of the body: nothing | string :27:15"],
    ),
];

#[test]
fn each_kind_of_drift_is_told_with_its_place() {
    for (name, before, after, told) in DRIFT {
        assert_eq!(differences(name, before, after), *told, "{name}");
    }
}

const PEOPLE: &str = "
GET /v1/proxies, policy
  the handlers: proxy:index
  the file:     proxy:view
  at code_first_people.yaml:12:13

GET /v1/proxies, `proxies[].project_id` of the response
POST /v1/proxies, `proxy.project_id` of the response
GET /v1/proxies/{proxy_id}, `proxy.project_id` of the response
PATCH /v1/proxies/{proxy_id}, `proxy.project_id` of the response
  the handlers: string
  the file:     int
  at code_first_people.yaml:26:19
";

#[test]
fn drift_is_a_text_for_people() {
    let edited = SPEC
        .replace("list: proxy:index", "list: proxy:view")
        .replace("project_id: string", "project_id: int");
    let path = file("people.yaml", &edited);
    let error = compared(&routes(), &path).unwrap_err().to_string();
    assert_eq!(
        error,
        format!("the handlers differ from `{path}` in 5 places:\n{PEOPLE}")
    );
}

// What follows contradicts itself, or has no part in the document.

#[operation(GET "/v1/proxies/{proxy_id}")]
#[policy("proxy:view")]
async fn get_proxy() -> Json<String> {
    Json(String::new())
}

#[operation(GET "/v1/proxies/{proxy_id}/backends/{number}")]
#[policy("proxy:view")]
async fn get_backend(Path(number): Path<u32>) -> Json<u32> {
    Json(number)
}

#[derive(serde::Deserialize, schemars::JsonSchema)]
struct Named {
    id: String,
}

#[operation(DELETE "/v1/proxies/{proxy_id}")]
#[policy("proxy:purge")]
async fn delete_proxy(Path(Named { id }): Path<Named>) -> Json<String> {
    Json(id)
}

#[test]
fn parameters_of_paths_that_no_argument_reads_are_told() {
    let routes: Routes =
        Routes::new(enforcer()).operations(operations![get_proxy, get_backend, delete_proxy]);
    let document = routes.openapi(&info());
    assert_eq!(
        document.problems(),
        [
            "GET /v1/proxies/{proxy_id}: no argument reads `{proxy_id}`: take it as `Path<..>` or \
             `Found<..>`, or leave it out of the path",
            "GET /v1/proxies/{proxy_id}/backends/{number}: an argument reads 1 parameter of the path, \
             which has 2 parameters",
            "DELETE /v1/proxies/{proxy_id}: an argument reads `id`, which the path lacks: name it `{id}` \
             there, or rename the attribute",
        ]
    );
    let error = compared(&routes, &file("problems.yaml", SPEC)).unwrap_err();
    let text = error.to_string();
    assert!(text.starts_with(&document.problems()[0]), "{text}");
}

#[policy("proxy:index")]
async fn undescribed() -> Json<String> {
    Json(String::new())
}

#[test]
fn a_handler_without_an_operation_is_named_where_the_file_has_it() {
    let routes: Routes = Routes::new(enforcer()).route("/v1/proxies", get(undescribed));
    let path = file("undescribed.yaml", SPEC);
    let error = compared(&routes, &path).unwrap_err();
    let list = error
        .differences()
        .iter()
        .find(|one| one.path == "/v1/proxies" && one.method == "GET");
    assert_eq!(list.unwrap().code, "a handler without `#[operation]`");
    assert_eq!(error.differences().len(), 6);
}

#[test]
fn a_policy_of_openapi_is_told_with_its_place() {
    let document = routes().openapi(&info());
    let edited = document.as_str().replace("proxy:create", "proxy:make");
    let path = file("openapi.json", &edited);
    let error = compared(&routes(), &path).unwrap_err();
    let [one] = error.differences() else {
        panic!("{error}");
    };
    let line = edited
        .lines()
        .position(|line| line.contains("proxy:make"))
        .unwrap();
    // The list begins on the line before.
    assert!(
        one.place
            .starts_with(&format!("code_first_openapi.json:{line}:")),
        "{one}"
    );
}

#[test]
fn files_that_are_missing_or_broken_are_told() {
    let path = file("broken.yaml", &SPEC.replace("proxy:index", "?"));
    let error = compared(&routes(), &path).unwrap_err().to_string();
    assert!(
        error.starts_with("code_first_broken.yaml:12:13: "),
        "{error}"
    );
    let place = TestPlace::new(env!("CARGO_MANIFEST_DIR"), file!());
    let error = compare(&routes(), &["absent.yaml"], place)
        .unwrap_err()
        .to_string();
    assert!(
        error.starts_with("there is no file `absent.yaml`; tried `"),
        "{error}"
    );
    assert!(error.ends_with("/code_first/absent.yaml`"), "{error}");
    let broken = "openapi: 3.1.0\npaths: []";
    let error = compare(broken, &["proxies.yaml"], place)
        .unwrap_err()
        .to_string();
    assert!(
        error.contains("the document of the handlers:2:8: "),
        "{error}"
    );
}

#[test]
#[should_panic(expected = "the handlers differ from `proxies.yaml` in ")]
fn the_assertion_fails() {
    let routes: Routes = Routes::new(enforcer())
        .operations(operations![list_proxies])
        .with_state(Default::default());
    assert_spec_matches!(routes, "proxies.yaml");
}
