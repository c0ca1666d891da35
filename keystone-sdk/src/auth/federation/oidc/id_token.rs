//! The validation of id tokens.
//!
//! Source: OpenID Connect Core 1.0, section 3.1.3.7.

use std::str::FromStr as _;

use chrono::{DateTime, Utc};
use openidconnect::core::{
    CoreIdToken, CoreIdTokenVerifier, CoreJsonWebKeySet, CoreJwsSigningAlgorithm,
};
use openidconnect::{
    ClaimsVerificationError, ClientId, IssuerUrl, JsonWebKeySetUrl, Nonce, NonceVerifier as _,
    SignatureVerificationError,
};

use super::discovery::Endpoint;
use super::provider::Provider;
use super::settings::can_validate;
use super::wire::Step;
use crate::clock::SharedClock;
use crate::error::{ConfigurationError, DecodeError};
use crate::{Error, SecretString};

/// Signatures by keys that only the provider has. One by the client's secret could be anybody's who
/// knows that.
const ALGORITHMS: [CoreJwsSigningAlgorithm; 9] = [
    CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha256,
    CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha384,
    CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha512,
    CoreJwsSigningAlgorithm::RsaSsaPssSha256,
    CoreJwsSigningAlgorithm::RsaSsaPssSha384,
    CoreJwsSigningAlgorithm::RsaSsaPssSha512,
    CoreJwsSigningAlgorithm::EcdsaP256Sha256,
    CoreJwsSigningAlgorithm::EcdsaP384Sha384,
    CoreJwsSigningAlgorithm::EdDsa,
];

/// Validates an id token: signature, issuer, audience, expiry, and the nonce if one was sent.
pub(super) async fn validate(
    provider: &Provider<'_>,
    id_token: &SecretString,
    nonce: Option<&str>,
) -> Result<(), Error> {
    can_validate(&provider.settings, "an id token is used")?;
    let token = CoreIdToken::from_str(id_token.expose())
        // The library's error may repeat a part of the token.
        .map_err(|_| DecodeError::new("the id token of the OpenID Provider is malformed"))?;
    let keys = keys(provider).await?;
    let issuer = provider.issuer().unwrap_or_default().to_owned();
    let issuer = IssuerUrl::new(issuer).map_err(|error| {
        let error = ConfigurationError::new("`issuer` is no address").caused_by(error);
        error.remedy("write the issuer as the discovery document does")
    })?;
    let client = ClientId::new(provider.settings.client_id.to_owned());
    let verifier = CoreIdTokenVerifier::new_public_client(client, issuer, keys)
        .set_allowed_algs(ALGORITHMS)
        // Others may be meant too, if the token was given to this client: see below.
        .set_other_audience_verifier_fn(|_| true)
        .set_time_fn(time_of(provider.transport.clock()));
    let expected = nonce.map(|nonce| Nonce::new(nonce.to_owned()));
    let check_nonce = |found: Option<&Nonce>| match &expected {
        Some(expected) => expected.verify(found),
        None => Ok(()),
    };
    let claims = token.claims(&verifier, check_nonce).map_err(refused)?;
    let several = claims.audiences().len() > 1;
    let party = claims.authorized_party().map(|party| party.as_str());
    if several && party != Some(provider.settings.client_id) {
        let client = provider.settings.client_id;
        let message = format!(
            "the id token of the OpenID Provider is refused: it is for several parties, and was not \
             given to the client `{client}` (`azp`)"
        );
        return Err(super::refusal(message, None).into());
    }
    Ok(())
}

/// The provider's public keys. They are asked for at every login, so that new ones are found.
async fn keys(provider: &Provider<'_>) -> Result<CoreJsonWebKeySet, Error> {
    let url = provider.endpoint(Endpoint::Keys, provider.settings.jwks_endpoint)?;
    let wire = super::wire::Wire::new(provider.transport, Step::Keys);
    let keys = CoreJsonWebKeySet::fetch_async(&JsonWebKeySetUrl::from_url(url), &wire).await;
    keys.map_err(|error| match error {
        openidconnect::DiscoveryError::Request(error) => error,
        _ => wire.refused(None, "check `jwks_endpoint` or the discovery document"),
    })
}

fn refused(error: ClaimsVerificationError) -> Error {
    // The library's texts name claims, issuers and audiences, never the token.
    let why = match &error {
        ClaimsVerificationError::SignatureVerification(error) => match error {
            SignatureVerificationError::NoMatchingKey => {
                "none of the provider's public keys fits its signature".to_owned()
            }
            SignatureVerificationError::CryptoError(_) => "its signature is wrong".to_owned(),
            other => other.to_string(),
        },
        other => other.to_string(),
    };
    let message = format!("the id token of the OpenID Provider is refused: {why}");
    super::refusal(message, None).into()
}

fn time(clock: &SharedClock) -> DateTime<Utc> {
    let now = clock.now();
    // At the edge of time nothing is valid any more.
    DateTime::from_timestamp_millis(now.as_millisecond()).unwrap_or(DateTime::<Utc>::MAX_UTC)
}

/// The clock as the libraries read it.
pub(super) fn time_of(clock: &SharedClock) -> impl Fn() -> DateTime<Utc> + Send + Sync + 'static {
    let clock = clock.clone();
    move || time(&clock)
}
