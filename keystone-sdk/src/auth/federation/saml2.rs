//! Logins by a password at a SAML 2.0 identity provider, and at ADFS.
//!
//! What is signed is passed on byte by byte: messages are read for what stands in them, and cut
//! where they have to be changed, but never written anew.

mod adfs;
mod ecp;
mod paos;
mod soap;
mod trust;
mod xml;

pub use adfs::{AdfsPassword, AdfsPasswordBuilder};
pub use ecp::{Saml2Password, Saml2PasswordBuilder};

#[cfg(test)]
mod tests;
