//! Logins on real servers: see `tests/lab/{keystone,federation,kerberos}_lab.py`.

mod k2k;
mod kerberos;
mod keystoneauth;
mod login;
mod oidc;
mod page;
mod proxy;
mod saml;
mod servers;
mod strong;
mod websso;
