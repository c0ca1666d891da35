//! Generates checks of the arguments of a handler, so that the compiler underlines the wrong one.

use proc_macro2::TokenStream;
use quote::{ToTokens, quote};
use syn::visit_mut::{self, VisitMut};
use syn::{Attribute, FnArg, Lifetime, Path, ReturnType, Signature, Type, TypeImplTrait};

use super::parse::Requirement;
use crate::root::Root;

/// Statements for the constant in the witness's type. Empty for a generic function, whose
/// parameters a constant cannot name, and for a method, which is no handler.
pub(super) fn checks(root: &Root, signature: &Signature, requirement: &Requirement) -> TokenStream {
    let method = matches!(signature.inputs.first(), Some(FnArg::Receiver(_)));
    if method || !signature.generics.params.is_empty() {
        return TokenStream::new();
    }
    let last = signature.inputs.len().saturating_sub(1);
    let arguments = signature.inputs.iter().enumerate();
    let arguments = arguments.filter_map(|(index, argument)| {
        let FnArg::Typed(argument) = argument else {
            return None;
        };
        let ty = argument.ty.as_ref();
        if !nameable(ty) {
            return None;
        }
        let conditions = conditions(&argument.attrs);
        let not_last = (index != last && certain_last(signature))
            .then(|| quote!(#conditions arguments::probe::<#ty>().not_last().check::<#ty>();));
        Some(quote! {
            #conditions
            arguments::probe::<#ty>().content().check::<#ty>();
            #not_last
        })
    });
    let arguments: Vec<TokenStream> = arguments.collect();
    let has_target = matches!(
        requirement,
        Requirement::Policy {
            target: Some(_),
            ..
        }
    );
    let response = match &signature.output {
        // Other types that must carry a refusal are checked elsewhere.
        ReturnType::Type(_, output) if nameable(output) && (!has_target || is_result(output)) => {
            Some(quote!(arguments::check_response::<#output>();))
        }
        _ => None,
    };
    if arguments.is_empty() && response.is_none() {
        return TokenStream::new();
    }
    // A closure that is never called: its types are checked, but it is not evaluated, so it may
    // call trait methods, which are not `const`, in a constant.
    quote! {
        let _ = || {
            #[allow(unused_imports)]
            use #root::__private::arguments::{
                self, AnyContent as _, AnyPosition as _, HasContent as _, IsValue as _, ReadsBody as _,
            };
            #(#arguments)*
            #response
        };
    }
}

fn is_result(output: &Type) -> bool {
    match output {
        Type::Path(path) => {
            let last = path.path.segments.last();
            last.is_some_and(|last| last.ident == "Result")
        }
        Type::Group(group) => is_result(&group.elem),
        _ => false,
    }
}

/// Whether it is known which argument is the last.
fn certain_last(signature: &Signature) -> bool {
    let conditional = |argument: &FnArg| match argument {
        FnArg::Typed(argument) => !conditions(&argument.attrs).is_empty(),
        FnArg::Receiver(_) => false,
    };
    !signature.inputs.iter().any(conditional)
}

pub(crate) fn conditions(attributes: &[Attribute]) -> TokenStream {
    let conditions = attributes.iter().filter(|one| one.path().is_ident("cfg"));
    conditions.map(ToTokens::to_token_stream).collect()
}

/// Whether a type can be named outside of the signature: it has no `Self`, `impl`, macros or
/// lifetimes of the signature.
pub(crate) fn nameable(ty: &Type) -> bool {
    struct Finder(bool);

    impl VisitMut for Finder {
        fn visit_type_impl_trait_mut(&mut self, _: &mut TypeImplTrait) {
            self.0 = true;
        }

        fn visit_lifetime_mut(&mut self, lifetime: &mut Lifetime) {
            self.0 |= lifetime.ident != "static";
        }

        fn visit_path_mut(&mut self, path: &mut Path) {
            let first = path.segments.first();
            self.0 |= first.is_some_and(|first| first.ident == "Self");
            visit_mut::visit_path_mut(self, path);
        }

        fn visit_type_macro_mut(&mut self, _: &mut syn::TypeMacro) {
            self.0 = true;
        }
    }

    let mut finder = Finder(false);
    finder.visit_type_mut(&mut ty.clone());
    !finder.0
}
