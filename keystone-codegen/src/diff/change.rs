//! Changes, and where they are collected.

use std::fmt;

use super::life::Lives;
use super::wire::Types;
use crate::model::Api;
use crate::text::visible;

/// The changes between two versions of an API, the worst first.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct Diff {
    /// The changes.
    pub changes: Vec<Change>,
}

/// One change.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct Change {
    /// Whom it breaks.
    pub effect: Effect,
    /// The kind of the change, for programs: `attribute-removed`.
    pub kind: &'static str,
    /// What it is about: a type, a resource, or the service.
    pub subject: String,
    /// What changes.
    pub what: String,
    /// Why that has this effect.
    pub why: &'static str,
    /// The operations of the old version that it reaches, or of the new one if they are new: method and path.
    /// Empty for a change of the service.
    pub operations: Vec<String>,
}

/// Whom a change breaks. The order is that of reports.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
#[non_exhaustive]
pub enum Effect {
    /// Clients of the old version, at a service of the new one.
    Clients,
    /// The source of programs that use a generated client: a name in Rust changes.
    Source,
    /// Nobody's requests, but operators have to look at their policies or catalog.
    Operators,
    /// No client. A service of the old version does not offer it, so it is deployed before clients of the new
    /// version use it.
    Servers,
    /// Nobody.
    Nobody,
}

impl Effect {
    /// All of them, in order.
    pub const ALL: [Self; 5] = [
        Self::Clients,
        Self::Source,
        Self::Operators,
        Self::Servers,
        Self::Nobody,
    ];

    /// In JSON, and on the command line.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Clients => "clients",
            Self::Source => "source",
            Self::Operators => "operators",
            Self::Servers => "servers",
            Self::Nobody => "nobody",
        }
    }

    /// As the title of a list.
    fn title(self) -> &'static str {
        match self {
            Self::Clients => "breaks clients",
            Self::Source => "breaks the source of programs with a generated client",
            Self::Operators => "operators have to know",
            Self::Servers => "needs the new service, breaks no client",
            Self::Nobody => "breaks nobody",
        }
    }
}

impl Diff {
    /// Whether there is a change with one of these effects.
    #[must_use]
    pub fn is_breaking(&self, effects: &[Effect]) -> bool {
        let mut changes = self.changes.iter();
        changes.any(|change| effects.contains(&change.effect))
    }

    /// The changes with this effect.
    pub fn of(&self, effect: Effect) -> impl Iterator<Item = &Change> {
        let changes = self.changes.iter();
        changes.filter(move |change| change.effect == effect)
    }
}

/// A report for people: a list for each effect, each change with its operations and reason.
impl fmt::Display for Diff {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut between = "";
        for effect in Effect::ALL {
            let count = self.of(effect).count();
            if count == 0 {
                continue;
            }
            writeln!(f, "{between}{} ({count})", effect.title())?;
            between = "\n";
            for change in self.of(effect) {
                let (subject, what) = (visible(&change.subject), visible(&change.what));
                writeln!(f, "  {subject}: {what}")?;
                writeln!(f, "      {}", change.why)?;
                for operation in &change.operations {
                    writeln!(f, "      {}", visible(operation))?;
                }
            }
        }
        Ok(())
    }
}

/// What is said of a change.
#[derive(Clone, Copy)]
pub(super) struct Kind {
    pub(super) name: &'static str,
    pub(super) effect: Effect,
    pub(super) why: &'static str,
}

impl Kind {
    pub(super) const fn new(name: &'static str, effect: Effect, why: &'static str) -> Self {
        Self { name, effect, why }
    }
}

/// Both versions, and the changes so far.
pub(super) struct Changes<'a> {
    pub(super) old: &'a Api,
    pub(super) new: &'a Api,
    pub(super) old_types: Types<'a>,
    pub(super) new_types: Types<'a>,
    pub(super) lives: Lives,
    found: Vec<Change>,
}

impl<'a> Changes<'a> {
    pub(super) fn new(old: &'a Api, new: &'a Api, lives: Lives) -> Self {
        Self {
            old,
            new,
            old_types: Types::of(old),
            new_types: Types::of(new),
            lives,
            found: Vec::new(),
        }
    }

    /// Adds a change of the service.
    pub(super) fn of_service(&mut self, kind: Kind, what: String) {
        self.add(kind, "the service".to_owned(), what, None);
    }

    /// Adds a change that reaches an operation. One that is known already gets this operation too.
    pub(super) fn add(
        &mut self,
        kind: Kind,
        subject: String,
        what: String,
        operation: Option<&str>,
    ) {
        let Kind { name, effect, why } = kind;
        let known = self.found.iter_mut().find(|one| {
            one.kind == name && one.effect == effect && one.subject == subject && one.what == what
        });
        let operations = match known {
            Some(known) => &mut known.operations,
            None => {
                self.found.push(Change {
                    effect,
                    kind: name,
                    subject,
                    what,
                    why,
                    operations: Vec::new(),
                });
                match self.found.last_mut() {
                    Some(added) => &mut added.operations,
                    None => return,
                }
            }
        };
        if let Some(operation) = operation
            && !operations.iter().any(|one| one == operation)
        {
            operations.push(operation.to_owned());
        }
    }

    /// All changes, the worst first, then by subject; the order of the description is kept among equals.
    pub(super) fn finish(mut self) -> Diff {
        self.found
            .sort_by(|a, b| (a.effect, &a.subject).cmp(&(b.effect, &b.subject)));
        Diff {
            changes: self.found,
        }
    }
}
