//! Federated logins on real servers: see `tests/lab/federation_lab.py` and `tests/lab/kerberos_lab.py`.

mod chromium;
mod kerberos;
mod keystoneauth;
mod oidc;
mod servers;
mod websso;
