//! Federated logins on real servers: see `tests/lab/federation_lab.py`.

mod keystoneauth;
mod servers;
