//! Where the identity comes from: a configuration file, or the environment.

use std::path::PathBuf;

use clap::Args;
use keystone_sdk::{Error, Session};

/// Where the identity comes from; the variables `OS_..` unless a file is named.
#[derive(Args)]
pub(crate) struct Source {
    /// Take the identity from this oslo.config file instead of the OS_* variables.
    #[arg(long, global = true, value_name = "FILE")]
    config: Option<PathBuf>,
    /// The section of that file.
    #[arg(
        long,
        global = true,
        value_name = "NAME",
        requires = "config",
        default_value = "keystone_authtoken"
    )]
    section: String,
}

impl Source {
    /// A session; nothing is sent yet.
    pub(crate) fn session(&self) -> Result<Session, Error> {
        match &self.config {
            Some(path) => Session::from_conf(path, &self.section),
            None => Session::from_env(),
        }
    }
}
