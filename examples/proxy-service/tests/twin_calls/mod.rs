//! The calls: good ones and bad ones, in an order that makes the later ones possible.

/// Who calls.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub(crate) enum Caller {
    Admin,
    AdminElsewhere,
    AdminOfDomain,
    /// Shows a token that nobody issued.
    Invalid,
    Member,
    /// Shows no token.
    Nobody,
    Operator,
}

/// A call, and the status of its response.
pub(crate) struct Call {
    pub(crate) what: &'static str,
    pub(crate) who: Caller,
    pub(crate) method: &'static str,
    /// `{0}` stands for the id of the first proxy that was made, and so on.
    pub(crate) path: &'static str,
    pub(crate) version: &'static str,
    pub(crate) content_type: &'static str,
    pub(crate) body: &'static str,
    pub(crate) status: u16,
}

const fn call(
    what: &'static str,
    who: Caller,
    method: &'static str,
    path: &'static str,
    status: u16,
) -> Call {
    Call {
        what,
        who,
        method,
        path,
        version: "",
        content_type: "",
        body: "",
        status,
    }
}

impl Call {
    const fn json(self, body: &'static str) -> Self {
        Self {
            content_type: "application/json",
            body,
            ..self
        }
    }

    const fn version(self, version: &'static str) -> Self {
        Self { version, ..self }
    }

    const fn content_type(self, content_type: &'static str) -> Self {
        Self {
            content_type,
            ..self
        }
    }
}

use Caller::{Admin, AdminElsewhere, AdminOfDomain, Invalid, Member, Nobody, Operator};

const LIST: &str = "/v1/proxies";
const NEW: &str = r#"{"proxy": {"domain": "a.example", "backends": ["http://10.0.0.1"]}}"#;
const WITH_NOTE: &str = r#"{"proxy": {"domain": "b.example", "backends": [], "note": "n"}}"#;

#[rustfmt::skip]
pub(crate) const CALLS: &[Call] = &[
    call("an empty list", Member, "GET", LIST, 200),
    call("a list without a token", Nobody, "GET", LIST, 401),
    call("a list with an invented token", Invalid, "GET", LIST, 401),
    call("a creation without a token", Nobody, "POST", LIST, 401).json(NEW),
    call("a creation by a member", Member, "POST", LIST, 403).json(NEW),
    call("a creation on a domain", AdminOfDomain, "POST", LIST, 403).json(NEW),
    call("a creation on the system", Operator, "POST", LIST, 403).json(NEW),
    call("a bad creation by a member", Member, "POST", LIST, 403).json("{"),
    call("a creation", Admin, "POST", LIST, 201).json(NEW),
    call("a creation with a domain that is taken", AdminElsewhere, "POST", LIST, 409).json(NEW),
    call("a creation with a note", Admin, "POST", LIST, 201).json(WITH_NOTE).version("proxy 1.1"),
    call("a creation with a note before there were any", Admin, "POST", LIST, 400).json(r#"{"proxy": {"domain": "x.example", "backends": [], "note": "n"}}"#),
    call("a creation in another project", AdminElsewhere, "POST", LIST, 201).json(r#"{"proxy": {"domain": "c.example", "backends": []}}"#).version("proxy latest"),
    call("a creation with a null note", Admin, "POST", LIST, 201).json(r#"{"proxy": {"domain": "d.example", "backends": [], "note": null}}"#).version("proxy 1.2"),
    call("a creation without a body", Admin, "POST", LIST, 400).content_type("application/json"),
    call("a creation with an empty object", Admin, "POST", LIST, 400).json("{}"),
    call("a creation with a list", Admin, "POST", LIST, 400).json("[]"),
    call("a creation with half a document", Admin, "POST", LIST, 400).json(r#"{"proxy": {"#),
    call("a creation with no JSON", Admin, "POST", LIST, 400).json("domain=a"),
    call("a creation that says it is a form", Admin, "POST", LIST, 415).json(NEW).content_type("application/x-www-form-urlencoded"),
    call("a creation without a domain", Admin, "POST", LIST, 400).json(r#"{"proxy": {"backends": []}}"#),
    call("a creation without backends", Admin, "POST", LIST, 400).json(r#"{"proxy": {"domain": "x.example"}}"#),
    call("a creation with a number as its domain", Admin, "POST", LIST, 400).json(r#"{"proxy": {"domain": 1, "backends": []}}"#),
    call("a creation with a null domain", Admin, "POST", LIST, 400).json(r#"{"proxy": {"domain": null, "backends": []}}"#),
    call("a creation with a text as its backends", Admin, "POST", LIST, 400).json(r#"{"proxy": {"domain": "x.example", "backends": "http://a"}}"#),
    call("a creation with a number among its backends", Admin, "POST", LIST, 400).json(r#"{"proxy": {"domain": "x.example", "backends": [1]}}"#),
    call("a creation with something beside the proxy", Admin, "POST", LIST, 400).json(r#"{"proxy": {"domain": "x.example", "backends": []}, "more": 1}"#),
    call("a creation with an unknown field", Admin, "POST", LIST, 400).json(r#"{"proxy": {"domain": "x.example", "backends": [], "color": "red"}}"#),
    call("a creation with an id", Admin, "POST", LIST, 400).json(r#"{"proxy": {"domain": "x.example", "backends": [], "id": "1"}}"#),
    call("a creation for another project", Admin, "POST", LIST, 400).json(r#"{"proxy": {"domain": "x.example", "backends": [], "project_id": "1"}}"#),
    call("a creation with NUL in its domain", Admin, "POST", LIST, 400).json(r#"{"proxy": {"domain": "x\u0000", "backends": []}}"#),
    call("a creation with NUL in its note", Admin, "POST", LIST, 400).json(r#"{"proxy": {"domain": "x.example", "backends": [], "note": "\u0000"}}"#).version("proxy 1.1"),
    call("a proxy", Member, "GET", "/v1/proxies/{0}", 200),
    call("a proxy with its note", Member, "GET", "/v1/proxies/{1}", 200).version("proxy 1.1"),
    call("a proxy whose note is not shown yet", Member, "GET", "/v1/proxies/{1}", 200).version("proxy 1.0"),
    call("a proxy with a null note", Member, "GET", "/v1/proxies/{3}", 200).version("proxy 1.2"),
    call("a proxy without a token", Nobody, "GET", "/v1/proxies/{0}", 401),
    call("a proxy that does not exist", Member, "GET", "/v1/proxies/0", 404),
    call("a proxy with a strange id", Member, "GET", "/v1/proxies/%00", 404),
    call("the head of a proxy", Member, "HEAD", "/v1/proxies/{0}", 200),
    call("a list", Member, "GET", LIST, 200).version("proxy 1.2"),
    call("a list without notes", Member, "GET", LIST, 200),
    call("a list of one domain", Member, "GET", "/v1/proxies?domain=a.example", 200),
    call("a list of no domain", Member, "GET", "/v1/proxies?domain=z.example", 200),
    call("a list of a domain with NUL", Member, "GET", "/v1/proxies?domain=%00", 400),
    call("a list of what an admin may change", Admin, "GET", "/v1/proxies?editable", 200).version("proxy 1.2"),
    call("a list of what an admin elsewhere may change", AdminElsewhere, "GET", "/v1/proxies?editable", 200).version("proxy 1.2"),
    call("a list of what a member may change", Member, "GET", "/v1/proxies?editable", 200).version("proxy 1.2"),
    call("a list of what somebody on a domain may change", AdminOfDomain, "GET", "/v1/proxies?editable", 200).version("proxy 1.2"),
    call("a first page", Member, "GET", "/v1/proxies?limit=3", 200),
    call("a page of all", Member, "GET", "/v1/proxies?limit=4", 200),
    call("a page of more than all", Member, "GET", "/v1/proxies?limit=5", 200),
    call("a page after a proxy", Member, "GET", "/v1/proxies?marker={1}", 200),
    call("a page between others", Member, "GET", "/v1/proxies?marker={0}&limit=2", 200),
    call("a page of editable ones", Admin, "GET", "/v1/proxies?editable&limit=2", 200).version("proxy 1.2"),
    call("a page after the last", Member, "GET", "/v1/proxies?marker={3}", 200),
    call("a page after a proxy that does not exist", Member, "GET", "/v1/proxies?marker=0", 400),
    call("a list by a filter that does not exist", Member, "GET", "/v1/proxies?color=red", 400),
    call("a list by a filter that came later", Admin, "GET", "/v1/proxies?editable", 400).version("proxy 1.1"),
    call("a list of all by a flag that is not set", Member, "GET", "/v1/proxies?editable=false", 200).version("proxy 1.2"),
    call("a page of nothing", Member, "GET", "/v1/proxies?limit=0", 400),
    call("a page of less than nothing", Member, "GET", "/v1/proxies?limit=-1", 400),
    call("a page of a word", Member, "GET", "/v1/proxies?limit=many", 400),
    call("a page of an empty number", Member, "GET", "/v1/proxies?limit=", 400),
    call("a change by a member", Member, "PATCH", "/v1/proxies/{0}", 403).json(r#"{"proxy": {"backends": []}}"#),
    call("a change from another project", AdminElsewhere, "PATCH", "/v1/proxies/{0}", 403).json(r#"{"proxy": {"backends": []}}"#),
    call("a change from a domain", AdminOfDomain, "PATCH", "/v1/proxies/{0}", 403).json(r#"{"proxy": {"backends": []}}"#),
    call("a change without a token", Nobody, "PATCH", "/v1/proxies/{0}", 401).json(r#"{"proxy": {"backends": []}}"#),
    call("a change", Admin, "PATCH", "/v1/proxies/{0}", 200).json(r#"{"proxy": {"backends": ["http://10.0.0.2", "http://10.0.0.3"]}}"#),
    call("a change of nothing", Admin, "PATCH", "/v1/proxies/{0}", 200).json(r#"{"proxy": {}}"#),
    call("a change of the note", Admin, "PATCH", "/v1/proxies/{0}", 200).json(r#"{"proxy": {"note": "new"}}"#).version("proxy 1.1"),
    call("a removal of the note", Admin, "PATCH", "/v1/proxies/{0}", 200).json(r#"{"proxy": {"note": null}}"#).version("proxy 1.1"),
    call("a change of the note before there were any", Admin, "PATCH", "/v1/proxies/{0}", 400).json(r#"{"proxy": {"note": "new"}}"#),
    call("a change of the domain", Admin, "PATCH", "/v1/proxies/{0}", 400).json(r#"{"proxy": {"domain": "x.example"}}"#),
    call("a change of the backends to null", Admin, "PATCH", "/v1/proxies/{0}", 400).json(r#"{"proxy": {"backends": null}}"#),
    call("a change without a proxy", Admin, "PATCH", "/v1/proxies/{0}", 400).json("{}"),
    call("a change that is no JSON", Admin, "PATCH", "/v1/proxies/{0}", 400).json("x"),
    call("a change of what does not exist", Admin, "PATCH", "/v1/proxies/0", 404).json(r#"{"proxy": {}}"#),
    call("a version that does not exist", Member, "GET", LIST, 406).version("proxy 1.3"),
    call("a version that is none", Member, "GET", LIST, 400).version("proxy x"),
    call("a version of another service", Member, "GET", LIST, 200).version("compute 2.1"),
    call("versions of several services", Member, "GET", LIST, 200).version("compute 2.1, proxy 1.1"),
    call("a deletion by a member", Member, "DELETE", "/v1/proxies/{0}", 403),
    call("a deletion from another project", AdminElsewhere, "DELETE", "/v1/proxies/{0}", 403),
    call("a deletion", Admin, "DELETE", "/v1/proxies/{0}", 204),
    call("a deletion once more", Admin, "DELETE", "/v1/proxies/{0}", 404),
    call("a deletion of all by an admin of a project", Admin, "DELETE", LIST, 403),
    call("a deletion of all by nobody", Nobody, "DELETE", LIST, 401),
    call("a deletion of all", Operator, "DELETE", LIST, 204),
    call("a list of what is left", Member, "GET", LIST, 200),
    call("a method that a list does not have", Admin, "PUT", LIST, 405).json("{}"),
    call("a method that a proxy does not have", Admin, "POST", "/v1/proxies/0", 405).json("{}"),
    call("a path that does not exist", Admin, "GET", "/v1/nothing", 404),
    call("a path that does not exist, without a token", Nobody, "GET", "/v1/nothing", 401),
    call("a path below a proxy that does not exist", Admin, "GET", "/v1/proxies/0/nothing", 404),
    call("a list whose path has a slash more", Admin, "GET", "/v1/proxies/", 404),
];
