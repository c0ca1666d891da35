//! The keys of the format. The reader and the JSON Schema both use these tables.

use ValueKind::{Bool, Choice, Keyed, Lines, Many, One, Operations, Policy, Status, Text, Words};

/// The keys of a kind of mapping.
#[derive(Debug)]
pub(super) struct Table {
    /// What the mapping describes, with its article.
    pub(super) what: &'static str,
    pub(super) rows: &'static [Row],
}

/// A key, what stands under it, and what it means.
#[derive(Debug)]
pub(super) struct Row {
    pub(super) key: &'static str,
    pub(super) holds: ValueKind,
    pub(super) doc: &'static str,
    pub(super) required: bool,
}

/// What stands under a key.
#[derive(Clone, Copy, Debug)]
pub(super) enum ValueKind {
    Bool,
    Choice(&'static [&'static str]),
    /// Free names, each with a mapping of a table.
    Many(&'static Table),
    /// A mapping of a table.
    One(&'static Table),
    /// Free names, each with a line of text in the grammar for fields or parameters.
    Lines,
    /// One name with a type, or a type alone.
    Keyed,
    /// An HTTP status, or several.
    Status,
    /// Free names, each with a list of words.
    Words,
    Text,
    /// Operations by name.
    Operations,
    Policy,
}

/// `WHAT, KEY [required]: KIND, DOC; ..`
macro_rules! table {
    ($what:literal, $($key:literal $($required:ident)?: $holds:expr, $doc:expr;)*) => {
        Table {
            what: $what,
            rows: &[$(Row {
                key: $key,
                holds: $holds,
                doc: $doc,
                required: !concat!("" $(, stringify!($required))?).is_empty(),
            }),*],
        }
    };
}

pub(super) const TOP: Table = table! { "a resource spec",
    "service": One(&SERVICE), "The service; in exactly one of the files that describe it.";
    "resources": Many(&RESOURCE), "The resources of the API, by their name in the singular.";
    "links": Many(&LINK), "Links between resources: one path, for `PUT`, `HEAD` and `DELETE`.";
};

pub(super) const SERVICE: Table = table! { "a service",
    "type" required: Text, "The type in the catalog, such as `identity`.";
    "version": Text, "The first segment of all paths, such as `v3`.";
    "title": Text, "The name of the API in texts.";
    "discover": Bool, "Whether the version is found by discovery. Otherwise it is appended to the URL of the catalog where that lacks it.";
    "microversions": One(&MICROVERSIONS), "The microversions that the service supports, if any. Then every `since` is one of them.";
};

pub(super) const MICROVERSIONS: Table = table! { "a range of microversions",
    "min" required: Text, "The lowest, such as `1.0`.";
    "max" required: Text, "The highest, such as `1.2`.";
};

pub(super) const PAGES: &[&str] = &["marker", "echo", "none"];

const PAGE_DOC: &str = "How lists come in pages: `marker`, the service honours the marker; `echo`, it links next pages but ignores the marker; `none`, everything comes at once.";

pub(super) const RESOURCE: Table = table! { "a resource",
    "doc": Text, "A sentence on what it is.";
    "path": Text, "The path of the collection; the plural unless given.";
    "plural": Text, "The plural of the name; the name and `s` unless given.";
    "key": Text, "The key around one in a body; the name unless given.";
    "keys": Text, "The key around many; the plural unless given.";
    "param": Text, "The name of its id in paths; the name and `_id` unless given.";
    "open": Bool, "Whether the service stores and returns attributes that are not described.";
    "page": Choice(PAGES), PAGE_DOC;
    "filters": Lines, "The parameters that the list reads.";
    "strict": Bool, "Whether the list refuses unknown parameters, or finds nothing with them, instead of ignoring them.";
    "params": Lines, "The types of parameters in paths, where the name does not imply them.";
    "since": Text, SINCE_DOC;
    "until": Text, UNTIL_DOC;
    "deprecated": Text, DEPRECATED_DOC;
    "hide": Bool, HIDE_ALL_DOC;
    "each": Words, EACH_DOC;
    "operations": Operations, "list, create, put, get, update, delete with their policies, and operations of other names.";
    "fields": Lines, "The attributes.";
    "records": Many(&RECORD), "Structures within attributes, by the name of their type.";
};

pub(super) const RECORD: Table = table! { "a record",
    "doc": Text, "A sentence on what it is.";
    "open": Bool, "Whether attributes that are not described are kept.";
    "fields" required: Lines, "Its attributes.";
};

pub(super) const LINK: Table = table! { "a link",
    "doc": Text, "A sentence on what it means.";
    "path" required: Text, "The path of one link. Its last parameter is what is linked.";
    "of" required: Text, "The resource that is linked, and that the list holds.";
    "plural": Text, "The plural of the name; the name and `s` unless given.";
    "page": Choice(PAGES), PAGE_DOC;
    "filters": Lines, "The parameters that the list reads.";
    "params": Lines, "The types of parameters in paths, where the name does not imply them.";
    "since": Text, SINCE_DOC;
    "until": Text, UNTIL_DOC;
    "deprecated": Text, DEPRECATED_DOC;
    "hide": Bool, HIDE_ALL_DOC;
    "each": Words, EACH_DOC;
    "operations" required: Operations, "list, add, check, remove with their policies, and operations of other names.";
    "records": Many(&RECORD), "Structures that operations send or return, by the name of their type.";
};

const SINCE_DOC: &str = "The version of the API that introduced it.";
const UNTIL_DOC: &str = "The last version of the API that has it.";
const DEPRECATED_DOC: &str = "Why it is deprecated, and what to use instead.";
const EACH_DOC: &str = "Lists of words by name: the entry is repeated with each word in place of `<name>`, in all combinations.";

/// An operation with one of the usual names, written out.
pub(super) const USUAL: Table = table! { "an operation of a usual name",
    "policy" required: Policy, POLICY_DOC;
    "doc": Text, "A sentence on what it does.";
    "status": Status, "The status of success, or several, if not the usual one.";
    "query": Lines, "Parameters of the query.";
    "bare": Bool, "Whether the body to create stands without the resource's key around it.";
    "many": Bool, "Whether several are created at once: request and response are lists.";
    "since": Text, SINCE_DOC;
    "until": Text, UNTIL_DOC;
    "deprecated": Text, DEPRECATED_DOC;
    "hide": Bool, HIDE_DOC;
};

const HIDE_DOC: &str =
    "Whether a caller whom the policy refuses gets the 404 of an object that does not exist.";
const HIDE_ALL_DOC: &str = "Whether its operations whose path has the id of an object hide that object: a caller whom the policy refuses gets the 404 of an object that does not exist.";
const POLICY_DOC: &str = "The policy that the service enforces, a list of them, or `public`.";

/// The keys of [`OTHER`] that name method and path.
pub(super) const METHODS: &[&str] = &[
    "list", "get", "head", "post", "put", "patch", "delete", "action",
];

pub(super) const OTHER: Table = table! { "an operation",
    "list": Text, "GET of this path, which returns many of a resource.";
    "get": Text, "GET of this path.";
    "head": Text, "HEAD of this path.";
    "post": Text, "POST to this path.";
    "put": Text, "PUT at this path.";
    "patch": Text, "PATCH of this path.";
    "delete": Text, "DELETE of this path.";
    "action": Text, "The name of an action: `POST` of the item's path and `/action`, with the body under this key, or null.";
    "policy" required: Policy, POLICY_DOC;
    "doc": Text, "A sentence on what it does.";
    "status": Status, "The status of success, or several, if not the usual one.";
    "query": Lines, "Parameters of the query; of a list, its filters.";
    "of": Text, "Of a list: the resource that it holds.";
    "page": Choice(PAGES), PAGE_DOC;
    "body": Keyed, "The request body: a key with the type under it, a type without a key, or `form of` a record.";
    "response": Keyed, "The response: a key with the type under it, a type without a key, `form of` a record, `raw` (no JSON, such as XML), `exists` (the status says whether it exists), or `linked` (the same for a link). No body unless given.";
    "headers": Lines, "The headers that it needs, such as X-Subject-Token: `string`, `secret` or `id of ..`.";
    "accept": Text, "The media type to ask for, if not JSON.";
    "since": Text, SINCE_DOC;
    "until": Text, UNTIL_DOC;
    "deprecated": Text, DEPRECATED_DOC;
    "hide": Bool, HIDE_DOC;
    "task": Text, "The resource that the response of status 202 holds and `Location` points to, while the work goes on.";
    "gone": Text, "What services that no longer offer it respond with.";
    "authenticated": Bool, "Whether it is called with a token; true unless given.";
};
