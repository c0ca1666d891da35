//! A page that documents a service: its OpenAPI document, and who may call what.

use std::fmt;
use std::sync::Arc;

use axum::Extension;
use axum::body::Body;
use axum::response::Response;
use http::{HeaderMap, StatusCode};
use keystone_policy::PlainPolicy;
use keystone_sdk::error::ConfigurationError;

use super::extract::Public;
use super::routes::Routes;
use super::routing::{MethodRoutes, get};
use crate::context::{RequestContext, Snapshot};
use crate::enforce::Authorized;
use crate::error::Error;
use crate::response;

mod assets;
mod document;
mod file;
mod matrix;
mod words;

use assets::Html;
use document::Document;
use file::{File, json};
use matrix::Matrix;

/// A page for browsers on which a service documents itself: each operation of its OpenAPI document
/// with its policies, the rules now in force, who may call it, and a form to try it with a pasted
/// token. Added by [`Routes::docs_page`].
///
/// Below the path of the page, such as `/docs`, there are:
///
/// | path | what | for whom |
/// |---|---|---|
/// | `/docs` | the page | everybody |
/// | `/docs/openapi.json` | the document | everybody |
/// | `/docs/openapi.yaml` | the document as it was given, unless that is JSON | everybody |
/// | `/docs/page.js`, `page.css`, `icon.svg` | what the page consists of | everybody |
/// | `/docs/access.json` | the rules in force and who they allow | callers with a valid token, or as set here |
///
/// The page consists of these files alone: it loads nothing from elsewhere and its
/// `Content-Security-Policy` forbids that. It keeps a pasted token in memory only, and sends it to
/// the service alone.
///
/// The rules of an operator may name projects, users and roles that are nobody's business, so
/// `access.json` is for callers with a valid token unless [`access_for`](Self::access_for),
/// [`access_for_everybody`](Self::access_for_everybody) or
/// [`without_access`](Self::without_access) says otherwise. Addresses of remote checks are never
/// shown.
///
/// ```
/// use keystone_middleware::policy::Enforcer;
/// use keystone_middleware::routing::get;
/// use keystone_middleware::{AuthToken, Config, DocsPage, Error, Routes, policies, policy};
///
/// policies!("../specs/policies/proxies.yaml");
///
/// #[policy("proxy:index")]
/// async fn index() -> &'static str {
///     "{\"proxies\": []}"
/// }
///
/// fn app(enforcer: Enforcer, config: Config) -> Result<axum::Router, Error> {
///     let page = DocsPage::new(include_str!("../../../specs/openapi/proxies.yaml"))?;
///     Ok(Routes::new(enforcer)
///         .route("/v1/proxies", get(index))
///         .docs_page("/docs", page)
///         .into_router_with(AuthToken::layer(config)))
/// }
/// # fn main() {}
/// ```
pub struct DocsPage {
    document: Document,
    matrix: Arc<Matrix>,
    access: Access,
}

/// Who sees the matrix.
#[derive(Clone, Copy)]
enum Access {
    Everybody,
    Nobody,
    /// Callers with a token; the function makes the handler, which decides which of them.
    Token(fn(Arc<Matrix>) -> MethodRoutes),
}

impl DocsPage {
    /// The page for an OpenAPI 3 document, in YAML or JSON. The policies of an operation come from
    /// its `x-openstack-policies`.
    ///
    /// # Errors
    ///
    /// [`Error::Configuration`] when the text is neither, or describes no paths. The message has
    /// the line and column.
    pub fn new(document: &str) -> Result<Self, Error> {
        let document = Document::read(document).map_err(ConfigurationError::new)?;
        Ok(Self {
            matrix: Arc::new(Matrix::new(document.policies.clone())),
            document,
            access: Access::Token(for_tokens),
        })
    }

    /// Shows the rules in force, and who they allow, to callers whom the policy `P` allows, such as
    /// `policies::docs::Access`.
    #[must_use]
    pub fn access_for<P: PlainPolicy + 'static>(mut self) -> Self {
        self.access = Access::Token(for_policy::<P>);
        self
    }

    /// Shows the rules in force, and who they allow, to everybody, with or without a token.
    #[must_use]
    pub fn access_for_everybody(mut self) -> Self {
        self.access = Access::Everybody;
        self
    }

    /// Leaves the rules out, and who they allow. The names of policies are part of the document and
    /// stay.
    #[must_use]
    pub fn without_access(mut self) -> Self {
        self.access = Access::Nobody;
        self
    }
}

impl<S: Clone + Send + Sync + 'static> Routes<S> {
    /// Adds a [`DocsPage`] at `path`, such as `/docs`. It shows the rules of the enforcer of these
    /// routes, as they are when it is asked.
    ///
    /// The paths in the document are taken to begin where `path` does: on routes that are nested
    /// below `/api`, `/v1/proxies` is called as `/api/v1/proxies`.
    ///
    /// # Panics
    ///
    /// As [`route`](Self::route), when one of the paths is taken.
    #[must_use]
    pub fn docs_page(self, path: &str, page: DocsPage) -> Self {
        let DocsPage {
            document,
            matrix,
            access,
        } = page;
        let path = path.trim_end_matches('/');
        let html = Html {
            path,
            title: &document.title,
            has_yaml: document.yaml.is_some(),
            access: match access {
                Access::Everybody => "everybody",
                Access::Nobody => "nobody",
                Access::Token(_) => "token",
            },
        };
        let at = if path.is_empty() { "/" } else { path };
        let mut routes = self.route(at, file(html.file()));
        let mut files = assets::all().to_vec();
        files.push(("openapi.json", File::new("application/json", document.json)));
        if let Some(yaml) = document.yaml {
            files.push(("openapi.yaml", File::new("application/yaml", yaml)));
        }
        for (name, content) in files {
            routes = routes.route(&format!("{path}/{name}"), file(content));
        }
        let handler = match access {
            Access::Everybody => for_everybody(matrix),
            Access::Nobody => return routes,
            Access::Token(handler) => handler(matrix),
        };
        routes.route(&format!("{path}/access.json"), handler.with_state(()))
    }
}

/// A handler that serves a file to everybody.
fn file<S: Clone + Send + Sync + 'static>(file: File) -> MethodRoutes<S> {
    get(
        move |_: Public, uri: http::Uri, headers: HeaderMap| async move {
            file.response(uri.query(), &headers)
        },
    )
}

fn for_everybody(matrix: Arc<Matrix>) -> MethodRoutes {
    get(move |_: Public, Extension(now): Extension<Snapshot>| show(matrix, now))
}

fn for_tokens(matrix: Arc<Matrix>) -> MethodRoutes {
    get(move |_: Public, _: RequestContext, Extension(now): Extension<Snapshot>| show(matrix, now))
}

fn for_policy<P: PlainPolicy + 'static>(matrix: Arc<Matrix>) -> MethodRoutes {
    get(move |_: Authorized<P>, Extension(now): Extension<Snapshot>| show(matrix, now))
}

/// The matrix under the rules of the request.
async fn show(matrix: Arc<Matrix>, now: Snapshot) -> Response {
    match matrix.under(now.rules).await {
        Some(text) => json(text),
        None => {
            let message = "The rules cannot be analysed now.";
            response::error::<Body>(StatusCode::INTERNAL_SERVER_ERROR, message)
        }
    }
}

impl fmt::Debug for DocsPage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DocsPage")
            .field("title", &self.document.title)
            .finish_non_exhaustive()
    }
}
