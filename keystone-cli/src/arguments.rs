//! The command line.

use clap::{CommandFactory, FromArgMatches, Parser, Subcommand};

use crate::login::LoginOptions;
use crate::output::Output;
use crate::{
    catalog, codegen, discover, identity, new, plugins, policy, provision, request, token,
};

const EXIT_CODES: &str = "\
Exit codes:
  0  done
  1  a checked file has mistakes, `keystone policy` denies, `keystone codegen diff` finds
     what breaks, or `keystone provision --dry-run` has found changes
  2  wrong usage, or wrong settings: nothing was sent
  3  the identity was refused, or is not allowed to do this
  4  no usable response: unreachable, no such endpoint, or an error of the service
  130  interrupted; apply the same file again to continue

The identity comes from the first of these that exists:
  --config FILE --section NAME    a section of an oslo.config file
  --os-cloud NAME, OS_CLOUD       a cloud in clouds.yaml; options and OS_* variables take precedence
  --os-.., OS_*                   options and variables of the plugin (`keystone plugins show password`)
  clouds.yaml                     if it describes a single cloud
A missing password is prompted for at the terminal. Tokens are cached, encrypted, in the user's cache
directory: `--no-cache` turns that off, `keystone token cache clear` removes them all.";

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
    /// Log what is done on stderr; secrets are hidden.
    #[arg(long, short, global = true)]
    pub(crate) verbose: bool,
    /// Log requests and responses on stderr, requests as curl commands; secrets are hidden.
    #[arg(long, global = true)]
    pub(crate) debug: bool,
}

#[derive(Subcommand)]
pub(crate) enum Command {
    /// The services of the catalog.
    Catalog {
        #[command(subcommand)]
        action: catalog::Action,
    },
    /// Generate code and documents from descriptions of APIs.
    Codegen {
        #[command(subcommand)]
        action: codegen::Action,
    },
    /// Print the completion script for a shell.
    Completion {
        /// The shell, as in `source <(keystone completion bash)`.
        shell: clap_complete::Shell,
    },
    /// List the API versions of a service.
    Discover(discover::Discover),
    /// Create a service to start from: description, policies, handlers, tests and deployment.
    New(new::New),
    /// Auth plugins and their options.
    Plugins(plugins::Plugins),
    /// Policy files.
    Policy {
        #[command(subcommand)]
        action: policy::Action,
    },
    /// Bring Keystone to the state that a file declares.
    #[command(after_help = provision::HELP)]
    Provision(provision::Request),
    /// Call a service, with a token.
    ///
    /// The body of the response goes to stdout as it is. The exit code is 3 for the statuses 401 and
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
    /// The command line of this process.
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
