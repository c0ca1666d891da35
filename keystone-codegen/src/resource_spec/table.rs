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
    pub(super) holds: Holds,
    pub(super) doc: &'static str,
    pub(super) required: bool,
}

/// What stands under a key.
#[derive(Clone, Copy, Debug)]
pub(super) enum Holds {
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

const fn row(key: &'static str, holds: Holds, doc: &'static str) -> Row {
    Row {
        key,
        holds,
        doc,
        required: false,
    }
}

const fn required(key: &'static str, holds: Holds, doc: &'static str) -> Row {
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
            Holds::One(&SERVICE),
            "The service; in exactly one of the files that describe it.",
        ),
        row(
            "resources",
            Holds::Many(&RESOURCE),
            "What the API handles, by its name in the singular.",
        ),
        row(
            "links",
            Holds::Many(&LINK),
            "Links between resources: one path, put, checked and deleted.",
        ),
    ],
};

pub(super) const SERVICE: Table = Table {
    what: "a service",
    rows: &[
        required(
            "type",
            Holds::Text,
            "The type in the catalog, such as `identity`.",
        ),
        row(
            "version",
            Holds::Text,
            "The segment with which all addresses begin, such as `v3`.",
        ),
        row("title", Holds::Text, "What the API is called in prose."),
        row(
            "discover",
            Holds::Bool,
            "Whether the version is found by discovery. Otherwise it is added to the catalog's address where that lacks it.",
        ),
        row(
            "microversions",
            Holds::One(&MICROVERSIONS),
            "The microversions that the service knows, if it has any. Every `since` is one of them then.",
        ),
    ],
};

pub(super) const MICROVERSIONS: Table = Table {
    what: "a range of microversions",
    rows: &[
        required("min", Holds::Text, "The lowest, such as `1.0`."),
        required("max", Holds::Text, "The highest, such as `1.2`."),
    ],
};

pub(super) const PAGES: &[&str] = &["marker", "echo", "none"];

const PAGE_DOC: &str = "How lists come in pages: `marker`, the service honours the marker; `echo`, it names next pages but ignores the marker; `none`, everything comes at once.";

pub(super) const RESOURCE: Table = Table {
    what: "a resource",
    rows: &[
        row("doc", Holds::Text, "A sentence on what it is."),
        row(
            "path",
            Holds::Text,
            "The path of the collection; the plural unless given.",
        ),
        row(
            "plural",
            Holds::Text,
            "The plural of the name; the name and `s` unless given.",
        ),
        row(
            "key",
            Holds::Text,
            "The key around one in a body; the name unless given.",
        ),
        row(
            "keys",
            Holds::Text,
            "The key around many; the plural unless given.",
        ),
        row(
            "param",
            Holds::Text,
            "The name of its id in paths; the name and `_id` unless given.",
        ),
        row(
            "open",
            Holds::Bool,
            "Whether the service stores and returns attributes that are not described.",
        ),
        row("page", Holds::Choice(PAGES), PAGE_DOC),
        row(
            "filters",
            Holds::Lines,
            "The parameters that the list reads.",
        ),
        row(
            "strict",
            Holds::Bool,
            "Whether the list refuses other parameters, or finds nothing with them, instead of ignoring them.",
        ),
        row(
            "params",
            Holds::Lines,
            "The types of parameters in paths, where the name does not tell.",
        ),
        row("since", Holds::Text, SINCE_DOC),
        row("deprecated", Holds::Text, DEPRECATED_DOC),
        row("each", Holds::Words, EACH_DOC),
        row(
            "operations",
            Holds::Operations,
            "list, create, put, get, update, delete with their policies, and operations of other names.",
        ),
        row("fields", Holds::Lines, "The attributes."),
        row(
            "records",
            Holds::Many(&RECORD),
            "Structures within attributes, by the name of their type.",
        ),
    ],
};

pub(super) const RECORD: Table = Table {
    what: "a record",
    rows: &[
        row("doc", Holds::Text, "A sentence on what it is."),
        row(
            "open",
            Holds::Bool,
            "Whether attributes that are not described are kept.",
        ),
        required("fields", Holds::Lines, "Its attributes."),
    ],
};

pub(super) const LINK: Table = Table {
    what: "a link",
    rows: &[
        row("doc", Holds::Text, "A sentence on what it says of the two."),
        required(
            "path",
            Holds::Text,
            "The path of one link. Its last parameter is what is linked.",
        ),
        required(
            "of",
            Holds::Text,
            "The resource that is linked, and that the list answers.",
        ),
        row(
            "plural",
            Holds::Text,
            "The plural of the name; the name and `s` unless given.",
        ),
        row("page", Holds::Choice(PAGES), PAGE_DOC),
        row(
            "filters",
            Holds::Lines,
            "The parameters that the list reads.",
        ),
        row(
            "params",
            Holds::Lines,
            "The types of parameters in paths, where the name does not tell.",
        ),
        row("since", Holds::Text, SINCE_DOC),
        row("deprecated", Holds::Text, DEPRECATED_DOC),
        row("each", Holds::Words, EACH_DOC),
        required(
            "operations",
            Holds::Operations,
            "list, add, check, remove with their policies, and operations of other names.",
        ),
        row(
            "records",
            Holds::Many(&RECORD),
            "Structures that operations send or answer, by the name of their type.",
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
        required("policy", Holds::Policy, POLICY_DOC),
        row("doc", Holds::Text, "A sentence on what it does."),
        row(
            "status",
            Holds::Status,
            "The status of success, or several, if not the usual one.",
        ),
        row("query", Holds::Lines, "Parameters of the query."),
        row(
            "bare",
            Holds::Bool,
            "Whether the body to create stands without the resource's key around it.",
        ),
        row(
            "many",
            Holds::Bool,
            "Whether many are created at once; what is sent and answered is a list.",
        ),
        row("since", Holds::Text, SINCE_DOC),
        row("deprecated", Holds::Text, DEPRECATED_DOC),
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
            Holds::Text,
            "GET of this path, answering many of a resource.",
        ),
        row("get", Holds::Text, "GET of this path."),
        row("head", Holds::Text, "HEAD of this path."),
        row("post", Holds::Text, "POST to this path."),
        row("put", Holds::Text, "PUT at this path."),
        row("patch", Holds::Text, "PATCH of this path."),
        row("delete", Holds::Text, "DELETE of this path."),
        required("policy", Holds::Policy, POLICY_DOC),
        row("doc", Holds::Text, "A sentence on what it does."),
        row(
            "status",
            Holds::Status,
            "The status of success, or several, if not the usual one.",
        ),
        row(
            "query",
            Holds::Lines,
            "Parameters of the query; of a list, its filters.",
        ),
        row(
            "of",
            Holds::Text,
            "Of a list: the resource that it answers.",
        ),
        row("page", Holds::Choice(PAGES), PAGE_DOC),
        row(
            "body",
            Holds::Keyed,
            "What is sent: a key with the type under it, a type without a key, or `form of` a record.",
        ),
        row(
            "answer",
            Holds::Keyed,
            "What is answered: a key with the type under it, a type without a key, `form of` a record, `raw` (no JSON, such as XML), `exists` (the status is yes or no), or `linked` (the same of a link). Nothing unless given.",
        ),
        row(
            "headers",
            Holds::Lines,
            "The headers that it needs, such as X-Subject-Token: `string`, `secret` or `id of ..`.",
        ),
        row(
            "accept",
            Holds::Text,
            "The media type to ask for, if not JSON.",
        ),
        row("since", Holds::Text, SINCE_DOC),
        row("deprecated", Holds::Text, DEPRECATED_DOC),
        row(
            "gone",
            Holds::Text,
            "What services answer that no longer offer it.",
        ),
        row(
            "authenticated",
            Holds::Bool,
            "Whether it is called with a token; true unless given.",
        ),
    ],
};
