//! Entities as targets of policies, so that a row of storage may be the generated type itself.

use proc_macro2::TokenStream;
use quote::quote;

use crate::emit::scope::ident;
use crate::model::{Field, Presence, Type};

/// The implementations of `PolicyTarget` and `HasAttr` for the attributes with simple types.
pub(super) fn of(
    name: &str,
    fields: &[Field],
    presence: impl Fn(&Field) -> Option<Presence>,
) -> TokenStream {
    let policy = quote!(policy);
    let name = ident(name);
    let simple = fields
        .iter()
        .filter_map(|field| Some((field, value(&policy, field, presence(field)?)?)));
    let simple: Vec<(&Field, TokenStream)> = simple.collect();
    let names: Vec<&String> = simple.iter().map(|(field, _)| &field.name).collect();
    let arms = simple.iter().map(|(field, value)| {
        let name = &field.name;
        quote!(#name => Some(#value),)
    });
    quote! {
        impl #policy::PolicyTarget for #name {
            fn attr(&self, name: &str) -> Option<#policy::Value<'_>> {
                match name {
                    #(#arms)*
                    _ => None,
                }
            }

            fn each(&self, visit: &mut dyn FnMut(&str, #policy::Value<'_>)) {
                for name in [#(#names),*] {
                    if let Some(value) = self.attr(name) {
                        visit(name, value);
                    }
                }
            }
        }
        #(impl #policy::value::HasAttr<{ #policy::value::attr_hash(#names) }> for #name {})*
    }
}

/// The value of an attribute, if its type is a simple one.
fn value(policy: &TokenStream, field: &Field, presence: Presence) -> Option<TokenStream> {
    let name = ident(&field.rust_name);
    let text = |of: TokenStream| quote!(#policy::Value::Str(#of));
    let optional = field.nullable || presence == Presence::Maybe;
    let own = match optional {
        true => quote!(value),
        false => quote!(self.#name),
    };
    let value = match &field.ty {
        Type::Text | Type::Url | Type::Id(_) | Type::Enum(_) => text(quote!(#own.as_str())),
        Type::Bool if optional => quote!(#policy::Value::Bool(*#own)),
        Type::Bool => quote!(#policy::Value::Bool(#own)),
        Type::Int if optional => quote!(#policy::Value::Int((*#own).into())),
        Type::Int => quote!(#policy::Value::Int(#own.into())),
        _ => return None,
    };
    Some(match optional {
        true => quote!(self.#name.as_ref().map_or(#policy::Value::Null, |value| #value)),
        false => value,
    })
}
