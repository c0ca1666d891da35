//! The definitions of all types: which are merged, their names, and which need a `Box`.

use std::collections::{BTreeMap, BTreeSet};

use super::names::{self, UsedNames};
use super::node_ref::Address;
use super::types::{Definition, Direction, FieldOf, TypeShape, number_of};
use crate::model::{self, Enumeration, Record, Type, Union, Usage, Variant};

/// The types of a description with their names.
#[derive(Debug, Default)]
pub(super) struct Defined {
    /// The name of each definition by its number; several may have one.
    names: Vec<String>,
    /// The number of each name.
    numbers: BTreeMap<String, usize>,
    /// The definitions that are left, by their number.
    pub(super) definitions: BTreeMap<usize, model::Definition>,
    /// For each definition that one which stands for it.
    pub(super) representatives: Vec<usize>,
}

impl Defined {
    /// Names all types; `taken` are the names that they cannot have.
    pub(super) fn new(definitions: Vec<Definition<'_>>, taken: &mut UsedNames) -> Self {
        let mut definitions = definitions;
        tag_members(&mut definitions);
        let representatives = collapse(&definitions);
        let names = name(&definitions, &representatives, taken);
        let boxed = cycles(&definitions, &representatives);
        let mut defined = Self {
            names,
            numbers: BTreeMap::new(),
            definitions: BTreeMap::new(),
            representatives,
        };
        let both: BTreeSet<usize> = (0..)
            .zip(&defined.representatives)
            .filter_map(|(number, stands)| (number != *stands).then_some(*stands))
            .collect();
        for (number, definition) in definitions.into_iter().enumerate() {
            if defined.representatives.get(number) != Some(&number) {
                continue;
            }
            let usage = match definition.side {
                _ if both.contains(&number) => Usage::Both,
                Direction::Response => Usage::Responses,
                Direction::Request => Usage::Requests,
            };
            let boxes = Boxes {
                number,
                boxed: &boxed,
            };
            let definition = defined.definition(definition, usage, &boxes, number);
            defined.numbers.insert(definition.name().to_owned(), number);
            defined.definitions.insert(number, definition);
        }
        defined
    }

    /// A type with the names of definitions for their numbers.
    pub(super) fn ty(&self, ty: &Type) -> Type {
        match ty {
            Type::Record(name) => Type::Record(self.name(name)),
            Type::Boxed(inner) => Type::Boxed(Box::new(self.ty(inner))),
            Type::List(inner) => Type::List(Box::new(self.ty(inner))),
            Type::Map(inner) => Type::Map(Box::new(self.ty(inner))),
            Type::Nullable(inner) => Type::Nullable(Box::new(self.ty(inner))),
            ty => ty.clone(),
        }
    }

    /// The name for `#` and a number.
    pub(super) fn name(&self, reference: &str) -> String {
        number_of(reference)
            .and_then(|number| self.names.get(number))
            .map_or_else(|| reference.to_owned(), String::clone)
    }

    /// The definitions that stand for those with these numbers, and all that they refer to.
    pub(super) fn reach(&self, from: &[Type]) -> BTreeSet<usize> {
        let mut reached = BTreeSet::new();
        let mut open: Vec<String> = from
            .iter()
            .flat_map(references)
            .map(|one| self.name(&one))
            .collect();
        while let Some(name) = open.pop() {
            let Some(number) = self.numbers.get(&name) else {
                continue;
            };
            if reached.insert(*number)
                && let Some(definition) = self.definitions.get(number)
            {
                open.extend(members(definition).iter().flat_map(references));
            }
        }
        reached
    }

    fn definition(
        &self,
        definition: Definition<'_>,
        usage: Usage,
        boxes: &Boxes<'_>,
        number: usize,
    ) -> model::Definition {
        let name = self.names.get(number).cloned().unwrap_or_default();
        let doc = definition.doc;
        match definition.what {
            TypeShape::Enumeration(words) => model::Definition::Enumeration(Enumeration {
                name,
                doc,
                words: named_words(words),
            }),
            TypeShape::Record { fields, open } => {
                let mut taken = UsedNames::of_bodies();
                let fields = fields.into_iter().map(|field| {
                    let rust_name = taken.take(
                        &names::field(field.named.as_ref().unwrap_or(&field.name)),
                        "_",
                    );
                    if field.nullable {
                        taken.also([format!("clear_{rust_name}").as_str()]);
                    }
                    let ty = boxes.apply(&field.ty, &self.representatives);
                    let ty = self.ty(&ty);
                    FieldOf { ty, ..field }.field(rust_name)
                });
                model::Definition::Record(Record {
                    fields: fields.collect(),
                    name,
                    doc,
                    open,
                    usage,
                })
            }
            TypeShape::Union { tag, variants } => {
                let variants = variants.into_iter().map(|variant| Variant {
                    ty: self.ty(&boxes.apply(&variant.ty, &self.representatives)),
                    name: variant.name,
                    tags: variant.tags,
                });
                model::Definition::Union(Union {
                    variants: variants.collect(),
                    name,
                    doc,
                    tag,
                    usage,
                })
            }
        }
    }
}

/// Words with the names of their variants.
fn named_words(words: Vec<String>) -> Vec<(String, String)> {
    let mut taken = UsedNames::new(&["Self"]);
    let named = words.into_iter().map(|word| {
        let name = crate::model::camel(&names::field(&word));
        let name = if word.is_empty() {
            "Empty".to_owned()
        } else {
            name
        };
        (taken.take(&name, ""), word)
    });
    named.collect()
}

/// Adds the discriminator to the attributes of the types that it selects, so that it is not lost.
fn tag_members(definitions: &mut [Definition<'_>]) {
    let mut missing: Vec<(usize, String)> = Vec::new();
    for definition in definitions.iter() {
        let TypeShape::Union {
            tag: Some(tag),
            variants,
        } = &definition.what
        else {
            continue;
        };
        let numbers = variants.iter().flat_map(|variant| references(&variant.ty));
        missing.extend(numbers.filter_map(|one| Some((number_of(&one)?, tag.clone()))));
    }
    for (number, tag) in missing {
        let Some(Definition {
            what: TypeShape::Record { fields, .. },
            ..
        }) = definitions.get_mut(number)
        else {
            continue;
        };
        if !fields.iter().any(|field| field.name == tag) {
            fields.push(FieldOf {
                name: tag,
                named: None,
                doc: String::new(),
                ty: Type::Text,
                nullable: false,
                required: true,
                since: None,
                until: None,
                policy: None,
                always: false,
            });
        }
    }
}

/// Types that are equal in requests and responses are merged. For each definition, the one that
/// represents it: itself, or its counterpart.
fn collapse(definitions: &[Definition<'_>]) -> Vec<usize> {
    let mut first = BTreeMap::new();
    let counterparts: Vec<usize> = (0..)
        .zip(definitions)
        .map(|(number, definition)| *first.entry(&definition.address).or_insert(number))
        .collect();
    // Those that differ are told apart again, and so are those that refer to them.
    let mut users: BTreeMap<usize, BTreeSet<usize>> = BTreeMap::new();
    let mut open = Vec::new();
    for ((number, definition), counterpart) in (0..).zip(definitions).zip(&counterparts) {
        for reference in what_references(&definition.what) {
            let used = counterparts.get(reference).copied().unwrap_or(reference);
            users.entry(used).or_default().insert(*counterpart);
        }
        let is_same =
            |counterpart: &Definition<'_>| same(&definition.what, &counterpart.what, &counterparts);
        if number != *counterpart && !definitions.get(*counterpart).is_some_and(is_same) {
            open.push(*counterpart);
        }
    }
    let mut apart = BTreeSet::new();
    while let Some(counterpart) = open.pop() {
        if apart.insert(counterpart) {
            open.extend(users.get(&counterpart).into_iter().flatten());
        }
    }
    let stands = |(number, counterpart): (usize, &usize)| match apart.contains(counterpart) {
        true => number,
        false => *counterpart,
    };
    (0..).zip(&counterparts).map(stands).collect()
}

fn same(a: &TypeShape, b: &TypeShape, representatives: &[usize]) -> bool {
    let ty = |a: &Type, b: &Type| canonical(a, representatives) == canonical(b, representatives);
    match (a, b) {
        (TypeShape::Enumeration(a), TypeShape::Enumeration(b)) => a == b,
        (
            TypeShape::Record {
                fields: a,
                open: open_a,
            },
            TypeShape::Record {
                fields: b,
                open: open_b,
            },
        ) => {
            let same = |(a, b): (&FieldOf, &FieldOf)| {
                let required = (a.required, a.nullable) == (b.required, b.nullable);
                a.name == b.name && required && ty(&a.ty, &b.ty)
            };
            open_a == open_b && a.len() == b.len() && a.iter().zip(b).all(same)
        }
        (
            TypeShape::Union {
                tag: tag_a,
                variants: a,
            },
            TypeShape::Union {
                tag: tag_b,
                variants: b,
            },
        ) => {
            let tags = tag_a == tag_b && a.len() == b.len();
            tags && a.iter().zip(b).all(|(a, b)| ty(&a.ty, &b.ty))
        }
        _ => false,
    }
}

/// A type with those that stand for others in their place.
fn canonical(ty: &Type, representatives: &[usize]) -> Type {
    let inner = |inner: &Type| Box::new(canonical(inner, representatives));
    match ty {
        Type::Record(name) => {
            let stands = number_of(name).and_then(|number| representatives.get(number));
            stands.map_or_else(|| ty.clone(), |number| super::types::numbered(*number))
        }
        Type::Boxed(item) => Type::Boxed(inner(item)),
        Type::List(item) => Type::List(inner(item)),
        Type::Map(item) => Type::Map(inner(item)),
        Type::Nullable(item) => Type::Nullable(inner(item)),
        ty => ty.clone(),
    }
}

/// Names: first for what the document names, in the order of the alphabet, then for the rest.
fn name(
    definitions: &[Definition<'_>],
    representatives: &[usize],
    taken: &mut UsedNames,
) -> Vec<String> {
    let mut order: Vec<usize> = (0..definitions.len()).collect();
    order.retain(|number| representatives.get(*number) == Some(number));
    order.sort_by_key(|number| {
        definitions.get(*number).map(|definition| {
            let preferred = definition.named.then(|| definition.preferred.clone());
            (!definition.named, preferred, definition.side)
        })
    });
    let in_responses: BTreeSet<&Address> = definitions
        .iter()
        .filter(|definition| definition.side == Direction::Response)
        .map(|definition| &definition.address)
        .collect();
    let mut names = vec![String::new(); definitions.len()];
    for number in order {
        let Some(definition) = definitions.get(number) else {
            continue;
        };
        let has_counterpart =
            definition.side == Direction::Request && in_responses.contains(&definition.address);
        let preferred = match has_counterpart && definition.named {
            true => format!("{}Input", definition.preferred),
            false => definition.preferred.clone(),
        };
        if let Some(name) = names.get_mut(number) {
            *name = taken.take(&preferred, "Model");
        }
    }
    let own = names.clone();
    for (name, stands) in names.iter_mut().zip(representatives) {
        if let Some(own) = own.get(*stands) {
            name.clone_from(own);
        }
    }
    names
}

/// The types that hold themselves without a list or a map between: each with the group of those
/// that it holds, and that hold it.
fn cycles(definitions: &[Definition<'_>], representatives: &[usize]) -> Vec<Option<usize>> {
    let direct = |number: &usize| -> Vec<usize> {
        let definition = definitions.get(*number);
        let held = definition.map(|one| held(&one.what)).unwrap_or_default();
        held.iter()
            .filter_map(|number| representatives.get(*number).copied())
            .collect()
    };
    super::cycle::groups(definitions.len(), direct)
}

/// What a definition holds directly.
fn held(what: &TypeShape) -> Vec<usize> {
    let direct = |ty: &Type| match ty {
        Type::Record(name) => number_of(name),
        Type::Nullable(inner) => match inner.as_ref() {
            Type::Record(name) => number_of(name),
            _ => None,
        },
        _ => None,
    };
    match what {
        TypeShape::Enumeration(_) => Vec::new(),
        TypeShape::Record { fields, .. } => {
            fields.iter().filter_map(|one| direct(&one.ty)).collect()
        }
        TypeShape::Union { variants, .. } => {
            variants.iter().filter_map(|one| direct(&one.ty)).collect()
        }
    }
}

/// Puts what holds itself into a box.
struct Boxes<'a> {
    number: usize,
    boxed: &'a [Option<usize>],
}

impl Boxes<'_> {
    fn apply(&self, ty: &Type, representatives: &[usize]) -> Type {
        let group = |number: usize| self.boxed.get(number).copied().flatten();
        match ty {
            Type::Record(name) => {
                let target = number_of(name).and_then(|number| representatives.get(number));
                let of_target = target.and_then(|number| group(*number));
                match of_target.is_some() && of_target == group(self.number) {
                    true => Type::Boxed(Box::new(ty.clone())),
                    false => ty.clone(),
                }
            }
            Type::Nullable(inner) => Type::Nullable(Box::new(self.apply(inner, representatives))),
            ty => ty.clone(),
        }
    }
}

fn what_references(what: &TypeShape) -> Vec<usize> {
    let types: Vec<&Type> = match what {
        TypeShape::Enumeration(_) => Vec::new(),
        TypeShape::Record { fields, .. } => fields.iter().map(|field| &field.ty).collect(),
        TypeShape::Union { variants, .. } => variants.iter().map(|variant| &variant.ty).collect(),
    };
    let names = types.into_iter().flat_map(references);
    names.filter_map(|name| number_of(&name)).collect()
}

fn members(definition: &model::Definition) -> Vec<Type> {
    match definition {
        model::Definition::Enumeration(_) | model::Definition::Identifier(_) => Vec::new(),
        model::Definition::Record(one) => one.fields.iter().map(|one| one.ty.clone()).collect(),
        model::Definition::Union(one) => one.variants.iter().map(|one| one.ty.clone()).collect(),
    }
}

/// The names of structures in a type.
fn references(ty: &Type) -> Vec<String> {
    match ty {
        Type::Record(name) => vec![name.clone()],
        Type::Boxed(inner) | Type::List(inner) | Type::Map(inner) | Type::Nullable(inner) => {
            references(inner)
        }
        _ => Vec::new(),
    }
}
