//! An in-process Identity service for tests and examples.
//!
//! [`Keystone`] serves the Identity API v3 on a free loopback port of the process that starts
//! it, bootstrapped as `keystone-manage bootstrap` leaves a new deployment. Bodies, statuses and
//! headers follow Keystone 30; tokens and resources live in memory and vanish with the value.
//!
//! ```
//! use keystone_sdk::Session;
//! use keystone_sdk::auth::v3;
//! use keystone_testing::Keystone;
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let keystone = Keystone::start().await?;
//! let admin = keystone.admin();
//! let auth = v3::Password::builder(keystone.v3_url())
//!     .username(admin.username())
//!     .password(admin.password())
//!     .user_domain_id(admin.domain_id())
//!     .build()?;
//! assert_eq!(Session::new(auth)?.access().await?.username(), "admin");
//! assert_eq!(keystone.requests().count("POST", "/v3/auth/tokens"), 1);
//! # Ok(())
//! # }
//! ```
//!
//! Who may do what is decided by Keystone's own default policies, in the order in which the real
//! one decides, looks up and checks: recorded cases and random walks hold both beside each other.
//!
//! # What it does not serve
//!
//! Requests to these routes of a real Keystone get 501 here, with an explanation; those to a path that
//! the real one does not have get 404.
//!
#![doc = include_str!("unserved.md")]

// Modules need only what comes below them:
//   server
//   router
//   discovery, then v2, then v3; unserved
//   route
//   app, authenticate
//   call, then policy, then caller
//   store
//   api_error, then response
//   faults, journal, clock, ids, error
mod api_error;
mod app;
mod authenticate;
mod call;
mod caller;
mod clock;
mod discovery;
mod error;
mod faults;
pub mod fixtures;
mod ids;
mod journal;
mod policy;
mod response;
mod route;
mod router;
mod server;
#[cfg(feature = "spec")]
pub mod spec;
mod store;
mod unserved;
mod v2;
mod v3;

pub use clock::{Clock, ManualClock};
pub use error::{BindError, Error};
pub use faults::{Fault, Hold};
pub use journal::{Requests, Seen};
pub use server::{Admin, Builder, Keystone};
