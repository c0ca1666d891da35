//! `/v3/credentials`: among others the secrets of TOTP.

use serde_json::Value;
use sha2::{Digest, Sha256};

use super::crud::{default, text};
use super::list::{Page, ResourceKind};
use super::schema::{Field, Shape};
use crate::api_error::ApiError;
use crate::call::Call;
use crate::caller::Caller;
use crate::ids;
use crate::policy::{self, TargetAttrs};
use crate::route::{HandlerResult, created, no_content, routes};
use crate::store::{Object, Record, Store};

const KIND: ResourceKind = ResourceKind {
    one: "credential",
    many: "credentials",
    path: "credentials",
    filters: &["user_id", "type"],
    page: Page::Echo,
};
const FIELDS: &[(&str, Field)] = &[
    ("blob", Field::Text),
    ("project_id", Field::MaybeText),
    ("type", Field::Text),
    ("user_id", Field::Text),
];
const CREATE: Shape = Shape::create("credential", &["blob", "type", "user_id"], FIELDS);
const UPDATE: Shape = Shape::create("credential", &["blob"], &[("blob", Field::Text)]).closed();

routes! { pub(super),
    "/v3/credentials" => GET list, POST create;
    "/v3/credentials/{credential_id}" => GET show, PATCH update, DELETE delete;
}

/// Every user may list; the list has the credentials that the caller may read.
fn list(call: &Call, store: &mut Store) -> HandlerResult {
    let caller = call.caller()?;
    let own = match caller.is_on_system() {
        true => TargetAttrs::nothing(),
        false => TargetAttrs::field("credential.user_id", Some(&caller.user_id)),
    };
    call.require("list_credentials", own)?;
    let visible = |credential: &&Record| {
        let target = TargetAttrs::some("credential", Some(credential));
        policy::allows("identity:get_credential", caller, &target)
            && refuse_delegated(caller).is_ok()
    };
    KIND.list(call, store.credentials.iter().filter(visible))
}

fn create(call: &Call, store: &mut Store) -> HandlerResult {
    let mut fields = CREATE.read(call.body())?;
    if text(&fields, "type") == Some("ec2") && !fields.contains_key("project_id") {
        return Err(ApiError::bad("ec2 credential requires project_id"));
    }
    let caller = call.require("create_credential", TargetAttrs::new("credential", &fields))?;
    refuse_delegated(caller)?;
    let id = match text(&fields, "type") {
        Some("ec2") => ec2_id(&fields)?,
        _ => ids::resource(),
    };
    if store.credentials.lookup(&id).is_some() {
        return Err(ApiError::conflict("credential", "Duplicate entry"));
    }
    default(&mut fields, "project_id", Value::Null);
    let credential = Record::new(&id, fields);
    let response = KIND.envelope(call, &credential);
    store.credentials.put(credential);
    created(response)
}

fn show(call: &Call, store: &mut Store) -> HandlerResult {
    let credential = find("get_credential", call, store)?;
    KIND.respond(call, credential)
}

fn update(call: &Call, store: &mut Store) -> HandlerResult {
    let patch = UPDATE.read(call.body())?;
    find("update_credential", call, store)?;
    let credential = store.credentials.get_mut(call.param("credential_id"))?;
    if credential.is("type", "ec2") {
        access_key(&patch)?;
    }
    credential.merge(patch);
    KIND.respond(call, credential)
}

fn delete(call: &Call, store: &mut Store) -> HandlerResult {
    let id = find("delete_credential", call, store)?.id().to_owned();
    store.credentials.remove(&id)?;
    no_content()
}

/// The credential of the path, once the caller may, in its own name.
fn find<'a>(action: &str, call: &Call, store: &'a Store) -> Result<&'a Record, ApiError> {
    let id = call.param("credential_id");
    let target = TargetAttrs::of(&store.credentials, id);
    let caller = call.require(action, target)?;
    let credential = store.credentials.get(id)?;
    refuse_delegated(caller)?;
    Ok(credential)
}

/// A delegated token may neither read nor create credentials.
fn refuse_delegated(caller: &Caller) -> Result<(), ApiError> {
    caller.refuse_delegated(
        "You are not authorized to perform the requested action: Delegated tokens cannot access credentials directly.",
    )
}

/// An EC2 credential is found again by its access key.
fn ec2_id(fields: &Object) -> Result<String, ApiError> {
    let access = access_key(fields)?;
    if text(fields, "project_id").is_none() {
        return Err(ApiError::expecting("project_id", "credential"));
    }
    let digest = Sha256::digest(access);
    Ok(digest.iter().map(|byte| format!("{byte:02x}")).collect())
}

fn access_key(fields: &Object) -> Result<String, ApiError> {
    let blob: Option<Object> =
        text(fields, "blob").and_then(|blob| serde_json::from_str(blob).ok());
    let access = blob.as_ref().and_then(|blob| text(blob, "access"));
    access
        .map(ToOwned::to_owned)
        .ok_or_else(|| ApiError::bad("Invalid blob in credential"))
}
