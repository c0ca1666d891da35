//! Authentication methods.

use jiff::Timestamp;
use serde_json::Value;
use totp_rs::{Builder, Secret};

use crate::api_error::ApiError;
use crate::authenticate::{Invalid, validity};
use crate::call::Call;
use crate::store::{Object, Record, Store, Token};
use crate::v3::crud::text;
use crate::v3::oauth1::{Signature, refuse_expired};
use crate::v3::times;

/// Seconds that a passcode is shown for.
const STEP: u64 = 30;

/// The result of one method.
#[derive(Debug, Default)]
pub(super) struct Proof {
    pub(super) user_id: String,
    /// The token that was traded in.
    pub(super) token: Option<Token>,
    pub(super) application_credential: Option<String>,
    pub(super) access_token: Option<String>,
}

/// Checks one method; `identity` is the object of the request that holds its data.
pub(super) fn prove(
    method: &str,
    identity: &Object,
    call: &Call,
    store: &Store,
) -> Result<Proof, ApiError> {
    let data = identity
        .get(method)
        .and_then(Value::as_object)
        .ok_or_else(|| ApiError::expecting(method, "identity"))?;
    match method {
        "password" => password(data, store),
        "token" => token(data, call, store),
        "totp" => totp(data, call.now, store),
        "application_credential" => application_credential(data, call.now, store),
        "oauth1" => oauth1(call, store),
        // Among them are those that the web server in front of the real service proves.
        other => added(other, data, store),
    }
}

impl Proof {
    fn of(user: &Record) -> Self {
        Self {
            user_id: user.id().to_owned(),
            ..Self::default()
        }
    }
}

fn password(data: &Object, store: &Store) -> Result<Proof, ApiError> {
    let fields = user_fields(data)?;
    let user = find_user(fields, store, "identity/password/user")?;
    let known = store.secrets.get(user.id());
    let given = text(fields, "password");
    match (known, given) {
        (Some(known), Some(given)) if known == given => Ok(Proof::of(user)),
        _ => Err(ApiError::unauthorized()),
    }
}

fn token(data: &Object, call: &Call, store: &Store) -> Result<Proof, ApiError> {
    let id = text(data, "id").ok_or_else(|| {
        ApiError::bad("Invalid input for field 'identity/token': 'id' is a required property")
    })?;
    let token = store.token(id)?;
    validity::check(store, token, call.now, false).map_err(Invalid::for_subject)?;
    if token.is_delegated() {
        return Err(ApiError::denied(
            "Using a delegated token to create another token is not allowed.",
        ));
    }
    Ok(Proof {
        user_id: token.user_id.clone(),
        token: Some(token.clone()),
        ..Proof::default()
    })
}

fn totp(data: &Object, now: Timestamp, store: &Store) -> Result<Proof, ApiError> {
    let fields = user_fields(data)?;
    let user = find_user(fields, store, "identity/totp/user")?;
    let passcode = text(fields, "passcode").ok_or_else(ApiError::unauthorized)?;
    let mut credentials = store
        .credentials
        .iter()
        .filter(|credential| credential.is("user_id", user.id()) && credential.is("type", "totp"));
    let shown = |credential: &Record| {
        credential
            .text("blob")
            .is_some_and(|blob| is_shown(blob, passcode, now))
    };
    if credentials.any(shown) {
        Ok(Proof::of(user))
    } else {
        Err(ApiError::unauthorized())
    }
}

fn added(method: &str, data: &Object, store: &Store) -> Result<Proof, ApiError> {
    if !store.methods.proves(method, &Value::from(data.clone())) {
        return Err(ApiError::unauthorized());
    }
    let place = format!("identity/{method}/user");
    let user = find_user(user_fields(data)?, store, &place)?;
    Ok(Proof::of(user))
}

/// Whether the passcode is the one shown now or just before.
fn is_shown(secret: &str, passcode: &str, now: Timestamp) -> bool {
    let Ok(secret) = Secret::try_from_base32(secret) else {
        return false;
    };
    let Ok(totp) = Builder::new()
        .with_secret(secret)
        .with_step_duration(STEP)
        .build()
    else {
        return false;
    };
    let now = u64::try_from(now.as_second()).unwrap_or_default();
    [now, now.saturating_sub(STEP)]
        .iter()
        .any(|time| totp.generate(*time).to_string() == passcode)
}

fn application_credential(data: &Object, now: Timestamp, store: &Store) -> Result<Proof, ApiError> {
    let credential = find_application_credential(data, store)?;
    let user = store
        .users
        .get(credential.text("user_id").unwrap_or_default())?;
    let known = store.secrets.get(credential.id());
    let given = text(data, "secret");
    let expired = credential
        .text("expires_at")
        .and_then(times::parse)
        .is_some_and(|end| end <= now);
    let right = matches!((known, given), (Some(known), Some(given)) if known == given);
    if !right || expired {
        return Err(ApiError::unauthorized());
    }
    Ok(Proof {
        application_credential: Some(credential.id().to_owned()),
        ..Proof::of(user)
    })
}

/// The signature of the request itself is the proof.
fn oauth1(call: &Call, store: &Store) -> Result<Proof, ApiError> {
    let signature = Signature::of(call)?;
    let id = signature.need("oauth_token")?;
    let access = store.access_tokens.get(id)?;
    refuse_expired(access, call)?;
    signature.verify(call, store, Some(id))?;
    if !access.is("consumer_id", signature.need("oauth_consumer_key")?) {
        return Err(ApiError::unauthorized());
    }
    let user = store
        .users
        .get(access.text("authorizing_user_id").unwrap_or_default())?;
    Ok(Proof {
        access_token: Some(id.to_owned()),
        ..Proof::of(user)
    })
}

fn find_application_credential<'a>(
    data: &Object,
    store: &'a Store,
) -> Result<&'a Record, ApiError> {
    if let Some(id) = text(data, "id") {
        return store.application_credentials.get(id);
    }
    let place = "identity/application_credential";
    let name = text(data, "name").ok_or_else(|| nameless(place))?;
    let missing = || ApiError::expecting("user", "application credential");
    let fields = data
        .get("user")
        .and_then(Value::as_object)
        .ok_or_else(missing)?;
    let user = find_user(fields, store, &format!("{place}/user"))?;
    store
        .application_credentials
        .find(|credential| credential.is("name", name) && credential.is("user_id", user.id()))
        .ok_or_else(ApiError::unauthorized)
}

fn user_fields(data: &Object) -> Result<&Object, ApiError> {
    data.get("user")
        .and_then(Value::as_object)
        .ok_or_else(|| ApiError::expecting("user", "None"))
}

/// The user that is named by id, or by name and domain.
fn find_user<'a>(fields: &Object, store: &'a Store, place: &str) -> Result<&'a Record, ApiError> {
    let user = match (text(fields, "id"), text(fields, "name")) {
        (Some(id), _) => store.users.lookup(id),
        (None, Some(name)) => {
            let domain = domain_fields(fields, "user")?;
            let domain = find_domain(domain, store, &format!("{place}/domain"))?;
            domain.and_then(|domain| store.user_named(name, domain.id()))
        }
        (None, None) => return Err(nameless(place)),
    };
    user.filter(|user| store.is_active_user(user))
        .ok_or_else(ApiError::unauthorized)
}

/// The `domain` object of a user or project that is given by name.
pub(super) fn domain_fields<'a>(fields: &'a Object, of: &str) -> Result<&'a Object, ApiError> {
    fields
        .get("domain")
        .and_then(Value::as_object)
        .ok_or_else(|| ApiError::expecting("domain", of))
}

/// The domain that is named by id or name, if there is one.
pub(super) fn find_domain<'a>(
    fields: &Object,
    store: &'a Store,
    place: &str,
) -> Result<Option<&'a Record>, ApiError> {
    match (text(fields, "id"), text(fields, "name")) {
        (Some(id), _) => Ok(store.domains.lookup(id)),
        (None, Some(name)) => Ok(store.domain_named(name)),
        (None, None) => Err(nameless(place)),
    }
}

pub(super) fn nameless(place: &str) -> ApiError {
    ApiError::bad(format!(
        "Invalid input for field {place}: id or name must be present."
    ))
}
