//! Whether there is a caller and a target that give a set of answers, and an example if so.
//!
//! The tokens that are looked at are those of Keystone: of `system_scope`, `domain_id` and
//! `project_id` exactly the one of their scope is set, or none, the first to `all`; `project_domain_id` is
//! set beside `project_id`, and the user's two ids always. The other names of oslo.context are a text
//! or null; anything else (such as `token.roles.name`) may be one text or several.

use std::collections::{BTreeMap, BTreeSet};

use crate::analysis::atom::Atom;
use crate::analysis::budget::Budget;
use crate::analysis::obstacle::TooComplex;
use crate::analysis::split::{fill, splits};
use crate::analysis::witness::{Example, ExampleCredentials, TokenScope, Witness};
use crate::language::template::{Part, Template};
use crate::value::credentials::{CredentialName, RoleSet};

/// How many combinations of attributes are tried for one set of answers.
const MAX_STEPS: usize = 20_000;

/// The system scope of tokens.
const ALL: &str = "all";

/// The text of null.
const NULL: &str = "None";

/// Which callers are looked at.
#[derive(Clone, Copy)]
pub(super) struct Question<'a> {
    pub(super) scope: TokenScope,
    /// The only roles that are held; any if not given.
    pub(super) roles: Option<&'a BTreeSet<String>>,
    /// Roles that come with others, in lower case.
    pub(super) implied: &'a BTreeMap<String, BTreeSet<String>>,
    /// Credentials that no caller has.
    pub(super) absent: &'a BTreeSet<String>,
    /// Whether a credential that the scope leaves null may equal an attribute that is null.
    pub(super) null_matches: bool,
}

/// What the search found.
pub(super) enum Solution {
    No,
    /// Neither an example was found, nor that there is none.
    Unknown,
    Yes(Box<Witness>),
}

impl Solution {
    pub(super) fn is_possible(&self) -> bool {
        !matches!(self, Self::No)
    }
}

/// Searches for a caller and a target that give these answers.
pub(super) fn solve(
    question: Question<'_>,
    answers: &[(&Atom, bool)],
    budget: &Budget,
) -> Result<Solution, TooComplex> {
    let (constants, certain) = constants(question, answers);
    let mut search = Search {
        question,
        answers,
        attributes: attributes(answers),
        constants,
        chosen: BTreeMap::new(),
        steps: 0,
    };
    let found = search.choose(0);
    budget.spend(search.steps * answers.len().max(1))?;
    Ok(match found {
        Some(true) => match search.witness() {
            Some(witness) => Solution::Yes(Box::new(witness)),
            None => Solution::Unknown,
        },
        Some(false) if certain && search.is_simple() => Solution::No,
        Some(false) | None => Solution::Unknown,
    })
}

/// The attributes that the answers are about, those first that must be there.
fn attributes<'a>(answers: &[(&'a Atom, bool)]) -> Vec<(&'a str, bool)> {
    let mut attributes: Vec<(&str, bool)> = Vec::new();
    for needed in [true, false] {
        for (atom, _) in answers.iter().filter(|(_, answer)| *answer == needed) {
            for name in atom.attributes() {
                if !attributes.iter().any(|(known, _)| *known == name) {
                    attributes.push((name, needed));
                }
            }
        }
    }
    attributes
}

/// The texts that attributes need be tried with, besides new ones; and whether these are all.
///
/// A text that only wrong answers name is none of them: a new text does as well. That is not so where
/// texts are put together.
fn constants(question: Question<'_>, answers: &[(&Atom, bool)]) -> (Vec<String>, bool) {
    let is_mixed = |(atom, _): &(&Atom, bool)| matches!(atom.right(), Some(Template::Mixed(_)));
    let mixed = answers.iter().any(is_mixed);
    let mut texts = BTreeSet::from([NULL.to_owned(), String::new()]);
    for (atom, _) in answers.iter().filter(|(_, answer)| *answer || mixed) {
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
            Atom::RoleOf(_) => texts.extend(question.roles.into_iter().flatten().cloned()),
            _ => {}
        }
    }
    if question.scope == TokenScope::System {
        texts.insert(ALL.to_owned());
    }
    let mut certain = true;
    let mut parts = BTreeSet::new();
    for right in answers.iter().filter_map(|(atom, _)| atom.right()) {
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
    question: Question<'a>,
    answers: &'a [(&'a Atom, bool)],
    /// With each whether it must be there.
    attributes: Vec<(&'a str, bool)>,
    constants: Vec<String>,
    /// What is chosen so far for attributes; `None` for one that is missing.
    chosen: BTreeMap<&'a str, Option<String>>,
    steps: usize,
}

/// The texts that a credential must have, and those that it must not.
#[derive(Default)]
struct Demand {
    must: BTreeSet<String>,
    must_not: BTreeSet<String>,
    /// Whether one of the first comes from the target.
    from_target: bool,
}

impl<'a> Search<'a> {
    /// Tries all values for the attributes from number `at` on. `None` when that takes too long.
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

    /// The values to try for an attribute. One that only wrong answers are about may as well be
    /// missing; if it is there, a new text is the one that most likely differs.
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

    /// The only value that an attribute can have, where a right answer leaves one or none.
    fn forced(&self, name: &str) -> Option<Option<String>> {
        let alone = |right: &Template| matches!(right, Template::Attribute(own) if **own == *name);
        self.answers.iter().find_map(|(atom, answer)| match atom {
            Atom::Literal { left, right } if *answer && alone(right) => {
                Some(Some(left.to_string()))
            }
            Atom::Credential { path, right } if *answer && alone(right) => {
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

    /// What the answers demand of each credential, as far as attributes are chosen. `None` if one of
    /// the answers is wrong already.
    fn demands(&self) -> Option<BTreeMap<String, Demand>> {
        let mut demands: BTreeMap<String, Demand> = BTreeMap::new();
        for (atom, answer) in self.answers {
            let names = atom.attributes();
            if names.iter().any(|name| !self.chosen.contains_key(name)) {
                continue;
            }
            let text = atom.right().map(|right| self.filled(right));
            let wanted = match (atom, &text) {
                (Atom::Outside(_), _) => continue,
                (Atom::Present(name), _) => {
                    let present = self.chosen.get(&**name).is_some_and(Option::is_some);
                    if present != *answer {
                        return None;
                    }
                    continue;
                }
                (_, Some(None)) if *answer => return None,
                (_, Some(None)) => continue,
                (Atom::Literal { left, .. }, Some(Some(text))) => {
                    if (**left == **text) != *answer {
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
            if *answer {
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

    /// The name of a credential; `system` is another name of the system scope.
    fn key(&self, path: &[Box<str>]) -> String {
        match path {
            [name] if **name == *"system" && self.question.scope == TokenScope::System => {
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
                    let matched = demand.from_target && !self.question.null_matches;
                    demand.must.iter().all(|text| text == NULL)
                        && !demand.must_not.contains(NULL)
                        && !matched
                }
                Nature::Set => {
                    let mut must = demand.must.iter();
                    // An id is never the text `None`, so that text is null here as everywhere else.
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
            if self.question.scope == scope {
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
            _ if self.question.absent.iter().any(absent) => Nature::Absent,
            "domain_id" => scoped(TokenScope::Domain),
            "project_id" | "project_domain_id" => scoped(TokenScope::Project),
            "user_id" | "user_domain_id" => Nature::Set,
            "system" => Nature::Absent,
            "system_scope" if self.question.scope == TokenScope::System => Nature::All,
            "system_scope" => Nature::Null,
            name if is_single(name) => Nature::Single,
            _ => Nature::Many,
        }
    }

    /// The roles that meet a demand.
    fn roles(&self, demand: &Demand) -> Option<BTreeSet<String>> {
        let held = match self.question.roles {
            Some(roles) => roles.clone(),
            None => with_implied(demand.must.iter(), self.question.implied),
        };
        let met = demand.must.is_subset(&held) && demand.must_not.is_disjoint(&held);
        met.then_some(held)
    }

    /// Whether the values that were tried are all that matter. They may not be where one credential
    /// must match several right operands that mix texts and attributes, or where paths overlap.
    fn is_simple(&self) -> bool {
        let mut wanted: BTreeMap<String, (usize, bool)> = BTreeMap::new();
        let mut paths: BTreeSet<String> = BTreeSet::new();
        for (atom, answer) in self.answers {
            let name = match atom {
                Atom::Credential { path, .. } => {
                    paths.insert(path.join("."));
                    self.key(path)
                }
                // Names of roles are compared in lower case, which a split does not see.
                Atom::RoleOf(Template::Mixed(_)) => return false,
                Atom::RoleOf(_) => ROLE.to_owned(),
                _ => continue,
            };
            if *answer {
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

    /// Whether a path goes on from another one, or from a name that is never a mapping.
    fn is_below(&self, path: &str, paths: &BTreeSet<String>) -> bool {
        path.match_indices('.').any(|(at, _)| {
            path.get(..at).is_some_and(|before| {
                paths.contains(before) || before == "system" || is_single(before)
            })
        })
    }

    /// Puts together what was found, and holds it against all answers.
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
            scope: self.question.scope,
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
        let told = self.answers.iter().all(|(atom, answer)| {
            matches!(atom, Atom::Outside(_))
                || atom.answer(&witness.credentials, &witness.target) == Some(*answer)
        });
        told.then_some(witness)
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

/// A text as a value: what has the text of null is null.
fn example(text: &str) -> Example {
    match text {
        NULL => Example::Null,
        text => Example::Text(text.to_owned()),
    }
}

/// The key under which demands on role names are kept; no path has it.
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

/// These roles and all that come with them.
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

/// Whether a credential is always a text or null: oslo.context gives it to all callers, so. Others
/// may be lists.
pub(super) fn is_single(name: &str) -> bool {
    let lists = [CredentialName::Roles, CredentialName::ServiceRoles];
    CredentialName::from_name(name).is_some_and(|name| !lists.contains(&name))
}

/// A value that no rule names.
fn new_name(name: &str) -> String {
    format!("some-{name}")
}

/// A text that is not among `taken`.
fn new_text(usual: &str, taken: &BTreeSet<String>) -> String {
    let others = (2_usize..).map(|number| format!("{usual}-{number}"));
    std::iter::once(usual.to_owned())
        .chain(others)
        .find(|text| !taken.contains(text))
        .unwrap_or_default()
}

/// Puts a value where the path leads. `None` if something else is on the way.
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
