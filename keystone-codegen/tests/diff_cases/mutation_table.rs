//! The changes of a description that are tried, each with its effect and that of its inverse.

use keystone_codegen::diff::Effect::{self, Clients, Nobody, Operators, Servers, Source};

/// A line of the description, another in its place, and what comes of the change and of its inverse.
pub(crate) struct Mutation {
    pub(crate) line: &'static str,
    pub(crate) other: &'static str,
    pub(crate) done: &'static [(Effect, &'static str)],
    pub(crate) undone: &'static [(Effect, &'static str)],
}

const fn mutation(
    line: &'static str,
    other: &'static str,
    done: &'static [(Effect, &'static str)],
    undone: &'static [(Effect, &'static str)],
) -> Mutation {
    Mutation {
        line,
        other,
        done,
        undone,
    }
}

pub(crate) const MUTATIONS: &[Mutation] = &[
    // The service.
    mutation(
        "type: notes,",
        "type: memo,",
        &[(Clients, "service-type")],
        &[(Clients, "service-type")],
    ),
    mutation(
        "version: v1,",
        "version: v2,",
        &[(Clients, "version")],
        &[(Clients, "version")],
    ),
    mutation(
        "min: \"1.0\"",
        "min: \"1.1\"",
        &[(Clients, "microversions-lost")],
        &[(Servers, "microversions-grown")],
    ),
    mutation(
        "max: \"1.3\"",
        "max: \"1.4\"",
        &[(Servers, "microversions-grown")],
        &[(Clients, "microversions-lost")],
    ),
    mutation(
        ", microversions: {min: \"1.0\", max: \"1.3\"}",
        "",
        &[(Clients, "microversions-removed")],
        &[(Servers, "microversions-added")],
    ),
    mutation(
        "version: v1,",
        "version: v1, discover: true,",
        &[(Operators, "discovery")],
        &[(Operators, "discovery")],
    ),
    // Operations.
    mutation(
        "      delete: note:delete\n",
        "",
        &[(Clients, "operation-removed")],
        &[(Servers, "operation-added")],
    ),
    mutation(
        "print: {get",
        "print: {gone: Returns 410, get",
        &[(Clients, "operation-gone")],
        &[(Servers, "operation-added")],
    ),
    mutation(
        "delete: note:delete",
        "delete: {policy: note:delete, since: \"1.2\"}",
        &[(Clients, "operation-removed")],
        &[(Servers, "operation-added")],
    ),
    mutation(
        "delete: note:delete",
        "delete: {policy: note:delete, until: \"1.2\"}",
        &[(Clients, "operation-removed")],
        &[(Servers, "operation-added")],
    ),
    mutation(
        "delete: note:delete",
        "delete: {policy: note:delete, status: [204, 202]}",
        &[(Clients, "status")],
        &[(Servers, "status")],
    ),
    mutation(
        "delete: note:delete",
        "delete: {policy: note:delete, hide: true}",
        &[(Operators, "hide")],
        &[(Operators, "hide")],
    ),
    mutation(
        "delete: note:delete",
        "delete: [note:delete, note:purge]",
        &[(Operators, "policies")],
        &[(Operators, "policies")],
    ),
    mutation(
        "delete: note:delete",
        "delete: {policy: note:delete, deprecated: Use seal}",
        &[(Nobody, "deprecated")],
        &[],
    ),
    mutation(
        "notes/{note_id}/seal",
        "notes/{note_id}/close",
        &[(Clients, "operation-moved")],
        &[(Clients, "operation-moved")],
    ),
    mutation(
        "post: \"notes/{note_id}/seal\"",
        "put: \"notes/{note_id}/seal\"",
        &[(Clients, "operation-moved")],
        &[(Clients, "operation-moved")],
    ),
    mutation(
        "      seal: {post",
        "      close: {post",
        &[(Source, "rust-name")],
        &[(Source, "rust-name")],
    ),
    mutation(
        "count: {get: notes/count, policy: note:list",
        "count: {get: notes/count, policy: public, authenticated: false",
        &[(Operators, "policies"), (Servers, "token-optional")],
        &[(Clients, "token-required"), (Operators, "policies")],
    ),
    mutation(
        "action: pause",
        "action: halt",
        &[(Clients, "operation-moved")],
        &[(Clients, "operation-moved")],
    ),
    mutation(
        "      pause: {action: pause, policy: note:pause}\n",
        "",
        &[(Clients, "operation-removed")],
        &[(Servers, "operation-added")],
    ),
    mutation(
        "task: job",
        "response: {job: Job}",
        &[
            (Clients, "status"),
            (Clients, "task"),
            (Clients, "response-header-removed"),
        ],
        &[
            (Clients, "status"),
            (Clients, "task"),
            (Servers, "response-header-added"),
        ],
    ),
    mutation(
        "accept: text/plain",
        "accept: text/html",
        &[(Clients, "media-type")],
        &[(Clients, "media-type")],
    ),
    // Pages, filters and headers.
    mutation(
        "page: marker",
        "page: none",
        &[(Clients, "pages")],
        &[(Clients, "pages")],
    ),
    mutation(
        "page: marker",
        "page: echo",
        &[(Clients, "pages")],
        &[(Servers, "pages")],
    ),
    mutation(
        "page: marker",
        "page: marker\n    strict: true",
        &[(Clients, "strict")],
        &[(Servers, "strict")],
    ),
    mutation(
        "      done: bool\n",
        "",
        &[(Clients, "parameter-removed")],
        &[(Servers, "parameter-added")],
    ),
    mutation(
        "      done: bool\n",
        "      done: \"bool, since 1.2\"\n",
        &[(Clients, "parameter-removed")],
        &[(Servers, "parameter-added")],
    ),
    mutation(
        "      done: bool\n",
        "      done: flag\n",
        &[(Clients, "parameter-style")],
        &[(Clients, "parameter-style")],
    ),
    mutation(
        "      title: text\n",
        "      title: string\n",
        &[(Clients, "type-narrowed")],
        &[(Servers, "type-widened")],
    ),
    mutation(
        "      title: text\n",
        "      title: \"text, as heading\"\n",
        &[(Source, "rust-name")],
        &[(Source, "rust-name")],
    ),
    mutation(
        "      at: time\n",
        "      at: moment\n",
        &[(Clients, "type-narrowed")],
        &[(Servers, "type-widened")],
    ),
    mutation(
        "      owner_id: id of note\n",
        "      owner_id: int\n",
        &[(Clients, "type-changed")],
        &[(Clients, "type-changed")],
    ),
    mutation(
        "query: {unit: string}",
        "query: {unit: \"string, required\"}",
        &[(Clients, "parameter-required")],
        &[(Servers, "parameter-optional")],
    ),
    mutation(
        "query: {unit: string}",
        "query: {unit: string, per: \"string, required\"}",
        &[(Clients, "parameter-required")],
        &[(Clients, "parameter-removed")],
    ),
    mutation(
        "headers: {X-Reason: string}, ",
        "",
        &[(Servers, "parameter-optional")],
        &[(Clients, "parameter-required")],
    ),
    // Bodies.
    mutation(
        "body: {seal: SealRequest}",
        "body: {close: SealRequest}",
        &[(Clients, "request-body")],
        &[(Clients, "request-body")],
    ),
    mutation(
        "body: {seal: SealRequest}",
        "body: SealRequest",
        &[(Clients, "request-body")],
        &[(Clients, "request-body")],
    ),
    mutation(
        "body: {seal: SealRequest}",
        "body: form of SealRequest",
        &[(Clients, "request-body"), (Clients, "request-body")],
        &[(Clients, "request-body"), (Clients, "request-body")],
    ),
    mutation(
        ", body: {seal: SealRequest}",
        "",
        &[(Clients, "request-body")],
        &[(Clients, "request-body")],
    ),
    mutation(
        "response: {count: int}",
        "response: {total: int}",
        &[(Clients, "response-body")],
        &[(Clients, "response-body")],
    ),
    mutation(
        "response: {count: int}",
        "response: {count: number}",
        &[(Clients, "type-widened")],
        &[(Servers, "type-narrowed")],
    ),
    mutation(
        "response: {count: int}",
        "accept: text/html, response: raw",
        &[(Clients, "media-type"), (Clients, "response-body")],
        &[(Clients, "media-type"), (Clients, "response-body")],
    ),
    mutation(
        ", response: {count: int}",
        ", status: 200",
        &[(Clients, "response-body")],
        &[(Servers, "response-body")],
    ),
    mutation(
        "    key: note\n",
        "    key: memo\n",
        &[
            (Clients, "request-body"),
            (Clients, "response-body"),
            (Clients, "response-body"),
            (Clients, "request-body"),
            (Clients, "response-body"),
        ],
        &[
            (Clients, "request-body"),
            (Clients, "response-body"),
            (Clients, "response-body"),
            (Clients, "request-body"),
            (Clients, "response-body"),
        ],
    ),
    mutation(
        "    keys: notes\n",
        "    keys: memos\n",
        &[(Clients, "response-body")],
        &[(Clients, "response-body")],
    ),
    mutation(
        "create: note:create",
        "create: {policy: note:create, bare: true}",
        &[(Clients, "request-body")],
        &[(Clients, "request-body")],
    ),
    mutation(
        "create: note:create",
        "create: {policy: note:create, many: true}",
        &[
            (Clients, "request-body"),
            (Clients, "type-changed"),
            (Clients, "response-body"),
            (Clients, "type-changed"),
        ],
        &[
            (Clients, "request-body"),
            (Clients, "type-changed"),
            (Clients, "response-body"),
            (Clients, "type-changed"),
        ],
    ),
    mutation(
        "    keys: notes\n",
        "    keys: notes\n    open: true\n",
        &[(Servers, "open"), (Servers, "open")],
        &[(Clients, "closed"), (Clients, "closed")],
    ),
    // Attributes in requests.
    mutation(
        "size: \"int, create\"",
        "size: \"int, create!\"",
        &[(Clients, "attribute-required")],
        &[(Servers, "attribute-optional")],
    ),
    mutation(
        "      size: \"int, create\"\n",
        "",
        &[(Clients, "attribute-removed")],
        &[(Servers, "attribute-added")],
    ),
    mutation(
        "      size: \"int, create\"\n",
        "      size: \"int, create\"\n      weight: \"int, create!\"\n",
        &[(Clients, "attribute-required")],
        &[(Clients, "attribute-removed")],
    ),
    mutation(
        "      size: \"int, create\"\n",
        "      size: \"int, create, since 1.2\"\n",
        &[(Clients, "attribute-removed")],
        &[(Servers, "attribute-added")],
    ),
    mutation(
        "      size: \"int, create\"\n",
        "      size: \"int, create, until 1.2\"\n",
        &[(Clients, "attribute-removed")],
        &[(Servers, "attribute-added")],
    ),
    mutation(
        "size: \"int, create\"",
        "size: \"number, create\"",
        &[(Servers, "type-widened")],
        &[(Clients, "type-narrowed")],
    ),
    mutation(
        "size: \"int, create\"",
        "size: \"string, create\"",
        &[(Clients, "type-changed")],
        &[(Clients, "type-changed")],
    ),
    mutation(
        "size: \"int, create\"",
        "size: \"json, create\"",
        &[(Servers, "type-widened")],
        &[(Clients, "type-narrowed")],
    ),
    mutation(
        "size: \"int, create\"",
        "size: \"int or null, create\"",
        &[(Servers, "null-allowed")],
        &[(Clients, "null-refused")],
    ),
    mutation(
        "size: \"int, create\"",
        "size: \"int, create update\"",
        &[(Servers, "attribute-added")],
        &[(Clients, "attribute-removed")],
    ),
    mutation(
        "size: \"int, create\"",
        "size: \"int, create, as bytes\"",
        &[(Source, "rust-name")],
        &[(Source, "rust-name")],
    ),
    mutation(
        "size: \"int, create\"",
        "size: \"int, create, policy note:size\"",
        &[(Clients, "attribute-policy")],
        &[(Operators, "attribute-policy")],
    ),
    mutation(
        "mood: \"good | bad | ugly, create\"",
        "mood: \"good | bad, create\"",
        &[(Clients, "word-removed")],
        &[(Servers, "word-added")],
    ),
    mutation(
        "mood: \"good | bad | ugly, create\"",
        "mood: \"string, create\"",
        &[(Servers, "type-widened")],
        &[(Clients, "type-narrowed")],
    ),
    mutation(
        "peer: \"id of note, create\"",
        "peer: \"id of job, create\"",
        &[(Source, "rust-type")],
        &[(Source, "rust-type")],
    ),
    // Attributes in responses.
    mutation(
        "      seen: \"int, response\"\n",
        "",
        &[(Clients, "attribute-removed")],
        &[(Servers, "attribute-added")],
    ),
    mutation(
        "seen: \"int, response\"",
        "seen: \"int, response?\"",
        &[(Clients, "attribute-optional")],
        &[(Servers, "attribute-always")],
    ),
    mutation(
        "seen: \"int, response\"",
        "seen: \"int or null, response\"",
        &[(Clients, "attribute-optional")],
        &[(Servers, "attribute-always")],
    ),
    mutation(
        "seen: \"int, response\"",
        "seen: \"number, response\"",
        &[(Clients, "type-widened")],
        &[(Servers, "type-narrowed")],
    ),
    mutation(
        "seen: \"int, response\"",
        "seen: \"[int], response\"",
        &[(Clients, "type-changed")],
        &[(Clients, "type-changed")],
    ),
    mutation(
        "seen: \"int, response\"",
        "seen: \"int, once\"",
        &[(Clients, "attribute-optional")],
        &[(Servers, "attribute-always")],
    ),
    mutation(
        "seen: \"int, response\"",
        "seen: \"int, response, since 1.3\"",
        &[(Clients, "attribute-removed")],
        &[(Servers, "attribute-added")],
    ),
    mutation(
        "seen: \"int, response\"",
        "seen: \"int, response, policy note:seen\"",
        &[(Clients, "attribute-policy")],
        &[(Operators, "attribute-policy")],
    ),
    mutation(
        "state: \"draft | done, response\"",
        "state: \"draft | done | lost, response\"",
        &[(Servers, "word-added")],
        &[(Servers, "word-removed")],
    ),
    mutation(
        "written: \"time, response\"",
        "written: \"time without zone, response\"",
        &[(Clients, "type-changed")],
        &[(Clients, "type-changed")],
    ),
    mutation(
        "written: \"time, response\"",
        "written: \"string, response\"",
        &[(Clients, "type-widened")],
        &[(Servers, "type-narrowed")],
    ),
    mutation(
        "marks: \"[Mark], response\"",
        "marks: \"map of Mark, response\"",
        &[(Clients, "type-changed")],
        &[(Clients, "type-changed")],
    ),
    mutation(
        "seal: \"SealRequest, response?\"",
        "seal: \"json, response?\"",
        &[(Clients, "type-widened")],
        &[(Servers, "type-narrowed")],
    ),
    mutation(
        "id: \"id, response\", done",
        "id: \"id, response\", key: \"secret, once\", done",
        &[(Servers, "attribute-added")],
        &[(Clients, "attribute-removed")],
    ),
    // Records, in both directions and within themselves.
    mutation(
        "reason: string",
        "reason: \"string, optional\"",
        &[
            (Clients, "attribute-optional"),
            (Servers, "attribute-optional"),
        ],
        &[
            (Clients, "attribute-required"),
            (Servers, "attribute-always"),
        ],
    ),
    mutation(
        "Mark: {fields: {name: string,",
        "Mark: {fields: {",
        &[
            (Clients, "attribute-removed"),
            (Clients, "attribute-removed"),
        ],
        &[
            (Clients, "attribute-required"),
            (Servers, "attribute-added"),
        ],
    ),
    mutation(
        "within: \"Mark, optional\"",
        "within: \"[Mark], optional\"",
        &[(Clients, "type-changed"), (Clients, "type-changed")],
        &[(Clients, "type-changed"), (Clients, "type-changed")],
    ),
];
