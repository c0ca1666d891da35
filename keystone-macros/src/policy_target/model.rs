//! The model of a struct as a target.

use keystone_document::hint;
use proc_macro2::{Ident, Span};
use syn::ext::IdentExt;
use syn::meta::ParseNestedMeta;
use syn::{Attribute, Data, DeriveInput, Field, Fields, Generics, LitStr, Type};

use crate::diag::Errors;
use crate::root::Root;

/// A struct that becomes a target.
pub(super) struct Target {
    pub(super) root: Root,
    pub(super) ident: Ident,
    pub(super) generics: Generics,
    pub(super) attributes: Vec<TargetAttribute>,
}

/// A field that becomes an attribute.
pub(super) struct TargetAttribute {
    pub(super) name: String,
    pub(super) field: Ident,
    pub(super) ty: Type,
    /// Whether the value is that of `AsRef<str>`.
    pub(super) text: bool,
}

/// Parses the struct. Fields with errors are left out.
pub(super) fn read(item: DeriveInput, errors: &mut Errors) -> Target {
    let mut root = Root::middleware();
    for attribute in policy_attributes(&item.attrs) {
        errors.keep(attribute.parse_nested_meta(|meta| {
            if !meta.path.is_ident("crate") {
                return Err(unknown(&meta, &["crate"]));
            }
            root = Root::parse_value(meta.value()?)?;
            Ok(())
        }));
    }
    let mut attributes: Vec<TargetAttribute> = Vec::new();
    match item.data {
        Data::Struct(data) if matches!(data.fields, Fields::Named(_)) => {
            for field in data.fields {
                let Some(attribute) = errors.keep(read_field(field)).flatten() else {
                    continue;
                };
                let name = &attribute.name;
                if attributes.iter().any(|known| known.name == *name) {
                    errors.at(
                        &attribute.field,
                        format!("`{name}` is already an attribute of this target"),
                    );
                } else {
                    attributes.push(attribute);
                }
            }
        }
        _ => errors.at(
            &item.ident,
            "only structs with named fields can be policy targets",
        ),
    }
    Target {
        root,
        ident: item.ident,
        generics: item.generics,
        attributes,
    }
}

fn policy_attributes(attributes: &[Attribute]) -> impl Iterator<Item = &Attribute> {
    attributes
        .iter()
        .filter(|attribute| attribute.path().is_ident("policy"))
}

/// `None` for a field that is skipped.
fn read_field(field: Field) -> syn::Result<Option<TargetAttribute>> {
    let mut rename: Option<LitStr> = None;
    let mut skip: Option<Span> = None;
    let mut text = false;
    for attribute in policy_attributes(&field.attrs) {
        attribute.parse_nested_meta(|meta| {
            if meta.path.is_ident("rename") {
                let name = meta.value()?.parse()?;
                if rename.replace(name).is_some() {
                    return Err(meta.error("`rename` is given twice"));
                }
                return Ok(());
            }
            if meta.path.is_ident("skip") {
                skip = meta.path.get_ident().map(Ident::span);
                return Ok(());
            }
            if meta.path.is_ident("text") {
                text = true;
                return Ok(());
            }
            Err(unknown(&meta, &["rename", "skip", "text"]))
        })?;
    }
    if let Some(skip) = skip {
        return match rename {
            Some(_) => Err(syn::Error::new(
                skip,
                "a field that is skipped has no name, remove one of the two",
            )),
            None => Ok(None),
        };
    }
    let Some(ident) = field.ident else {
        return Ok(None);
    };
    let name = rename.map_or_else(|| ident.unraw().to_string(), |name| name.value());
    Ok(Some(TargetAttribute {
        name,
        field: ident,
        ty: field.ty,
        text,
    }))
}

fn unknown(meta: &ParseNestedMeta<'_>, known: &[&str]) -> syn::Error {
    let name = meta
        .path
        .get_ident()
        .map(ToString::to_string)
        .unwrap_or_default();
    if !known.contains(&"skip") && ["rename", "skip", "text"].contains(&name.as_str()) {
        return meta.error(format!("`{name}` belongs on a field"));
    }
    meta.error(format!("`{name}` is not known here{}", hint(&name, known)))
}
