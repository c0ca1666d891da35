//! Whether some caller and target satisfy an assignment of atoms, with an example.
//!
//! Tokens are those that Keystone issues: of `system_scope`, `domain_id` and `project_id` at most
//! the one of the token's scope is set, `system_scope` to `all`; `project_domain_id` is set
//! together with `project_id`, the two ids of the user always. The other names of oslo.context are
//! a string or null; anything else (such as `token.roles.name`) may be one string or several.

use std::collections::{BTreeMap, BTreeSet};

use crate::analysis::atom::Atom;
use crate::analysis::budget::Budget;
use crate::analysis::obstacle::TooComplex;
use crate::analysis::split::{fill, splits};
use crate::analysis::witness::{Example, ExampleCredentials, TokenScope, Witness};
use crate::language::template::{Part, Template};
use crate::value::credentials::{CredentialName, RoleSet};

/// How many combinations of attributes are tried for one assignment.
const MAX_STEPS: usize = 20_000;

/// The system scope of tokens.
const ALL: &str = "all";

/// The text of null.
const NULL: &str = "None";

/// The callers that are considered.
#[derive(Clone, Copy)]
pub(super) struct Callers<'a> {
    pub(super) scope: TokenScope,
    /// The roles that are held; any if `None`.
    pub(super) roles: Option<&'a BTreeSet<String>>,
    /// Roles that come with others, in lower case.
    pub(super) implied: &'a BTreeMap<String, BTreeSet<String>>,
    /// Credentials that no caller has.
    pub(super) absent: &'a BTreeSet<String>,
    /// Whether a credential that is null because of the scope may equal a null attribute.
    pub(super) null_matches: bool,
}

/// The result of the search.
pub(super) enum Solution {
    No,
    /// No example was found, but there may be one.
    Unknown,
    Yes(Box<Witness>),
}

impl Solution {
    pub(super) fn is_possible(&self) -> bool {
        !matches!(self, Self::No)
    }
}

/// Searches for a caller and a target that satisfy the assignment.
pub(super) fn solve(
    callers: Callers<'_>,
    assignment: &[(&Atom, bool)],
    budget: &Budget,
) -> Result<Solution, TooComplex> {
    let (constants, certain) = constants(callers, assignment);
    let mut search = Search {
        callers,
        assignment,
        attributes: attributes(assignment),
        constants,
        chosen: BTreeMap::new(),
        steps: 0,
    };
    let found = search.choose(0);
    budget.spend(search.steps * assignment.len().max(1))?;
    Ok(match found {
        Some(true) => match search.witness() {
            Some(witness) => Solution::Yes(Box::new(witness)),
            None => Solution::Unknown,
        },
        Some(false) if certain && search.is_simple() => Solution::No,
        Some(false) | None => Solution::Unknown,
    })
}

/// The attributes that the assignment reads, those first that must be present.
fn attributes<'a>(assignment: &[(&'a Atom, bool)]) -> Vec<(&'a str, bool)> {
    let mut attributes: Vec<(&str, bool)> = Vec::new();
    for needed in [true, false] {
        for (atom, _) in assignment.iter().filter(|(_, holds)| *holds == needed) {
            for name in atom.attributes() {
                if !attributes.iter().any(|(known, _)| *known == name) {
                    attributes.push((name, needed));
                }
            }
        }
    }
    attributes
}

/// The values to try for attributes, besides fresh ones; and whether the list is complete.
///
/// A value that occurs in negated atoms only is left out, since a fresh value serves as well;
/// except where values are concatenated.
fn constants(callers: Callers<'_>, assignment: &[(&Atom, bool)]) -> (Vec<String>, bool) {
    let is_mixed = |(atom, _): &(&Atom, bool)| matches!(atom.right(), Some(Template::Mixed(_)));
    let mixed = assignment.iter().any(is_mixed);
    let mut texts = BTreeSet::from([NULL.to_owned(), String::new()]);
    for (atom, _) in assignment.iter().filter(|(_, holds)| *holds || mixed) {
        match atom {
            Atom::Credential {
                right: Template::Fixed(text),
                ..
            }
            | Atom::Literal { left: text, .. } => {
                texts.insert(text.to_string());
            }
            Atom::Role(name) => {
                texts.insert(name.to_string());
            }
            Atom::RoleOf(_) => texts.extend(callers.roles.into_iter().flatten().cloned()),
            _ => {}
        }
    }
    if callers.scope == TokenScope::System {
        texts.insert(ALL.to_owned());
    }
    let mut certain = true;
    let mut parts = BTreeSet::new();
    for right in assignment.iter().filter_map(|(atom, _)| atom.right()) {
        if let Template::Mixed(pieces) = right {
            parts.extend(pieces.iter().filter_map(|piece| match piece {
                Part::Text(text) => Some(text.to_string()),
                _ => None,
            }));
            parts.extend(fill(right, &|name| Some(new_name(name))));
            for text in &texts {
                match splits(right, text) {
                    Ok(found) => parts.extend(found.into_iter().flat_map(BTreeMap::into_values)),
                    Err(_) => certain = false,
                }
            }
        }
    }
    texts.extend(parts);
    (texts.into_iter().collect(), certain)
}

struct Search<'a> {
    callers: Callers<'a>,
    assignment: &'a [(&'a Atom, bool)],
    /// Each with whether it must be present.
    attributes: Vec<(&'a str, bool)>,
    constants: Vec<String>,
    /// The values chosen so far; `None` for an attribute that is absent.
    chosen: BTreeMap<&'a str, Option<String>>,
    steps: usize,
}

/// The values that a credential must have, and those that it must not have.
#[derive(Default)]
struct Demand {
    must: BTreeSet<String>,
    must_not: BTreeSet<String>,
    /// Whether one of `must` comes from the target.
    from_target: bool,
}

impl<'a> Search<'a> {
    /// Tries all values for the attributes from number `at` on. `None` when that takes too many
    /// steps.
    fn choose(&mut self, at: usize) -> Option<bool> {
        self.steps += 1;
        if self.steps > MAX_STEPS {
            return None;
        }
        if self.demands().is_none_or(|demands| !self.is_met(&demands)) {
            return Some(false);
        }
        let Some((name, needed)) = self.attributes.get(at).copied() else {
            return Some(true);
        };
        for value in self.values(at, name, needed) {
            self.chosen.insert(name, value);
            if self.choose(at + 1)? {
                return Some(true);
            }
        }
        self.chosen.remove(name);
        Some(false)
    }

    /// The values to try for an attribute. One that only negated atoms read may be absent; if
    /// present, a fresh value is the most likely to differ.
    fn values(&self, at: usize, name: &str, needed: bool) -> Vec<Option<String>> {
        if !needed {
            return vec![Some(new_name(name)), None];
        }
        if let Some(forced) = self.forced(name) {
            return forced.into_iter().map(Some).collect();
        }
        let own = self.attributes.iter().take(at + 1).rev();
        let mut values: Vec<Option<String>> = own.map(|(name, _)| Some(new_name(name))).collect();
        values.extend(self.constants.iter().cloned().map(Some));
        values
    }

    /// The only value that an attribute can have, where a positive atom leaves at most one.
    fn forced(&self, name: &str) -> Option<Option<String>> {
        let alone = |right: &Template| matches!(right, Template::Attribute(own) if **own == *name);
        self.assignment.iter().find_map(|(atom, holds)| match atom {
            Atom::Literal { left, right } if *holds && alone(right) => Some(Some(left.to_string())),
            Atom::Credential { path, right } if *holds && alone(right) => {
                match self.nature(&self.key(path)) {
                    Nature::Absent => Some(None),
                    Nature::All => Some(Some(ALL.to_owned())),
                    Nature::Null => Some(Some(NULL.to_owned())),
                    Nature::Many | Nature::Set | Nature::Single => None,
                }
            }
            _ => None,
        })
    }

    /// The demands on each credential under the attributes chosen so far. `None` if the assignment
    /// is violated already.
    fn demands(&self) -> Option<BTreeMap<String, Demand>> {
        let mut demands: BTreeMap<String, Demand> = BTreeMap::new();
        for (atom, holds) in self.assignment {
            let names = atom.attributes();
            if names.iter().any(|name| !self.chosen.contains_key(name)) {
                continue;
            }
            let text = atom.right().map(|right| self.filled(right));
            let wanted = match (atom, &text) {
                (Atom::Outside(_), _) => continue,
                (Atom::Present(name), _) => {
                    let present = self.chosen.get(&**name).is_some_and(Option::is_some);
                    if present != *holds {
                        return None;
                    }
                    continue;
                }
                (_, Some(None)) if *holds => return None,
                (_, Some(None)) => continue,
                (Atom::Literal { left, .. }, Some(Some(text))) => {
                    if (**left == **text) != *holds {
                        return None;
                    }
                    continue;
                }
                (Atom::Credential { path, .. }, Some(Some(text))) => (self.key(path), text.clone()),
                (Atom::Role(name), _) => (ROLE.to_owned(), name.to_string()),
                (_, Some(Some(text))) => (ROLE.to_owned(), text.to_lowercase()),
                (_, None) => continue,
            };
            let demand = demands.entry(wanted.0).or_default();
            if *holds {
                demand.must.insert(wanted.1);
                demand.from_target |= !names.is_empty();
            } else {
                demand.must_not.insert(wanted.1);
            }
        }
        Some(demands)
    }

    fn filled(&self, right: &Template) -> Option<String> {
        fill(right, &|name| self.chosen.get(name).cloned().flatten())
    }

    /// The name of a credential; `system` is an alias of the system scope.
    fn key(&self, path: &[Box<str>]) -> String {
        match path {
            [name] if **name == *"system" && self.callers.scope == TokenScope::System => {
                "system_scope".to_owned()
            }
            path => path.join("."),
        }
    }

    fn is_met(&self, demands: &BTreeMap<String, Demand>) -> bool {
        demands.iter().all(|(name, demand)| match &**name {
            ROLE => self.roles(demand).is_some(),
            "roles" => true,
            name => match self.nature(name) {
                Nature::Absent => demand.must.is_empty(),
                Nature::All => {
                    demand.must.iter().all(|text| text == ALL) && !demand.must_not.contains(ALL)
                }
                Nature::Null => {
                    let matched = demand.from_target && !self.callers.null_matches;
                    demand.must.iter().all(|text| text == NULL)
                        && !demand.must_not.contains(NULL)
                        && !matched
                }
                Nature::Set => {
                    let mut must = demand.must.iter();
                    // An id is never the string `None`: that string stands for null, here as
                    // elsewhere.
                    demand.must.len() <= 1
                        && must.all(|text| {
                            !text.is_empty() && text != NULL && !demand.must_not.contains(text)
                        })
                }
                Nature::Single => {
                    demand.must.len() <= 1 && demand.must.is_disjoint(&demand.must_not)
                }
                Nature::Many => demand.must.is_disjoint(&demand.must_not),
            },
        })
    }

    fn nature(&self, name: &str) -> Nature {
        let scoped = |scope| {
            if self.callers.scope == scope {
                Nature::Set
            } else {
                Nature::Null
            }
        };
        let absent = |absent: &String| {
            let below = name.strip_prefix(absent.as_str());
            below.is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
        };
        match name {
            _ if self.callers.absent.iter().any(absent) => Nature::Absent,
            "domain_id" => scoped(TokenScope::Domain),
            "project_id" | "project_domain_id" => scoped(TokenScope::Project),
            "user_id" | "user_domain_id" => Nature::Set,
            "system" => Nature::Absent,
            "system_scope" if self.callers.scope == TokenScope::System => Nature::All,
            "system_scope" => Nature::Null,
            name if is_single(name) => Nature::Single,
            _ => Nature::Many,
        }
    }

    /// The roles that meet a demand.
    fn roles(&self, demand: &Demand) -> Option<BTreeSet<String>> {
        let held = match self.callers.roles {
            Some(roles) => roles.clone(),
            None => with_implied(demand.must.iter(), self.callers.implied),
        };
        let met = demand.must.is_subset(&held) && demand.must_not.is_disjoint(&held);
        met.then_some(held)
    }

    /// Whether the tried values suffice to rule a solution out. They may not where one credential
    /// must match several right operands that mix literals and attributes, or where paths overlap.
    fn is_simple(&self) -> bool {
        let mut wanted: BTreeMap<String, (usize, bool)> = BTreeMap::new();
        let mut paths: BTreeSet<String> = BTreeSet::new();
        for (atom, holds) in self.assignment {
            let name = match atom {
                Atom::Credential { path, .. } => {
                    paths.insert(path.join("."));
                    self.key(path)
                }
                // Role names are compared in lower case, which `splits` does not take into account.
                Atom::RoleOf(Template::Mixed(_)) => return false,
                Atom::RoleOf(_) => ROLE.to_owned(),
                _ => continue,
            };
            if *holds {
                let (count, mixed) = wanted.entry(name).or_default();
                *count += 1;
                *mixed |= matches!(atom.right(), Some(Template::Mixed(_)));
            }
        }
        let overlaps = paths
            .iter()
            .any(|path| self.is_below(path, &paths) || path.split('.').next() == Some("roles"));
        !overlaps && wanted.values().all(|(count, mixed)| *count < 2 || !mixed)
    }

    /// Whether a path extends another one, or a name that is never a mapping.
    fn is_below(&self, path: &str, paths: &BTreeSet<String>) -> bool {
        path.match_indices('.').any(|(at, _)| {
            path.get(..at).is_some_and(|before| {
                paths.contains(before) || before == "system" || is_single(before)
            })
        })
    }

    /// Builds the example and verifies it against the whole assignment.
    fn witness(&self) -> Option<Witness> {
        let demands = self.demands()?;
        let none = Demand::default();
        let mut names = self.roles(demands.get(ROLE).unwrap_or(&none))?;
        if let Some(generic) = demands.get("roles") {
            names.extend(generic.must.iter().cloned());
        }
        let mut values = BTreeMap::new();
        for name in ["domain_id", "project_id", "system_scope"] {
            let demand = demands.get(name).unwrap_or(&none);
            values.insert(name.to_owned(), self.value(name, demand));
        }
        for (name, demand) in &demands {
            let bare = matches!(self.nature(name), Nature::Absent | Nature::Many);
            let needless = bare && demand.must.is_empty();
            if name != ROLE && name != "roles" && !needless {
                let value = self.value(name, demand);
                let path: Vec<&str> = name.split('.').collect();
                insert(&mut values, &path, value)?;
            }
        }
        let witness = Witness {
            scope: self.callers.scope,
            credentials: ExampleCredentials {
                roles: RoleSet::new(names),
                values,
            },
            target: self
                .chosen
                .iter()
                .filter_map(|(name, value)| Some(((*name).to_owned(), example(value.as_ref()?))))
                .collect(),
        };
        let verified = self.assignment.iter().all(|(atom, holds)| {
            matches!(atom, Atom::Outside(_))
                || atom.evaluate(&witness.credentials, &witness.target) == Some(*holds)
        });
        verified.then_some(witness)
    }

    fn value(&self, name: &str, demand: &Demand) -> Example {
        let mut texts = demand.must.iter().map(|text| example(text));
        match self.nature(name) {
            Nature::Null => Example::Null,
            Nature::Absent => Example::List(Vec::new()),
            Nature::All => Example::Text(ALL.to_owned()),
            Nature::Single | Nature::Set => {
                let new = Example::Text(new_text(&new_name(name), &demand.must_not));
                texts.next().unwrap_or(new)
            }
            Nature::Many => match demand.must.len() {
                1 => texts.next().unwrap_or(Example::Null),
                _ => Example::List(texts.collect()),
            },
        }
    }
}

/// A string as a value: `None` is null.
fn example(text: &str) -> Example {
    match text {
        NULL => Example::Null,
        text => Example::Text(text.to_owned()),
    }
}

/// The key of the demands on role names; no path has it.
const ROLE: &str = "\0role";

/// What a credential can be.
#[derive(Clone, Copy, Eq, PartialEq)]
enum Nature {
    Absent,
    /// The one system scope that Keystone knows.
    All,
    /// Any number of texts.
    Many,
    Null,
    /// An id: a text that is neither empty nor `None`.
    Set,
    /// A text or null.
    Single,
}

/// These roles and all that they imply.
pub(super) fn with_implied<'a>(
    roles: impl Iterator<Item = &'a String>,
    implied: &BTreeMap<String, BTreeSet<String>>,
) -> BTreeSet<String> {
    let mut open: Vec<&String> = roles.collect();
    let mut all = BTreeSet::new();
    while let Some(role) = open.pop() {
        if all.insert(role.clone()) {
            open.extend(implied.get(role).into_iter().flatten());
        }
    }
    all
}

/// Whether a credential is always a string or null, as oslo.context sets it. Others may be lists.
pub(super) fn is_single(name: &str) -> bool {
    let lists = [CredentialName::Roles, CredentialName::ServiceRoles];
    CredentialName::from_name(name).is_some_and(|name| !lists.contains(&name))
}

/// A fresh value that no rule names.
fn new_name(name: &str) -> String {
    format!("some-{name}")
}

/// A string that is not in `taken`.
fn new_text(usual: &str, taken: &BTreeSet<String>) -> String {
    let others = (2_usize..).map(|number| format!("{usual}-{number}"));
    std::iter::once(usual.to_owned())
        .chain(others)
        .find(|text| !taken.contains(text))
        .unwrap_or_default()
}

/// Inserts a value at a path. `None` if a value that is no mapping is in between.
fn insert(values: &mut BTreeMap<String, Example>, path: &[&str], value: Example) -> Option<()> {
    let (first, rest) = path.split_first()?;
    if rest.is_empty() {
        values.insert((*first).to_owned(), value);
        return Some(());
    }
    let below = values
        .entry((*first).to_owned())
        .or_insert_with(|| Example::Map(BTreeMap::new()));
    match below {
        Example::Map(map) => insert(map, rest, value),
        Example::List(_) | Example::Null | Example::Text(_) => None,
    }
}
