//! Who calls: the token in `X-Auth-Token`, and whether it is valid.

mod access_rules;
pub(crate) mod validity;

use http::Method;

pub(crate) use self::validity::Invalid;
use crate::api_error::ApiError;
use crate::call::Call;
use crate::caller::Caller;
use crate::store::Store;

/// Finds out who calls. Whoever brings a token that does not hold is nobody, which matters only
/// to what demands somebody. A token whose project or user is gone is refused at once, whatever is
/// asked, except where a new one is asked for.
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
        Err(Invalid::Over) => return Ok(()),
        Err(Invalid::Lost(error)) => return Err(error),
    }
    validity::check_access_rules(store, token, call)?;
    call.set_caller(Caller::of(token, store));
    Ok(())
}
