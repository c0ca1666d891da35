//! The version documents.

use serde_json::{Value, json};

use crate::call::Call;
use crate::response::ApiResponse;
use crate::route::{HandlerResult, ok, routes};
use crate::store::Store;
use crate::v2;

/// What the mirrored release calls itself.
const VERSION: &str = "v3.14";
const UPDATED: &str = "2020-04-07T00:00:00Z";

routes! { pub(crate),
    "/" => GET versions;
    "/v3" => GET version;
}

fn versions(call: &Call, store: &mut Store) -> HandlerResult {
    let mut versions = vec![describe(call)];
    if store.v2 {
        versions.push(v2::describe(call));
    }
    let body = json!({ "versions": { "values": versions } });
    Ok(ApiResponse::choices(body, call.link("")))
}

fn version(call: &Call, _: &mut Store) -> HandlerResult {
    ok(json!({ "version": describe(call) }))
}

fn describe(call: &Call) -> Value {
    json!({
        "id": VERSION,
        "status": "stable",
        "updated": UPDATED,
        "links": [{ "rel": "self", "href": call.link("") }],
        "media-types": [{
            "base": "application/json",
            "type": "application/vnd.openstack.identity-v3+json",
        }],
    })
}
