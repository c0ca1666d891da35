//! Writes the implementations of a target.

use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};
use syn::spanned::Spanned;

use super::model::{Target, TargetAttribute};
use keystone_policy::attr_hash;

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
        let TargetAttribute { name, field, ty } = attribute;
        // The type's span, so that one which is no attribute value is underlined.
        let value = quote_spanned! {ty.span()=>
            <#ty as #root::policy::AttrValue>::attr_value(&self.#field)
        };
        quote!(#name => ::core::option::Option::Some(#value),)
    });
    let hashes = attributes
        .iter()
        .map(|attribute| attr_hash(&attribute.name));
    quote! {
        #[automatically_derived]
        impl #parameters #root::policy::PolicyTarget for #ident #arguments #bounds {
            fn attr(&self, name: &str) -> ::core::option::Option<#root::policy::Value<'_>> {
                match name {
                    #(#arms)*
                    _ => ::core::option::Option::None,
                }
            }
        }
        #(
            #[automatically_derived]
            impl #parameters #root::policy::HasAttr<#hashes> for #ident #arguments #bounds {}
        )*
    }
}
