//! Generates the handler with its decision.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, format_ident, quote, quote_spanned};
use syn::spanned::Spanned;
use syn::visit_mut::{self, VisitMut};
use syn::{Expr, LitStr, Path, ReturnType, Type, TypeImplTrait, parse_quote};

use super::arguments;
use super::item::Handler;
use super::parse::{Protection, Requirement};
use crate::diag::in_place;
use crate::root::Root;

/// The handler with its witness as first argument.
pub(super) fn handler(protection: &Protection, mut handler: Handler) -> TokenStream {
    let root = &protection.root;
    let checks = arguments::checks(root, &handler.signature, &protection.requirement);
    match &protection.requirement {
        // Nothing is decided, and a caller of the method has nothing to show.
        Requirement::Public if handler.receiver().is_some() => {}
        Requirement::Public if checks.is_empty() => handler.prepend(parse_quote!(_: #root::Public)),
        Requirement::Public => {
            handler.prepend(parse_quote!(_: #root::__private::PublicWith<{ #checks 0 }>));
        }
        Requirement::Policy {
            name,
            table,
            target: None,
            proof,
        } => {
            let witness = plain_witness(root, name, &table_of(name, table.as_ref()), &checks);
            let proof = pattern(proof.as_ref());
            handler.prepend(parse_quote!(#proof: #witness));
        }
        Requirement::Policy {
            name,
            table,
            target: Some(target),
            proof,
        } => {
            let authorizing = Ident::new("authorizing", Span::mixed_site());
            let witness = target_witness(root, name, &table_of(name, table.as_ref()), &checks);
            handler.prepend(parse_quote!(#authorizing: #witness));
            let proof = pattern(proof.as_ref());
            decide_first(&mut handler, root, &authorizing, target, &proof);
        }
    }
    handler.into_token_stream()
}

/// The proof for a policy that reads no target.
///
/// The type has the number of the policy, computed by a constant. For a policy that is unknown or
/// reads a target, the constant fails, and that is the only error: it has the span of the literal,
/// and the type stays well-formed, so neither `Routes` nor axum add errors.
pub(crate) fn plain_witness(
    root: &impl ToTokens,
    name: &LitStr,
    table: &Table,
    checks: &TokenStream,
) -> TokenStream {
    let Table { path, index } = table;
    quote_spanned! {in_place(name.span())=>
        #root::Authorized<#path::Rule<{
            #checks
            const NUMBER: usize = #path::#index(#name);
            #root::__private::without_target::<#path::Rule<NUMBER>>(NUMBER)
        }>>
    }
}

/// The first argument for a policy about a target, which is decided in the body.
///
/// All tokens of the policy's type have the span of the name, which occurs once: rustc reports one
/// error per constant and span, so an unknown policy is one error.
pub(crate) fn target_witness(
    root: &Root,
    name: &LitStr,
    table: &Table,
    checks: &TokenStream,
) -> TokenStream {
    let Table { path, index } = table;
    quote_spanned! {in_place(name.span())=>
        #root::__private::Authorizing<#path::Rule<{ #checks #path::#index(#name) }>>
    }
}

/// The table of policies, and the function in it that finds a name.
pub(crate) struct Table {
    pub(crate) path: TokenStream,
    pub(crate) index: Ident,
}

fn table_of(name: &LitStr, table: Option<&Path>) -> Table {
    let span = in_place(name.span());
    Table {
        path: match table {
            Some(table) => table.to_token_stream(),
            None => quote_spanned!(span=> crate::policies),
        },
        index: Ident::new("index_of", span),
    }
}

/// The pattern for the proof of the decision.
pub(crate) fn pattern(proof: Option<&Ident>) -> TokenStream {
    proof.map_or_else(|| quote!(_), ToTokens::to_token_stream)
}

/// Inserts the decision before the first statement, after all arguments are extracted.
pub(crate) fn decide_first(
    handler: &mut Handler,
    root: &Root,
    authorizing: &Ident,
    target: &Expr,
    proof: &TokenStream,
) {
    // Mixed-site spans: neither the body nor the target can name these variables, or shadow them.
    let denied = format_ident!("denied", span = Span::mixed_site());
    let allowed = format_ident!("allowed", span = Span::mixed_site());
    let deciding = Ident::new("deciding", Span::mixed_site());
    // A statement of its own: a borrow of the target must not live across the await below, or the
    // future of the handler would only be `Send` where the target is `Sync`.
    let begin = quote! {
        let #deciding = #authorizing.begin_checked(#authorizing.marker().check_target(#target));
    };
    let decision = quote! {
        match #deciding {
            ::core::result::Result::Ok(#deciding) => #deciding.settle().await,
            ::core::result::Result::Err(#denied) => ::core::result::Result::Err(#denied),
        }
    };
    let Some(written) = handler.written() else {
        return;
    };
    let body = match &handler.signature.output {
        ReturnType::Type(_, output) if is_impl_trait(output) => quote! {
            #begin
            match #decision {
                ::core::result::Result::Ok(#proof) => {
                    #root::__private::HandlerResponse::Called(async move #written.await)
                }
                ::core::result::Result::Err(#denied) => {
                    #root::__private::HandlerResponse::Denied(#denied)
                }
            }
        },
        output => {
            let refuse = refuse(output, root);
            quote! {
                #begin
                let #allowed = #decision;
                // The body is a match arm: as the last expression of a block, its braces would trigger the
                // lint `unused_braces` in the user's code.
                match #allowed {
                    ::core::result::Result::Ok(#proof) => #written
                    ::core::result::Result::Err(#denied) => return #refuse(#denied),
                }
            }
        }
    };
    handler.replace(body);
}

fn is_impl_trait(output: &Type) -> bool {
    match output {
        Type::ImplTrait(_) => true,
        // A `$return:ty` of `macro_rules!` arrives in a group without delimiters.
        Type::Group(group) => is_impl_trait(&group.elem),
        _ => false,
    }
}

/// The function that turns a refusal into the return type. It names the type where that is possible,
/// so that rustc underlines the whole of a type that cannot carry a refusal.
fn refuse(output: &ReturnType, root: &Root) -> TokenStream {
    let ReturnType::Type(_, output) = output else {
        return quote!(#root::__private::CarryRefusal::from_denied);
    };
    let span = in_place(output.span());
    if holds_impl_trait(output) {
        quote_spanned!(span=> #root::__private::CarryRefusal::from_denied)
    } else {
        quote_spanned!(span=> <#output as #root::__private::CarryRefusal>::from_denied)
    }
}

/// Whether a type has an `impl Trait` somewhere.
pub(crate) fn holds_impl_trait(output: &Type) -> bool {
    struct Finder(bool);

    impl VisitMut for Finder {
        fn visit_type_impl_trait_mut(&mut self, node: &mut TypeImplTrait) {
            self.0 = true;
            visit_mut::visit_type_impl_trait_mut(self, node);
        }
    }

    let mut finder = Finder(false);
    finder.visit_type_mut(&mut output.clone());
    finder.0
}
