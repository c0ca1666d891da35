//! `/v3/domains`.

use serde_json::json;

use super::crud::{default, name_of, refuse_immutable, refuse_taken, strip_name, text};
use super::list::{Page, ResourceKind};
use super::schema::{Field, Shape};
use crate::api_error::ApiError;
use crate::call::Call;
use crate::caller::Caller;
use crate::ids;
use crate::policy::TargetAttrs;
use crate::route::{HandlerResult, no_content, routes};
use crate::store::{Object, Record, Store};

pub(super) const KIND: ResourceKind = ResourceKind {
    one: "domain",
    many: "domains",
    path: "domains",
    filters: &["name", "enabled"],
    page: Page::MarkerWhenFull,
};
const FIELDS: &[(&str, Field)] = &[
    ("description", Field::MaybeText),
    ("enabled", Field::Bool),
    ("name", Field::ShortName),
    ("options", Field::Options(&["immutable"])),
    ("tags", Field::Tags),
];
const CREATE: Shape = Shape::create("domain", &["name"], FIELDS);
const UPDATE: Shape = Shape::update("domain", FIELDS);

routes! { pub(super),
    "/v3/domains" => GET list, POST create;
    "/v3/domains/{domain_id}" => GET show, PATCH update, DELETE delete;
}

fn list(call: &Call, store: &mut Store) -> HandlerResult {
    let own = TargetAttrs::field("domain.id", call.caller()?.domain());
    let caller = call.require("list_domains", own)?;
    let visible = |domain: &&Record| in_reach(caller, domain.id());
    KIND.list(call, store.domains.iter().filter(visible))
}

fn create(call: &Call, store: &mut Store) -> HandlerResult {
    let fields = CREATE.read(call.body())?;
    call.require("create_domain", TargetAttrs::nothing())?;
    let domain = add(store, fields)?;
    KIND.respond_created(call, &domain)
}

/// Makes a domain; 409 when its name is taken.
pub(super) fn add(store: &mut Store, mut fields: Object) -> Result<Record, ApiError> {
    strip_name(&mut fields);
    refuse_taken_name(name_of(&fields), "", store)?;
    default(&mut fields, "description", "");
    default(&mut fields, "enabled", true);
    default(&mut fields, "tags", Vec::<String>::new());
    default(&mut fields, "options", json!({}));
    let domain = Record::new(&ids::resource(), fields);
    store.domains.put(domain.clone());
    Ok(domain)
}

fn show(call: &Call, store: &mut Store) -> HandlerResult {
    let id = call.param("domain_id");
    call.require("get_domain", TargetAttrs::of(&store.domains, id))?;
    KIND.respond(call, store.domains.get(id)?)
}

fn update(call: &Call, store: &mut Store) -> HandlerResult {
    let mut patch = UPDATE.read(call.body())?;
    let domain = find(call, store)?;
    call.require("update_domain", TargetAttrs::some("domain", Some(domain)))?;
    // Not refused, as it is for every other resource.
    patch.remove("id");
    let domain = change(store, call.param("domain_id"), patch)?;
    KIND.respond(call, &domain)
}

/// Changes a domain; 403 when it is immutable, 409 when its new name is taken.
pub(super) fn change(store: &mut Store, id: &str, mut patch: Object) -> Result<Record, ApiError> {
    let domain = store.domains.get(id)?;
    refuse_immutable("domain", "update", domain, Some(&patch))?;
    strip_name(&mut patch);
    if let Some(name) = text(&patch, "name") {
        refuse_taken_name(name, id, store)?;
    }
    let domain = store.domains.get_mut(id)?;
    domain.merge(patch);
    Ok(domain.clone())
}

fn delete(call: &Call, store: &mut Store) -> HandlerResult {
    let domain = find(call, store)?;
    call.require("delete_domain", TargetAttrs::some("domain", Some(domain)))?;
    remove(store, call.param("domain_id"))?;
    no_content()
}

/// Removes a domain with everything that lives in it; 403 while it is enabled or immutable.
pub(super) fn remove(store: &mut Store, id: &str) -> Result<(), ApiError> {
    let domain = store.domains.get(id)?;
    refuse_immutable("domain", "delete", domain, None)?;
    if domain.flag("enabled") {
        return Err(ApiError::forbidden(
            "Cannot delete a domain that is enabled, please disable it first.",
        ));
    }
    store.forget_domain(id);
    Ok(())
}

/// The domain of the path: 404 to every authenticated caller, before the policy.
fn find<'a>(call: &Call, store: &'a Store) -> Result<&'a Record, ApiError> {
    call.caller()?;
    store.domains.get(call.param("domain_id"))
}

/// A domain-scoped caller who is not an administrator elsewhere sees one domain only.
pub(super) fn in_reach(caller: &Caller, domain: &str) -> bool {
    caller.domain().is_none_or(|own| own == domain)
}

fn refuse_taken_name(name: &str, own: &str, store: &Store) -> Result<(), ApiError> {
    refuse_taken("project", store.domain_named(name), own, |_| {
        format!(
            "it is not permitted to have two projects acting as domains with the same name: {name}"
        )
    })
}
