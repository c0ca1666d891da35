//! What stands at the command line.

use clap::{Parser, Subcommand};

use crate::output::Output;
use crate::source::Source;
use crate::{catalog, codegen, plugins, policy, provision, token};

const EXIT_CODES: &str = "\
Exit codes:
  0  done
  1  a checked file has mistakes, the answer of `keystone policy` is no, or
     `keystone provision --dry-run` has found something to do
  2  wrong usage, or wrong settings: nothing was sent
  3  the identity was refused, or is not allowed to do this
  4  no usable answer: unreachable, no such endpoint, or an error of the service
  130  interrupted; apply the same file again to go on

Where the identity comes from:
  the variables OS_AUTH_URL, OS_USERNAME, OS_PASSWORD, .. (`keystone plugins show password` lists all),
  or with --config a section of an oslo.config file";

/// Tokens, catalog and policies of OpenStack Keystone.
#[derive(Parser)]
#[command(name = "keystone", version, after_help = EXIT_CODES)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    pub(crate) command: Command,
    #[command(flatten)]
    pub(crate) source: Source,
    #[command(flatten)]
    pub(crate) output: Output,
    /// Tell on stderr what is sent; secrets are left out.
    #[arg(long, short, global = true)]
    pub(crate) verbose: bool,
}

#[derive(Subcommand)]
pub(crate) enum Command {
    /// What services there are.
    Catalog {
        #[command(subcommand)]
        action: catalog::Action,
    },
    /// Code from descriptions of APIs.
    Codegen {
        #[command(subcommand)]
        action: codegen::Action,
    },
    /// Ways to prove an identity.
    Plugins {
        #[command(subcommand)]
        action: plugins::Action,
    },
    /// Policy files.
    Policy {
        #[command(subcommand)]
        action: policy::Action,
    },
    /// Make Keystone hold what a file declares.
    #[command(after_help = provision::HELP)]
    Provision(provision::Request),
    /// Tokens.
    Token {
        #[command(subcommand)]
        action: token::Action,
    },
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn the_arguments_do_not_contradict_one_another() {
        Arguments::command().debug_assert();
    }
}
