//! A consumer's way to an access token: it asks, a user grants, it exchanges.

use serde_json::{Value, json};

use super::{
    ACCESS_TOKEN_HOURS, REQUEST_TOKEN_HOURS, Signature, in_hours, issue, refuse_delegated_tokens,
    refuse_expired,
};
use crate::api_error::ApiError;
use crate::call::Call;
use crate::ids;
use crate::policy::TargetAttrs;
use crate::route::{HandlerResult, ok};
use crate::store::{Store, Target, object};
use crate::v3::application_credentials::role_id;

/// `POST request_token`: a consumer asks for roles on a project.
pub(super) fn create(call: &Call, store: &mut Store) -> HandlerResult {
    let signature = Signature::of(call)?;
    let consumer = signature.need("oauth_consumer_key")?.to_owned();
    let project = call
        .header("requested-project-id")
        .ok_or_else(|| ApiError::expecting("Requested-Project-Id", "request"))?;
    store.projects.get(project)?;
    store.consumers.get(&consumer)?;
    signature.verify(call, store, None)?;
    let end = in_hours(call, REQUEST_TOKEN_HOURS);
    let fields = json!({ "consumer_id": consumer, "project_id": project, "expires_at": end });
    let (token, response) = issue(object(fields), store);
    store.request_tokens.put(token);
    Ok(response)
}

/// `PUT authorize/{request_token_id}`: a user delegates roles that it has on the project.
pub(super) fn authorize(call: &Call, store: &mut Store) -> HandlerResult {
    call.require("authorize_request_token", TargetAttrs::nothing())?;
    refuse_delegated_tokens(call)?;
    let user = call.caller()?.user_id.clone();
    let request = store.request_tokens.get(call.param("request_token_id"))?;
    refuse_expired(request, call)?;
    let asked = call.body().get("roles").and_then(Value::as_array);
    let roles: Vec<String> = asked
        .into_iter()
        .flatten()
        .map(|role| role_id(role, store))
        .collect::<Result<_, _>>()?;
    let project = Target::Project(request.text("project_id").unwrap_or_default().to_owned());
    let held = store.roles_of(&user, &project);
    if !roles.iter().all(|role| held.contains(role)) {
        return Err(ApiError::unauthorized());
    }
    let verifier: String = ids::resource().chars().take(8).collect();
    let request = store
        .request_tokens
        .get_mut(call.param("request_token_id"))?;
    let roles: Vec<Value> = roles.iter().map(|id| json!({ "id": id })).collect();
    request.set("roles", roles);
    request.set("authorizing_user_id", user);
    request.set("verifier", verifier.as_str());
    ok(json!({ "token": { "oauth_verifier": verifier } }))
}

/// `POST access_token`: the consumer shows that its request was granted.
pub(super) fn exchange(call: &Call, store: &mut Store) -> HandlerResult {
    let signature = Signature::of(call)?;
    let consumer = signature.need("oauth_consumer_key")?;
    let id = signature.need("oauth_token")?.to_owned();
    let verifier = signature.need("oauth_verifier")?;
    let request = store.request_tokens.get(&id)?;
    refuse_expired(request, call)?;
    if !request.is("verifier", verifier) {
        return Err(ApiError::bad(
            "Validation failed with errors: oauth_verifier",
        ));
    }
    if !request.is("consumer_id", consumer) {
        return Err(ApiError::unauthorized());
    }
    signature.verify(call, store, Some(&id))?;
    let mut fields = store.request_tokens.remove(&id)?.into_fields();
    store.secrets.remove(&id);
    fields.remove("verifier");
    fields.insert("expires_at".into(), in_hours(call, ACCESS_TOKEN_HOURS));
    let (token, response) = issue(fields, store);
    store.access_tokens.put(token);
    Ok(response)
}
