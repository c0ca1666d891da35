//! How one type relates to another.

use super::change::{Effect, Kind};
use super::wire::{Direction, Node, Text};

/// How a new type relates to the old one, without looking into it.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Relation {
    /// Neither has all values of the other.
    Different,
    /// It has fewer values.
    Narrower,
    /// The values are the same, the type in Rust is not.
    Renamed,
    /// The same, as far as this goes: what is within has to be compared.
    Same,
    /// It has more values.
    Wider,
}

const NARROWER_REQUEST: Kind = Kind {
    name: "type-narrowed",
    effect: Effect::Clients,
    why: "clients that send what is no longer taken get 400",
};
const WIDER_REQUEST: Kind = Kind {
    name: "type-widened",
    effect: Effect::Servers,
    why: "all that clients send is still taken",
};
const NARROWER_RESPONSE: Kind = Kind {
    name: "type-narrowed",
    effect: Effect::Servers,
    why: "clients read all that is sent",
};
const WIDER_RESPONSE: Kind = Kind {
    name: "type-widened",
    effect: Effect::Clients,
    why: "clients find what they cannot read",
};
const DIFFERENT_REQUEST: Kind = Kind {
    name: "type-changed",
    effect: Effect::Clients,
    why: "what clients send is no longer taken: 400",
};
const DIFFERENT_RESPONSE: Kind = Kind {
    name: "type-changed",
    effect: Effect::Clients,
    why: "clients cannot read what is sent",
};
const RENAMED: Kind = Kind {
    name: "rust-type",
    effect: Effect::Source,
    why: "it is another type in generated code, though the same in JSON",
};

impl Relation {
    /// What it means for those who send or read values of the old type.
    pub(super) fn kind(self, direction: Direction) -> Option<Kind> {
        Some(match (self, direction) {
            (Self::Same, _) => return None,
            (Self::Different, Direction::Request) => DIFFERENT_REQUEST,
            (Self::Different, Direction::Response) => DIFFERENT_RESPONSE,
            (Self::Narrower, Direction::Request) => NARROWER_REQUEST,
            (Self::Narrower, Direction::Response) => NARROWER_RESPONSE,
            (Self::Renamed, _) => RENAMED,
            (Self::Wider, Direction::Request) => WIDER_REQUEST,
            (Self::Wider, Direction::Response) => WIDER_RESPONSE,
        })
    }

    fn reverse(self) -> Self {
        match self {
            Self::Narrower => Self::Wider,
            Self::Wider => Self::Narrower,
            same => same,
        }
    }
}

/// How `new` relates to `old`.
pub(super) fn relation(old: &Node<'_>, new: &Node<'_>) -> Relation {
    match (old, new) {
        (Node::Text(old), Node::Text(new)) => of_texts(*old, *new),
        (Node::Bool, Node::Bool)
        | (Node::Bytes, Node::Bytes)
        | (Node::Int, Node::Int)
        | (Node::Json, Node::Json)
        | (Node::List(_), Node::List(_))
        | (Node::Map(_), Node::Map(_))
        | (Node::Number, Node::Number)
        | (Node::Object(_), Node::Object(_))
        | (Node::Union(..), Node::Union(..)) => Relation::Same,
        (old, new) if is_within(old, new) => Relation::Wider,
        (old, new) if is_within(new, old) => Relation::Wider.reverse(),
        _ => Relation::Different,
    }
}

/// Whether all values of one type are values of the other, which is of another form.
fn is_within(inner: &Node<'_>, outer: &Node<'_>) -> bool {
    match (inner, outer) {
        (Node::Bytes, _) => false,
        (_, Node::Json) | (Node::Int, Node::Number) | (Node::Object(_), Node::Map(None)) => true,
        (Node::Object(_), Node::Map(Some(value))) => matches!(value, crate::model::Type::Json),
        _ => false,
    }
}

fn of_texts(old: Text<'_>, new: Text<'_>) -> Relation {
    match (old, new) {
        // Their words are compared one by one.
        (Text::Enum(_), Text::Enum(_)) => Relation::Same,
        (old, new) if old == new => Relation::Same,
        (old, new) => match (is_any(old), is_any(new)) {
            (true, true) => Relation::Renamed,
            (true, false) => Relation::Narrower,
            (false, true) => Relation::Wider,
            (false, false) => Relation::Different,
        },
    }
}

/// Whether every text is one.
fn is_any(text: Text<'_>) -> bool {
    matches!(text, Text::Id(_) | Text::Plain | Text::Secret)
}

/// A type in words.
pub(super) fn words(node: &Node<'_>, nullable: bool) -> String {
    let text = match node {
        Node::Bool => "a boolean".to_owned(),
        Node::Bytes => "bytes".to_owned(),
        Node::Int => "an integer".to_owned(),
        Node::Json => "any JSON".to_owned(),
        Node::List(_) => "a list".to_owned(),
        Node::Map(_) => "an object with free keys".to_owned(),
        Node::Number => "a number".to_owned(),
        Node::Object(object) => format!("`{}`", object.name),
        Node::Text(Text::Enum(words)) => format!("one of `{}`", words.list().join("`, `")),
        Node::Text(Text::Id(of)) => format!("an id of `{of}`"),
        Node::Text(Text::LocalTime) => "a time without zone".to_owned(),
        Node::Text(Text::Plain) => "a string".to_owned(),
        Node::Text(Text::Secret) => "a secret".to_owned(),
        Node::Text(Text::Time) => "a time".to_owned(),
        Node::Text(Text::Url) => "a URL".to_owned(),
        Node::Union(name, ..) => format!("one of the types of `{name}`"),
    };
    match nullable {
        true => format!("{text} or null"),
        false => text,
    }
}
