//! The plugins that need no identity provider, at a real Keystone: passwords, second factors, receipts,
//! application credentials, certificates, OAuth 1.0a and OAuth 2.0.

use std::hash::{BuildHasher, RandomState};

use keystone_lab::RealKeystone;
use keystone_lab::table::{self, Outcome, Pending};
use keystone_sdk::auth::{AuthPlugin, v3};
use keystone_sdk::{Error, Session};

mod certificates;
mod credentials;
mod factors;
mod oauth1;

const KEYSTONE: &str = "Keystone";
const BEHIND_APACHE: &str = "Apache mod_ssl, Keystone";

fn real() -> RealKeystone {
    RealKeystone::from_env().unwrap()
}

fn admin(keystone: &RealKeystone) -> v3::PasswordBuilder {
    v3::Password::builder(&keystone.url)
        .username(&keystone.username)
        .user_domain_id("default")
        .password(&*keystone.password)
        .project_name(&keystone.project)
        .project_domain_id("default")
}

fn session(auth: impl AuthPlugin + 'static) -> Session {
    Session::new(auth).unwrap()
}

/// A row of a login at the Keystone alone.
fn row(method: &str, case: &str, outcome: Outcome) -> Pending {
    table::row(method, case, KEYSTONE, outcome)
}

/// A name that nobody else has on this Keystone.
fn unique(what: &str) -> String {
    format!("{what}-{:016x}", RandomState::new().hash_one(what))
}

/// Logs in in vain.
async fn refused(auth: impl AuthPlugin + 'static) -> Error {
    let error = session(auth).token().await.unwrap_err();
    assert!(matches!(error, Error::Authentication(_)), "{error:?}");
    error
}
