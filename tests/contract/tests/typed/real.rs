//! Cases for the real server alone.

use crate::world::World;

mod certificates;
mod domain_configs;
mod ec2;
mod endpoints;
mod federation;
mod limits;
mod oauth;
mod policies;
mod revocations;

/// The server that `cargo xtask test` started.
pub async fn world() -> World {
    let real = keystone_lab::RealKeystone::from_env().unwrap();
    World::new(real.url, &real.username, &real.password, &real.project).await
}
