//! Parameters of paths, queries, headers and cookies.

use super::change::{Changes, Effect, Kind};
use super::life::Span;
use super::of::Of;
use super::relation::{Relation, relation, words};
use super::wire::{Direction, Node, Types, Wire};
use crate::model::{ParameterLocation, PathParameter, QueryKind, Style, Type};

const REMOVED: Kind = Kind::new(
    "parameter-removed",
    Effect::Clients,
    "clients that send it are refused, or it is ignored and they get more than they asked for",
);
const REQUIRED_NEW: Kind = Kind::new(
    "parameter-required",
    Effect::Clients,
    "clients do not send it and get 400; a microversion of its own (`since`) would spare them",
);
const REQUIRED: Kind = Kind::new(
    "parameter-required",
    Effect::Clients,
    "clients that leave it out get 400",
);
const OPTIONAL: Kind = Kind::new(
    "parameter-optional",
    Effect::Servers,
    "clients may go on sending it",
);
const ADDED: Kind = Kind::new(
    "parameter-added",
    Effect::Servers,
    "clients need not send it",
);
const STYLE: Kind = Kind::new(
    "parameter-style",
    Effect::Clients,
    "clients write its values in another way",
);
const RUST_NAME: Kind = Kind::new(
    "rust-name",
    Effect::Source,
    "generated code names it so; requests and responses stay as they are",
);

/// A parameter besides those of the path.
#[derive(Clone, Copy)]
struct Parameter<'a> {
    place: ParameterLocation,
    name: &'a str,
    rust_name: &'a str,
    required: bool,
    span: Span<'a>,
    form: Form<'a>,
}

/// How values are written.
#[derive(Clone, Copy, PartialEq)]
enum Form<'a> {
    /// Separated by commas.
    Csv,
    /// It is there or not.
    Flag,
    /// In one of the rarer styles of OpenAPI.
    Styled(&'a Type, Style, bool),
    /// With `__contains` and the like.
    Text,
    /// A time with an operator.
    Time,
    /// One value.
    Value(&'a Type),
}

const TEXT: Type = Type::Text;
const TIME: Type = Type::Time;

impl<'a> Form<'a> {
    fn of_query(kind: &'a QueryKind) -> Self {
        match kind {
            QueryKind::Csv => Self::Csv,
            QueryKind::Exact(ty) => Self::Value(ty),
            QueryKind::Flag => Self::Flag,
            QueryKind::Text => Self::Text,
            QueryKind::Time => Self::Time,
        }
    }

    fn of_style(types: &Types<'a>, ty: &'a Type, style: Style, explode: bool) -> Self {
        let (node, _) = types.node(&Wire::Type(ty), Direction::Request);
        match (ty, style) {
            (Type::List(item), Style::Form) if !explode && **item == Type::Text => Self::Csv,
            (ty, Style::Form | Style::Simple) if is_scalar(&node) => Self::Value(ty),
            _ => Self::Styled(ty, style, explode),
        }
    }

    /// The value without comparisons.
    fn plain(self) -> Option<&'a Type> {
        match self {
            Self::Text => Some(&TEXT),
            Self::Time => Some(&TIME),
            // A URL within a URL is a text as any other.
            Self::Value(Type::Url) => Some(&TEXT),
            Self::Value(ty) | Self::Styled(ty, ..) => Some(ty),
            Self::Csv | Self::Flag => None,
        }
    }

    fn words(self) -> &'static str {
        match self {
            Self::Csv => "several, separated by commas",
            Self::Flag => "a flag",
            Self::Styled(..) => "in a style of its own",
            Self::Text => "a text with comparisons",
            Self::Time => "a time with an operator",
            Self::Value(_) => "one value",
        }
    }
}

pub(super) fn compare<'a>(changes: &mut Changes<'a>, label: &str, old: Of<'a>, new: Of<'a>) {
    let mut parameters = Parameters {
        changes,
        label,
        subject: old.resource.type_name(),
    };
    let [was, is] = [old, new].map(|of| of.operation.path.parameters());
    for (was, is) in was.zip(is) {
        parameters.of_path(was, is);
    }
    let (was, is) = (
        all(&parameters.changes.old_types, old),
        all(&parameters.changes.new_types, new),
    );
    let find = |list: &[Parameter<'a>], one: &Parameter<'a>| {
        let same = |other: &&Parameter<'a>| {
            other.place == one.place
                && match one.place {
                    ParameterLocation::Header => other.name.eq_ignore_ascii_case(one.name),
                    _ => other.name == one.name,
                }
        };
        list.iter().find(same).copied()
    };
    for parameter in &was {
        match find(&is, parameter) {
            Some(now) => parameters.both(*parameter, now),
            None => parameters.removed(*parameter),
        }
    }
    for parameter in is.iter().filter(|one| find(&was, one).is_none()) {
        parameters.added(*parameter);
    }
}

fn all<'a>(types: &Types<'a>, of: Of<'a>) -> Vec<Parameter<'a>> {
    let operation = of.operation;
    let queries = operation.query.iter().map(|one| Parameter {
        place: ParameterLocation::Query,
        name: &one.name,
        rust_name: &one.rust_name,
        required: one.required,
        span: Span::new(&one.since, &one.until),
        form: Form::of_query(&one.kind),
    });
    let headers = operation.headers.iter().map(|one| Parameter {
        place: ParameterLocation::Header,
        name: &one.name,
        rust_name: &one.rust_name,
        required: true,
        span: Span::default(),
        form: Form::Value(&one.ty),
    });
    let others = operation.parameters.iter().map(|one| Parameter {
        place: one.place,
        name: &one.name,
        rust_name: &one.rust_name,
        required: one.required,
        span: Span::default(),
        form: Form::of_style(types, &one.ty, one.style, one.explode),
    });
    queries.chain(headers).chain(others).collect()
}

/// Whether a value is written in one way, whatever the style.
fn is_scalar(node: &Node<'_>) -> bool {
    matches!(node, Node::Bool | Node::Int | Node::Number | Node::Text(_))
}

/// The parameters of one operation, while they are compared.
struct Parameters<'c, 'a> {
    changes: &'c mut Changes<'a>,
    label: &'c str,
    subject: String,
}

impl<'a> Parameters<'_, 'a> {
    fn add(&mut self, kind: Kind, one: Parameter<'_>, what: &str) {
        let place = match one.place {
            ParameterLocation::Cookie => "cookie",
            ParameterLocation::Header => "header",
            ParameterLocation::Query => "parameter",
        };
        let what = format!("{place} `{}` {what}", one.name);
        self.changes
            .add(kind, self.subject.clone(), what, Some(self.label));
    }

    fn of_path(&mut self, old: &'a PathParameter, new: &'a PathParameter) {
        let id = |one: &PathParameter| one.id_of.clone().map(Type::Id);
        let (old_id, new_id) = (id(old), id(new));
        let was = old_id.as_ref().unwrap_or(&old.ty);
        let is = new_id.as_ref().unwrap_or(&new.ty);
        let (relation, was, is) = {
            let types = [
                (&self.changes.old_types, was),
                (&self.changes.new_types, is),
            ];
            let [was, is] =
                types.map(|(types, ty)| types.node(&Wire::Type(ty), Direction::Request).0);
            (relation(&was, &is), words(&was, false), words(&is, false))
        };
        if let Some(kind) = relation.kind(Direction::Request) {
            let what = format!("`{{{}}}` in the path is {is}, was {was}", old.name);
            self.changes
                .add(kind, self.subject.clone(), what, Some(self.label));
        }
    }

    fn removed(&mut self, old: Parameter<'a>) {
        if self.changes.lives.compare(Some(old.span), None).lost {
            let kind = match old.place {
                ParameterLocation::Query => REMOVED,
                // A header or cookie that nobody reads harms nobody.
                _ => OPTIONAL,
            };
            self.add(kind, old, "is gone");
        }
    }

    fn added(&mut self, new: Parameter<'a>) {
        let life = self.changes.lives.compare(None, Some(new.span));
        match (life.after && new.required, new.span.since) {
            (true, _) => self.add(REQUIRED_NEW, new, "is new and required"),
            (false, Some(_)) => self.add(ADDED, new, &format!("is new {}", new.span.text())),
            (false, None) => self.add(ADDED, new, "is new"),
        }
    }

    fn both(&mut self, old: Parameter<'a>, new: Parameter<'a>) {
        let life = self.changes.lives.compare(Some(old.span), Some(new.span));
        let what = format!("is there {}, was {}", new.span.text(), old.span.text());
        if life.lost {
            self.add(REMOVED, old, &what);
        }
        if life.gained {
            self.add(if new.required { REQUIRED_NEW } else { ADDED }, old, &what);
        }
        if old.rust_name != new.rust_name {
            let what = format!(
                "is called `{}` in Rust, was `{}`",
                new.rust_name, old.rust_name
            );
            self.add(RUST_NAME, old, &what);
        }
        if !(life.before && life.after) {
            return;
        }
        match (old.required, new.required) {
            (false, true) => self.add(REQUIRED, old, "is required"),
            (true, false) => self.add(OPTIONAL, old, "is optional"),
            _ => {}
        }
        self.forms(old, new);
    }

    fn forms(&mut self, old: Parameter<'a>, new: Parameter<'a>) {
        let types = match (old.form, new.form) {
            (Form::Styled(_, style, explode), Form::Styled(_, now, exploded)) => {
                (style, explode) == (now, exploded)
            }
            (Form::Styled(..), _) | (_, Form::Styled(..)) => false,
            _ => true,
        };
        let (Some(was), Some(is)) = (old.form.plain().filter(|_| types), new.form.plain()) else {
            if old.form != new.form {
                let what = format!("is {}, was {}", new.form.words(), old.form.words());
                self.add(STYLE, old, &what);
            }
            return;
        };
        let (relation, was, is) = {
            let types = [
                (&self.changes.old_types, was),
                (&self.changes.new_types, is),
            ];
            let [was, is] =
                types.map(|(types, ty)| types.node(&Wire::Type(ty), Direction::Request));
            let relation = relation(&was.0, &is.0);
            (relation, words(&was.0, was.1), words(&is.0, is.1))
        };
        if let Some(kind) = relation.kind(Direction::Request) {
            self.add(kind, old, &format!("is {is}, was {was}"));
        }
        let has_comparisons = |form: Form<'_>| matches!(form, Form::Text | Form::Time);
        let comparisons = match (has_comparisons(old.form), has_comparisons(new.form)) {
            (true, false) => Relation::Narrower,
            (false, true) => Relation::Wider,
            _ => return,
        };
        if let Some(kind) = comparisons.kind(Direction::Request) {
            let what = format!("is {}, was {}", new.form.words(), old.form.words());
            self.add(kind, old, &what);
        }
    }
}
