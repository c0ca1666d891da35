//! Grants: sets of conditions under which a policy allows.

use std::collections::{BTreeSet, HashMap};
use std::fmt;

use crate::analysis::Study;
use crate::analysis::atom::Atom;
use crate::analysis::bdd::{Cube, Ref, Var};
use crate::analysis::obstacle::TooComplex;
use crate::analysis::solve::{is_single, solve};
use crate::analysis::witness::TokenScope;
use crate::language::template::Template;
use crate::value::credentials::Credentials;
use crate::value::target::PolicyTarget;

/// A set of conditions that together suffice to be allowed.
///
/// `Display` lists the roles first, then the other conditions, then the scopes unless all are
/// allowed.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Grant {
    pub(super) assignment: Vec<(Atom, bool)>,
    scopes: Vec<TokenScope>,
    null_scopes: Vec<TokenScope>,
}

impl Grant {
    /// The roles that must be held, in lower case.
    pub fn roles(&self) -> Vec<&str> {
        self.named(true)
    }

    /// The roles that must not be held, in lower case.
    pub fn excluded_roles(&self) -> Vec<&str> {
        self.named(false)
    }

    /// The other conditions in words, such as `user_id is target.owner_id`.
    pub fn conditions(&self) -> Vec<String> {
        self.assignment
            .iter()
            .filter(|(atom, _)| !matches!(atom, Atom::Role(_)))
            .map(|(atom, holds)| atom.sentence(*holds))
            .collect()
    }

    /// The token scopes for which the grant holds.
    pub fn scopes(&self) -> &[TokenScope] {
        &self.scopes
    }

    /// Further scopes for which it holds only because null credentials equal null attributes of the
    /// target.
    pub fn null_scopes(&self) -> &[TokenScope] {
        &self.null_scopes
    }

    /// Whether a given caller and target satisfy it. `None` if that depends on a check that is
    /// decided outside, or on one whose path goes deeper than the credentials.
    pub fn holds(&self, creds: &dyn Credentials, target: &dyn PolicyTarget) -> Option<bool> {
        let scope = TokenScope::of(creds);
        if !self.scopes.contains(&scope) && !self.null_scopes.contains(&scope) {
            return Some(false);
        }
        let mut all = Some(true);
        for (atom, holds) in &self.assignment {
            match atom.evaluate(creds, target) {
                Some(found) if found != *holds => return Some(false),
                Some(_) => {}
                None => all = None,
            }
        }
        all
    }

    fn named(&self, held: bool) -> Vec<&str> {
        self.assignment
            .iter()
            .filter_map(|(atom, holds)| match atom {
                Atom::Role(name) if *holds == held => Some(&**name),
                _ => None,
            })
            .collect()
    }
}

impl fmt::Display for Grant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let held = self.roles().into_iter().map(|name| format!("role {name}"));
        let excluded = self.excluded_roles().into_iter();
        let excluded = excluded.map(|name| format!("not role {name}"));
        let mut parts: Vec<String> = held.chain(excluded).chain(self.conditions()).collect();
        if parts.is_empty() {
            parts.push("anybody".to_owned());
        }
        f.write_str(&parts.join("; "))?;
        let every = self.scopes.len() + self.null_scopes.len() == TokenScope::ALL.len();
        match (every, self.null_scopes.is_empty(), self.scopes.is_empty()) {
            (true, true, _) => Ok(()),
            (_, true, _) => write!(f, " ({} scope)", names(&self.scopes)),
            (_, false, true) => write!(
                f,
                " ({} scope, null on both sides)",
                names(&self.null_scopes)
            ),
            (_, false, false) => write!(
                f,
                " ({} scope; {} if null on both sides)",
                names(&self.scopes),
                names(&self.null_scopes)
            ),
        }
    }
}

fn names(scopes: &[TokenScope]) -> String {
    scopes
        .iter()
        .map(|scope| scope.name())
        .collect::<Vec<_>>()
        .join(", ")
}

/// A grant under construction: variables instead of atoms.
struct Draft {
    assignment: Cube,
    scopes: Vec<TokenScope>,
    null_scopes: Vec<TokenScope>,
    /// Memo: whether a literal follows from the assignment.
    follows: HashMap<(Var, bool), bool>,
}

impl Draft {
    fn all_scopes(&self) -> impl Iterator<Item = TokenScope> {
        self.scopes.iter().chain(&self.null_scopes).copied()
    }

    /// Whether the scopes are a subset of those of `wider`.
    fn is_within(&self, wider: &Self) -> bool {
        self.scopes.iter().all(|scope| wider.scopes.contains(scope))
            && self
                .all_scopes()
                .all(|scope| wider.all_scopes().any(|known| known == scope))
    }
}

/// Whether the credential is known to have another value; spares a search for long lists of ids.
fn is_excluded(atom: &Atom, given: &[(&Atom, bool)]) -> bool {
    let fixed = |atom: &Atom| match atom {
        Atom::Credential {
            path,
            right: Template::Fixed(text),
        } if path.len() == 1 && path.iter().all(|name| is_single(name)) => {
            Some((path.clone(), text.clone()))
        }
        _ => None,
    };
    let Some((path, text)) = fixed(atom) else {
        return false;
    };
    given.iter().any(|(other, holds)| {
        *holds && fixed(other).is_some_and(|(own, other)| own == path && other != text)
    })
}

impl Study<'_> {
    /// The grants of a BDD without broken terminals, for tokens of these scopes.
    pub(super) fn grants(
        &mut self,
        closed: Ref,
        scopes: &[TokenScope],
        roles: Option<&BTreeSet<String>>,
    ) -> Result<Vec<Grant>, TooComplex> {
        let cubes = self.bdds.minimal(closed)?;
        let mut drafts: Vec<Draft> = Vec::new();
        for cube in &cubes {
            drafts.extend(self.draft(cube, scopes, roles)?);
        }
        let mut needed = Vec::new();
        for index in 0..drafts.len() {
            if !self.is_covered(&mut drafts, index, roles)? {
                needed.extend(drafts.get(index).map(|draft| self.finished(draft)));
            }
        }
        Ok(needed)
    }

    fn finished(&self, draft: &Draft) -> Grant {
        let assignment = self.atoms.of(&draft.assignment).into_iter();
        Grant {
            assignment: assignment
                .map(|(atom, holds)| (atom.clone(), holds))
                .collect(),
            scopes: draft.scopes.clone(),
            null_scopes: draft.null_scopes.clone(),
        }
    }

    /// Whether another grant allows all that this one does. Of two equal grants the first is kept.
    fn is_covered(
        &self,
        drafts: &mut [Draft],
        index: usize,
        roles: Option<&BTreeSet<String>>,
    ) -> Result<bool, TooComplex> {
        for other in (0..drafts.len()).filter(|other| *other != index) {
            if self.covers(drafts, other, index, roles)?
                && (other < index || !self.covers(drafts, index, other, roles)?)
            {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// The grant of a cube, without redundant conditions; `None` if no caller and target satisfy
    /// it.
    fn draft(
        &self,
        cube: &Cube,
        scopes: &[TokenScope],
        roles: Option<&BTreeSet<String>>,
    ) -> Result<Option<Draft>, TooComplex> {
        let mut draft = Draft {
            assignment: cube.clone(),
            scopes: Vec::new(),
            null_scopes: Vec::new(),
            follows: HashMap::new(),
        };
        for scope in scopes {
            if self.is_possible(cube, *scope, roles, false)? {
                draft.scopes.push(*scope);
            } else if self.analysis.null_matches && self.is_possible(cube, *scope, roles, true)? {
                draft.null_scopes.push(*scope);
            }
        }
        if draft.all_scopes().next().is_none() {
            return Ok(None);
        }
        // Negated conditions are redundant more often than positive ones.
        for wanted in [false, true] {
            let mut index = 0;
            while let Some((var, holds)) = draft.assignment.get(index).copied() {
                let mut others = draft.assignment.clone();
                others.remove(index);
                if holds == wanted && self.follows(&draft, others, (var, holds), roles)? {
                    draft.assignment.remove(index);
                } else {
                    index += 1;
                }
            }
        }
        // The search may succeed with few conditions where it gave up with many.
        let impossible = self.is_impossible(&draft, &draft.assignment, roles)?;
        Ok((!impossible).then_some(draft))
    }

    /// Whether a wider grant allows all that this one does.
    fn covers(
        &self,
        drafts: &mut [Draft],
        wider: usize,
        index: usize,
        roles: Option<&BTreeSet<String>>,
    ) -> Result<bool, TooComplex> {
        let (Some(wider), Some(draft)) = (drafts.get(wider), drafts.get(index)) else {
            return Ok(false);
        };
        self.bdds.budget.spend(1)?;
        if !draft.is_within(wider) {
            return Ok(false);
        }
        let mut found = Vec::new();
        let mut all = true;
        for literal in &wider.assignment {
            self.bdds.budget.spend(1)?;
            if draft.assignment.contains(literal) {
                continue;
            }
            let follows = match draft.follows.get(literal) {
                Some(known) => *known,
                None => {
                    let follows = self.follows(draft, draft.assignment.clone(), *literal, roles)?;
                    found.push((*literal, follows));
                    follows
                }
            };
            if !follows {
                all = false;
                break;
            }
        }
        if let Some(draft) = drafts.get_mut(index) {
            draft.follows.extend(found);
        }
        Ok(all)
    }

    /// Whether a literal follows from others, in all scopes of a grant.
    fn follows(
        &self,
        draft: &Draft,
        mut others: Cube,
        (var, holds): (Var, bool),
        roles: Option<&BTreeSet<String>>,
    ) -> Result<bool, TooComplex> {
        let given = self.atoms.of(&others);
        if holds
            && self
                .atoms
                .get(var)
                .is_some_and(|atom| is_excluded(atom, &given))
        {
            return Ok(false);
        }
        others.push((var, !holds));
        self.is_impossible(draft, &others, roles)
    }

    fn is_impossible(
        &self,
        draft: &Draft,
        cube: &Cube,
        roles: Option<&BTreeSet<String>>,
    ) -> Result<bool, TooComplex> {
        for scope in draft.all_scopes() {
            if self.is_possible(cube, scope, roles, self.analysis.null_matches)? {
                return Ok(false);
            }
        }
        Ok(true)
    }

    fn is_possible(
        &self,
        cube: &Cube,
        scope: TokenScope,
        roles: Option<&BTreeSet<String>>,
        null_matches: bool,
    ) -> Result<bool, TooComplex> {
        let callers = self.analysis.callers(scope, roles, null_matches);
        let solution = solve(callers, &self.atoms.of(cube), &self.bdds.budget)?;
        Ok(solution.is_possible())
    }
}
