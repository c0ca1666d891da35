//! The caller: the token in `X-Auth-Token`, and whether it is valid.

mod access_rules;
pub(crate) mod validity;

use http::Method;

pub(crate) use self::validity::Invalid;
use crate::api_error::ApiError;
use crate::call::Call;
use crate::caller::Caller;
use crate::store::Store;

/// Identifies the caller. An expired or unknown token counts as none, which only matters to handlers that
/// need a caller: the real service decides so too. A token whose project or user is gone is refused at once
/// on every path, except where a new token is issued: a client with such a token has to be able to log in.
pub(crate) fn identify(call: &mut Call, store: &Store) -> Result<(), ApiError> {
    if call.method == Method::POST && call.path() == "/v3/auth/tokens" {
        return Ok(());
    }
    let Some(id) = call
        .header("x-auth-token")
        .filter(|id| !id.is_empty())
        .map(ToOwned::to_owned)
    else {
        return Ok(());
    };
    let Some(token) = store.tokens.get(&id) else {
        return Ok(());
    };
    match validity::check(store, token, call.now, false) {
        Ok(()) => {}
        Err(Invalid::Expired) => return Ok(()),
        Err(Invalid::Lost(error)) => return Err(error),
    }
    validity::check_access_rules(store, token, call)?;
    call.set_caller(Caller::of(token, store));
    Ok(())
}
