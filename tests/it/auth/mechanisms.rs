//! Every built-in method, each proved by what it is made for, at the embedded Keystone.

use http::Method;
use jiff::Timestamp;
use keystone_sdk::Session;
use keystone_sdk::auth::{DomainIdentity, UserIdentity, v3};
use keystone_sdk::catalog::EndpointFilter;
use keystone_sdk::session::Call;
use keystone_testing::{Clock, Keystone};
use serde_json::{Value, json};
use totp_rs::{Builder, Secret};

use super::{password, session};

const SECRET: &str = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP";

/// A session of the administrator in the project, to set the scene.
pub(super) fn admin(keystone: &Keystone) -> Session {
    let project = keystone.admin().project_id();
    session(password(keystone).project_id(project).build().unwrap())
}

/// A session of the administrator on the system.
pub(super) fn system(keystone: &Keystone) -> Session {
    session(password(keystone).system_scope().build().unwrap())
}

/// Makes something, and gives it back as the service shows it.
pub(super) async fn make(session: &Session, method: Method, path: &str, body: Value) -> Value {
    let identity = EndpointFilter::service_type("identity").major_version(3);
    let call = Call::new(method, path)
        .endpoint(identity)
        .json(&body)
        .unwrap();
    let answer = session.send(call).await.unwrap();
    serde_json::from_slice(&answer.body).unwrap_or_default()
}

/// The passcode of the administrator's device at a moment when the server's clock stands still.
pub(super) async fn passcode(keystone: &Keystone, now: Timestamp) -> String {
    let user_id = keystone.admin().user_id();
    let credential = json!({"credential": {"user_id": user_id, "type": "totp", "blob": SECRET}});
    make(&admin(keystone), Method::POST, "credentials", credential).await;
    let device = Builder::new()
        .with_secret(Secret::try_from_base32(SECRET).unwrap())
        .with_step_duration(30)
        .build()
        .unwrap();
    let seconds = u64::try_from(now.as_second()).unwrap();
    device.generate(seconds).to_string()
}

pub(super) async fn at(now: Timestamp) -> Keystone {
    let keystone = Keystone::builder().clock(Clock::new(move || now));
    keystone.start().await.unwrap()
}

#[tokio::test]
async fn a_passcode() {
    let now = Timestamp::from_second(1_800_000_000).unwrap();
    let keystone = at(now).await;
    let auth = v3::Totp::builder(keystone.v3_url())
        .user_id(keystone.admin().user_id())
        .passcode(passcode(&keystone, now).await)
        .build()
        .unwrap();
    let access = session(auth).access().await.unwrap();
    assert_eq!(access.methods, ["totp"]);
}

#[tokio::test]
async fn a_password_and_a_passcode_in_one_request() {
    let now = Timestamp::from_second(1_800_000_000).unwrap();
    let keystone = at(now).await;
    let passcode = passcode(&keystone, now).await;
    let user = UserIdentity::name("admin", DomainIdentity::name("Default"));
    let auth = v3::Auth::builder(keystone.v3_url())
        .method(v3::PasswordMethod::new(
            user.clone(),
            keystone.admin().password(),
        ))
        .method(v3::TotpMethod::new(user, passcode))
        .system_scope()
        .build()
        .unwrap();
    keystone.requests().clear();
    let access = session(auth).access().await.unwrap();
    assert_eq!(access.methods, ["password", "totp"]);
    assert!(access.is_system_scoped());
    assert_eq!(keystone.requests().total(), 1);
}

#[tokio::test]
async fn an_application_credential_by_id_and_by_name() {
    let keystone = Keystone::start().await.unwrap();
    let user_id = keystone.admin().user_id();
    let path = format!("users/{user_id}/application_credentials");
    let wanted = json!({"application_credential": {"name": "backup", "secret": "s3cr3t"}});
    let made = make(&admin(&keystone), Method::POST, &path, wanted).await;
    let id = made["application_credential"]["id"].as_str().unwrap();
    let builder = || v3::ApplicationCredential::builder(keystone.v3_url()).secret("s3cr3t");
    for auth in [
        builder().id(id),
        builder().name("backup").user_id(user_id),
        builder()
            .name("backup")
            .username("admin")
            .user_domain_name("Default"),
    ] {
        let access = session(auth.build().unwrap()).access().await.unwrap();
        assert_eq!(access.methods, ["application_credential"]);
        assert_eq!(access.project_id(), Some(keystone.admin().project_id()));
        assert_eq!(access.application_credential.as_ref().unwrap().id, id);
    }
}

#[tokio::test]
async fn a_domain_on_which_the_user_has_a_role() {
    let keystone = Keystone::start().await.unwrap();
    let scene = admin(&keystone);
    let role = scene.access().await.unwrap().roles[0].id.clone();
    let user_id = keystone.admin().user_id();
    let grant = format!("domains/default/users/{user_id}/roles/{role}");
    make(&scene, Method::PUT, &grant, json!({})).await;
    let auth = password(&keystone).domain_name("Default").build().unwrap();
    let access = session(auth).access().await.unwrap();
    assert_eq!(access.domain_id(), Some("default"));
}

#[tokio::test]
async fn a_trust() {
    let keystone = Keystone::start().await.unwrap();
    let scene = admin(&keystone);
    let admin = keystone.admin();
    let trustee = json!({"user": {"name": "eve", "domain_id": "default", "password": "evening"}});
    let trustee = make(&scene, Method::POST, "users", trustee).await;
    let trustee = trustee["user"]["id"].as_str().unwrap();
    let trust = json!({"trust": {
        "trustor_user_id": admin.user_id(),
        "trustee_user_id": trustee,
        "project_id": admin.project_id(),
        "impersonation": false,
        "roles": [{"name": "admin"}],
    }});
    let trust = make(&scene, Method::POST, "OS-TRUST/trusts", trust).await;
    let id = trust["trust"]["id"].as_str().unwrap();
    let auth = v3::Password::builder(keystone.v3_url())
        .user_id(trustee)
        .password("evening")
        .trust_id(id)
        .build()
        .unwrap();
    let access = session(auth).access().await.unwrap();
    let trust = access.trust.as_ref().unwrap();
    assert_eq!(trust.id, id);
    assert_eq!(trust.trustor_user.as_ref().unwrap().id, admin.user_id());
    assert_eq!(access.project_id(), Some(admin.project_id()));
}
