//! One way to be allowed.

use std::collections::BTreeSet;
use std::fmt;

use crate::analysis::atom::Atom;
use crate::analysis::diagram::{Cube, Ref};
use crate::analysis::solve::{Solution, solve};
use crate::analysis::witness::TokenScope;
use crate::analysis::{Study, TooComplex};
use crate::credentials::Credentials;
use crate::target::PolicyTarget;

/// One way to be allowed: conditions which together suffice.
///
/// `Display` names roles first, then what else is needed, then the scopes if not any will do.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Way {
    pub(super) answers: Vec<(Atom, bool)>,
    scopes: Vec<TokenScope>,
    null_scopes: Vec<TokenScope>,
}

impl Way {
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

    /// The scopes of tokens for which this is a way.
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

impl fmt::Display for Way {
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

impl Study<'_> {
    /// The ways to be allowed by a diagram without broken ends, with a token of these scopes.
    pub(super) fn ways(
        &mut self,
        closed: Ref,
        scopes: &[TokenScope],
        roles: Option<&BTreeSet<String>>,
    ) -> Result<Vec<Way>, TooComplex> {
        let cubes = self.diagrams.minimal(closed)?;
        let mut ways: Vec<Way> = Vec::new();
        for cube in &cubes {
            ways.extend(self.way(cube, scopes, roles));
        }
        let needed: Vec<Way> = ways
            .iter()
            .enumerate()
            .filter(|(index, way)| {
                !ways.iter().enumerate().any(|(other, wider)| {
                    other != *index
                        && self.covers(wider, way, roles)
                        && (other < *index || !self.covers(way, wider, roles))
                })
            })
            .map(|(_, way)| way.clone())
            .collect();
        Ok(needed)
    }

    /// The way that a cube stands for, without what goes without saying; `None` if there is no caller
    /// and no target for it.
    fn way(
        &self,
        cube: &Cube,
        scopes: &[TokenScope],
        roles: Option<&BTreeSet<String>>,
    ) -> Option<Way> {
        let answers = self.atoms.of(cube);
        let possible = |scope: TokenScope, null: bool| {
            solve(self.analysis.question(scope, roles, null), &answers).is_possible()
        };
        let (plain, others): (Vec<TokenScope>, Vec<TokenScope>) =
            scopes.iter().partition(|scope| possible(**scope, false));
        let with_null = |scope: &TokenScope| self.analysis.null_matches && possible(*scope, true);
        let null_scopes: Vec<TokenScope> = others.into_iter().filter(with_null).collect();
        if plain.is_empty() && null_scopes.is_empty() {
            return None;
        }
        let mut way = Way {
            answers: answers
                .iter()
                .map(|(atom, answer)| ((*atom).clone(), *answer))
                .collect(),
            scopes: plain,
            null_scopes,
        };
        // What is not so goes without saying more often than what is.
        for wanted in [false, true] {
            let mut index = 0;
            while let Some((atom, answer)) = way.answers.get(index).cloned() {
                if answer == wanted && self.is_implied(&way, index, (&atom, answer), roles) {
                    way.answers.remove(index);
                } else {
                    index += 1;
                }
            }
        }
        // What could not be told of many answers may be told of few.
        let left: Vec<(&Atom, bool)> = way
            .answers
            .iter()
            .map(|(atom, answer)| (atom, *answer))
            .collect();
        (!self.is_impossible(&way, &left, roles)).then_some(way)
    }

    /// Whether an answer follows from the other answers of a way.
    fn is_implied(
        &self,
        way: &Way,
        index: usize,
        (atom, answer): (&Atom, bool),
        roles: Option<&BTreeSet<String>>,
    ) -> bool {
        let others = way.answers.iter().enumerate();
        let mut contrary: Vec<(&Atom, bool)> = others
            .filter(|(other, _)| *other != index)
            .map(|(_, (atom, answer))| (atom, *answer))
            .collect();
        contrary.push((atom, !answer));
        self.is_impossible(way, &contrary, roles)
    }

    /// Whether all that `way` allows is allowed by `wider`.
    fn covers(&self, wider: &Way, way: &Way, roles: Option<&BTreeSet<String>>) -> bool {
        let scopes = |way: &Way| [way.scopes.as_slice(), way.null_scopes.as_slice()].concat();
        let known = scopes(wider);
        way.scopes.iter().all(|scope| wider.scopes.contains(scope))
            && scopes(way).iter().all(|scope| known.contains(scope))
            && wider.answers.iter().all(|(atom, answer)| {
                if way
                    .answers
                    .iter()
                    .any(|(other, holds)| other == atom && holds == answer)
                {
                    return true;
                }
                let mut contrary: Vec<(&Atom, bool)> = way
                    .answers
                    .iter()
                    .map(|(atom, answer)| (atom, *answer))
                    .collect();
                contrary.push((atom, !answer));
                self.is_impossible(way, &contrary, roles)
            })
    }

    fn is_impossible(
        &self,
        way: &Way,
        answers: &[(&Atom, bool)],
        roles: Option<&BTreeSet<String>>,
    ) -> bool {
        let null = self.analysis.null_matches;
        way.scopes.iter().chain(&way.null_scopes).all(|scope| {
            let question = self.analysis.question(*scope, roles, null);
            matches!(solve(question, answers), Solution::No)
        })
    }
}
