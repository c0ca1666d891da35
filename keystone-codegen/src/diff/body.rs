//! What requests and responses hold.

use std::collections::HashSet;

use super::change::{Changes, Effect, Kind};
use super::relation::{Relation, relation, words};
use super::wire::{Attribute, Direction, Node, Object, Text, Wire, Words};
use crate::model::Variant;

const REMOVED_REQUEST: Kind = Kind::new(
    "attribute-removed",
    Effect::Clients,
    "clients that send it get 400, or it has no effect any more",
);
const REMOVED_RESPONSE: Kind = Kind::new(
    "attribute-removed",
    Effect::Clients,
    "clients that read it find nothing",
);
const REQUIRED_NEW: Kind = Kind::new(
    "attribute-required",
    Effect::Clients,
    "clients do not send it and get 400; a microversion of its own (`since`) would spare them",
);
const REQUIRED: Kind = Kind::new(
    "attribute-required",
    Effect::Clients,
    "clients that leave it out get 400",
);
const NOT_REQUIRED: Kind = Kind::new(
    "attribute-optional",
    Effect::Servers,
    "clients may go on sending it; in generated clients it moves from an argument to a setter",
);
const ADDED_REQUEST: Kind = Kind::new(
    "attribute-added",
    Effect::Servers,
    "clients need not send it",
);
const ADDED_RESPONSE: Kind = Kind::new(
    "attribute-added",
    Effect::Servers,
    "clients ignore attributes that they do not know",
);
const OPTIONAL_RESPONSE: Kind =
    Kind::new("attribute-optional", Effect::Clients, "clients rely on it");
const ALWAYS_RESPONSE: Kind = Kind::new(
    "attribute-always",
    Effect::Servers,
    "clients expect that it may be absent",
);
const NOT_NULL: Kind = Kind::new(
    "null-refused",
    Effect::Clients,
    "clients that send null get 400",
);
const NULL: Kind = Kind::new(
    "null-allowed",
    Effect::Servers,
    "clients need not send null",
);
const POLICY_NEW: Kind = Kind::new(
    "attribute-policy",
    Effect::Clients,
    "callers whom the policy refuses neither see nor set it any more",
);
const POLICY: Kind = Kind::new(
    "attribute-policy",
    Effect::Operators,
    "an operator's rule for the old policy no longer decides who sees and sets it",
);
const RUST_NAME: Kind = Kind::new(
    "rust-name",
    Effect::Source,
    "generated code names it so; requests and responses stay as they are",
);
const CLOSED: Kind = Kind::new(
    "closed",
    Effect::Clients,
    "clients that send attributes that are not described get 400",
);
const OPEN: Kind = Kind::new(
    "open",
    Effect::Servers,
    "clients need not send more than is described",
);
const WORD_REMOVED: Kind = Kind::new(
    "word-removed",
    Effect::Clients,
    "clients that send it get 400",
);
const WORD_ADDED: Kind = Kind::new("word-added", Effect::Servers, "clients need not send it");
const WORD_UNSENT: Kind = Kind::new("word-removed", Effect::Servers, "clients need it no more");
const WORD_SENT: Kind = Kind::new(
    "word-added",
    Effect::Servers,
    "enumerations are open: clients keep words that they do not know",
);
const VARIANT_REMOVED: Kind = Kind::new(
    "variant-removed",
    Effect::Clients,
    "clients that send it get 400",
);
const VARIANT_ADDED: Kind = Kind::new("variant-added", Effect::Servers, "clients need not send it");
const VARIANT_UNSENT: Kind = Kind::new(
    "variant-removed",
    Effect::Servers,
    "clients need it no more",
);
const VARIANT_SENT: Kind = Kind::new(
    "variant-added",
    Effect::Servers,
    "clients keep types that they do not know as JSON",
);
const TAG: Kind = Kind::new(
    "discriminator",
    Effect::Clients,
    "clients tell the types apart by the old one",
);

/// One body of an operation, compared.
pub(super) struct Walk<'c, 'a> {
    pub(super) changes: &'c mut Changes<'a>,
    pub(super) operation: &'c str,
    pub(super) direction: Direction,
    /// The pairs of objects that are being compared or are done: types may contain themselves.
    seen: HashSet<(String, String)>,
}

/// A place in a body: the type that has it, and the way from there.
#[derive(Clone)]
struct Site {
    subject: String,
    path: String,
}

impl Site {
    fn within(&self, part: &str) -> Self {
        Self {
            subject: self.subject.clone(),
            path: format!("{}{part}", self.path),
        }
    }
}

impl<'c, 'a> Walk<'c, 'a> {
    pub(super) fn new(
        changes: &'c mut Changes<'a>,
        operation: &'c str,
        direction: Direction,
    ) -> Self {
        Self {
            changes,
            operation,
            direction,
            seen: HashSet::new(),
        }
    }

    /// Compares what stands in two bodies of operations on `subject`.
    pub(super) fn bodies(&mut self, subject: &str, old: &Wire<'a>, new: &Wire<'a>) {
        let site = Site {
            subject: subject.to_owned(),
            path: String::new(),
        };
        self.wires(&site, old, new);
    }

    fn is_request(&self) -> bool {
        self.direction == Direction::Request
    }

    /// One of two kinds, by the direction.
    fn of(&self, request: Kind, response: Kind) -> Kind {
        match self.direction {
            Direction::Request => request,
            Direction::Response => response,
        }
    }

    fn bodies_name(&self) -> &'static str {
        match self.direction {
            Direction::Request => "requests",
            Direction::Response => "responses",
        }
    }

    fn add(&mut self, kind: Kind, site: &Site, what: &str) {
        let what = match site.path.as_str() {
            "" => what.to_owned(),
            path => format!("`{path}` {what}"),
        };
        self.changes
            .add(kind, site.subject.clone(), what, Some(self.operation));
    }

    fn wires(&mut self, site: &Site, old: &Wire<'a>, new: &Wire<'a>) {
        let (old, old_null) = self.changes.old_types.node(old, self.direction);
        let (new, new_null) = self.changes.new_types.node(new, self.direction);
        if old_null != new_null {
            let relation = match new_null {
                true => Relation::Wider,
                false => Relation::Narrower,
            };
            self.types(relation, site, (&old, old_null), (&new, new_null));
        }
        let relation = relation(&old, &new);
        self.types(relation, site, (&old, false), (&new, false));
        match (old, new) {
            (Node::List(old), Node::List(new)) => self.wires(&site.within("[]"), &old, &new),
            // Nobody looks at the values of links.
            (Node::Map(Some(old)), Node::Map(Some(new))) => {
                self.wires(&site.within("{}"), &Wire::Type(old), &Wire::Type(new));
            }
            (Node::Object(old), Node::Object(new)) => self.objects(&old, &new),
            (Node::Text(Text::Enum(old)), Node::Text(Text::Enum(new))) => {
                self.enumerations(site, old, new);
            }
            (Node::Union(name, tag, old), Node::Union(_, new_tag, new)) => {
                if tag != new_tag {
                    let shown = |tag: &Option<String>| match tag {
                        Some(tag) => format!("`{tag}`"),
                        None => "no attribute".to_owned(),
                    };
                    let what = format!(
                        "has {} for a discriminator, had {}",
                        shown(new_tag),
                        shown(tag)
                    );
                    self.add(TAG, site, &what);
                }
                if self.begin(name, name) {
                    self.unions(site, old, new);
                }
            }
            _ => {}
        }
    }

    fn types(
        &mut self,
        relation: Relation,
        site: &Site,
        (old, old_null): (&Node<'a>, bool),
        (new, new_null): (&Node<'a>, bool),
    ) {
        let Some(kind) = relation.kind(self.direction) else {
            return;
        };
        let (was, is) = (words(old, old_null), words(new, new_null));
        let bodies = self.bodies_name();
        let what = match site.path.as_str() {
            "" => format!("{bodies} hold {is}, held {was}"),
            _ => format!("is {is} in {bodies}, was {was}"),
        };
        self.add(kind, site, &what);
    }

    /// Whether this pair is still to be compared.
    fn begin(&mut self, old: &str, new: &str) -> bool {
        self.seen.insert((old.to_owned(), new.to_owned()))
    }

    fn objects(&mut self, old: &Object<'a>, new: &Object<'a>) {
        if !self.begin(&old.name, &new.name) {
            return;
        }
        let site = Site {
            subject: old.name.clone().into_owned(),
            path: String::new(),
        };
        if plain(&old.name) != plain(&new.name) {
            let what = format!("the type is called `{}`", new.name);
            self.add(RUST_NAME, &site, &what);
        }
        if self.is_request() && old.open != new.open {
            let (kind, what) = match new.open {
                true => (OPEN, "takes attributes that are not described"),
                false => (CLOSED, "refuses attributes that are not described"),
            };
            self.add(kind, &site, what);
        }
        let find = |object: &Object<'a>, name: &str| {
            let mut attributes = object.attributes.iter().copied();
            attributes.find(|one| one.field.name == name)
        };
        for attribute in &old.attributes {
            let site = site.within(&attribute.field.name);
            match find(new, &attribute.field.name) {
                Some(now) => self.attributes(&site, *attribute, now),
                None => self.removed(&site, *attribute),
            }
        }
        for attribute in &new.attributes {
            if find(old, &attribute.field.name).is_none() {
                self.added(&site.within(&attribute.field.name), *attribute);
            }
        }
    }

    fn removed(&mut self, site: &Site, old: Attribute<'a>) {
        if self.changes.lives.compare(Some(old.span()), None).lost {
            let kind = self.of(REMOVED_REQUEST, REMOVED_RESPONSE);
            let what = format!("is gone from {}", self.bodies_name());
            self.add(kind, site, &what);
        }
    }

    fn added(&mut self, site: &Site, new: Attribute<'a>) {
        let life = self.changes.lives.compare(None, Some(new.span()));
        let bodies = self.bodies_name();
        if life.after && self.is_request() && new.required {
            self.add(REQUIRED_NEW, site, "is new and required in requests");
            return;
        }
        let since = match new.field.since {
            Some(_) => format!(" {}", new.span().text()),
            None => String::new(),
        };
        let kind = self.of(ADDED_REQUEST, ADDED_RESPONSE);
        self.add(kind, site, &format!("is new in {bodies}{since}"));
    }

    fn attributes(&mut self, site: &Site, old: Attribute<'a>, new: Attribute<'a>) {
        let life = self
            .changes
            .lives
            .compare(Some(old.span()), Some(new.span()));
        let (was, is) = (old.span().text(), new.span().text());
        let bodies = self.bodies_name();
        if life.lost {
            let kind = self.of(REMOVED_REQUEST, REMOVED_RESPONSE);
            self.add(kind, site, &format!("is in {bodies} {is}, was {was}"));
        }
        if life.gained {
            let kind = match self.of(ADDED_REQUEST, ADDED_RESPONSE) {
                _ if self.is_request() && new.required => REQUIRED_NEW,
                kind => kind,
            };
            self.add(kind, site, &format!("is in {bodies} {is}, was {was}"));
        }
        if old.field.rust_name != new.field.rust_name {
            let what = format!(
                "is called `{}` in Rust, was `{}`",
                new.field.rust_name, old.field.rust_name
            );
            self.add(RUST_NAME, site, &what);
        }
        if life.before && life.after {
            self.presence(site, old, new);
            self.policies(site, old, new);
            self.wires(site, &Wire::Type(&old.field.ty), &Wire::Type(&new.field.ty));
        }
    }

    fn presence(&mut self, site: &Site, old: Attribute<'a>, new: Attribute<'a>) {
        if !self.is_request() {
            // Clients find nothing in both. One that only some responses have may be null in documents for that reason,
            // and clients expect it.
            let may_lack =
                |one: Attribute<'_>| !one.required || (one.field.nullable && !one.field.limited);
            match (may_lack(old), may_lack(new)) {
                (false, true) => self.add(
                    OPTIONAL_RESPONSE,
                    site,
                    "may be absent or null in responses",
                ),
                (true, false) => self.add(
                    ALWAYS_RESPONSE,
                    site,
                    "is always in responses, and not null",
                ),
                _ => {}
            }
            return;
        }
        match (old.required, new.required) {
            (false, true) => self.add(REQUIRED, site, "is required in requests"),
            (true, false) => self.add(NOT_REQUIRED, site, "is optional in requests"),
            _ => {}
        }
        match (old.field.nullable, new.field.nullable) {
            (true, false) => self.add(NOT_NULL, site, "may not be null in requests"),
            (false, true) => self.add(NULL, site, "may be null in requests"),
            _ => {}
        }
    }

    fn policies(&mut self, site: &Site, old: Attribute<'a>, new: Attribute<'a>) {
        match (&old.field.policy, &new.field.policy) {
            (old, new) if old == new => {}
            (None, Some(policy)) => {
                self.add(
                    POLICY_NEW,
                    site,
                    &format!("is for those whom policy `{policy}` allows"),
                );
            }
            (Some(policy), None) => {
                self.add(
                    POLICY,
                    site,
                    &format!("is for everybody, was for those whom policy `{policy}` allows"),
                );
            }
            (Some(old), Some(new)) => {
                self.add(POLICY, site, &format!("has policy `{new}`, had `{old}`"));
            }
            (None, None) => {}
        }
    }

    fn enumerations(&mut self, site: &Site, old: Words<'a>, new: Words<'a>) {
        let (old, new) = (old.list(), new.list());
        let bodies = self.bodies_name();
        for word in old.iter().filter(|word| !new.contains(word)) {
            let kind = self.of(WORD_REMOVED, WORD_UNSENT);
            self.add(kind, site, &format!("is no longer `{word}` in {bodies}"));
        }
        for word in new.iter().filter(|word| !old.contains(word)) {
            let kind = self.of(WORD_ADDED, WORD_SENT);
            self.add(kind, site, &format!("may be `{word}` in {bodies}"));
        }
    }

    fn unions(&mut self, site: &Site, old: &'a [Variant], new: &'a [Variant]) {
        let bodies = self.bodies_name();
        for variant in old {
            match new.iter().find(|one| is_same(variant, one)) {
                Some(now) => self.wires(site, &Wire::Type(&variant.ty), &Wire::Type(&now.ty)),
                None => {
                    let kind = self.of(VARIANT_REMOVED, VARIANT_UNSENT);
                    let what = format!("is no longer `{}` in {bodies}", variant.name);
                    self.add(kind, site, &what);
                }
            }
        }
        for variant in new {
            if !old.iter().any(|one| is_same(one, variant)) {
                let kind = self.of(VARIANT_ADDED, VARIANT_SENT);
                let what = format!("may be `{}` in {bodies}", variant.name);
                self.add(kind, site, &what);
            }
        }
    }
}

/// Whether two variants are one: by the values of the discriminator, else by name.
fn is_same(old: &Variant, new: &Variant) -> bool {
    match old.tags.is_empty() || new.tags.is_empty() {
        true => old.name == new.name,
        false => old.tags.iter().any(|tag| new.tags.contains(tag)),
    }
}

/// The name of a type without what tells its two forms apart, which a document gives to the one in requests.
fn plain(name: &str) -> &str {
    name.strip_suffix("Input").unwrap_or(name)
}
