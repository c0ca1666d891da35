//! Static analysis of rules: who may do what, and what a change of rules would change.
//!
//! [`Rules::condition`] turns a policy and a caller into a [`Condition`] on targets, for the query
//! of a list. An [`Analysis`] needs no caller: [`Analysis::who_can`], [`Analysis::matrix`] and
//! [`Analysis::diff`].
//!
//! The analysis is exact, quirks of the language included (null equals null, a missing attribute
//! makes a check false also under `not`), with two limits. Checks that another server or the
//! service itself decides are left open and reported. And an `Analysis` considers tokens as
//! Keystone issues them: of `system_scope`, `domain_id` and `project_id` exactly the one of the
//! token's scope is set, `system_scope` to `all`. Decisions that fail because a path goes deeper
//! than null credentials are not searched for: they refuse the caller. An id is never the string
//! `None`, which stands for null.
//!
//! Each policy may take [`MOST_STEPS`] steps; one that needs more yields an [`Obstacle`] and does
//! not affect the others.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use crate::analysis::atom::Atoms;
use crate::analysis::bdd::{Bdds, Ref};
use crate::analysis::build::Builder;
use crate::analysis::obstacle::TooComplex;
use crate::analysis::same::Same;
use crate::analysis::solve::{Callers, with_implied};
use crate::decide::defaults::ScopeType;
use crate::decide::rules::Rules;
use crate::language::rule::Rule;
use crate::language::template::Template;

mod alike;
mod atom;
mod bdd;
mod budget;
mod build;
mod condition;
mod diff;
mod filter;
mod grant;
mod matrix;
mod obstacle;
mod same;
mod settle;
mod solve;
mod split;
mod sql;
mod witness;

pub use budget::MOST_STEPS;
pub use condition::Condition;
pub use diff::{Change, ChangeKind, Diff};
pub use grant::Grant;
pub use matrix::{Cell, Column as MatrixColumn, Matrix, Row as MatrixRow, Verdict};
pub use obstacle::Obstacle;
pub use settle::Settled;
pub use sql::{Column, Parameter, Placeholders, Sql, SqlError};
pub use witness::{Example, ExampleCredentials, TokenScope, Witness};

/// Callerss about a set of rules.
///
/// ```
/// use keystone_policy::analysis::Analysis;
/// use keystone_policy::{Rules, parse_rule};
///
/// let rules = Rules::new([
///     ("admin", parse_rule("role:admin")?),
///     ("proxy:update", parse_rule("rule:admin or role:member and user_id:%(owner_id)s")?),
/// ]);
/// let grants = Analysis::new(&rules).who_can("proxy:update").unwrap();
/// let grants: Vec<String> = grants.iter().map(ToString::to_string).collect();
/// assert_eq!(grants, ["role admin", "role member; user_id is target.owner_id"]);
/// # Ok::<(), keystone_policy::ParseError>(())
/// ```
#[derive(Clone, Debug)]
#[must_use]
pub struct Analysis<'r> {
    rules: &'r Rules,
    implied: BTreeMap<String, BTreeSet<String>>,
    absent: BTreeSet<String>,
    same: Same,
    null_matches: bool,
}

impl<'r> Analysis<'r> {
    /// Callerss about these rules.
    pub fn new(rules: &'r Rules) -> Self {
        Self {
            rules,
            implied: BTreeMap::new(),
            absent: BTreeSet::new(),
            same: Same::default(),
            null_matches: true,
        }
    }

    /// Declares that `role` implies `other`, like Keystone's implied roles.
    pub fn implied(mut self, role: &str, other: &str) -> Self {
        self.implied
            .entry(role.to_lowercase())
            .or_default()
            .insert(other.to_lowercase());
        self
    }

    /// Declares the implied roles that `keystone-manage bootstrap` creates: admin implies manager,
    /// manager implies member, member implies reader.
    pub fn default_roles(self) -> Self {
        self.implied("admin", "manager")
            .implied("manager", "member")
            .implied("member", "reader")
    }

    /// Declares that no caller has this credential or anything nested in it, such as `is_admin`,
    /// which oslo.context does not set by itself.
    pub fn absent(mut self, credential: impl Into<String>) -> Self {
        self.absent.insert(credential.into());
        self
    }

    /// Declares two names of credentials and target attributes to be synonyms, such as `tenant_id`
    /// and `project_id`. Rules that differ only in such names are then equal.
    pub fn same(mut self, one: &str, other: &str) -> Self {
        self.same.declare(one, other);
        self
    }

    /// Whether credentials that are null because of the token's scope equal null attributes of the
    /// target; on by default, as in decisions. If off, only targets whose attributes are set are
    /// considered.
    pub fn null_matches(mut self, null_matches: bool) -> Self {
        self.null_matches = null_matches;
        self
    }

    /// The grants of a policy: none if it denies everybody, one without conditions if it allows
    /// everybody.
    ///
    /// # Errors
    /// [`Obstacle`] when the policy has too many cases to list.
    pub fn who_can(&self, policy: &str) -> Result<Vec<Grant>, Obstacle> {
        let grants = || {
            let mut study = Study::new(self);
            let open = study.read(self.rules, policy)?;
            let closed = study.bdds.closed(open)?;
            study.grants(closed, &self.scopes_of(policy), None)
        };
        grants().map_err(|TooComplex| Obstacle::too_complex(policy))
    }

    /// The roles that these policies name, directly or through `rule:`, in lower case and sorted.
    pub fn roles<'a>(&self, policies: impl IntoIterator<Item = &'a str>) -> Vec<String> {
        let number = |name: &str| self.rules.number_of(name);
        let mut open: Vec<u32> = policies.into_iter().filter_map(number).collect();
        let mut seen: HashSet<u32> = open.iter().copied().collect();
        let mut found = BTreeSet::new();
        while let Some(rule) = open.pop().and_then(|number| self.rules.rule_of(number)) {
            rule.each_check(&mut |check| match check {
                Rule::Role(name) => {
                    if let Template::Fixed(name) = Template::parse(name) {
                        found.insert(name.to_lowercase());
                    }
                }
                Rule::RuleRef(name) => {
                    open.extend(number(name).filter(|number| seen.insert(*number)));
                }
                _ => {}
            });
        }
        found.into_iter().collect()
    }

    /// The token scopes that the policy accepts.
    fn scopes_of(&self, policy: &str) -> Vec<TokenScope> {
        scopes_of(self.rules, policy)
    }

    fn callers<'a>(
        &'a self,
        scope: TokenScope,
        roles: Option<&'a BTreeSet<String>>,
        null_matches: bool,
    ) -> Callers<'a> {
        Callers {
            scope,
            roles,
            implied: &self.implied,
            absent: &self.absent,
            null_matches,
        }
    }

    /// A role with those that it implies.
    fn with_implied(&self, role: Option<&str>) -> BTreeSet<String> {
        let role = role.map(str::to_lowercase);
        with_implied(role.iter(), &self.implied)
    }
}

fn scopes_of(rules: &Rules, policy: &str) -> Vec<TokenScope> {
    let wanted = rules.enforced_scope_types(policy);
    let accepts = |scope: &TokenScope| {
        let counted = match scope {
            TokenScope::Domain => ScopeType::Domain,
            TokenScope::Project | TokenScope::Unscoped => ScopeType::Project,
            TokenScope::System => ScopeType::System,
        };
        wanted.is_none_or(|wanted| wanted.contains(&counted))
    };
    TokenScope::ALL.into_iter().filter(accepts).collect()
}

/// BDDs and their atoms, for one policy of one or two sets of rules.
struct Study<'a> {
    analysis: &'a Analysis<'a>,
    atoms: Atoms,
    bdds: Bdds,
}

impl<'a> Study<'a> {
    fn new(analysis: &'a Analysis<'a>) -> Self {
        Self {
            analysis,
            atoms: Atoms::new(analysis.rules.checks().clone(), analysis.same.clone()),
            bdds: Bdds::default(),
        }
    }

    fn read(&mut self, rules: &Rules, policy: &str) -> Result<Ref, TooComplex> {
        Builder::new(rules, &mut self.bdds, &mut self.atoms).policy(policy)
    }
}
