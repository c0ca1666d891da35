//! What an API is made of: the one model between the readers and the emitters.

mod definition;
mod names;

pub use definition::{Definition, Enumeration, Identifier, Union, Usage, Variant};
pub use names::{camel, snake};

/// A described API.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Api {
    /// The service behind it.
    pub service: Service,
    /// Its parts, one for each file of the description, sorted by name.
    pub modules: Vec<Module>,
}

/// The service that offers an API.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct Service {
    /// What it is called in prose.
    pub title: String,
    /// Its type in the catalog.
    pub service_type: String,
    /// The segment with which all addresses begin, such as `v3`.
    pub version: String,
    /// Whether the version is found by discovery, rather than added to the catalog's address.
    pub discover: bool,
    /// The lowest and the highest microversion, if it has any.
    pub microversions: Option<(String, String)>,
}

/// One file of the description, and one file of generated code.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Module {
    /// The name of both files, without extension.
    pub name: String,
    /// The described file, as it stands in the header of what is generated.
    pub source: String,
    /// Its resources.
    pub resources: Vec<Resource>,
    /// Types that belong to no resource.
    pub types: Vec<Definition>,
}

/// A kind of thing that an API handles, or a kind of link between two.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Resource {
    /// Singular, in snake case: `application_credential`.
    pub name: String,
    /// Plural, in snake case; the name of the method that leads to it.
    pub plural: String,
    /// A sentence on what it is.
    pub doc: String,
    /// The key around one of them in a body.
    pub key: String,
    /// The key around many of them.
    pub keys: String,
    /// The path of the collection.
    pub path: Path,
    /// Whether the service stores and returns attributes that are not described.
    pub open: bool,
    /// Whether its lists refuse parameters that they do not know, instead of ignoring them.
    pub strict: bool,
    /// What else is to be known of all its operations.
    pub notes: Notes,
    /// The attributes; none for a link.
    pub fields: Vec<Field>,
    /// The structures within attributes.
    pub records: Vec<Record>,
    /// What can be done with it.
    pub operations: Vec<Operation>,
}

/// A path below the version's segment, or below the root of the service.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct Path {
    /// Whether the version's segment is not part of it.
    pub at_root: bool,
    /// Its segments; none for the version itself, or the root.
    pub segments: Vec<Segment>,
    /// Whether it ends with a slash.
    pub slash: bool,
}

/// What is to be known beside what an operation or an attribute does.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct Notes {
    /// Why not to use it any more.
    pub deprecated: Option<String>,
    /// The version of the API that brought it.
    pub since: Option<String>,
}

/// A segment of a path.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Segment {
    /// Fixed text.
    Literal(String),
    /// A parameter in braces.
    Parameter(Parameter),
    /// Parameters with text before, between or after them: `{base}...{head}`.
    Mixed(Vec<Self>),
}

/// A parameter in a path.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Parameter {
    /// What stands in the braces.
    pub name: String,
    /// The name in Rust.
    pub rust_name: String,
    /// The resource whose id it is; none for other types.
    pub id_of: Option<String>,
    /// Its type, if it is no id.
    pub ty: Type,
}

/// A structure within an attribute.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Record {
    /// The name of the type.
    pub name: String,
    /// A sentence on what it is.
    pub doc: String,
    /// Whether attributes that are not described are kept.
    pub open: bool,
    /// Its attributes.
    pub fields: Vec<Field>,
    /// Where it stands.
    pub usage: Usage,
}

/// An attribute.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Field {
    /// The name in JSON.
    pub name: String,
    /// The name in Rust.
    pub rust_name: String,
    /// A sentence on what it is.
    pub doc: String,
    /// Its type.
    pub ty: Type,
    /// Whether null is a value.
    pub nullable: bool,
    /// Where it stands in an answer.
    pub answer: Option<Presence>,
    /// Whether only the answer to its creation shows it.
    pub once: bool,
    /// Where it stands in a request to create.
    pub create: Option<Presence>,
    /// Where it stands in a request to update.
    pub update: Option<Presence>,
    /// The version of the API that brought it.
    pub since: Option<String>,
}

/// Whether an attribute may be missing.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum Presence {
    /// It is always there.
    Always,
    /// It may be absent.
    Maybe,
}

/// The type of an attribute or a parameter.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum Type {
    /// True or false.
    Bool,
    /// A type that holds itself, in a box of its own.
    Boxed(Box<Type>),
    /// Bytes that are no JSON: a whole body.
    Bytes,
    /// One of these words, or one that a later version adds.
    Enum(Vec<String>),
    /// The id of a resource.
    Id(String),
    /// A whole number.
    Int,
    /// Any JSON.
    Json,
    /// The `links` of a resource.
    Links,
    /// Several of a type.
    List(Box<Type>),
    /// A moment written without a zone, in UTC.
    LocalTime,
    /// An object with free keys.
    Map(Box<Type>),
    /// A type or null, where no attribute says so: within a list or a map.
    Nullable(Box<Type>),
    /// A number.
    Number,
    /// A structure, or a resource, by the name of its Rust type.
    Record(String),
    /// A text that nobody may see.
    Secret,
    /// JSON with secrets in it.
    SecretJson,
    /// A text.
    Text,
    /// A moment.
    Time,
    /// An address; a text for Rust, since services put templates into addresses.
    Url,
}

/// Something that can be done.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Operation {
    /// The verb, in snake case; the name of the method.
    pub name: String,
    /// A sentence on what it does.
    pub doc: String,
    /// What it looks like.
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
    /// Parameters that are written in one of OpenAPI's styles, or that go elsewhere.
    pub styled: Vec<Styled>,
    /// The headers of an answer.
    pub answer_headers: Vec<AnswerHeader>,
    /// The media type to ask for, if not JSON.
    pub accept: Option<String>,
    /// What else is to be known of it.
    pub notes: Notes,
    /// What services answer that do not offer it any more, and since when.
    pub gone: Option<String>,
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

/// A parameter that is written in one of OpenAPI's styles.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Styled {
    /// Where it stands in the request.
    pub place: Place,
    /// The name on the wire.
    pub name: String,
    /// The name in Rust.
    pub rust_name: String,
    /// A sentence on what it does.
    pub doc: String,
    /// Its type.
    pub ty: Type,
    /// How it is written.
    pub style: Style,
    /// Whether each item, or each attribute, is written by itself.
    pub explode: bool,
    /// Whether there is no request without it.
    pub required: bool,
}

/// Where a parameter stands in a request, besides the path.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[expect(missing_docs, reason = "the names say it")]
#[non_exhaustive]
pub enum Place {
    Cookie,
    Header,
    Query,
}

/// How a parameter of several values is written (OpenAPI 3.1, section 4.8.12.3).
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

/// A header of an answer.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct AnswerHeader {
    /// The name on the wire.
    pub name: String,
    /// A sentence on what it says.
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

/// What an operation looks like, beyond method and path.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Shape {
    /// Answers many of a type, under a key.
    List {
        /// The Rust type of an item.
        item: String,
        /// The key around them.
        keys: String,
        /// How they come in pages.
        page: Page,
    },
    /// Sends the resource's create body, answers the resource. With an id in its path for `PUT`.
    Create {
        /// Whether the body stands alone, without the resource's key around it.
        bare: bool,
        /// Whether many are sent and answered, in the order of the request.
        many: bool,
    },
    /// Answers the resource.
    Get,
    /// Sends the resource's update body, answers the resource.
    Update,
    /// Anything else.
    Other {
        /// What is sent.
        body: Option<Body>,
        /// What is answered.
        answer: Answer,
    },
}

/// The body of an operation of its own shape.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Body {
    /// The key around it; empty for none.
    pub key: String,
    /// What is in it.
    pub ty: Type,
    /// Whether it is sent as a form instead of JSON.
    pub form: bool,
    /// The media type, if it is neither a form nor plain JSON. One with a `*` or with parts is the
    /// caller's to say.
    pub media: Option<String>,
    /// Whether it may be left out.
    pub optional: bool,
}

/// The answer to an operation of its own shape.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Answer {
    /// No body.
    Empty,
    /// The status says yes or no.
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
    /// A value under a key; the whole answer if the key is empty.
    Value(String, Type),
}

/// How a list comes in pages.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
#[non_exhaustive]
pub enum Page {
    /// There are links to next pages, but the service ignores the marker in them.
    Echo,
    /// The service honours the marker.
    Marker,
    /// Everything comes at once.
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
    /// Whether the operation does nothing without it.
    pub required: bool,
    /// The version of the API that brought it.
    pub since: Option<String>,
}

/// What a parameter of a query takes.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum QueryKind {
    /// A value, compared for equality unless the parameter says otherwise.
    Exact(Type),
    /// Several texts, separated by commas.
    Csv,
    /// Nothing: it is there or not.
    Flag,
    /// A text, in all comparisons of the `__contains` family.
    Text,
    /// A time with an operator before it.
    Time,
}

impl Api {
    /// All structures within others, and those that belong to no resource.
    pub fn records(&self) -> impl Iterator<Item = &Record> {
        let own = self.resources().flat_map(|resource| &resource.records);
        own.chain(self.types().filter_map(|definition| match definition {
            Definition::Record(record) => Some(record),
            Definition::Enumeration(_) | Definition::Identifier(_) | Definition::Union(_) => None,
        }))
    }

    /// All types that belong to no resource.
    pub fn types(&self) -> impl Iterator<Item = &Definition> {
        self.modules.iter().flat_map(|module| &module.types)
    }

    /// All resources, in the order of the files.
    pub fn resources(&self) -> impl Iterator<Item = &Resource> {
        self.modules.iter().flat_map(|module| &module.resources)
    }

    /// A path with all that stands before it: `/v3/users/{user_id}`.
    pub fn address(&self, path: &Path) -> String {
        let version = self.service.version.clone();
        let parts = [
            if path.at_root { String::new() } else { version },
            path.template(),
        ];
        let parts: Vec<String> = parts.into_iter().filter(|part| !part.is_empty()).collect();
        format!("/{}", parts.join("/"))
    }
}

impl Module {
    /// Whether it leads to no code.
    pub fn is_empty(&self) -> bool {
        self.resources.is_empty() && self.types.is_empty()
    }
}

impl Resource {
    /// The name of its Rust type.
    pub fn type_name(&self) -> String {
        camel(&self.name)
    }

    /// The parameters that say where its collection is.
    pub fn parents(&self) -> impl Iterator<Item = &Parameter> {
        self.path.parameters()
    }

    /// Whether its answers have a type.
    pub fn has_entity(&self) -> bool {
        self.fields.iter().any(|field| field.answer.is_some())
    }

    /// Whether it is known by an id of its own.
    pub fn has_id(&self) -> bool {
        let id = Type::Id(self.name.clone());
        self.fields
            .iter()
            .any(|field| field.ty == id && field.answer == Some(Presence::Always))
    }

    /// Whether any operation has this shape.
    pub fn has(&self, shape: impl Fn(&Shape) -> bool) -> bool {
        self.operations
            .iter()
            .any(|operation| shape(&operation.shape))
    }
}

impl Operation {
    /// Whether it should not be used any more.
    pub fn is_deprecated(&self) -> bool {
        self.gone.is_some() || self.notes.deprecated.is_some()
    }
}

impl Parameter {
    /// A parameter that is called on the wire as in Rust: an id, or a text.
    pub fn new(name: &str, id_of: Option<String>) -> Self {
        Self {
            name: name.to_owned(),
            rust_name: name.to_owned(),
            id_of,
            ty: Type::Text,
        }
    }
}

impl Path {
    /// The parameters, in order.
    pub fn parameters(&self) -> impl Iterator<Item = &Parameter> {
        let segments = self.segments.iter();
        let parts = segments.flat_map(|segment| match segment {
            Segment::Mixed(parts) => parts.as_slice(),
            segment => std::slice::from_ref(segment),
        });
        parts.filter_map(|segment| match segment {
            Segment::Parameter(parameter) => Some(parameter),
            Segment::Literal(_) | Segment::Mixed(_) => None,
        })
    }

    /// As documents write it: `users/{user_id}`.
    pub fn template(&self) -> String {
        let segments: Vec<String> = self.segments.iter().map(Segment::template).collect();
        let slash = if self.slash { "/" } else { "" };
        format!("{}{slash}", segments.join("/"))
    }
}

impl Segment {
    fn template(&self) -> String {
        match self {
            Self::Literal(text) => text.clone(),
            Self::Mixed(parts) => parts.iter().map(Self::template).collect(),
            Self::Parameter(parameter) => format!("{{{}}}", parameter.name),
        }
    }
}
