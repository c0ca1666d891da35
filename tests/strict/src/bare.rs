//! Where there is no prelude, and names of the standard library have another meaning.
//!
//! Only `policies!` stands elsewhere: the words by which it has the compiler explain a target that
//! lacks a field belong to the prelude.

#![no_implicit_prelude]

/// Not the one of the prelude.
#[derive(::core::clone::Clone, ::core::marker::Copy, ::core::fmt::Debug)]
pub struct Result;

/// Not the one of the prelude.
#[derive(::core::clone::Clone, ::core::marker::Copy, ::core::fmt::Debug)]
pub struct Option;

/// Not the crate.
pub mod core {}

/// Not the crate.
pub mod std {}

/// A target.
#[derive(::core::clone::Clone, ::core::fmt::Debug, ::keystone_middleware::PolicyTarget)]
pub struct Proxy {
    /// The project.
    pub project_id: ::std::string::String,
    /// Another name.
    #[policy(text, rename = "owner_id")]
    pub owner: ::std::string::String,
}

/// The plain form.
#[::keystone_middleware::policy("proxy:create")]
pub async fn create() -> &'static str {
    "created"
}

/// The form with a target.
///
/// # Errors
///
/// The refusal.
#[::keystone_middleware::policy("proxy:update", target = &proxy.0)]
pub async fn update(
    proxy: ::axum::Extension<Proxy>,
) -> ::core::result::Result<::std::string::String, ::keystone_middleware::Denied> {
    ::core::result::Result::Ok(proxy.0.project_id)
}

/// The same with any answer.
#[::keystone_middleware::policy("proxy:update", target = &proxy.0)]
pub async fn replace(proxy: ::axum::Extension<Proxy>) -> impl ::axum::response::IntoResponse {
    proxy.0.project_id
}

/// A method with all kinds of fields.
#[::keystone_sdk::auth_method("pin", check = check)]
pub struct PinMethod {
    #[auth(user)]
    user: ::keystone_sdk::auth::UserIdentity,
    #[auth(secret)]
    pin: ::keystone_sdk::SecretString,
    #[auth(default = "sms")]
    channel: ::std::string::String,
    #[auth(flag)]
    loud: bool,
    #[auth(default = 6)]
    digits: u32,
    #[auth(secret)]
    code: ::core::option::Option<::keystone_sdk::SecretString>,
    #[auth(header = "x-pin")]
    header: ::keystone_sdk::SecretString,
}

/// Nothing is wrong.
#[expect(clippy::unnecessary_wraps, reason = "a check has this form")]
fn check(_: &PinMethod) -> ::core::result::Result<(), ::keystone_sdk::Error> {
    ::core::result::Result::Ok(())
}

/// A client.
pub mod client {
    ::keystone_sdk::client!("../../specs/services/proxies.yaml");
}
