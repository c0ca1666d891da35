//! The model of an API, between the readers and the emitters.

mod definition;
mod names;
mod operation;
mod path;

pub use definition::{Definition, Enumeration, Identifier, Union, Usage, Variant};
pub use names::{camel, snake};
pub use operation::{
    Body, Header, Method, Operation, Page, Parameter, ParameterLocation, Query, QueryKind,
    Response, ResponseHeader, Shape, Style,
};
pub use path::{Path, PathParameter, Segment};

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
    /// Its name in texts.
    pub title: String,
    /// Its type in the catalog.
    pub service_type: String,
    /// The first segment of all paths, such as `v3`.
    pub version: String,
    /// Whether the version is found by discovery, rather than appended to the URL in the catalog.
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
    /// The described file, as the header of generated files names it.
    pub source: String,
    /// Its resources.
    pub resources: Vec<Resource>,
    /// Types that belong to no resource.
    pub types: Vec<Definition>,
}

/// A type of resource, or of link between two resources.
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
    /// Notes on all its operations.
    pub notes: Notes,
    /// The attributes; none for a link.
    pub fields: Vec<Field>,
    /// The structures within attributes.
    pub records: Vec<Record>,
    /// Its operations.
    pub operations: Vec<Operation>,
}

/// Notes on an operation or an attribute.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct Notes {
    /// Why it is deprecated, and what to use instead.
    pub deprecated: Option<String>,
    /// The microversion that introduced it.
    pub since: Option<String>,
    /// The last microversion that has it.
    pub until: Option<String>,
}

/// A structure within an attribute.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Record {
    /// The name of the type.
    pub name: String,
    /// A sentence on what it is.
    pub doc: String,
    /// Whether undescribed attributes are kept.
    pub open: bool,
    /// Its attributes.
    pub fields: Vec<Field>,
    /// Whether it is part of requests, responses or both.
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
    /// Whether responses have it, as far as it is not [limited](Self::limited).
    pub response: Option<Presence>,
    /// Whether only the response to its creation shows it.
    pub once: bool,
    /// Whether requests to create have it.
    pub create: Option<Presence>,
    /// Whether requests to update have it.
    pub update: Option<Presence>,
    /// The microversion that introduced it.
    pub since: Option<String>,
    /// The last microversion that has it.
    pub until: Option<String>,
    /// The policy of those who see and set it; all others get responses without it.
    pub policy: Option<String>,
    /// Whether some responses lack it though they have such attributes: those to other microversions, or to callers
    /// whom the policy refuses.
    pub limited: bool,
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
    /// A type that contains itself, in a `Box`.
    Boxed(Box<Type>),
    /// Bytes other than JSON: a whole body.
    Bytes,
    /// An enumeration of these words; later versions may add others.
    Enum(Vec<String>),
    /// The id of a resource.
    Id(String),
    /// A whole number.
    Int,
    /// Any JSON.
    Json,
    /// The `links` of a resource.
    Links,
    /// A list of a type.
    List(Box<Type>),
    /// A time without a zone, in UTC.
    LocalTime,
    /// An object with free keys.
    Map(Box<Type>),
    /// A type or null, where no attribute says so: within a list or a map.
    Nullable(Box<Type>),
    /// A number.
    Number,
    /// A structure, or a resource, by the name of its Rust type.
    Record(String),
    /// A text that is never shown, in logs and elsewhere.
    Secret,
    /// JSON with secrets in it.
    SecretJson,
    /// A text.
    Text,
    /// A time.
    Time,
    /// A URL; a text in Rust, since services put templates into URLs.
    Url,
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

    /// The whole path, with the version: `/v3/users/{user_id}`.
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

impl Field {
    /// Whether its versions or its policy keep it out of some responses.
    pub(crate) fn is_limited(&self, has_microversions: bool) -> bool {
        let versioned = self.since.is_some() || self.until.is_some();
        has_microversions && versioned || self.policy.is_some()
    }

    /// Whether a client finds it in responses.
    #[must_use]
    pub fn seen(&self) -> Option<Presence> {
        match self.response {
            Some(_) if self.limited => Some(Presence::Maybe),
            response => response,
        }
    }
}

impl Record {
    /// Whether it always has this attribute.
    pub(crate) fn presence(field: &Field) -> Option<Presence> {
        field.create.or(Some(Presence::Maybe))
    }
}

impl Module {
    /// Whether no code is generated for it.
    pub fn is_empty(&self) -> bool {
        self.resources.is_empty() && self.types.is_empty()
    }
}

impl Resource {
    /// The name of its Rust type.
    pub fn type_name(&self) -> String {
        camel(&self.name)
    }

    /// The parameters in the path of its collection.
    pub fn parents(&self) -> impl Iterator<Item = &PathParameter> {
        self.path.parameters()
    }

    /// Whether its responses have a type.
    pub fn has_entity(&self) -> bool {
        self.fields.iter().any(|field| field.response.is_some())
    }

    /// Whether it has an id of its own.
    pub fn has_id(&self) -> bool {
        let id = Type::Id(self.name.clone());
        self.fields
            .iter()
            .any(|field| field.ty == id && field.response == Some(Presence::Always))
    }

    /// Whether any operation has this shape.
    pub fn has(&self, shape: impl Fn(&Shape) -> bool) -> bool {
        self.operations
            .iter()
            .any(|operation| shape(&operation.shape))
    }
}
