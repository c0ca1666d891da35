//! Generates the implementations of a target.

use keystone_policy::value::attr_hash;
use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};
use syn::spanned::Spanned;
use syn::{GenericArgument, PathArguments, Type};

use super::model::{Target, TargetAttribute};
use crate::diag::in_place;
use crate::root::Root;

/// `PolicyTarget`, and `HasAttr` for each attribute.
pub(super) fn target(target: &Target) -> TokenStream {
    let Target {
        root,
        ident,
        generics,
        attributes,
    } = target;
    let (parameters, arguments, bounds) = generics.split_for_impl();
    let arms = attributes.iter().map(|attribute| {
        let name = &attribute.name;
        let value = value(root, attribute);
        quote!(#name => ::core::option::Option::Some(#value),)
    });
    let names = attributes.iter().map(|attribute| &attribute.name);
    let hashes = attributes
        .iter()
        .map(|attribute| attr_hash(&attribute.name));
    quote! {
        #[automatically_derived]
        impl #parameters #root::policy::PolicyTarget for #ident #arguments #bounds {
            #[inline]
            fn attr(&self, name: &str) -> ::core::option::Option<#root::policy::Value<'_>> {
                match name {
                    #(#arms)*
                    _ => ::core::option::Option::None,
                }
            }

            fn each(
                &self,
                visit: &mut dyn ::core::ops::FnMut(&str, #root::policy::Value<'_>),
            ) {
                let names: &[&str] = &[#(#names),*];
                for name in names {
                    if let ::core::option::Option::Some(value) = self.attr(name) {
                        visit(name, value);
                    }
                }
            }
        }
        #(
            #[automatically_derived]
            impl #parameters #root::policy::value::HasAttr<#hashes> for #ident #arguments #bounds {}
        )*
    }
}

/// The value of a field, with the span of the field's type, so that a type without `AttrValue` is
/// underlined.
fn value(root: &Root, attribute: &TargetAttribute) -> TokenStream {
    let TargetAttribute {
        field, ty, text, ..
    } = attribute;
    let span = in_place(ty.span());
    match (text, inside_option(ty)) {
        (false, _) => {
            quote_spanned!(span=> <#ty as #root::policy::AttrValue>::attr_value(&self.#field))
        }
        (true, None) => quote_spanned! {span=>
            #root::policy::Value::Str(<#ty as ::core::convert::AsRef<str>>::as_ref(&self.#field))
        },
        (true, Some(inner)) => quote_spanned! {span=>
            match &self.#field {
                ::core::option::Option::Some(text) => {
                    #root::policy::Value::Str(<#inner as ::core::convert::AsRef<str>>::as_ref(text))
                }
                ::core::option::Option::None => #root::policy::Value::Null,
            }
        },
    }
}

/// The `T` of a type that is written `Option<T>`.
fn inside_option(ty: &Type) -> Option<&Type> {
    let Type::Path(path) = ty else { return None };
    let last = path
        .path
        .segments
        .last()
        .filter(|last| last.ident == "Option")?;
    let PathArguments::AngleBracketed(arguments) = &last.arguments else {
        return None;
    };
    match arguments.args.first() {
        Some(GenericArgument::Type(inner)) => Some(inner),
        _ => None,
    }
}
