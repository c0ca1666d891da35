//! The effects of a change of rules.

use crate::analysis::bdd::{DENIED, Ref};
use crate::analysis::budget::Budget;
use crate::analysis::grant::Grant;
use crate::analysis::obstacle::{Obstacle, TooComplex};
use crate::analysis::solve::{Solution, solve};
use crate::analysis::witness::{TokenScope, Witness};
use crate::analysis::{Analysis, Study, scopes_of};
use crate::decide::rules::Rules;

/// Something that some callers may do only before or only after a change of rules.
#[non_exhaustive]
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Change {
    /// The policy.
    pub policy: String,
    /// Whether callers gain or lose it.
    pub kind: ChangeKind,
    /// Which callers, and on what targets.
    pub grant: Grant,
    /// An example, decided by both sets of rules with different results. `None` where the result
    /// depends on a remote check.
    pub witness: Option<Witness>,
}

/// The direction of a change.
#[expect(clippy::exhaustive_enums, reason = "there are only these two")]
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum ChangeKind {
    /// Allowed by the new rules only.
    Gain,
    /// Allowed by the old rules only.
    Loss,
}

/// The effects of a change of rules.
#[non_exhaustive]
#[derive(Clone, Debug, Default)]
pub struct Diff {
    /// What callers gain and lose, by policy.
    pub changes: Vec<Change>,
    /// The policies with too many cases, of which it is unknown whether they change.
    pub obstacles: Vec<Obstacle>,
}

impl Analysis<'_> {
    /// What callers gain and lose when `new` replaces these rules.
    ///
    /// ```
    /// use keystone_policy::analysis::{Analysis, ChangeKind};
    /// use keystone_policy::{Rules, parse_rule};
    ///
    /// let old = Rules::new([("proxy:delete", parse_rule("role:admin")?)]);
    /// let new = Rules::new([("proxy:delete", parse_rule("role:admin or role:member")?)]);
    /// let diff = Analysis::new(&old).diff(&new, ["proxy:delete"]);
    /// assert_eq!(diff.changes[0].kind, ChangeKind::Gain);
    /// assert_eq!(diff.changes[0].grant.to_string(), "role member; not role admin");
    /// assert!(diff.obstacles.is_empty());
    /// # Ok::<(), keystone_policy::ParseError>(())
    /// ```
    pub fn diff<'a>(&self, new: &Rules, policies: impl IntoIterator<Item = &'a str>) -> Diff {
        let mut diff = Diff::default();
        for policy in policies {
            match self.changes(new, policy) {
                Ok(found) => diff.changes.extend(found),
                Err(TooComplex) => diff.obstacles.push(Obstacle::too_complex(policy)),
            }
        }
        diff
    }

    fn changes(&self, new: &Rules, policy: &str) -> Result<Vec<Change>, TooComplex> {
        let mut study = Study::new(self);
        study.atoms.add_checks(new.checks().clone());
        let mut read = |rules: &Rules| {
            let open = study.read(rules, policy)?;
            study.bdds.closed(open)
        };
        let (before, after) = (read(self.rules)?, read(new)?);
        let accepted = (scopes_of(self.rules, policy), scopes_of(new, policy));
        let found = differences(&mut study, (before, after), &accepted)?;
        let budget = &study.bdds.budget;
        let change = |(kind, grant): (ChangeKind, Grant)| {
            let witness = self.witness(new, policy, kind, &grant, budget)?;
            Ok(Change {
                policy: policy.to_owned(),
                kind,
                witness,
                grant,
            })
        };
        found.into_iter().map(change).collect()
    }

    /// An example of a grant, verified with both sets of rules.
    fn witness(
        &self,
        new: &Rules,
        policy: &str,
        kind: ChangeKind,
        grant: &Grant,
        budget: &Budget,
    ) -> Result<Option<Witness>, TooComplex> {
        let assignment = grant.assignment.iter();
        let assignment: Vec<_> = assignment.map(|(atom, holds)| (atom, *holds)).collect();
        let plain = grant.scopes().iter().map(|scope| (*scope, false));
        let null = grant.null_scopes().iter().map(|scope| (*scope, true));
        for (scope, null) in plain.chain(null) {
            let callers = self.callers(scope, None, null);
            let Solution::Yes(mut witness) = solve(callers, &assignment, budget)? else {
                continue;
            };
            self.same.spread(&mut witness.credentials.values);
            self.same.spread(&mut witness.target);
            let allows = |rules: &Rules| {
                rules
                    .decide(policy, witness.credentials(), witness.target())
                    .is_ok_and(|decision| decision.is_allowed())
            };
            let confirmed = match (allows(self.rules), allows(new)) {
                (false, true) => kind == ChangeKind::Gain,
                (true, false) => kind == ChangeKind::Loss,
                _ => false,
            };
            if confirmed {
                return Ok(Some(*witness));
            }
        }
        Ok(None)
    }
}

/// What only one of two BDDs allows, for scopes that both sets of rules accept and for those that
/// only one accepts.
fn differences(
    study: &mut Study<'_>,
    (before, after): (Ref, Ref),
    accepted: &(Vec<TokenScope>, Vec<TokenScope>),
) -> Result<Vec<(ChangeKind, Grant)>, TooComplex> {
    let mut found = Vec::new();
    for (was, is) in [(true, true), (true, false), (false, true)] {
        let scopes: Vec<TokenScope> = TokenScope::ALL
            .into_iter()
            .filter(|scope| accepted.0.contains(scope) == was && accepted.1.contains(scope) == is)
            .collect();
        let before = if was { before } else { DENIED };
        let after = if is { after } else { DENIED };
        for (kind, more, less) in [
            (ChangeKind::Gain, after, before),
            (ChangeKind::Loss, before, after),
        ] {
            let only = study.bdds.minus(more, less)?;
            let grants = study.grants(only, &scopes, None)?;
            found.extend(grants.into_iter().map(|grant| (kind, grant)));
        }
    }
    Ok(found)
}
