//! What generated code says of a service and its operations.

use keystone_policy::{PlainPolicy, Policy};

use super::microversion::Microversion;
use crate::context::RequestContext;

/// A described service.
#[derive(Debug)]
#[expect(clippy::exhaustive_structs, reason = "generated code makes it")]
pub struct Description {
    /// The type in the catalog.
    pub service_type: &'static str,
    /// The first segment of paths, such as `v1`; may be empty.
    pub version: &'static str,
    /// The lowest and the highest microversion.
    pub microversions: Option<(Microversion, Microversion)>,
    /// The OpenAPI document, as JSON.
    pub document: &'static str,
    /// The policies of single attributes; attributes name them by position.
    pub field_policies: &'static [FieldPolicy],
}

/// Of a description with errors, which does not compile.
pub static UNDESCRIBED: Description = Description {
    service_type: "",
    version: "",
    microversions: None,
    document: "",
    field_policies: &[],
};

/// The policy of an attribute.
#[derive(Debug)]
pub struct FieldPolicy {
    /// Its name.
    pub name: &'static str,
    allows: fn(&RequestContext) -> bool,
}

impl FieldPolicy {
    /// The policy `P`, which cannot read a target: it decides about the caller alone.
    pub const fn new<P: Policy + PlainPolicy>() -> Self {
        Self {
            name: P::NAME,
            allows: RequestContext::may_see::<P>,
        }
    }

    pub(super) fn allows(&self, context: &RequestContext) -> bool {
        (self.allows)(context)
    }
}

/// An operation of a service, implemented by the types that generated code names operations by.
pub trait Described: 'static {
    /// The method.
    const METHOD: &'static str;
    /// The path with parameters, such as `/v1/proxies/{proxy_id}`.
    const PATH: &'static str;
    /// The key of an action in its body, if it is one.
    const ACTION: Option<&'static str> = None;
    /// The first microversion that has it.
    const SINCE: Option<Microversion> = None;
    /// The last microversion that has it.
    const UNTIL: Option<Microversion> = None;
    /// Whether a refusal about an object looks like a missing one.
    const HIDE: bool = false;
}
