//! What is known about one operation from the types of its handler.

use std::collections::BTreeSet;

use schemars::JsonSchema;
use serde_json::Value;

use super::schemas::Schemas;

/// What is known about one operation from the types of its handler, for implementations of
/// [`DescribeArgument`](super::DescribeArgument) and [`DescribeResponse`](super::DescribeResponse).
#[derive(Debug)]
pub struct OperationDescription<'a> {
    pub(super) schemas: &'a mut Schemas,
    pub(super) path: PathArguments,
    /// Schemas of the types whose attributes are parameters of the query, and whether they may be
    /// absent as a whole.
    pub(super) queries: Vec<(Value, bool)>,
    pub(super) body: Option<Body>,
    pub(super) response: Response,
    pub(super) errors: BTreeSet<u16>,
}

/// What a handler reads from its path.
#[derive(Debug, Default)]
pub(super) struct PathArguments {
    /// Schemas of the types that it reads as.
    pub(super) read: Vec<Value>,
    /// Whether an argument reads parameters that its type does not name.
    pub(super) open: bool,
}

/// What a handler reads from its body.
#[derive(Debug)]
pub(super) struct Body {
    pub(super) media: &'static str,
    pub(super) schema: Value,
    pub(super) required: bool,
}

/// What a handler responds with.
#[derive(Debug, Default)]
pub(super) struct Response {
    pub(super) status: Option<u16>,
    /// Media type and schema; none for an empty body.
    pub(super) content: Option<(&'static str, Value)>,
    /// Names and descriptions.
    pub(super) headers: Vec<(&'static str, &'static str)>,
}

impl<'a> OperationDescription<'a> {
    pub(super) fn new(schemas: &'a mut Schemas) -> Self {
        Self {
            schemas,
            path: PathArguments::default(),
            queries: Vec::new(),
            body: None,
            response: Response::default(),
            errors: BTreeSet::new(),
        }
    }

    /// The parameters of the path read as `T`: a value, a tuple, or a struct with an attribute for each.
    pub fn path<T: JsonSchema>(&mut self) {
        let schema = self.schemas.read::<T>();
        self.path.read.push(schema);
    }

    /// Parameters of the path are read, without their names and types.
    pub fn any_path(&mut self) {
        self.path.open = true;
    }

    /// The attributes of `T` are parameters of the query.
    pub fn query<T: JsonSchema>(&mut self) {
        let schema = self.schemas.read::<T>();
        self.queries.push((schema, false));
    }

    /// The body is a `T` in this media type.
    pub fn body<T: JsonSchema>(&mut self, media: &'static str) {
        let schema = self.schemas.read::<T>();
        self.body = Some(Body {
            media,
            schema,
            required: true,
        });
    }

    /// What `described` adds may be absent.
    pub fn optional(&mut self, described: impl FnOnce(&mut Self)) {
        let (queries, body) = (self.queries.len(), self.body.take());
        described(self);
        for (_, optional) in self.queries.iter_mut().skip(queries) {
            *optional = true;
        }
        match &mut self.body {
            Some(body) => body.required = false,
            none => *none = body,
        }
    }

    /// The response has this status, unless `#[operation]` says another one.
    pub fn status(&mut self, status: u16) {
        self.response.status = Some(status);
    }

    /// The response is a `T` in this media type.
    pub fn response<T: JsonSchema + ?Sized>(&mut self, media: &'static str) {
        let schema = self.schemas.written::<T>();
        self.response.content = Some((media, schema));
    }

    /// The response has a header.
    pub fn response_header(&mut self, name: &'static str, description: &'static str) {
        self.response.headers.push((name, description));
    }

    /// The operation may be refused with this status.
    pub fn error(&mut self, status: u16) {
        self.errors.insert(status);
    }
}
