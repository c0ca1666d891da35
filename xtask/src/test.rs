//! `cargo test` with real servers at hand.

use std::process::{Command, ExitCode};

use clap::Args;

use crate::conformance;
use crate::failure::{self, Failure};
use crate::federation::Running;
use crate::keystone::Keystone;
use crate::lab::{FEDERATION, Lab, SERVERS};
use crate::lean;
use crate::outside;
use crate::table::Table;
use crate::workspace::{self, Workspace};

/// The test crate that holds the embedded Keystone against the real one.
pub(crate) const CONTRACT: &str = "keystone-contract";
/// The test crate that opens pages in a browser.
const BROWSER: &str = "keystone-browser";

#[derive(Args)]
pub(crate) struct TestOptions {
    /// First record the responses of the real Keystone anew, in `tests/contract/transcripts` and
    /// `tests/vectors`.
    #[arg(long)]
    bless: bool,
    /// Write the table of logins into its page, instead of comparing it with that.
    #[arg(skip)]
    bless_table: bool,
    /// Test this package only (may be repeated).
    #[arg(long, short, value_name = "NAME")]
    package: Vec<String>,
    /// Passed on to `cargo test`: options and a name filter.
    #[arg(allow_hyphen_values = true)]
    cargo: Vec<String>,
    /// Passed on to the test programs.
    #[arg(last = true, value_name = "TEST OPTION")]
    programs: Vec<String>,
}

impl TestOptions {
    /// The tests of one package.
    pub(crate) fn of(package: &str, cargo: Vec<String>, programs: Vec<String>) -> Self {
        Self {
            bless: false,
            bless_table: false,
            package: vec![package.to_owned()],
            cargo,
            programs,
        }
    }

    /// With the table of logins written into its page.
    pub(crate) fn bless_table(self, bless_table: bool) -> Self {
        Self {
            bless_table,
            ..self
        }
    }

    /// Whether this package is among those tested.
    fn tests(&self, package: &str) -> bool {
        self.package.is_empty() || self.package.iter().any(|name| name == package)
    }

    /// Whether no test of these packages is left out.
    fn is_unfiltered(&self) -> bool {
        self.cargo.iter().all(|option| option.starts_with("--")) && self.programs.is_empty()
    }

    /// Whether no test is left out.
    fn wants_all(&self) -> bool {
        self.is_unfiltered() && self.package.is_empty()
    }
}

/// Runs all tests, or those of the chosen packages.
pub(crate) fn run(
    workspace: &Workspace,
    lab: &Lab,
    options: &TestOptions,
) -> Result<ExitCode, Failure> {
    let keystone = Keystone::start(lab)?;
    let needed = SERVERS
        .iter()
        .filter(|servers| options.tests(servers.package));
    let servers = needed.map(|servers| Running::start(lab, servers));
    let servers = servers.collect::<Result<Vec<_>, _>>()?;
    let axe = match options.tests(BROWSER) {
        true => Some(lab.set_up_browser()?),
        false => None,
    };
    let table = Table::begin(workspace)?;
    let environment = |mut command: Command| {
        command
            .envs(keystone.test_variables())
            .envs(servers.iter().map(Running::test_variable))
            .envs([table.test_variable()])
            .envs(axe.iter().map(|path| (keystone_lab::AXE, path)))
            .env(keystone_lab::PYTHON, lab.python());
        command
    };
    if options.bless {
        let mut recording = environment(cargo_test(workspace, &[CONTRACT.to_owned()]));
        recording.args(["--", "real"]).env(keystone_lab::BLESS, "1");
        let status = failure::status(&mut recording)?;
        if !status.success() {
            return Ok(failure::exit_code(status));
        }
    }
    let mut tests = environment(cargo_test(workspace, &options.package));
    tests.args(&options.cargo).arg("--").args(&options.programs);
    let status = failure::status(&mut tests)?;
    if options.tests(FEDERATION) {
        table.print()?;
        // A page without the rows fails a test, so it is written whatever the tests say.
        if options.is_unfiltered() && (status.success() || options.bless_table) {
            table.check(options.bless_table)?;
        }
    }
    if status.success() && options.wants_all() {
        for check in [lean::run, outside::run] {
            let status = check(workspace)?;
            if !status.success() {
                return Ok(failure::exit_code(status));
            }
        }
        return conformance::run(workspace, lab, &conformance::SchemathesisOptions::bounded());
    }
    Ok(failure::exit_code(status))
}

/// `cargo test` for these packages, or for the workspace, with the tests on real servers.
pub(crate) fn cargo_test(workspace: &Workspace, packages: &[String]) -> Command {
    let mut command = workspace::cargo();
    command.arg("test");
    if packages.is_empty() {
        command.arg("--workspace");
    }
    for package in packages {
        command.args(["--package", package]);
    }
    for feature in workspace.real_server_features(packages) {
        command.args(["--features", &feature]);
    }
    command
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn federation_is_tested_in_the_whole_run_and_by_its_name() {
        let of = |package: &str| TestOptions::of(package, Vec::new(), Vec::new());
        assert!(of(FEDERATION).tests(FEDERATION));
        assert!(!of(CONTRACT).tests(FEDERATION));
        let all = TestOptions {
            package: Vec::new(),
            ..of(CONTRACT)
        };
        assert!(all.tests(FEDERATION));
    }
}
