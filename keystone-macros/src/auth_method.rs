//! `#[auth_method("name")]`: from a struct to an authentication method and its plugin.

use proc_macro2::TokenStream;
use quote::{ToTokens, quote};
use syn::ItemStruct;

use crate::diag::{Errors, Expansion};
use crate::source::Source;

mod check;
mod expand;
mod model;
mod parse;
mod spec;

/// Expands the attribute with its arguments on `item`.
pub(crate) fn expand(arguments: TokenStream, item: TokenStream) -> Expansion {
    let mut errors = Errors::default();
    let Some(mut item) = errors.keep(structure(item.clone())) else {
        return Expansion {
            tokens: item,
            errors,
        };
    };
    let mut arguments = parse::arguments(arguments, &mut errors);
    let spec = arguments.spec.take();
    let fields = parse::fields(&mut item, &mut errors);
    let mut method = model::method(arguments, fields, &item, &mut errors);
    let mut watched = None;
    if let Some(method) = &mut method {
        if let Some(file) = &spec
            && let Some(source) = errors.keep(Source::find(file))
        {
            spec::hold(method, file, source.text(), &mut errors);
            watched = Some(source.watched());
        }
        check::check(method, &item, &mut errors);
    }
    let sound = method.as_ref().filter(|method| method.sound);
    let expansion = sound.map(expand::expand);
    Expansion {
        tokens: quote!(#item #watched #expansion),
        errors,
    }
}

fn structure(item: TokenStream) -> syn::Result<ItemStruct> {
    syn::parse2::<ItemStruct>(item.clone()).map_err(|error| {
        // Something that is no struct at all, or a struct that does not parse?
        match syn::parse2::<syn::Item>(item.clone()) {
            Ok(other) => syn::Error::new_spanned(
                head(&other),
                "`#[auth_method]` stands on a struct with named fields",
            ),
            Err(_) => error,
        }
    })
}

/// The first token that is no attribute, to put an error under.
fn head(item: &syn::Item) -> TokenStream {
    let tokens = match item {
        syn::Item::Enum(item) => item.enum_token.to_token_stream(),
        syn::Item::Fn(item) => item.sig.to_token_stream(),
        syn::Item::Impl(item) => item.impl_token.to_token_stream(),
        syn::Item::Union(item) => item.union_token.to_token_stream(),
        other => other.to_token_stream(),
    };
    tokens.into_iter().take(1).collect()
}

#[cfg(test)]
mod tests {
    use quote::quote;

    use super::*;

    /// The errors that the attribute reports, in order.
    pub(super) fn errors(arguments: TokenStream, item: TokenStream) -> Vec<String> {
        let expansion = expand(arguments, item);
        let tokens = expansion.errors.beside(TokenStream::new()).to_string();
        tokens
            .split("compile_error ! {")
            .skip(1)
            .map(|rest| rest.trim_end_matches(['}', ' ', ':', 'c', 'o', 'r', 'e']))
            .map(|text| text.trim().trim_matches('"').to_owned())
            .collect()
    }

    #[test]
    fn only_a_struct_with_named_fields_can_be_a_method() {
        let text = "`#[auth_method]` stands on a struct with named fields";
        for item in [
            quote!(
                enum E {
                    A,
                }
            ),
            quote!(
                fn f() {}
            ),
            quote!(
                struct PinMethod(String);
            ),
        ] {
            let found = errors(quote!("pin"), item.clone());
            assert_eq!(found, [text], "{item}");
        }
    }

    #[test]
    fn a_faulty_struct_is_kept_without_its_attributes() {
        let item = quote!(
            struct PinMethod {
                #[auth(user)]
                user: String,
            }
        );
        let kept = expand(quote!("pin"), item).tokens.to_string();
        assert_eq!(kept, "struct PinMethod { user : String , }");
    }

    #[test]
    fn a_slip_that_leaves_all_types_clear_does_not_hide_the_plugin() {
        let item = quote!(
            struct PinMethod {
                #[auth(sceret)]
                pin: SecretString,
            }
        );
        let expansion = expand(quote!("pin"), item);
        assert!(!expansion.errors.is_empty());
        let tokens = expansion.tokens.to_string();
        assert!(tokens.contains("Pin , PinBuilder"), "{tokens}");
    }

    #[test]
    fn all_mistakes_are_reported_at_once() {
        let found = errors(
            quote!("one time", plugn = Pin),
            quote!(
                struct Pin {
                    #[auth(sceret)]
                    pin: SecretString,
                    #[auth(secret)]
                    code: String,
                }
            ),
        );
        assert_eq!(found.len(), 5, "{found:#?}");
    }
}
