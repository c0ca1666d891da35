//! Twins of mistakes in `#[operation]` and `operations!`.

use axum::Json;
use axum::extract::{Path, State};
use http::StatusCode;
use keystone_middleware::openapi::Info;
use keystone_middleware::policy::Enforcer;
use keystone_middleware::{Routes, operation, operations, policy};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::policies;

#[derive(Deserialize, JsonSchema, Serialize)]
struct Proxy {
    domain: String,
}

// Twin of operation_without_method_and_path, operation_of_a_misspelt_method, operation_without_a_path.
// Twin of operation_of_a_method_that_no_document_has, path_of_an_operation_without_a_slash.
// Twin of path_of_an_operation_with_a_query, misspelt_key_of_an_operation.
// Twin of operation_with_the_status_of_an_error, resource_of_an_operation_in_upper_case.
// Twin of key_of_an_operation_given_twice, handler_of_an_operation_without_a_policy, two_operations_on_one_handler.
// Twin of operation_on_a_struct, operation_with_a_response_of_any_type.
// Twin of response_of_an_operation_without_a_schema, misspelt_policy_of_an_operation.
// Twin of handler_without_an_operation_among_operations.
#[operation(GET "/v1/proxies", status = 200, resource = "proxy", since = "1.1")]
#[policy("proxy:index", table = policies)]
async fn list_proxies() -> Json<Vec<Proxy>> {
    Json(Vec::new())
}

// Twin of parameter_of_a_path_with_a_colon, parameter_of_a_path_that_is_not_closed.
// Twin of parameter_of_a_path_given_twice, parameter_for_the_rest_of_a_path, generic_handler_of_an_operation.
// Twin of operation_on_a_method_with_self.
#[operation(GET "/v1/proxies/{id}")]
#[policy(public)]
async fn get_proxy(State(prefix): State<String>, Path(id): Path<String>) -> Json<String> {
    Json(prefix + &id)
}

// Twin of status_of_an_operation_that_its_type_does_not_say, body_of_an_operation_without_a_schema.
// Twin of misspelt_policy_above_an_operation, handler_of_an_operation_that_is_not_async.
#[policy("proxy:create", table = policies)]
#[operation(POST "/v1/proxies", status = 201)]
async fn create_proxy(Json(proxy): Json<Proxy>) -> (StatusCode, Json<Proxy>) {
    (StatusCode::CREATED, Json(proxy))
}

#[test]
fn operations_are_routes_and_documents() {
    let enforcer = Enforcer::builder(&policies::DEFAULTS).build().unwrap();
    let routes: Routes = Routes::new(enforcer)
        .operations(operations![list_proxies, get_proxy, create_proxy])
        .with_state("proxy ".to_owned());
    let table = routes.table();
    let rows = table.iter().map(|row| {
        let policy = row.policy.unwrap_or("public");
        format!("{} {} {policy}", row.method, row.path)
    });
    assert_eq!(
        rows.collect::<Vec<_>>(),
        [
            "GET /v1/proxies proxy:index",
            "GET /v1/proxies/{id} public",
            "POST /v1/proxies proxy:create",
        ]
    );
    let document = routes.openapi(&Info::new("Proxies", "proxy", "v1"));
    assert!(document.problems().is_empty(), "{document:?}");
    let document: Value = serde_json::from_str(document.as_str()).unwrap();
    let path = &document["paths"]["/v1/proxies/{id}"];
    assert_eq!(path["get"]["security"], Value::Array(Vec::new()));
}
