//! `assert_spec_matches!`: a code-first service against the description of its API.
//!
//! Handlers with `#[operation]` of keystone-middleware describe themselves. [`assert_spec_matches!`] in a test
//! holds them against a file, a resource spec or an OpenAPI document, and fails when one has what the other
//! lacks, or has it otherwise: operations, policies, parameters, statuses, and the attributes of bodies and
//! responses with their types.
//!
//! Compared is what is on the wire, so that types of Rust need not be made for a comparison:
//!
//! - The names of operations, types and path parameters do not matter.
//! - Ids, URLs and secrets are strings.
//! - What may be absent from a response may be null there.
//! - An optional attribute of a request may be null for the handler, as every `Option` may, also where the file
//!   does not allow it.
//! - Headers are not compared: handlers do not say which they read.
//!
//! [`assert_spec_matches!`]: crate::assert_spec_matches

mod compare;
mod difference;
mod drift;
mod find;
mod locate;
mod side;
mod wire;

use keystone_codegen::model::{Api, Service};
use keystone_codegen::openapi::{self, WriteOptions};
use keystone_codegen::resource_spec::SpecFile;
use keystone_codegen::{describe, files};
use keystone_middleware::Routes;
use keystone_middleware::openapi::{Document, Info};

pub use difference::{Difference, Part};
pub use drift::SpecError;
pub use find::TestPlace;

/// Fails, with every difference, unless a code-first service is as a file describes it.
///
/// The first argument is [`Routes`](keystone_middleware::Routes), a
/// [`Document`](keystone_middleware::openapi::Document), or the text of an OpenAPI document. The others are the
/// file or the files that describe the API, or their directory: resource specs, or an OpenAPI document. Paths
/// are relative to the crate's manifest, or else to the file with the test.
///
/// Handlers that were added to `Routes` without `#[operation]` are not part of its document, and not compared.
///
/// ```should_panic
/// use axum::Json;
/// use keystone_middleware::policy::Enforcer;
/// use keystone_middleware::{Routes, operation, operations, policies, policy};
/// use keystone_testing::assert_spec_matches;
///
/// policies!("../specs/policies/proxies.yaml");
///
/// #[operation(GET "/v1/proxies")]
/// #[policy("proxy:index")]
/// async fn list_proxies() -> Json<Vec<String>> {
///     Json(Vec::new())
/// }
///
/// # fn main() {
/// let enforcer = Enforcer::builder(&policies::DEFAULTS).build().unwrap();
/// let routes: Routes = Routes::new(enforcer).operations(operations![list_proxies]);
/// // GET /v1/proxies, response
/// //   the handlers: [string]
/// //   the file:     an object with `proxies`
/// // ..
/// assert_spec_matches!(routes, "../specs/services/proxies.yaml");
/// # }
/// ```
///
/// # Panics
///
/// On differences, on what contradicts itself in the handlers, and when a file cannot be read.
#[macro_export]
macro_rules! assert_spec_matches {
    ($service:expr, $($file:expr),+ $(,)?) => {
        $crate::spec::assert_matches(
            &$service,
            &[$(::core::convert::AsRef::<str>::as_ref($file)),+],
            $crate::spec::TestPlace::new(::core::env!("CARGO_MANIFEST_DIR"), ::core::file!()),
        )
    };
}

/// What [`assert_spec_matches!`](crate::assert_spec_matches) compares with a file.
pub trait CodeFirst {
    /// The document. `service` is what the file says of the service.
    fn document(&self, service: &Service) -> CodeDocument;
}

/// The document of a code-first service.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct CodeDocument {
    /// OpenAPI, as JSON or YAML.
    pub text: String,
    /// What contradicts itself in the handlers.
    pub problems: Vec<String>,
    /// Method and path of every route, whether it is described or not.
    pub routes: Vec<(String, String)>,
}

impl<S: Clone + Send + Sync + 'static> CodeFirst for Routes<S> {
    fn document(&self, service: &Service) -> CodeDocument {
        let mut info = Info::new(&service.title, &service.service_type, &service.version);
        if let Some((min, max)) = &service.microversions {
            info = info.microversions(min, max);
        }
        let routes = self.table();
        let routes = routes
            .iter()
            .map(|route| (route.method.to_string(), route.path.clone()));
        CodeDocument {
            routes: routes.collect(),
            ..self.openapi(&info).document(service)
        }
    }
}

impl CodeFirst for Document {
    fn document(&self, _: &Service) -> CodeDocument {
        CodeDocument {
            text: self.as_str().to_owned(),
            problems: self.problems().to_vec(),
            routes: Vec::new(),
        }
    }
}

impl CodeFirst for str {
    fn document(&self, _: &Service) -> CodeDocument {
        CodeDocument {
            text: self.to_owned(),
            ..CodeDocument::default()
        }
    }
}

impl CodeFirst for String {
    fn document(&self, service: &Service) -> CodeDocument {
        self.as_str().document(service)
    }
}

impl<T: CodeFirst + ?Sized> CodeFirst for &T {
    fn document(&self, service: &Service) -> CodeDocument {
        (**self).document(service)
    }
}

/// Used by [`assert_spec_matches!`](crate::assert_spec_matches).
///
/// # Panics
///
/// As the macro.
#[doc(hidden)]
#[track_caller]
#[expect(clippy::panic, reason = "it is an assertion")]
pub fn assert_matches(service: &(impl CodeFirst + ?Sized), files: &[&str], place: TestPlace) {
    if let Err(error) = compare(service, files, place) {
        panic!("{error}");
    }
}

/// Compares a code-first service with the files that describe its API, as
/// [`assert_spec_matches!`](crate::assert_spec_matches) does.
///
/// # Errors
///
/// [`SpecError`] with every difference, or with what is wrong with a file.
pub fn compare(
    service: &(impl CodeFirst + ?Sized),
    files: &[&str],
    place: TestPlace,
) -> Result<(), SpecError> {
    let mut paths = Vec::new();
    for file in files {
        paths.push(place.find(file).map_err(SpecError::File)?);
    }
    let unreadable = |error: keystone_codegen::Error| SpecError::File(error.to_string());
    let sources = files::read(&paths).map_err(unreadable)?;
    let sources = place.shortened(sources);
    let api = describe(&sources).map_err(unreadable)?;
    let document = service.document(&api.service);
    let code = SpecFile::new("the document of the handlers", document.text.as_str());
    let code = describe(&[code]).map_err(|error| SpecError::Document(error.to_string()))?;
    let file = match openapi::is_openapi(&sources) {
        true => api.clone(),
        false => as_document(&api).map_err(unreadable)?,
    };
    let differences = compare::differences(&code, &file);
    if differences.is_empty() && document.problems.is_empty() {
        return Ok(());
    }
    let locator = locate::Locator::new(&sources, &api);
    Err(SpecError::drift(files, document, differences, &locator))
}

/// The API of resource specs as it is read from an OpenAPI document: in the form of the other side.
fn as_document(api: &Api) -> Result<Api, keystone_codegen::Error> {
    let text = openapi::write(api, &WriteOptions::new())?;
    describe(&[SpecFile::new("document.yaml", text)])
}
