//! Where the items of a file are collected: their imports, and the enumerations that they use.

use std::collections::BTreeMap;

use proc_macro2::TokenStream;
use quote::{ToTokens, quote};

use super::scope::{Context, Imports, ident};
use crate::Error;
use crate::error::EmitError;
use crate::model::{Type, camel};

/// What the items of a file are written into.
pub(super) struct Sink<'a> {
    pub(super) context: &'a Context<'a>,
    pub(super) imports: Imports,
    enums: BTreeMap<String, Vec<String>>,
}

impl<'a> Sink<'a> {
    pub(super) fn new(context: &'a Context<'a>) -> Self {
        Self {
            context,
            imports: Imports::default(),
            enums: BTreeMap::new(),
        }
    }

    /// The Rust type for `ty`; `owner` and `field` name an enumeration.
    pub(super) fn rust_type(
        &mut self,
        ty: &Type,
        owner: &str,
        field: &str,
    ) -> Result<TokenStream, Error> {
        Ok(match ty {
            Type::Bool => quote!(bool),
            Type::Boxed(inner) => {
                let inner = self.rust_type(inner, owner, field)?;
                quote!(Box<#inner>)
            }
            Type::Bytes => self.imports.runtime("Bytes").into_token_stream(),
            Type::Nullable(inner) => {
                let inner = self.rust_type(inner, owner, field)?;
                quote!(Option<#inner>)
            }
            Type::Int => quote!(i64),
            Type::Number => quote!(f64),
            Type::Text | Type::Url => quote!(String),
            Type::Id(of) => {
                let name = self.context.id_type(of);
                self.imports.sibling(&name).into_token_stream()
            }
            Type::Record(name) => self.imports.sibling(name).into_token_stream(),
            Type::Enum(words) => {
                let name = format!("{owner}{}", camel(field));
                self.enumeration(name, words)?.into_token_stream()
            }
            Type::List(item) => {
                let item = self.rust_type(item, owner, field)?;
                quote!(Vec<#item>)
            }
            Type::Map(item) if **item == Type::Json => {
                let (map, value) = (self.imports.runtime("Map"), self.imports.runtime("Value"));
                quote!(#map<String, #value>)
            }
            Type::Map(item) => {
                let map = self.imports.std("std::collections::BTreeMap");
                let item = self.rust_type(item, owner, field)?;
                quote!(#map<String, #item>)
            }
            Type::Secret => self.imports.crate_root("SecretString").into_token_stream(),
            Type::Json => self.imports.runtime("Value").into_token_stream(),
            Type::SecretJson => self.imports.runtime("SecretJson").into_token_stream(),
            Type::Links => self.imports.runtime("Links").into_token_stream(),
            Type::Time => self.imports.runtime("Timestamp").into_token_stream(),
            Type::LocalTime => self.imports.runtime("DateTime").into_token_stream(),
        })
    }

    /// What a setter takes, and how it becomes the type.
    pub(super) fn argument(
        &mut self,
        ty: &Type,
        owner: &str,
        field: &str,
        name: &TokenStream,
    ) -> Result<(TokenStream, TokenStream), Error> {
        let rust = self.rust_type(ty, owner, field)?;
        Ok(match ty {
            ty if self.converts(ty) => (quote!(impl Into<#rust>), quote!(#name.into())),
            Type::Boxed(inner) => {
                let inner = self.rust_type(inner, owner, field)?;
                (inner, quote!(Box::new(#name)))
            }
            Type::List(item) => {
                let inner = self.rust_type(item, owner, field)?;
                let (item, map) = match self.converts(item) {
                    true => (quote!(impl Into<#inner>), Some(quote!(.map(Into::into)))),
                    false => (inner, None),
                };
                let argument = quote!(impl IntoIterator<Item = #item>);
                (argument, quote!(#name.into_iter() #map .collect()))
            }
            _ => (rust, name.clone()),
        })
    }

    /// The enumerations that the types so far have named, with their words.
    pub(super) fn take_enumerations(&mut self) -> BTreeMap<String, Vec<String>> {
        std::mem::take(&mut self.enums)
    }

    /// Whether a setter takes `impl Into<..>` for it.
    fn converts(&self, ty: &Type) -> bool {
        match ty {
            Type::Bytes
            | Type::Enum(_)
            | Type::Id(_)
            | Type::Secret
            | Type::SecretJson
            | Type::Text
            | Type::Url => true,
            Type::Record(name) => self.context.has_conversions(name),
            _ => false,
        }
    }

    fn enumeration(&mut self, name: String, words: &[String]) -> Result<proc_macro2::Ident, Error> {
        let known = self
            .enums
            .entry(name.clone())
            .or_insert_with(|| words.to_vec());
        if known != words {
            let message = format!(
                "two enumerations of different words would be named `{name}`; rename one of the fields"
            );
            return Err(EmitError::new(message).into());
        }
        Ok(ident(&name))
    }
}
