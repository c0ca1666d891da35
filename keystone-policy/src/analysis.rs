//! What rules say of callers and targets that are not known: who may do what, and what a change of
//! rules would change.
//!
//! [`Rules::condition`] turns a policy and a caller into a [`Condition`] on targets, for the query of a
//! list. An [`Analysis`] answers without any caller: [`Analysis::who_can`], [`Analysis::matrix`] and
//! [`Analysis::diff`].
//!
//! All of it is exact for the language, its oddities included (null equals null, a missing attribute
//! makes a check false also under `not`), with two limits. What another server or a check of the
//! service's own would say is left open and told. And an `Analysis` looks at tokens as Keystone issues
//! them: of `system_scope`, `domain_id` and `project_id` exactly the one of the token's scope is set,
//! the first to `all`, and a decision that breaks off because credentials are null where a rule goes deeper is not
//! looked for; the caller is refused there. An id is never the text `None`: what has that text is null.
//!
//! Each policy may take [`MOST_STEPS`] steps; for one that needs more there is an [`Obstacle`], and
//! the others are answered all the same.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use crate::analysis::atom::Atoms;
use crate::analysis::bdd::{Bdds, Ref};
use crate::analysis::build::Builder;
use crate::analysis::obstacle::TooComplex;
use crate::analysis::same::Same;
use crate::analysis::solve::{Question, with_implied};
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

/// Questions about a set of rules.
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
    /// Questions about these rules.
    pub fn new(rules: &'r Rules) -> Self {
        Self {
            rules,
            implied: BTreeMap::new(),
            absent: BTreeSet::new(),
            same: Same::default(),
            null_matches: true,
        }
    }

    /// Says that who holds `role` also holds `other`, as Keystone's implied roles have it.
    pub fn implied(mut self, role: &str, other: &str) -> Self {
        self.implied
            .entry(role.to_lowercase())
            .or_default()
            .insert(other.to_lowercase());
        self
    }

    /// The roles that a Keystone is bootstrapped with: admin implies manager, that member, that
    /// reader.
    pub fn default_roles(self) -> Self {
        self.implied("admin", "manager")
            .implied("manager", "member")
            .implied("member", "reader")
    }

    /// Says that no caller has this credential, nor anything below it: `is_admin` say, which
    /// oslo.context does not give to services by itself.
    pub fn absent(mut self, credential: impl Into<String>) -> Self {
        self.absent.insert(credential.into());
        self
    }

    /// Says that two names mean the same, of credentials as of attributes of targets: `tenant_id` and
    /// `project_id` say. Rules that differ only in such names are then alike.
    pub fn same(mut self, one: &str, other: &str) -> Self {
        self.same.declare(one, other);
        self
    }

    /// Whether credentials that are null because of the token's scope count as equal to attributes
    /// of the target that are null. They do unless turned off, since decisions have it so; turned
    /// off, answers are about targets whose attributes are set.
    pub fn null_matches(mut self, null_matches: bool) -> Self {
        self.null_matches = null_matches;
        self
    }

    /// The grants of a policy: none if it denies all, one without any condition if it
    /// allows all.
    ///
    /// # Errors
    /// When there are too many to list.
    pub fn who_can(&self, policy: &str) -> Result<Vec<Grant>, Obstacle> {
        let grants = || {
            let mut study = Study::new(self);
            let open = study.read(self.rules, policy)?;
            let closed = study.bdds.closed(open)?;
            study.grants(closed, &self.scopes_of(policy), None)
        };
        grants().map_err(|TooComplex| Obstacle::too_complex(policy))
    }

    /// The roles that policies ask for by name, in the rules that they refer to too: in lower case
    /// and in order.
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

    /// The scopes of tokens that the policy does not refuse.
    fn scopes_of(&self, policy: &str) -> Vec<TokenScope> {
        scopes_of(self.rules, policy)
    }

    fn question<'a>(
        &'a self,
        scope: TokenScope,
        roles: Option<&'a BTreeSet<String>>,
        null_matches: bool,
    ) -> Question<'a> {
        Question {
            scope,
            roles,
            implied: &self.implied,
            absent: &self.absent,
            null_matches,
        }
    }

    /// A role with those that come with it.
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

/// BDDs with the questions that they ask, for one policy of one or two sets of rules.
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
