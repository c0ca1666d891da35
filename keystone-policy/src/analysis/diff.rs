//! What a change of rules changes.

use crate::analysis::diagram::{DENIED, Ref};
use crate::analysis::obstacle::Obstacle;
use crate::analysis::solve::{Solution, solve};
use crate::analysis::way::Way;
use crate::analysis::witness::{TokenScope, Witness};
use crate::analysis::{Analysis, Study, TooComplex, scopes_of};
use crate::rules::Rules;

/// Something that some callers may do only before or only after.
#[non_exhaustive]
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Change {
    /// The policy.
    pub policy: String,
    /// Whether callers gain or lose it.
    pub kind: ChangeKind,
    /// Which callers, and on what targets.
    pub way: Way,
    /// An example that was decided by both sets of rules, with different results. There is none
    /// where a remote check has a say.
    pub witness: Option<Witness>,
}

/// Which way a change goes.
#[expect(clippy::exhaustive_enums, reason = "there are only these two")]
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum ChangeKind {
    /// Allowed by the new rules only.
    Gain,
    /// Allowed by the old rules only.
    Loss,
}

impl Analysis<'_> {
    /// What callers gain and lose when `new` takes the place of these rules.
    ///
    /// ```
    /// use keystone_policy::analysis::{Analysis, ChangeKind};
    /// use keystone_policy::{Rules, parse_rule};
    ///
    /// let old = Rules::new([("proxy:delete", parse_rule("role:admin")?)]);
    /// let new = Rules::new([("proxy:delete", parse_rule("role:admin or role:member")?)]);
    /// let changes = Analysis::new(&old).diff(&new, ["proxy:delete"]).unwrap();
    /// assert_eq!(changes.len(), 1);
    /// assert_eq!(changes[0].kind, ChangeKind::Gain);
    /// assert_eq!(changes[0].way.to_string(), "role member; not role admin");
    /// assert!(changes[0].witness.is_some());
    /// # Ok::<(), keystone_policy::ParseError>(())
    /// ```
    ///
    /// # Errors
    /// When a policy has too many cases to list.
    pub fn diff<'a>(
        &self,
        new: &Rules,
        policies: impl IntoIterator<Item = &'a str>,
    ) -> Result<Vec<Change>, Obstacle> {
        let mut changes = Vec::new();
        for policy in policies {
            let found = self
                .changes(new, policy)
                .map_err(|TooComplex| Obstacle::too_complex(policy))?;
            changes.extend(found);
        }
        Ok(changes)
    }

    fn changes(&self, new: &Rules, policy: &str) -> Result<Vec<Change>, TooComplex> {
        let mut study = Study::new(self);
        study.atoms.add_extensions(new.extension_kinds());
        let mut read = |rules: &Rules| {
            let open = study.read(rules, policy)?;
            study.diagrams.closed(open)
        };
        let (before, after) = (read(self.rules)?, read(new)?);
        let accepted = (scopes_of(self.rules, policy), scopes_of(new, policy));
        differences(&mut study, (before, after), &accepted).map(|found| {
            found
                .into_iter()
                .map(|(kind, way)| Change {
                    policy: policy.to_owned(),
                    kind,
                    witness: self.witness(new, policy, kind, &way),
                    way,
                })
                .collect()
        })
    }

    /// An example of a way, held against both sets of rules.
    fn witness(&self, new: &Rules, policy: &str, kind: ChangeKind, way: &Way) -> Option<Witness> {
        let answers: Vec<_> = way
            .answers
            .iter()
            .map(|(atom, answer)| (atom, *answer))
            .collect();
        let plain = way.scopes().iter().map(|scope| (*scope, false));
        let null = way.null_scopes().iter().map(|scope| (*scope, true));
        plain.chain(null).find_map(|(scope, null)| {
            let Solution::Yes(witness) = solve(self.question(scope, None, null), &answers) else {
                return None;
            };
            let allows = |rules: &Rules| {
                rules
                    .decide(policy, witness.credentials(), witness.target())
                    .is_ok_and(|decision| decision.is_allowed())
            };
            let as_told = match (allows(self.rules), allows(new)) {
                (false, true) => kind == ChangeKind::Gain,
                (true, false) => kind == ChangeKind::Loss,
                _ => false,
            };
            as_told.then_some(*witness)
        })
    }
}

/// What only one of two diagrams allows, for scopes that both sets of rules accept and for those
/// that only one accepts.
fn differences(
    study: &mut Study<'_>,
    (before, after): (Ref, Ref),
    accepted: &(Vec<TokenScope>, Vec<TokenScope>),
) -> Result<Vec<(ChangeKind, Way)>, TooComplex> {
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
            let only = study.diagrams.minus(more, less)?;
            let ways = study.ways(only, &scopes, None)?;
            found.extend(ways.into_iter().map(|way| (kind, way)));
        }
    }
    Ok(found)
}
