//! `POST /v3/auth/tokens`.

use std::time::Duration;

use jiff::Timestamp;
use serde_json::{Value, json};

use super::methods::{Proof, prove};
use super::scope::{self, RequestedScope};
use super::{X_SUBJECT_TOKEN, body};
use crate::api_error::ApiError;
use crate::call::Call;
use crate::ids;
use crate::response::ApiResponse;
use crate::route::HandlerResult;
use crate::store::{Object, Receipt, Record, Scope, Store, Token};
use crate::v3::times::{self, with_zone};

const RECEIPT_LIFE: Duration = Duration::from_mins(5);

pub(super) fn issue(call: &Call, store: &mut Store) -> HandlerResult {
    let (id, token) = grant(call, store)?;
    let response = body::render(store, &token, !call.query.flag("nocatalog"));
    Ok(ApiResponse::created(response).header(X_SUBJECT_TOKEN, id))
}

/// Makes the token that a request asks for, and keeps it under the id that it returns.
pub(crate) fn grant(call: &Call, store: &mut Store) -> Result<(String, Token), ApiError> {
    let request = Request::read(call.body(), store)?;
    let requested = scope::read(request.auth, store)?;
    let identified = Identified::by(&request, call, store)?;
    if identified.credential.is_some() && requested != RequestedScope::Default {
        return Err(ApiError::no_scope_for_application_credentials());
    }
    let user = store
        .users
        .get(&identified.user_id)
        .map_err(|_| ApiError::unauthorized())?
        .clone();
    demand_all_factors(&identified, &user, call, store)?;
    let scope = settle_scope(&identified, requested, &user, store)?;
    let mut token = make(&identified, scope, call);
    if let Some(end) = end_of_credential(&identified, store) {
        token.expires_at = token.expires_at.min(end);
    }
    check_roles(&token, store)?;
    use_trust(&token.scope, store);
    let id = ids::token();
    store.tokens.insert(id.clone(), token.clone());
    Ok((id, token))
}

/// The parts of the request body.
struct Request<'a> {
    auth: &'a Object,
    identity: &'a Object,
    methods: Vec<&'a str>,
}

impl<'a> Request<'a> {
    fn read(body: &'a Object, store: &Store) -> Result<Self, ApiError> {
        let auth = body
            .get("auth")
            .ok_or_else(|| ApiError::expecting("auth", "request body"))?;
        let auth = auth
            .as_object()
            .ok_or_else(|| ApiError::bad("'auth' is not of type 'object'"))?;
        let identity = auth.get("identity").and_then(Value::as_object);
        let identity =
            identity.ok_or_else(|| ApiError::bad("'identity' is a required property"))?;
        let methods = identity.get("methods").and_then(Value::as_array).ok_or_else(|| {
            ApiError::bad("Invalid input for field 'identity': 'methods' is a required property of type 'array'")
        })?;
        let offered = store.methods.offered();
        let mut distinct: Vec<&str> = Vec::new();
        for method in methods.iter().filter_map(Value::as_str) {
            if !offered.contains(&method) {
                return Err(ApiError::unsupported_method(&offered));
            }
            if !identity.contains_key(method) {
                return Err(ApiError::expecting(method, "identity"));
            }
            if !distinct.contains(&method) {
                distinct.push(method);
            }
        }
        Ok(Self {
            auth,
            identity,
            methods: distinct,
        })
    }
}

/// The authenticated user, and how it was authenticated.
struct Identified {
    user_id: String,
    methods: Vec<String>,
    token: Option<Token>,
    credential: Option<String>,
    access_token: Option<String>,
}

impl Identified {
    /// All methods must agree on one user; an earlier receipt counts as proved.
    fn by(request: &Request<'_>, call: &Call, store: &Store) -> Result<Self, ApiError> {
        let receipt = receipt_of(call, store)?;
        let proofs: Vec<Proof> = request
            .methods
            .iter()
            .map(|method| prove(method, request.identity, call, store))
            .collect::<Result<_, _>>()?;
        let users = proofs.iter().map(|proof| &proof.user_id);
        let mut users = users.chain(receipt.map(|receipt| &receipt.user_id));
        let user_id = users.next().ok_or_else(ApiError::unauthorized)?.clone();
        if users.any(|other| *other != user_id) {
            return Err(ApiError::unauthorized());
        }
        let token = proofs.iter().find_map(|proof| proof.token.clone());
        let credential = proofs
            .iter()
            .find_map(|proof| proof.application_credential.clone());
        let access_token = proofs.iter().find_map(|proof| proof.access_token.clone());
        let earlier = receipt
            .map(|receipt| &receipt.methods)
            .or(token.as_ref().map(|token| &token.methods));
        let mut methods = earlier.cloned().unwrap_or_default();
        for method in &request.methods {
            if !methods.iter().any(|known| known == method) {
                methods.push((*method).to_owned());
            }
        }
        Ok(Self {
            user_id,
            methods,
            token,
            credential,
            access_token,
        })
    }
}

fn receipt_of<'a>(call: &Call, store: &'a Store) -> Result<Option<&'a Receipt>, ApiError> {
    let Some(id) = call.header("openstack-auth-receipt") else {
        return Ok(None);
    };
    let receipt = store
        .receipts
        .get(id)
        .filter(|receipt| receipt.expires_at > call.now);
    receipt.map(Some).ok_or_else(ApiError::unauthorized)
}

/// 401 with a receipt while none of the user's rules is met.
fn demand_all_factors(
    identified: &Identified,
    user: &Record,
    call: &Call,
    store: &mut Store,
) -> Result<(), ApiError> {
    let rules = rules_of(user, store);
    let met = |rule: &Vec<&str>| {
        rule.iter()
            .all(|method| identified.methods.iter().any(|known| known == method))
    };
    if rules.is_empty() || rules.iter().any(met) || identified.token.is_some() {
        return Ok(());
    }
    let id = ids::token();
    let issued_at = whole_seconds(call.now);
    let receipt = Receipt {
        user_id: user.id().to_owned(),
        methods: identified.methods.clone(),
        issued_at,
        expires_at: issued_at
            .saturating_add(RECEIPT_LIFE)
            .unwrap_or(Timestamp::MAX),
    };
    let shown = json!({
        "receipt": {
            "methods": receipt.methods,
            "user": body::name_user(store, user.id()),
            "expires_at": with_zone(receipt.expires_at),
            "issued_at": with_zone(receipt.issued_at),
        },
        "required_auth_methods": rules,
    });
    store.receipts.insert(id.clone(), receipt);
    Err(ApiError::more_methods(id, shown))
}

/// The multi-factor rules of a user that can be met at all.
fn rules_of<'a>(user: &'a Record, store: &Store) -> Vec<Vec<&'a str>> {
    let offered = store.methods.offered();
    if user.option("multi_factor_auth_enabled") == Some(&Value::Bool(false)) {
        return Vec::new();
    }
    let rules = user
        .option("multi_factor_auth_rules")
        .and_then(Value::as_array);
    let rules = rules.into_iter().flatten().filter_map(Value::as_array);
    let rules = rules.map(|rule| rule.iter().filter_map(Value::as_str).collect::<Vec<_>>());
    rules
        .filter(|rule| !rule.is_empty() && rule.iter().all(|method| offered.contains(method)))
        .collect()
}

fn settle_scope(
    identified: &Identified,
    requested: RequestedScope,
    user: &Record,
    store: &Store,
) -> Result<Scope, ApiError> {
    if let Some(id) = &identified.credential {
        let credential = store.application_credentials.get(id)?;
        let project = credential
            .text("project_id")
            .ok_or_else(ApiError::unauthorized)?;
        return Ok(Scope::Project(project.to_owned()));
    }
    if let Some(id) = &identified.access_token {
        let project = store.access_tokens.get(id)?.text("project_id");
        let project = project.ok_or_else(ApiError::unauthorized)?;
        return Ok(Scope::Project(project.to_owned()));
    }
    match requested {
        RequestedScope::Default => Ok(scope::default_of(user, store)),
        RequestedScope::Scoped(Scope::Trust(id)) => {
            check_trust(&id, user, store)?;
            Ok(Scope::Trust(id))
        }
        RequestedScope::Scoped(scope) => Ok(scope),
    }
}

/// 403 for anyone but the trustee; 401 when the trustor is gone or disabled.
fn check_trust(id: &str, user: &Record, store: &Store) -> Result<(), ApiError> {
    let trust = store.trusts.get(id)?;
    if !trust.is("trustee_user_id", user.id()) {
        return Err(ApiError::not_authorized());
    }
    let trustor = store
        .users
        .lookup(trust.text("trustor_user_id").unwrap_or_default());
    match trustor {
        Some(trustor) if store.is_active_user(trustor) => Ok(()),
        _ => Err(ApiError::unauthorized()),
    }
}

fn make(identified: &Identified, scope: Scope, call: &Call) -> Token {
    let now = whole_seconds(call.now);
    let end = whole_seconds(
        call.now
            .saturating_add(call.token_life)
            .unwrap_or(Timestamp::MAX),
    );
    let traded = identified.token.as_ref();
    let mut audit_ids = vec![ids::audit()];
    audit_ids.extend(traded.and_then(Token::audit_chain).map(ToOwned::to_owned));
    Token {
        user_id: identified.user_id.clone(),
        methods: identified.methods.clone(),
        audit_ids,
        issued_at: now,
        // A token that is traded in hands down the end of its life.
        expires_at: traded.map_or(end, |token| token.expires_at),
        scope,
        application_credential: identified.credential.clone(),
        access_token: identified.access_token.clone(),
    }
}

/// A token does not outlive the application credential that it was made from.
fn end_of_credential(identified: &Identified, store: &Store) -> Option<Timestamp> {
    let id = identified.credential.as_ref()?;
    let end = store
        .application_credentials
        .lookup(id)?
        .text("expires_at")?;
    times::parse(end).map(whole_seconds)
}

/// 401 when nothing can be done with the scope; 403 when a trust's roles are gone.
fn check_roles(token: &Token, store: &Store) -> Result<(), ApiError> {
    if token.scope == Scope::Unscoped || !store.token_roles(token).is_empty() {
        return Ok(());
    }
    match token.scope {
        Scope::Trust(_) => Err(ApiError::not_authorized()),
        _ => Err(ApiError::unauthorized()),
    }
}

/// Counts one use of a trust; a trust without uses left is gone.
fn use_trust(scope: &Scope, store: &mut Store) {
    let Scope::Trust(id) = scope else { return };
    let Ok(trust) = store.trusts.get_mut(id) else {
        return;
    };
    if let Some(left) = trust.get("remaining_uses").and_then(Value::as_u64) {
        trust.set("remaining_uses", left.saturating_sub(1));
    }
}

/// Tokens know whole seconds only.
fn whole_seconds(time: Timestamp) -> Timestamp {
    Timestamp::from_second(time.as_second()).unwrap_or(time)
}
