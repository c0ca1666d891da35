//! `/v3/credentials`: among others the secrets of TOTP.

use http::Method;
use serde_json::Value;
use sha2::{Digest, Sha256};

use super::crud::{default, text};
use super::list::{Kind, Page};
use super::schema::{Field, Shape};
use super::{Reply, Routes, on};
use crate::answer::Answer;
use crate::call::Call;
use crate::guard::Allow;
use crate::ids;
use crate::refusal::Refusal;
use crate::store::{Object, Record, Store};

const KIND: Kind = Kind {
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

pub(super) fn routes(routes: Routes) -> Routes {
    routes
        .route(
            "/v3/credentials",
            on(&[(Method::GET, list), (Method::POST, create)]),
        )
        .route(
            "/v3/credentials/{credential_id}",
            on(&[
                (Method::GET, show),
                (Method::PATCH, update),
                (Method::DELETE, delete),
            ]),
        )
}

/// Everybody may list, and sees what it may see.
fn list(call: &Call, store: &mut Store) -> Reply {
    let caller = call.caller()?;
    let visible = |credential: &&Record| {
        let owner = Allow::User(credential.text("user_id").unwrap_or_default());
        [Allow::Admin, Allow::SystemReader, owner]
            .iter()
            .any(|allow| caller.fits(allow))
    };
    KIND.list(
        call,
        store.credentials.iter().filter(visible).cloned().collect(),
    )
}

fn create(call: &Call, store: &mut Store) -> Reply {
    let mut fields = CREATE.read(call.body())?;
    let owner = text(&fields, "user_id").unwrap_or_default();
    call.require("create_credential", &[Allow::Admin, Allow::User(owner)])?;
    let id = match text(&fields, "type") {
        Some("ec2") => ec2_id(&fields)?,
        _ => ids::resource(),
    };
    if store.credentials.look(&id).is_some() {
        return Err(Refusal::conflict("credential", "Duplicate entry"));
    }
    default(&mut fields, "project_id", Value::Null);
    let credential = Record::new(&id, fields);
    let answer = KIND.envelope(call, &credential);
    store.credentials.put(credential);
    Ok(Answer::created(answer))
}

fn show(call: &Call, store: &mut Store) -> Reply {
    require(
        call,
        store,
        "get_credential",
        &[Allow::Admin, Allow::SystemReader],
    )?;
    Ok(Answer::ok(KIND.envelope(
        call,
        store.credentials.get(call.param("credential_id"))?,
    )))
}

fn update(call: &Call, store: &mut Store) -> Reply {
    let patch = UPDATE.read(call.body())?;
    require(call, store, "update_credential", &[Allow::Admin])?;
    let credential = store.credentials.get_mut(call.param("credential_id"))?;
    if credential.is("type", "ec2") {
        access_key(&patch)?;
    }
    credential.merge(patch);
    Ok(Answer::ok(KIND.envelope(call, credential)))
}

fn delete(call: &Call, store: &mut Store) -> Reply {
    require(call, store, "delete_credential", &[Allow::Admin])?;
    store.credentials.remove(call.param("credential_id"))?;
    Ok(Answer::nothing())
}

/// The owner may, and those that are named.
fn require(call: &Call, store: &Store, action: &str, others: &[Allow<'_>]) -> Result<(), Refusal> {
    let credential = store.credentials.look(call.param("credential_id"));
    let owner = credential
        .and_then(|credential| credential.text("user_id"))
        .unwrap_or_default();
    let mut allowed = others.to_vec();
    allowed.push(Allow::User(owner));
    call.require(action, &allowed)?;
    Ok(())
}

/// An EC2 credential is found again by its access key.
fn ec2_id(fields: &Object) -> Result<String, Refusal> {
    let access = access_key(fields)?;
    if text(fields, "project_id").is_none() {
        return Err(Refusal::expecting("project_id", "credential"));
    }
    let digest = Sha256::digest(access);
    Ok(digest.iter().map(|byte| format!("{byte:02x}")).collect())
}

fn access_key(fields: &Object) -> Result<String, Refusal> {
    let blob: Option<Object> =
        text(fields, "blob").and_then(|blob| serde_json::from_str(blob).ok());
    let access = blob.as_ref().and_then(|blob| text(blob, "access"));
    access
        .map(ToOwned::to_owned)
        .ok_or_else(|| Refusal::bad("Invalid blob in credential"))
}
