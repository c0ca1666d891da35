//! Whether the item under `#[policy]` is a handler that can be guarded.

use proc_macro2::TokenStream;
use syn::spanned::Spanned;
use syn::{FnArg, Item, ItemFn, ReturnType, parse2};

use super::parse::{Demand, Guard};
use crate::diag::Errors;

/// The handler; none when the item is something else.
pub(super) fn handler(
    item: &TokenStream,
    guard: Option<&Guard>,
    errors: &mut Errors,
) -> Option<ItemFn> {
    let Ok(handler) = parse2::<ItemFn>(item.clone()) else {
        not_a_function(item, errors);
        return None;
    };
    let signature = &handler.sig;
    if signature.asyncness.is_none() {
        errors.at(
            &signature.fn_token,
            "a handler must be `async`: write `async fn`",
        );
    }
    if let Some(FnArg::Receiver(receiver)) = signature.inputs.first() {
        errors.at(
            receiver,
            "a handler takes no `self`: take what it needs as `State<..>`",
        );
    }
    let second = handler.attrs.iter().find(|attribute| {
        let last = attribute.path().segments.last();
        last.is_some_and(|segment| segment.ident == "policy")
    });
    if let Some(second) = second {
        errors.at(
            second,
            "a second policy for one handler: keep one, and combine their rules in the policy file",
        );
    }
    let target = match guard.map(|guard| &guard.demand) {
        Some(Demand::Policy { target, .. }) => target.is_some(),
        Some(Demand::Public) | None => false,
    };
    if target && matches!(signature.output, ReturnType::Default) {
        errors.at(
            &signature.ident,
            "a handler whose policy has a target must return what can carry a refusal: \
             `Result<_, E>` where `E: From<Denied>`, `Response` or `impl IntoResponse`",
        );
    }
    Some(handler)
}

fn not_a_function(item: &TokenStream, errors: &mut Errors) {
    let message = "`#[policy]` guards a handler, which is an `async fn`";
    match parse2::<Item>(item.clone()) {
        Ok(Item::Struct(item)) => errors.at(&item.ident, message),
        Ok(Item::Mod(item)) => errors.at(&item.ident, message),
        Ok(Item::Trait(item)) => errors.at(&item.ident, message),
        Ok(Item::Impl(item)) => errors.at(&item.self_ty, message),
        _ => errors.at_span(item.span(), message),
    }
}
