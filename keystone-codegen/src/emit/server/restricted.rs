//! Attributes that not every request may have, or not every response: those with microversions and
//! policies, and the types that contain such.

use std::collections::BTreeSet;

use proc_macro2::TokenStream;
use quote::quote;

use crate::emit::scope::Context;
use crate::model::{Api, Definition, Field, Type};

/// What limits an attribute or a parameter.
#[derive(Clone, Default)]
pub(super) struct Limits<'a> {
    since: Option<&'a str>,
    until: Option<&'a str>,
    policy: Option<&'a str>,
}

impl<'a> Limits<'a> {
    pub(super) fn of(context: &Context<'_>, field: &'a Field) -> Self {
        Self {
            since: context.needed(&field.since),
            until: context.needed(&field.until),
            policy: field.policy.as_deref(),
        }
    }

    pub(super) fn between(
        context: &Context<'_>,
        since: &'a Option<String>,
        until: &'a Option<String>,
    ) -> Self {
        Self {
            since: context.needed(since),
            until: context.needed(until),
            policy: None,
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.since.is_none() && self.until.is_none() && self.policy.is_none()
    }

    /// Whether a request of some microversion lacks it.
    pub(super) fn is_versioned(&self) -> bool {
        self.since.is_some() || self.until.is_some()
    }

    /// `since, until`, as the runtime takes them.
    pub(super) fn versions(&self, context: &Context<'_>) -> TokenStream {
        let (since, until) = (version(context, self.since), version(context, self.until));
        quote!(#since, #until)
    }

    /// `since, until, policy`.
    pub(super) fn all(&self, context: &Context<'_>) -> TokenStream {
        let versions = self.versions(context);
        let policy = match self.policy {
            None => quote!(None),
            Some(policy) => {
                let number = field_policies(context.api)
                    .iter()
                    .position(|one| *one == policy);
                let number = proc_macro2::Literal::usize_unsuffixed(number.unwrap_or(usize::MAX));
                quote!(Some(#number))
            }
        };
        quote!(#versions, #policy)
    }
}

/// `Some(Microversion::new(1, 2))`.
pub(super) fn version(context: &Context<'_>, version: Option<&str>) -> TokenStream {
    let Some((major, minor)) = version.and_then(numbers) else {
        return quote!(None);
    };
    let path = service_api(context);
    quote!(Some(#path::Microversion::new(#major, #minor)))
}

/// The two numbers of a version.
pub(super) fn numbers(version: &str) -> Option<(proc_macro2::Literal, proc_macro2::Literal)> {
    let (major, minor) = version.trim_start_matches('v').split_once('.')?;
    let number = |text: &str| text.parse().ok().map(proc_macro2::Literal::u32_unsuffixed);
    Some((number(major)?, number(minor)?))
}

/// The path of the runtime: files import it where they name it.
pub(super) fn service_api(context: &Context<'_>) -> TokenStream {
    debug_assert!(context.is_server());
    quote!(service_api)
}

/// The policies of attributes, each once, in the order of their names.
pub(super) fn field_policies(api: &Api) -> BTreeSet<&str> {
    let own = api.resources().flat_map(|resource| &resource.fields);
    let nested = api.records().flat_map(|record| &record.fields);
    own.chain(nested)
        .filter_map(|field| field.policy.as_deref())
        .collect()
}

/// The types with limited attributes, also somewhere within them.
pub(super) fn restricted<'a>(context: &Context<'a>) -> BTreeSet<&'a str> {
    containing(context, |field| !Limits::of(context, field).is_empty())
}

/// The types with secrets, also somewhere within them.
pub(super) fn secret<'a>(context: &Context<'a>) -> BTreeSet<&'a str> {
    containing(context, |field| is_secret(&field.ty))
}

/// Whether an attribute is a secret, or a type that contains nothing else.
pub(super) fn is_secret(ty: &Type) -> bool {
    match ty {
        Type::Secret | Type::SecretJson => true,
        Type::Boxed(inner) | Type::List(inner) | Type::Map(inner) | Type::Nullable(inner) => {
            is_secret(inner)
        }
        _ => false,
    }
}

/// The types with such an attribute, also somewhere within them.
fn containing<'a>(context: &Context<'a>, wanted: impl Fn(&Field) -> bool) -> BTreeSet<&'a str> {
    let api = context.api;
    let mut names: BTreeSet<&str> = BTreeSet::new();
    loop {
        let before = names.len();
        let found = |fields: &[Field], names: &BTreeSet<&str>| {
            let mut fields = fields.iter();
            fields.any(|field| wanted(field) || contains(&field.ty, names))
        };
        for record in api.records() {
            if found(&record.fields, &names) {
                names.insert(&record.name);
            }
        }
        for definition in api.types() {
            if let Definition::Union(union) = definition
                && union.variants.iter().any(|one| contains(&one.ty, &names))
            {
                names.insert(&union.name);
            }
        }
        if names.len() == before {
            return names;
        }
    }
}

/// Whether some of these attributes are limited, or contain such.
pub(super) fn limited(context: &Context<'_>, fields: &[Field], names: &BTreeSet<&str>) -> bool {
    fields
        .iter()
        .any(|field| !Limits::of(context, field).is_empty() || contains(&field.ty, names))
}

/// Whether a type contains one of these.
pub(super) fn contains(ty: &Type, names: &BTreeSet<&str>) -> bool {
    match ty {
        Type::Boxed(inner) | Type::List(inner) | Type::Map(inner) | Type::Nullable(inner) => {
            contains(inner, names)
        }
        Type::Record(name) => names.contains(name.as_str()),
        _ => false,
    }
}
