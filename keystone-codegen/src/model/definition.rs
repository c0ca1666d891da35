//! Types that belong to no resource.

use super::{Record, Type};

/// A type that belongs to no resource.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Definition {
    /// An enumeration.
    Enumeration(Enumeration),
    /// The ids of a resource.
    Identifier(Identifier),
    /// A structure.
    Record(Record),
    /// One of several types.
    Union(Union),
}

/// The ids of a resource that has no fields of its own.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Identifier {
    /// The name of the type.
    pub name: String,
    /// The resource, in snake case.
    pub resource: String,
    /// The type that distinguishes its ids from others.
    pub of: String,
}

/// A text with one of these values, or one that a later version adds.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Enumeration {
    /// The name of the type.
    pub name: String,
    /// A sentence on what it is.
    pub doc: String,
    /// The words, each after its name in Rust.
    pub words: Vec<(String, String)>,
}

/// One of several types.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Union {
    /// The name of the type.
    pub name: String,
    /// A sentence on what it is.
    pub doc: String,
    /// The discriminator; without one, the first variant that fits is used.
    pub tag: Option<String>,
    /// The types. Without a discriminator, those that require most come first.
    pub variants: Vec<Variant>,
    /// Whether it is part of requests, responses or both.
    pub usage: Usage,
}

/// One of the types of a union.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Variant {
    /// Its name in Rust.
    pub name: String,
    /// The type.
    pub ty: Type,
    /// The values of the discriminator that select it.
    pub tags: Vec<String>,
}

/// Whether a type is part of requests, responses or both.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
#[non_exhaustive]
pub enum Usage {
    /// Of responses only.
    Responses,
    /// Of both, or unknown.
    #[default]
    Both,
    /// Of requests only.
    Requests,
}

impl Definition {
    /// The name of the type.
    pub fn name(&self) -> &str {
        match self {
            Self::Enumeration(one) => &one.name,
            Self::Identifier(one) => &one.name,
            Self::Record(one) => &one.name,
            Self::Union(one) => &one.name,
        }
    }
}
