//! The typed clients of Keystone itself, generated from `specs/identity`.
//!
//! ```no_run
//! use keystone_sdk::Session;
//! use keystone_sdk::identity::v3::{Client, ProjectCreate, ProjectUpdate};
//!
//! # async fn example(session: &Session) -> Result<(), keystone_sdk::Error> {
//! let identity = Client::new(session);
//!
//! let new = ProjectCreate::new("reports").domain_id("default").description("Monthly reports");
//! let project = identity.projects().create(new).await?;
//!
//! // Absent stays as it is, `clear_..` sends null.
//! let change = ProjectUpdate::new().enabled(false).clear_description();
//! identity.projects().update(&project.id, change).await?;
//!
//! let mut users = identity.users().list().enabled(true).stream();
//! while let Some(user) = users.next().await {
//!     println!("{}", user?.name);
//! }
//! # Ok(())
//! # }
//! ```

pub mod ensure;
pub mod v3;
