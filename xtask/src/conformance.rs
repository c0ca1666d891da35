//! `cargo xtask schemathesis`: a real Keystone held against the OpenAPI document of its API.

use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

use clap::Args;

use crate::failure::{self, Failure};
use crate::keystone::Keystone;
use crate::lab::Lab;
use crate::workspace::{self, Workspace};

/// The script that makes a scene and runs schemathesis.
const SCRIPT: &str = "conformance.py";
const DOCUMENTS: [&str; 2] = [
    "specs/openapi/identity-v3.yaml",
    "specs/openapi/proxies.yaml",
];
const SPECS: &str = "specs/identity";

#[derive(Args)]
pub(crate) struct SchemathesisOptions {
    /// Also create, change and delete, each on a Keystone that is thrown away (minutes).
    #[arg(long)]
    writes: bool,
    /// So many examples of each operation that writes.
    #[arg(long, value_name = "NUMBER", default_value_t = 10)]
    examples: u32,
    /// Accept the failures that are found now: add them to the baseline.
    #[arg(long)]
    accept: bool,
}

impl SchemathesisOptions {
    /// Everything, but of each operation only as many examples as all tests have the time for.
    pub(crate) fn bounded() -> Self {
        Self {
            writes: true,
            examples: 1,
            accept: false,
        }
    }

    fn passes(&self) -> Vec<Pass> {
        let pass = |kind, examples| Pass { kind, examples };
        match self.writes {
            true => vec![
                pass("reads", 2),
                pass("writes", self.examples),
                pass("deletes", 1),
            ],
            false => vec![pass("reads", 2)],
        }
    }
}

/// What is tried, and how many examples of each operation.
struct Pass {
    kind: &'static str,
    examples: u32,
}

/// Validates the documents, then asks Keystone all that they describe.
pub(crate) fn run(
    workspace: &Workspace,
    lab: &Lab,
    options: &SchemathesisOptions,
) -> Result<ExitCode, Failure> {
    if !validate(lab)? {
        return Ok(ExitCode::FAILURE);
    }
    let folder = workspace.target().join("lab/conformance");
    let document = write_closed_document(&folder)?;
    for pass in options.passes() {
        if !try_pass(lab, options, &pass, &document, &folder)? {
            return Ok(ExitCode::FAILURE);
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// Whether the checked-in documents are valid OpenAPI.
fn validate(lab: &Lab) -> Result<bool, Failure> {
    let mut validator = Command::new(lab.python());
    validator.args(["-m", "openapi_spec_validator"]);
    validator.args(DOCUMENTS.map(in_repository));
    Ok(failure::status(&mut validator)?.success())
}

/// The document that allows nothing undescribed: what it finds is missing in our specs.
fn write_closed_document(folder: &Path) -> Result<PathBuf, Failure> {
    let document = folder.join("identity-v3.yaml");
    let mut generator = workspace::cargo();
    generator.args(["run", "--quiet", "--package", "keystone-cli", "--"]);
    generator.args(["codegen", "openapi", "--closed"]);
    generator
        .arg(in_repository(SPECS))
        .arg("--out")
        .arg(&document);
    match failure::status(&mut generator)?.success() {
        true => Ok(document),
        false => Err(Failure::new("the OpenAPI document could not be generated")),
    }
}

fn try_pass(
    lab: &Lab,
    options: &SchemathesisOptions,
    pass: &Pass,
    document: &Path,
    folder: &Path,
) -> Result<bool, Failure> {
    let keystone = Keystone::start(lab)?;
    let mut script = Command::new(lab.python());
    script.arg(keystone_lab::folder().join(SCRIPT));
    script.arg(document).arg(folder).arg(pass.kind);
    script.args(["--max-examples", &pass.examples.to_string()]);
    if options.accept {
        script.arg("--baseline-update");
    }
    script.envs(keystone.tls_variables());
    let status = failure::status(&mut script)?;
    // It fails for what it accepts just now, too.
    Ok(status.success() || options.accept)
}

fn in_repository(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(path)
}
