//! The keys of the format, once: the reader looks them up here, and so does the JSON Schema.

/// The keys of a kind of mapping.
#[derive(Debug)]
pub(super) struct Table {
    /// What the mapping is, with its article.
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
    /// Free names, each with the words that stand for it.
    Words,
    Text,
    /// Operations by name.
    Operations,
    Policy,
}

const fn row(key: &'static str, holds: ValueKind, doc: &'static str) -> Row {
    Row {
        key,
        holds,
        doc,
        required: false,
    }
}

const fn required(key: &'static str, holds: ValueKind, doc: &'static str) -> Row {
    Row {
        required: true,
        ..row(key, holds, doc)
    }
}

pub(super) const TOP: Table = Table {
    what: "a resource spec",
    rows: &[
        row(
            "service",
            ValueKind::One(&SERVICE),
            "The service; in exactly one of the files that describe it.",
        ),
        row(
            "resources",
            ValueKind::Many(&RESOURCE),
            "What the API handles, by its name in the singular.",
        ),
        row(
            "links",
            ValueKind::Many(&LINK),
            "Links between resources: one path, put, checked and deleted.",
        ),
    ],
};

pub(super) const SERVICE: Table = Table {
    what: "a service",
    rows: &[
        required(
            "type",
            ValueKind::Text,
            "The type in the catalog, such as `identity`.",
        ),
        row(
            "version",
            ValueKind::Text,
            "The segment with which all addresses begin, such as `v3`.",
        ),
        row("title", ValueKind::Text, "What the API is called in prose."),
        row(
            "discover",
            ValueKind::Bool,
            "Whether the version is found by discovery. Otherwise it is added to the catalog's address where that lacks it.",
        ),
        row(
            "microversions",
            ValueKind::One(&MICROVERSIONS),
            "The microversions that the service knows, if it has any. Every `since` is one of them then.",
        ),
    ],
};

pub(super) const MICROVERSIONS: Table = Table {
    what: "a range of microversions",
    rows: &[
        required("min", ValueKind::Text, "The lowest, such as `1.0`."),
        required("max", ValueKind::Text, "The highest, such as `1.2`."),
    ],
};

pub(super) const PAGES: &[&str] = &["marker", "echo", "none"];

const PAGE_DOC: &str = "How lists come in pages: `marker`, the service honours the marker; `echo`, it names next pages but ignores the marker; `none`, everything comes at once.";

pub(super) const RESOURCE: Table = Table {
    what: "a resource",
    rows: &[
        row("doc", ValueKind::Text, "A sentence on what it is."),
        row(
            "path",
            ValueKind::Text,
            "The path of the collection; the plural unless given.",
        ),
        row(
            "plural",
            ValueKind::Text,
            "The plural of the name; the name and `s` unless given.",
        ),
        row(
            "key",
            ValueKind::Text,
            "The key around one in a body; the name unless given.",
        ),
        row(
            "keys",
            ValueKind::Text,
            "The key around many; the plural unless given.",
        ),
        row(
            "param",
            ValueKind::Text,
            "The name of its id in paths; the name and `_id` unless given.",
        ),
        row(
            "open",
            ValueKind::Bool,
            "Whether the service stores and returns attributes that are not described.",
        ),
        row("page", ValueKind::Choice(PAGES), PAGE_DOC),
        row(
            "filters",
            ValueKind::Lines,
            "The parameters that the list reads.",
        ),
        row(
            "strict",
            ValueKind::Bool,
            "Whether the list refuses other parameters, or finds nothing with them, instead of ignoring them.",
        ),
        row(
            "params",
            ValueKind::Lines,
            "The types of parameters in paths, where the name does not tell.",
        ),
        row("since", ValueKind::Text, SINCE_DOC),
        row("deprecated", ValueKind::Text, DEPRECATED_DOC),
        row("each", ValueKind::Words, EACH_DOC),
        row(
            "operations",
            ValueKind::Operations,
            "list, create, put, get, update, delete with their policies, and operations of other names.",
        ),
        row("fields", ValueKind::Lines, "The attributes."),
        row(
            "records",
            ValueKind::Many(&RECORD),
            "Structures within attributes, by the name of their type.",
        ),
    ],
};

pub(super) const RECORD: Table = Table {
    what: "a record",
    rows: &[
        row("doc", ValueKind::Text, "A sentence on what it is."),
        row(
            "open",
            ValueKind::Bool,
            "Whether attributes that are not described are kept.",
        ),
        required("fields", ValueKind::Lines, "Its attributes."),
    ],
};

pub(super) const LINK: Table = Table {
    what: "a link",
    rows: &[
        row(
            "doc",
            ValueKind::Text,
            "A sentence on what it says of the two.",
        ),
        required(
            "path",
            ValueKind::Text,
            "The path of one link. Its last parameter is what is linked.",
        ),
        required(
            "of",
            ValueKind::Text,
            "The resource that is linked, and that the list holds.",
        ),
        row(
            "plural",
            ValueKind::Text,
            "The plural of the name; the name and `s` unless given.",
        ),
        row("page", ValueKind::Choice(PAGES), PAGE_DOC),
        row(
            "filters",
            ValueKind::Lines,
            "The parameters that the list reads.",
        ),
        row(
            "params",
            ValueKind::Lines,
            "The types of parameters in paths, where the name does not tell.",
        ),
        row("since", ValueKind::Text, SINCE_DOC),
        row("deprecated", ValueKind::Text, DEPRECATED_DOC),
        row("each", ValueKind::Words, EACH_DOC),
        required(
            "operations",
            ValueKind::Operations,
            "list, add, check, remove with their policies, and operations of other names.",
        ),
        row(
            "records",
            ValueKind::Many(&RECORD),
            "Structures that operations send or return, by the name of their type.",
        ),
    ],
};

const SINCE_DOC: &str = "The version of the API that brought it.";
const DEPRECATED_DOC: &str = "Why not to use it any more.";
const EACH_DOC: &str = "Words by a name: the entry stands for one entry with each word in place of `<name>`, in all combinations.";

/// An operation with one of the usual names, written out.
pub(super) const USUAL: Table = Table {
    what: "an operation of a usual name",
    rows: &[
        required("policy", ValueKind::Policy, POLICY_DOC),
        row("doc", ValueKind::Text, "A sentence on what it does."),
        row(
            "status",
            ValueKind::Status,
            "The status of success, or several, if not the usual one.",
        ),
        row("query", ValueKind::Lines, "Parameters of the query."),
        row(
            "bare",
            ValueKind::Bool,
            "Whether the body to create stands without the resource's key around it.",
        ),
        row(
            "many",
            ValueKind::Bool,
            "Whether many are created at once; what is sent and returned is a list.",
        ),
        row("since", ValueKind::Text, SINCE_DOC),
        row("deprecated", ValueKind::Text, DEPRECATED_DOC),
    ],
};

const POLICY_DOC: &str = "The policy that the service enforces, a list of them, or `public`.";

/// The keys of [`OTHER`] that name method and path.
pub(super) const METHODS: &[&str] = &["list", "get", "head", "post", "put", "patch", "delete"];

pub(super) const OTHER: Table = Table {
    what: "an operation",
    rows: &[
        row(
            "list",
            ValueKind::Text,
            "GET of this path, which returns many of a resource.",
        ),
        row("get", ValueKind::Text, "GET of this path."),
        row("head", ValueKind::Text, "HEAD of this path."),
        row("post", ValueKind::Text, "POST to this path."),
        row("put", ValueKind::Text, "PUT at this path."),
        row("patch", ValueKind::Text, "PATCH of this path."),
        row("delete", ValueKind::Text, "DELETE of this path."),
        required("policy", ValueKind::Policy, POLICY_DOC),
        row("doc", ValueKind::Text, "A sentence on what it does."),
        row(
            "status",
            ValueKind::Status,
            "The status of success, or several, if not the usual one.",
        ),
        row(
            "query",
            ValueKind::Lines,
            "Parameters of the query; of a list, its filters.",
        ),
        row(
            "of",
            ValueKind::Text,
            "Of a list: the resource that it holds.",
        ),
        row("page", ValueKind::Choice(PAGES), PAGE_DOC),
        row(
            "body",
            ValueKind::Keyed,
            "What is sent: a key with the type under it, a type without a key, or `form of` a record.",
        ),
        row(
            "response",
            ValueKind::Keyed,
            "The response: a key with the type under it, a type without a key, `form of` a record, `raw` (no JSON, such as XML), `exists` (the status is yes or no), or `linked` (the same of a link). Nothing unless given.",
        ),
        row(
            "headers",
            ValueKind::Lines,
            "The headers that it needs, such as X-Subject-Token: `string`, `secret` or `id of ..`.",
        ),
        row(
            "accept",
            ValueKind::Text,
            "The media type to ask for, if not JSON.",
        ),
        row("since", ValueKind::Text, SINCE_DOC),
        row("deprecated", ValueKind::Text, DEPRECATED_DOC),
        row(
            "gone",
            ValueKind::Text,
            "What services respond with that no longer offer it.",
        ),
        row(
            "authenticated",
            ValueKind::Bool,
            "Whether it is called with a token; true unless given.",
        ),
    ],
};
