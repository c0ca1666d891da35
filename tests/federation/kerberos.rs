//! Logins by Kerberos tickets: `v3kerberos` and `v3fedkerb`, at a real KDC, Apache and Keystone. Each
//! test is a process of its own, for Kerberos reads the realm and the tickets from the environment.

use std::fs;

use keystone_lab::kerberos::Kerberos;
use keystone_lab::table::{self, Outcome, Pending};
use keystone_sdk::auth::federation::{MappedKerberos, MappedKerberosBuilder};
use keystone_sdk::auth::{AccessInfo, AuthPlugin, v3};
use keystone_sdk::identity::v3::Client;
use keystone_sdk::transport::Transport;
use keystone_sdk::{Error, Session};

/// Tests that run with the tickets of a cache.
macro_rules! in_realm {
    ($($tickets:literal => async fn $name:ident($lab:ident) $body:block)*) => {$(
        #[test]
        fn $name() {
            async fn body($lab: keystone_lab::kerberos::Kerberos) $body
            let name = concat!(module_path!(), "::", stringify!($name));
            let run = |lab| crate::kerberos::block_on(body(lab));
            keystone_lab::kerberos::in_realm(name, $tickets, run).unwrap();
        }
    )*};
}

mod logins;
mod peers;
mod program;
mod refusals;
mod secrets;

fn block_on(work: impl Future<Output = ()>) {
    let runtime = tokio::runtime::Builder::new_current_thread();
    let runtime = { runtime }.enable_all().build().unwrap();
    runtime.block_on(work);
}

/// A row of the table of logins.
fn row(method: &str, case: &str, outcome: Outcome) -> Pending {
    table::row(method, case, "MIT KDC, mod_auth_gssapi, Keystone", outcome)
}

/// A login by tickets as `alice`, for the project.
fn kerberos(lab: &Kerberos, auth_url: &str) -> v3::KerberosBuilder {
    v3::Kerberos::builder(auth_url)
        .project_name(&lab.project)
        .project_domain_id("default")
}

/// A login by tickets as a user whom the mapping knows, without a scope.
fn mapped(lab: &Kerberos, auth_url: &str) -> MappedKerberosBuilder {
    MappedKerberos::builder(auth_url)
        .identity_provider(&lab.identity_provider)
        .protocol(&lab.protocol)
}

fn transport(lab: &Kerberos) -> Transport {
    let authority = fs::read(&lab.authority).unwrap();
    let transport = Transport::builder().ca_certificates(&authority).unwrap();
    transport.build().unwrap()
}

fn session(lab: &Kerberos, plugin: impl AuthPlugin + 'static) -> Session {
    let session = Session::builder(plugin).transport(transport(lab));
    session.build().unwrap()
}

/// The identity API as the administrator sees it.
fn admin(lab: &Kerberos) -> Client {
    let auth = v3::Password::builder(&lab.url)
        .username(&lab.username)
        .user_domain_id("default")
        .password(&*lab.password)
        .project_name(&lab.admin_project)
        .project_domain_id("default");
    Client::new(&session(lab, auth.build().unwrap()))
}

/// What Keystone itself says of the token of a session.
async fn validated(lab: &Kerberos, session: &Session) -> AccessInfo {
    let token = session.token().await.unwrap();
    let tokens = admin(lab).tokens();
    tokens.validate(token.expose()).send().await.unwrap()
}

/// The error of a login, with those that caused it.
async fn refusal(lab: &Kerberos, plugin: impl AuthPlugin + 'static) -> (Error, String) {
    let error = session(lab, plugin).token().await.unwrap_err();
    let mut text = error.to_string();
    let mut cause = std::error::Error::source(&error);
    while let Some(error) = cause {
        text += &format!(": {error}");
        cause = error.source();
    }
    (error, text)
}
