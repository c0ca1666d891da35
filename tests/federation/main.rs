//! Federated logins on real servers: see `tests/lab/federation_lab.py` and `tests/lab/kerberos_lab.py`.

mod chromium;
mod k2k;
mod kerberos;
mod keystoneauth;
mod login;
mod oidc;
mod proxy;
mod saml;
mod servers;
mod websso;
