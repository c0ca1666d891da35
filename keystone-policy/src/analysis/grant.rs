//! One set of conditions to be allowed.

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

/// One set of conditions to be allowed: conditions which together suffice.
///
/// `Display` names roles first, then what else is needed, then the scopes if not any will do.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Grant {
    pub(super) answers: Vec<(Atom, bool)>,
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

    /// What else must be so, in words, such as `user_id is target.owner_id`.
    pub fn conditions(&self) -> Vec<String> {
        self.answers
            .iter()
            .filter(|(atom, _)| !matches!(atom, Atom::Role(_)))
            .map(|(atom, answer)| atom.sentence(*answer))
            .collect()
    }

    /// The scopes of tokens that this grant is for.
    pub fn scopes(&self) -> &[TokenScope] {
        &self.scopes
    }

    /// More scopes for which it is one only because credentials that the token leaves null equal
    /// attributes of the target that are null.
    pub fn null_scopes(&self) -> &[TokenScope] {
        &self.null_scopes
    }

    /// Whether it suffices whatever the target is.
    pub fn is_independent_of_target(&self) -> bool {
        self.answers
            .iter()
            .all(|(atom, _)| atom.attributes().is_empty() && !matches!(atom, Atom::Outside(_)))
    }

    /// Whether it depends on another server, or on a check that the service adds.
    pub fn is_decided_outside(&self) -> bool {
        self.answers
            .iter()
            .any(|(atom, _)| matches!(atom, Atom::Outside(_)))
    }

    /// Whether a given caller and target are an instance of it. `None` where a check that is decided
    /// outside matters, or one goes deeper than the credentials do.
    pub fn holds(&self, creds: &dyn Credentials, target: &dyn PolicyTarget) -> Option<bool> {
        let scope = TokenScope::of(creds);
        if !self.scopes.contains(&scope) && !self.null_scopes.contains(&scope) {
            return Some(false);
        }
        let mut all = Some(true);
        for (atom, answer) in &self.answers {
            match atom.answer(creds, target) {
                Some(found) if found != *answer => return Some(false),
                Some(_) => {}
                None => all = None,
            }
        }
        all
    }

    fn named(&self, held: bool) -> Vec<&str> {
        let role = |(atom, answer): &'_ (Atom, bool)| match atom {
            Atom::Role(_) => *answer == held,
            _ => false,
        };
        self.answers
            .iter()
            .filter(|answer| role(answer))
            .filter_map(|(atom, _)| match atom {
                Atom::Role(name) => Some(&**name),
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

/// A grant in the making: the numbers of questions with their answers.
struct Draft {
    answers: Cube,
    scopes: Vec<TokenScope>,
    null_scopes: Vec<TokenScope>,
    /// What follows from all its answers, as far as that was asked.
    follows: HashMap<(Var, bool), bool>,
}

impl Draft {
    fn all_scopes(&self) -> impl Iterator<Item = TokenScope> {
        self.scopes.iter().chain(&self.null_scopes).copied()
    }

    /// Whether only scopes count here that count in `wider`.
    fn is_within(&self, wider: &Self) -> bool {
        self.scopes.iter().all(|scope| wider.scopes.contains(scope))
            && self
                .all_scopes()
                .all(|scope| wider.all_scopes().any(|known| known == scope))
    }
}

/// Whether a credential has another text already, so that lists of ids need no search.
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
    given.iter().any(|(other, answer)| {
        *answer && fixed(other).is_some_and(|(own, other)| own == path && other != text)
    })
}

impl Study<'_> {
    /// The grants that a BDD without broken ends, with a token of these scopes.
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
        let answers = self.atoms.of(&draft.answers).into_iter();
        Grant {
            answers: answers
                .map(|(atom, answer)| (atom.clone(), answer))
                .collect(),
            scopes: draft.scopes.clone(),
            null_scopes: draft.null_scopes.clone(),
        }
    }

    /// Whether another grant allows all that this one does. Of two that allow the same the first stays.
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

    /// The grant that a cube stands for, without what goes without saying; `None` if there is no caller
    /// and no target for it.
    fn draft(
        &self,
        cube: &Cube,
        scopes: &[TokenScope],
        roles: Option<&BTreeSet<String>>,
    ) -> Result<Option<Draft>, TooComplex> {
        let mut draft = Draft {
            answers: cube.clone(),
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
        // What is not so goes without saying more often than what is.
        for wanted in [false, true] {
            let mut index = 0;
            while let Some((var, answer)) = draft.answers.get(index).copied() {
                let mut others = draft.answers.clone();
                others.remove(index);
                if answer == wanted && self.follows(&draft, others, (var, answer), roles)? {
                    draft.answers.remove(index);
                } else {
                    index += 1;
                }
            }
        }
        // What could not be told of many answers may be told of few.
        let impossible = self.is_impossible(&draft, &draft.answers, roles)?;
        Ok((!impossible).then_some(draft))
    }

    /// Whether all that one grant allows is allowed by a wider one.
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
        for answer in &wider.answers {
            self.bdds.budget.spend(1)?;
            if draft.answers.contains(answer) {
                continue;
            }
            let follows = match draft.follows.get(answer) {
                Some(known) => *known,
                None => {
                    let follows = self.follows(draft, draft.answers.clone(), *answer, roles)?;
                    found.push((*answer, follows));
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

    /// Whether an answer follows from others, in all scopes of a grant.
    fn follows(
        &self,
        draft: &Draft,
        mut others: Cube,
        (var, answer): (Var, bool),
        roles: Option<&BTreeSet<String>>,
    ) -> Result<bool, TooComplex> {
        let given = self.atoms.of(&others);
        if answer
            && self
                .atoms
                .get(var)
                .is_some_and(|atom| is_excluded(atom, &given))
        {
            return Ok(false);
        }
        others.push((var, !answer));
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
        let question = self.analysis.question(scope, roles, null_matches);
        let solution = solve(question, &self.atoms.of(cube), &self.bdds.budget)?;
        Ok(solution.is_possible())
    }
}
