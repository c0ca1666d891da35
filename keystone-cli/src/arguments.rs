//! What stands at the command line.

use clap::{CommandFactory, FromArgMatches, Parser, Subcommand};

use crate::login::LoginOptions;
use crate::output::Output;
use crate::{catalog, codegen, discover, identity, plugins, policy, provision, request, token};

const EXIT_CODES: &str = "\
Exit codes:
  0  done
  1  a checked file has mistakes, the answer of `keystone policy` is no, or
     `keystone provision --dry-run` has found something to do
  2  wrong usage, or wrong settings: nothing was sent
  3  the identity was refused, or is not allowed to do this
  4  no usable answer: unreachable, no such endpoint, or an error of the service
  130  interrupted; apply the same file again to go on

Where the identity comes from, the first that there is:
  --config FILE --section NAME    a section of an oslo.config file
  --os-cloud NAME, OS_CLOUD       a cloud in clouds.yaml; options and OS_* variables count more
  --os-.., OS_*                   options and variables of the plugin (`keystone plugins show password`)
  clouds.yaml                     if it describes a single cloud
A password that is missing is asked for at the terminal. Tokens are kept, encrypted, in the user's
cache directory: `--no-cache` does without, `keystone token cache clear` drops them all.";

/// Tokens, catalog and policies of OpenStack Keystone.
#[derive(Parser)]
#[command(name = "keystone", version, after_help = EXIT_CODES)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    pub(crate) command: Command,
    #[command(flatten)]
    pub(crate) login: LoginOptions,
    #[command(flatten)]
    pub(crate) output: Output,
    /// Tell on stderr what is done; secrets are left out.
    #[arg(long, short, global = true)]
    pub(crate) verbose: bool,
    /// Tell on stderr what goes over the wire, as curl would be told; secrets are left out.
    #[arg(long, global = true)]
    pub(crate) debug: bool,
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
    /// Print what makes a shell complete options and commands.
    Completion {
        /// The shell, as in `source <(keystone completion bash)`.
        shell: clap_complete::Shell,
    },
    /// Which versions a service has.
    Discover(discover::Discover),
    /// Ways to prove an identity, and what each has to be told.
    Plugins(plugins::Plugins),
    /// Policy files.
    Policy {
        #[command(subcommand)]
        action: policy::Action,
    },
    /// Make Keystone hold what a file declares.
    #[command(after_help = provision::HELP)]
    Provision(provision::Request),
    /// Call a service, with a token.
    ///
    /// The body of the answer goes to stdout as it is. The exit code is 3 for the statuses 401 and
    /// 403, 4 for any other error and for a redirect that is not followed, else 0.
    Request(request::Request),
    /// Tokens.
    Token {
        #[command(subcommand)]
        action: token::Action,
    },
}

/// The whole program, with the options of all plugins.
pub(crate) fn program() -> clap::Command {
    identity::add(Arguments::command())
}

impl Arguments {
    /// What stands at the command line of this process.
    pub(crate) fn of_process() -> Self {
        let matches = program().get_matches();
        let read = Self::from_arg_matches(&matches);
        let mut arguments = read.unwrap_or_else(|error| error.exit());
        arguments.login.given = identity::variables(&matches);
        arguments
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_arguments_do_not_contradict_one_another() {
        program().debug_assert();
    }
}
