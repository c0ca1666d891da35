//! Operations: what they are called with, and what they return.

use super::{Notes, Path, Resource, Type};

/// An operation of a resource.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Operation {
    /// The verb, in snake case; the name of the method.
    pub name: String,
    /// A sentence on what it does.
    pub doc: String,
    /// Its shape.
    pub shape: Shape,
    /// The HTTP method.
    pub method: Method,
    /// The path, with parameters.
    pub path: Path,
    /// The policies that the service enforces; empty for an operation that is open to all.
    pub policies: Vec<String>,
    /// The statuses of success; none for an operation that is gone.
    pub statuses: Vec<u16>,
    /// Whether it is called with a token.
    pub authenticated: bool,
    /// The parameters of the query: of a list, its filters.
    pub query: Vec<Query>,
    /// The headers that it needs.
    pub headers: Vec<Header>,
    /// Further parameters, in one of the styles of OpenAPI.
    pub parameters: Vec<Parameter>,
    /// The headers of its response.
    pub response_headers: Vec<ResponseHeader>,
    /// The media type to ask for, if not JSON.
    pub accept: Option<String>,
    /// Notes.
    pub notes: Notes,
    /// What services that no longer offer it respond with, and since when.
    pub gone: Option<String>,
    /// Whether a caller whom a policy refuses gets the 404 of an object that does not exist.
    pub hide: bool,
    /// The key of the body that selects it among the actions on an item. All of them are `POST` of one path;
    /// the value under the key is the body, or null.
    pub action: Option<String>,
    /// The resource that the response holds while the work goes on, in snake case; `Location` is its path.
    pub task: Option<String>,
}

/// A header that a request must carry.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Header {
    /// The name on the wire.
    pub name: String,
    /// The name in Rust.
    pub rust_name: String,
    /// A text, an id, or a secret.
    pub ty: Type,
}

/// A parameter of a query, header or cookie, in one of the styles of OpenAPI.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Parameter {
    /// Its location.
    pub place: ParameterLocation,
    /// The name on the wire.
    pub name: String,
    /// The name in Rust.
    pub rust_name: String,
    /// A sentence on what it does.
    pub doc: String,
    /// Its type.
    pub ty: Type,
    /// How it is serialized.
    pub style: Style,
    /// Whether each item, or each attribute, is a parameter of its own.
    pub explode: bool,
    /// Whether it is required.
    pub required: bool,
}

/// The location of a parameter, besides the path.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[expect(missing_docs, reason = "the names say it")]
#[non_exhaustive]
pub enum ParameterLocation {
    Cookie,
    Header,
    Query,
}

/// How a parameter with several values is serialized (OpenAPI 3.1, section 4.8.12.3).
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum Style {
    /// `name[key]=value`.
    DeepObject,
    /// `name=a,b`, or `name=a&name=b`.
    Form,
    /// As JSON.
    Json,
    /// `name=a|b`.
    Pipe,
    /// `a,b`: of headers.
    Simple,
    /// `name=a%20b`.
    Space,
}

/// A header of a response.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct ResponseHeader {
    /// The name on the wire.
    pub name: String,
    /// A sentence on what it means.
    pub doc: String,
}

/// The HTTP methods in use.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[expect(missing_docs, reason = "the names say it")]
#[non_exhaustive]
pub enum Method {
    Delete,
    Get,
    Head,
    Patch,
    Post,
    Put,
}

impl Method {
    /// As on the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Delete => "DELETE",
            Self::Get => "GET",
            Self::Head => "HEAD",
            Self::Patch => "PATCH",
            Self::Post => "POST",
            Self::Put => "PUT",
        }
    }
}

/// The bodies of an operation's request and response.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Shape {
    /// Returns many of a type, under a key.
    List {
        /// The Rust type of an item.
        item: String,
        /// The key around them.
        keys: String,
        /// How the list is paginated.
        page: Page,
    },
    /// Sends the create body of the resource and returns the resource; `PUT` has the id in its path.
    Create {
        /// Whether the body is sent without the resource's key around it.
        bare: bool,
        /// Whether many are sent and returned, in the order of the request.
        many: bool,
    },
    /// Returns the resource.
    Get,
    /// Sends the update body of the resource and returns the resource.
    Update,
    /// Any other operation.
    Other {
        /// The request body.
        body: Option<Body>,
        /// The response body.
        response: Response,
    },
}

/// The body of an operation of its own shape.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Body {
    /// The key around it; empty for none.
    pub key: String,
    /// Its type.
    pub ty: Type,
    /// Whether it is sent as a form instead of JSON.
    pub form: bool,
    /// The media type, if it is neither a form nor plain JSON. The caller chooses one
    /// with a `*` or with parts.
    pub media: Option<String>,
    /// Whether it may be left out.
    pub optional: bool,
}

/// The response of an operation of its own shape.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Response {
    /// No body.
    Empty,
    /// The status says whether the resource exists.
    Exists,
    /// The status says whether two resources are linked.
    Linked,
    /// A form with these attributes.
    Form(Type),
    /// A token in a header, its description under a key.
    IssuedToken(String),
    /// A value under a key as of [`Value`](Self::Value), or no body at all.
    Optional(String, Type),
    /// Text that is not JSON, such as HTML or XML, as it is.
    Raw,
    /// The description of a token under a key.
    TokenBody(String),
    /// A value under a key; the whole response if the key is empty.
    Value(String, Type),
}

/// How a list is paginated.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
#[non_exhaustive]
pub enum Page {
    /// There are links to next pages, but the service ignores the marker in them.
    Echo,
    /// The service honours the marker.
    Marker,
    /// There is one page only.
    #[default]
    None,
}

/// A parameter of a query.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Query {
    /// The name on the wire.
    pub name: String,
    /// The name in Rust.
    pub rust_name: String,
    /// A sentence on what it does.
    pub doc: String,
    /// What it takes.
    pub kind: QueryKind,
    /// Whether it is required.
    pub required: bool,
    /// The microversion that introduced it.
    pub since: Option<String>,
    /// The last microversion that has it.
    pub until: Option<String>,
}

/// What a parameter of a query takes.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum QueryKind {
    /// A value, compared for equality unless the parameter says otherwise.
    Exact(Type),
    /// Several texts, separated by commas.
    Csv,
    /// No value: it is present or absent.
    Flag,
    /// A text, in all comparisons of the `__contains` family.
    Text,
    /// A time with an operator before it.
    Time,
}

impl Operation {
    /// Why it cannot hide its object, if so.
    pub(crate) fn problem_of_hide(&self) -> Option<&'static str> {
        if self.policies.is_empty() {
            Some("nobody is refused where the policy is `public`; leave `hide` out")
        } else if self.path.parameters().next().is_some() {
            None
        } else if matches!(self.shape, Shape::List { .. }) {
            Some(
                "a list leaves out what the caller may not see; `hide` is for paths with the id of an object",
            )
        } else {
            Some("`hide` is for operations on one object, whose id the path has")
        }
    }

    /// The first and the last version that have it, of its own or of its resource.
    pub(crate) fn versions<'a>(
        &'a self,
        resource: &'a Resource,
    ) -> (&'a Option<String>, &'a Option<String>) {
        let or = |own: &'a Option<String>, outer: &'a Option<String>| match own {
            Some(_) => own,
            None => outer,
        };
        let (own, outer) = (&self.notes, &resource.notes);
        (or(&own.since, &outer.since), or(&own.until, &outer.until))
    }

    /// Whether it is deprecated or gone.
    pub fn is_deprecated(&self) -> bool {
        self.gone.is_some() || self.notes.deprecated.is_some()
    }
}
