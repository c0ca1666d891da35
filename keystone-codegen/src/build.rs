//! The API for `build.rs`: code that is generated again whenever its description changes.

use std::path::{Path, PathBuf};

use crate::emit::{ClientOptions, Generated, ServerOptions, inline};
use crate::error::{BuildError, Error};
use crate::model::Api;
use crate::text::visible;
use crate::{client, describe, files, server};

/// The module that generated code is made for; its name does not reach the code.
const MODULE: &str = "generated";

/// Generates code from a description into `OUT_DIR`, for `build.rs`.
///
/// `spec` is the path of a file, relative to the package, or that of a directory with several.
///
/// In `build.rs` (with `keystone-codegen` among the `build-dependencies`):
///
/// ```no_run
/// fn main() -> Result<(), keystone_codegen::Error> {
///     keystone_codegen::build("specs/proxies.yaml").emit()
/// }
/// ```
///
/// And in the program, which needs no other crate for it than `keystone-sdk`:
///
/// ```text
/// mod proxies {
///     include!(concat!(env!("OUT_DIR"), "/proxies.rs"));
/// }
/// ```
///
/// Cargo runs the build script again only when the description changes.
pub fn build(spec: impl AsRef<Path>) -> Build {
    let spec = spec.as_ref();
    let name = spec.file_stem().unwrap_or_default();
    Build {
        specs: vec![spec.to_owned()],
        name: name.to_string_lossy().into_owned(),
        root: None,
        policies: None,
    }
}

/// Settings of the generation, made by [`build`].
#[derive(Clone, Debug)]
#[must_use = "nothing is generated without `emit`"]
pub struct Build {
    specs: Vec<PathBuf>,
    name: String,
    root: Option<String>,
    policies: Option<String>,
}

impl Build {
    /// Adds a file, or a directory of files, to the description.
    pub fn spec(mut self, spec: impl AsRef<Path>) -> Self {
        self.specs.push(spec.as_ref().to_owned());
        self
    }

    /// The name of the file in `OUT_DIR`, without `.rs`: that of the first file unless set.
    pub fn name(mut self, name: impl Into<String>) -> Self {
        self.name = name.into();
        self
    }

    /// The crate that holds the runtime, or a path to it. Unless set it is `::keystone_sdk` for a
    /// client and `::keystone_middleware` for the server's side.
    pub fn root(mut self, root: impl Into<String>) -> Self {
        self.root = Some(root.into());
        self
    }

    /// The module that `policies!` made, for a server: `crate::policies` unless set.
    pub fn policies(mut self, policies: impl Into<String>) -> Self {
        self.policies = Some(policies.into());
        self
    }

    /// Writes the typed client as `NAME.rs` into `OUT_DIR`.
    ///
    /// # Errors
    ///
    /// When the description cannot be read or is wrong, which cargo shows with positions; when
    /// `OUT_DIR` is not set, that is outside of `build.rs`; and when the file cannot be written.
    pub fn emit(self) -> Result<(), Error> {
        let root = self.root.as_deref().unwrap_or("::keystone_sdk");
        let options = ClientOptions::new(MODULE).root(root);
        self.emit_as("", root, |api| client(api, &options))
    }

    /// Writes the server's side as `NAME_server.rs` into `OUT_DIR`.
    ///
    /// # Errors
    ///
    /// As [`emit`](Self::emit).
    pub fn emit_server(self) -> Result<(), Error> {
        let root = self.root.as_deref().unwrap_or("::keystone_middleware");
        // The macro of the contract is one of the whole crate.
        let options = ServerOptions::new(MODULE)
            .root(root)
            .contract(crate::model::snake(&self.name));
        let options = match &self.policies {
            Some(policies) => options.policies(policies),
            None => options,
        };
        let sdk = format!("{root}::sdk");
        self.emit_as("_server", &sdk, |api| server(api, &options))
    }

    fn emit_as(
        &self,
        suffix: &str,
        sdk: &str,
        generate: impl FnOnce(&Api) -> Result<Vec<Generated>, Error>,
    ) -> Result<(), Error> {
        let emitted = self.text(sdk, generate).and_then(|text| {
            let name = format!("{}{suffix}.rs", self.name);
            files::write(&out_dir()?, &[Generated::new(name, text)])
        });
        if let Err(error) = &emitted {
            for line in error.to_string().lines() {
                println!("cargo::error={line}");
            }
        }
        emitted
    }

    /// The code as one file; also tells cargo which files it depends on.
    fn text(
        &self,
        sdk: &str,
        generate: impl FnOnce(&Api) -> Result<Vec<Generated>, Error>,
    ) -> Result<String, Error> {
        for path in self.specs.iter().chain(&files::expand(&self.specs)?) {
            let path = path.display().to_string();
            // What comes after a line break would be an instruction to cargo.
            if path.contains(char::is_control) {
                let shown = visible(&path);
                let message = format!("`{shown}` cannot be named to cargo; rename the file");
                return Err(BuildError::new(message).into());
            }
            println!("cargo::rerun-if-changed={path}");
        }
        let api = describe(&files::read(&self.specs)?)?;
        let file = inline::inline(&generate(&api)?, MODULE, sdk)?;
        Ok(inline::text(&file))
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "cargo tells build scripts so where they write"
)]
fn out_dir() -> Result<PathBuf, Error> {
    let directory = std::env::var("OUT_DIR").map_err(|_| {
        BuildError::new("`OUT_DIR` is not set; call this from `build.rs`, which cargo runs")
    })?;
    Ok(PathBuf::from(directory))
}
