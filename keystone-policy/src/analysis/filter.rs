//! Partial evaluation: a policy and a known caller yield a condition on the target.

use crate::analysis::atom::texts;
use crate::analysis::bdd::{ALLOWED, BROKEN, Bdds, Cube, DENIED, Numbered, Ref};
use crate::analysis::build::{Builder, Leaves};
use crate::analysis::condition::Condition;
use crate::analysis::obstacle::{Obstacle, TooComplex};
use crate::analysis::split::splits;
use crate::decide::extension::Checks;
use crate::decide::rules::Rules;
use crate::language::left_operand::LeftOperand;
use crate::language::rule::Rule;
use crate::language::template::Template;
use crate::value::credentials::Credentials;

impl Rules {
    /// The condition on a target under which the policy allows this caller. A service can put it
    /// into the query of a list instead of deciding for each row.
    ///
    /// A target meets the condition if and only if [`Rules::decide`] allows the caller to act on
    /// it.
    ///
    /// ```
    /// use keystone_policy::{PlainCredentials, Rules, parse_rule};
    ///
    /// let index = parse_rule("role:admin or project_id:%(project_id)s and not 'secret':%(kind)s")?;
    /// let rules = Rules::new([("proxy:index", index)]);
    /// let member = PlainCredentials::new().roles(["member"]).attr("project_id", "p-1");
    /// let condition = rules.condition("proxy:index", &member).unwrap();
    /// assert_eq!(condition.to_string(), "project_id is p-1 and kind is not secret");
    ///
    /// let admin = PlainCredentials::new().roles(["admin"]);
    /// assert_eq!(rules.condition("proxy:index", &admin).unwrap().to_string(), "always");
    /// # Ok::<(), keystone_policy::ParseError>(())
    /// ```
    ///
    /// # Errors
    /// [`Obstacle`] when the result depends on a remote check or a check of the service, and when
    /// the condition would be too large.
    pub fn condition(&self, policy: &str, creds: &dyn Credentials) -> Result<Condition, Obstacle> {
        let too_complex = |TooComplex| Obstacle::too_complex(policy);
        if self.is_wrong_scope(policy, creds) {
            return Ok(Condition::False);
        }
        let mut atoms = TargetAtoms {
            creds,
            checks: self.checks(),
            all: Numbered::default(),
        };
        let mut bdds = Bdds::default();
        let open = Builder::new(self, &mut bdds, &mut atoms)
            .policy(policy)
            .map_err(too_complex)?;
        let closed = bdds.closed(open).map_err(too_complex)?;
        for var in bdds.vars(closed) {
            if let Some(TargetAtom::Outside(check)) = atoms.all.get(var) {
                return Err(Obstacle::outside(policy, check));
            }
        }
        match bdds.minimal(closed) {
            Ok(cubes) => Ok(atoms.condition(&cubes)),
            // The negation of a few cases can have very many.
            Err(TooComplex) => {
                let contrary = bdds.not(closed).map_err(too_complex)?;
                let cubes = bdds.minimal(contrary).map_err(too_complex)?;
                Ok(Condition::Not(Box::new(atoms.condition(&cubes))))
            }
        }
    }
}

/// A proposition about a target.
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
enum TargetAtom {
    Equals { attribute: String, value: String },
    EqualsLower { attribute: String, value: String },
    Outside(String),
    Present(String),
}

struct TargetAtoms<'a> {
    creds: &'a dyn Credentials,
    checks: &'a Checks,
    all: Numbered<TargetAtom>,
}

impl TargetAtoms<'_> {
    /// Whether the right operand is one of the texts; if not, `otherwise` where no attribute is
    /// missing.
    fn one_of(
        &mut self,
        bdds: &mut Bdds,
        right: &Template,
        texts: &[String],
        otherwise: Ref,
    ) -> Result<Ref, TooComplex> {
        let mut found = DENIED;
        for text in texts {
            for bound in splits(right, text)? {
                let mut all = ALLOWED;
                for (attribute, value) in bound {
                    let equals = self
                        .all
                        .atom(bdds, TargetAtom::Equals { attribute, value })?;
                    all = bdds.and(all, equals)?;
                }
                found = bdds.or(found, all)?;
            }
        }
        if otherwise == DENIED {
            return Ok(found);
        }
        let rest = self.present(bdds, right, otherwise)?;
        bdds.or(found, rest)
    }

    /// `then`, where the attributes that the right operand reads are present.
    fn present(&mut self, bdds: &mut Bdds, right: &Template, then: Ref) -> Result<Ref, TooComplex> {
        let mut all = ALLOWED;
        for name in right.attributes() {
            let present = self.all.atom(bdds, TargetAtom::Present(name.to_owned()))?;
            all = bdds.and(all, present)?;
        }
        bdds.and(all, then)
    }

    fn role(&mut self, bdds: &mut Bdds, name: &str, check: &Rule) -> Result<Ref, TooComplex> {
        let right = Template::parse(name);
        if right.fault().is_some() {
            return self.present(bdds, &right, BROKEN);
        }
        match &right {
            Template::Fixed(name) => Ok(if self.creds.roles().contains(name) {
                ALLOWED
            } else {
                DENIED
            }),
            Template::Attribute(attribute) => {
                let names = self.creds.roles().names();
                let mut found = DENIED;
                for value in names.iter().map(|name| name.to_lowercase()) {
                    let attribute = attribute.to_string();
                    let atom = TargetAtom::EqualsLower { attribute, value };
                    let is = self.all.atom(bdds, atom)?;
                    found = bdds.or(found, is)?;
                }
                Ok(found)
            }
            Template::Mixed(_) => self.all.atom(bdds, TargetAtom::Outside(check.to_string())),
        }
    }

    fn condition(&self, cubes: &[Cube]) -> Condition {
        let mut grants: Vec<Literals> = Vec::new();
        for cube in cubes {
            let literals = cube
                .iter()
                .filter_map(|(var, holds)| Some((self.all.get(*var)?.clone(), *holds)))
                .collect();
            grants.extend(simplified(literals));
        }
        let needed = grants.iter().enumerate().filter(|(index, grant)| {
            !grants.iter().enumerate().any(|(other, wider)| {
                let covers = wider.iter().all(|literal| grant.contains(literal));
                covers && (wider.len() < grant.len() || other < *index)
            })
        });
        let parts = needed.map(|(_, grant)| {
            let literals = grant.iter().map(|(atom, holds)| part(atom, *holds));
            flat(literals.collect(), Condition::True, Condition::And)
        });
        let mut parts: Vec<Condition> = parts.collect();
        if parts.contains(&Condition::True) {
            parts = vec![Condition::True];
        }
        flat(parts, Condition::False, Condition::Or)
    }
}

/// A conjunction: atoms with their truth values.
type Literals = Vec<(TargetAtom, bool)>;

impl Leaves for TargetAtoms<'_> {
    fn leaf(&mut self, bdds: &mut Bdds, check: &Rule) -> Result<Ref, TooComplex> {
        let (left, right) = match check {
            Rule::Generic { left, right } if self.checks.get(left).is_none() => (left, right),
            Rule::Role(name) => return self.role(bdds, name, check),
            check => return self.all.atom(bdds, TargetAtom::Outside(check.to_string())),
        };
        let right = Template::parse(right);
        if right.fault().is_some() {
            return self.present(bdds, &right, BROKEN);
        }
        match LeftOperand::parse(left) {
            LeftOperand::Unreadable(_) => self.present(bdds, &right, BROKEN),
            LeftOperand::Literal(left) => self.one_of(bdds, &right, &[left.to_string()], DENIED),
            LeftOperand::Path(path) => {
                let (texts, broken) = texts(self.creds, &path);
                let otherwise = if broken { BROKEN } else { DENIED };
                self.one_of(bdds, &right, &texts, otherwise)
            }
        }
    }
}

/// The literals without those that follow from others; `None` if they contradict one another.
fn simplified(literals: Literals) -> Option<Literals> {
    let mut needed = Literals::new();
    for (index, (atom, holds)) in literals.iter().enumerate() {
        let others = literals.iter().enumerate();
        let others = others.filter(|(other, _)| *other != index);
        let implied: Vec<bool> = others
            .filter(|(_, (_, holds))| *holds)
            .filter_map(|(_, (known, _))| follows(known, atom))
            .collect();
        let absent = literals.iter().any(|(known, present)| {
            let same =
                matches!(known, TargetAtom::Present(name) if Some(&**name) == attribute(atom));
            same && !present && known != atom
        });
        if implied.iter().any(|implied| implied != holds) || absent && *holds {
            return None;
        }
        if implied.is_empty() && !absent {
            needed.push((atom.clone(), *holds));
        }
    }
    Some(needed)
}

/// Whether `atom` holds if `known` does; `None` if that is undetermined.
fn follows(known: &TargetAtom, atom: &TargetAtom) -> Option<bool> {
    if attribute(known)? != attribute(atom)? {
        return None;
    }
    match (known, atom) {
        (TargetAtom::Equals { .. } | TargetAtom::EqualsLower { .. }, TargetAtom::Present(_)) => {
            Some(true)
        }
        (TargetAtom::Equals { value, .. }, TargetAtom::Equals { value: other, .. })
        | (TargetAtom::EqualsLower { value, .. }, TargetAtom::EqualsLower { value: other, .. }) => {
            Some(value == other)
        }
        (TargetAtom::Equals { value, .. }, TargetAtom::EqualsLower { value: other, .. }) => {
            Some(value.to_lowercase() == *other)
        }
        (TargetAtom::EqualsLower { value: lower, .. }, TargetAtom::Equals { value, .. }) => {
            (value.to_lowercase() != *lower).then_some(false)
        }
        _ => None,
    }
}

fn attribute(atom: &TargetAtom) -> Option<&str> {
    match atom {
        TargetAtom::Equals { attribute, .. }
        | TargetAtom::EqualsLower { attribute, .. }
        | TargetAtom::Present(attribute) => Some(attribute),
        TargetAtom::Outside(_) => None,
    }
}

fn part(atom: &TargetAtom, holds: bool) -> Condition {
    let condition = match atom.clone() {
        TargetAtom::Equals { attribute, value } => Condition::Equals { attribute, value },
        TargetAtom::EqualsLower { attribute, value } => Condition::EqualsLower { attribute, value },
        TargetAtom::Present(attribute) => Condition::Present { attribute },
        // A policy that depends on this has no condition.
        TargetAtom::Outside(_) => Condition::False,
    };
    if holds {
        condition
    } else {
        Condition::Not(Box::new(condition))
    }
}

fn flat(
    mut parts: Vec<Condition>,
    none: Condition,
    join: impl Fn(Vec<Condition>) -> Condition,
) -> Condition {
    match parts.len() {
        0 => none,
        1 => parts.swap_remove(0),
        _ => join(parts),
    }
}
