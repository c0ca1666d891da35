//! `#[auth_method("name")]` and `#[auth_plugin("name")]`: generate an authentication method or a
//! login, and its plugin, from a struct.
//!
//! Both share the parser, the model and the checks against specs, and differ in the generated code.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use syn::{Attribute, Ident, ItemStruct};

use crate::diag::{Errors, Expansion};
use crate::source::SourceFile;

mod broken;
mod check;
mod expand;
mod model;
mod parse;
mod spec;

use broken::Shape;
pub(crate) use parse::Subject;

/// Passes the arguments to the derive of the second stage.
const ARGUMENTS: &str = "auth_arguments";

/// Expands the attribute with its arguments on `item`.
pub(crate) fn expand(subject: Subject, arguments: TokenStream, item: TokenStream) -> Expansion {
    let mut errors = Errors::default();
    let tokens = match broken::shape(item.clone()) {
        Shape::Struct(mut item) => {
            check::derives(subject, &mut item, &mut errors);
            if has_conditions(&item) {
                let ignored = &mut Errors::default();
                let root = parse::arguments(subject, arguments.clone(), ignored).root;
                let derive = derive(subject);
                quote! {
                    #[derive(#root::__private::#derive)]
                    #[auth_arguments(#arguments)]
                    #item
                }
            } else {
                let beside = beside(subject, arguments, &mut item, &mut errors);
                quote!(#item #beside)
            }
        }
        other => broken::item(subject, other, arguments, item, &mut errors),
    };
    Expansion { tokens, errors }
}

/// Expands the code beside a struct after `cfg` is evaluated.
pub(crate) fn expand_fields(subject: Subject, item: TokenStream) -> Expansion {
    let mut errors = Errors::default();
    let mut tokens = TokenStream::new();
    if let Ok(mut item) = syn::parse2::<ItemStruct>(item) {
        let arguments = item.attrs.iter().find(|one| one.path().is_ident(ARGUMENTS));
        let arguments = arguments.and_then(|one| one.meta.require_list().ok());
        if let Some(arguments) = arguments.map(|list| list.tokens.clone()) {
            tokens = beside(subject, arguments, &mut item, &mut errors);
        }
    }
    Expansion { tokens, errors }
}

/// The derive of the second stage. Attributes see a struct before `cfg` is evaluated, derives after
/// it.
fn derive(subject: Subject) -> Ident {
    match subject {
        Subject::Method => format_ident!("AuthMethodFields"),
        Subject::Plugin => format_ident!("AuthPluginFields"),
    }
}

/// Whether fields or their attributes are conditional.
fn has_conditions(item: &ItemStruct) -> bool {
    let conditional = |attribute: &Attribute| {
        let path = attribute.path();
        path.is_ident("cfg") || path.is_ident("cfg_attr")
    };
    let mut fields = item.fields.iter();
    fields.any(|field| field.attrs.iter().any(conditional))
}

/// The code beside the struct, from whose fields the attributes are removed; with errors, stand-ins
/// that let the rest of the crate compile.
fn beside(
    subject: Subject,
    arguments: TokenStream,
    item: &mut ItemStruct,
    errors: &mut Errors,
) -> TokenStream {
    let mut arguments = parse::arguments(subject, arguments, errors);
    let spec = arguments.spec.take();
    let fields = parse::fields(subject, item, errors);
    let mut model = model::model(arguments, fields, item, errors);
    let mut watched = None;
    if let Some(file) = &spec
        && let Some(source) = errors.keep(SourceFile::find(file))
    {
        spec::hold(&mut model, file, source.text(), errors);
        watched = Some(source.watched());
    }
    check::check(&mut model, item, errors);
    let expansion = match model.sound {
        true => expand::expand(&model),
        false => broken::stand_in(&model, item),
    };
    quote!(#watched #expansion)
}

#[cfg(test)]
mod tests {
    use quote::quote;

    use super::*;

    /// The errors that the attribute reports, in order.
    pub(super) fn errors(arguments: TokenStream, item: TokenStream) -> Vec<String> {
        errors_of(Subject::Method, arguments, item)
    }

    pub(super) fn errors_of(
        subject: Subject,
        arguments: TokenStream,
        item: TokenStream,
    ) -> Vec<String> {
        let expansion = expand(subject, arguments, item);
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
        let kept = expand(Subject::Method, quote!("pin"), item)
            .tokens
            .to_string();
        let struct_alone = "struct PinMethod { user : String , }";
        assert!(kept.starts_with(struct_alone), "{kept}");
    }

    #[test]
    fn a_slip_that_leaves_all_types_clear_does_not_hide_the_plugin() {
        let item = quote!(
            struct PinMethod {
                #[auth(sceret)]
                pin: SecretString,
            }
        );
        let expansion = expand(Subject::Method, quote!("pin"), item);
        assert!(!expansion.errors.is_empty());
        let tokens = expansion.tokens.to_string();
        assert!(tokens.contains("pub Pin , PinBuilder"), "{tokens}");
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
