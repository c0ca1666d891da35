//! Logins at stubs of a service provider and an identity provider, which misbehave in all ways.

mod adfs;
mod ecp;
mod mutations;
mod parties;
mod servers;
