//! Brings a Keystone to the state that a file declares: regions, roles, domains with projects, users and
//! groups, services with endpoints, and who has which role where.
//!
//! A [`File`] is read and checked as a whole, and every mistake is reported with its position.
//! [`File::plan`] compares the file with what Keystone holds, and changes nothing; [`Plan::apply`] makes
//! the changes, a few at a time, and can be stopped and resumed. Applying a file twice changes nothing
//! the second time.
//! `docs/provision.md` describes the format, [`json_schema`] states it for editors.
//!
//! ```no_run
//! use keystone_provision::{Apply, File, NoSecrets, PlanOptions, Variables};
//! use keystone_sdk::identity::v3::Client;
//!
//! # async fn example(identity: &Client) -> Result<(), keystone_provision::Error> {
//! let text = "domains:\n  lab:\n    projects: {web: {description: Shop}}\n";
//! let file = File::read("lab.yaml", text, &Variables::new())?;
//! let plan = file.plan(identity, &PlanOptions::new()).await?;
//! println!("{plan}");
//! plan.apply(identity, &Apply::new(&NoSecrets)).await?;
//! # Ok(())
//! # }
//! ```

// Modules need only what comes later in: apply, plan, file, check, step, document, key and secrets, error.
mod apply;
mod check;
mod document;
mod error;
mod file;
mod key;
mod plan;
mod secrets;
mod state;
mod step;

pub use apply::{Apply, Finished, Observer, Stop};
pub use document::json_schema;
pub use error::{Error, FileError, Problem};
pub use file::{File, Variables};
pub use plan::{Action, Counts, Difference, Plan, PlanOptions, Planned};
pub use secrets::{NoSecrets, PasswordSource, Secrets};
pub use state::State;
