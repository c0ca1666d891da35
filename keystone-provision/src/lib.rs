//! Makes a Keystone hold what a file declares: regions, roles, domains with projects, users and
//! groups, services with endpoints, and who has which role where.
//!
//! A [`File`] is read and judged as a whole, with the place of every mistake. [`File::plan`] looks
//! at what is there and says what differs, without changing anything; [`Plan::apply`] does it, a
//! few things at a time, and can be stopped and resumed. Doing it again changes nothing.
//! `docs/provision.md` describes the format, [`json_schema`] states it for editors.
//!
//! ```no_run
//! use keystone_provision::{Apply, File, NoSecrets, Options, Variables};
//! use keystone_sdk::identity::v3::Client;
//!
//! # async fn example(identity: &Client) -> Result<(), keystone_provision::Error> {
//! let text = "domains:\n  lab:\n    projects: {web: {description: Shop}}\n";
//! let file = File::read("lab.yaml", text, &Variables::new())?;
//! let plan = file.plan(identity, &Options::new()).await?;
//! println!("{plan}");
//! plan.apply(identity, &Apply::new(&NoSecrets)).await?;
//! # Ok(())
//! # }
//! ```

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
pub use plan::{Action, Counts, Difference, Options, Plan, Planned};
pub use secrets::{NoSecrets, Secrets, Source};
pub use state::State;
