//! What a set of rules is made of.

use crate::decide::defaults::ScopeType;
use crate::decide::extension::Checks;
use crate::language::operands::Operands;
use crate::language::rule::Rule;

/// The name of the rule that stands in for those which are not defined.
pub(crate) const DEFAULT_RULE: &str = "default";

/// How a set of rules decides.
#[derive(Clone, Debug)]
pub(crate) struct Settings {
    pub(crate) default_rule: String,
    pub(crate) enforce_scope: bool,
    pub(crate) checks: Checks,
    pub(crate) operands: Operands,
}

/// A rule with its name.
#[derive(Clone)]
pub(crate) struct Entry {
    pub(crate) name: Box<str>,
    pub(crate) rule: Rule,
    /// Where it is written; may be empty.
    pub(crate) place: Box<str>,
    pub(crate) scope_types: Box<[ScopeType]>,
    /// Whether it is meant for scopes, too, that no token has.
    pub(crate) foreign_scopes: bool,
    /// Whether a service registered it, rather than only an operator's file.
    pub(crate) registered: bool,
    /// Whether the code that `policies!` wrote stands for it: it is a default, and neither it nor a rule that it
    /// refers to is overridden.
    pub(crate) compiled: bool,
}

impl Entry {
    pub(crate) fn new(name: impl Into<Box<str>>, rule: Rule) -> Self {
        Self {
            name: name.into(),
            rule,
            place: Box::default(),
            scope_types: Box::default(),
            foreign_scopes: false,
            registered: false,
            compiled: false,
        }
    }
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            default_rule: DEFAULT_RULE.to_owned(),
            enforce_scope: true,
            checks: Checks::default(),
            operands: Operands::default(),
        }
    }
}
