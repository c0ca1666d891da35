//! Checks that the item with `#[policy]` is a handler that a policy can protect.

use proc_macro2::TokenStream;
use syn::{Attribute, FnArg, ReturnType, Safety, Signature, Type};

use super::item::Handler;
use super::parse::{Protection, Requirement};
use crate::diag::Errors;
use crate::lenient::refuse_item;

/// axum supports at most 16 arguments, including the witness.
const MOST_ARGUMENTS: usize = 15;

/// Whether axum could call the function after adding the witness, in spite of its errors.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Shape {
    /// It could.
    Callable,
    /// It needs a stand-in.
    NotCallable,
    /// It is a method of a trait, which determines its arguments.
    OfATrait,
}

/// Reports what prevents the protection of `handler`.
pub(super) fn handler(
    handler: &Handler,
    protection: Option<&Protection>,
    errors: &mut Errors,
) -> Shape {
    let signature = &handler.signature;
    if of_async_trait(signature) {
        errors.at(
            &signature.ident,
            "`#[async_trait]` has rewritten this method, so no policy can guard it: put \
             `#[policy]` on an `async fn` outside of the trait, and call the method from there",
        );
        return Shape::OfATrait;
    }
    let mut shape = Shape::Callable;
    // A method is called by the service itself, with as many arguments as it likes.
    if handler.receiver().is_none() && too_many(signature, errors) {
        shape = Shape::NotCallable;
    }
    if let Safety::Unsafe(word) = &signature.safety {
        errors.at(
            word,
            "a handler is called by axum, which calls no `unsafe` function",
        );
        shape = Shape::NotCallable;
    }
    asyncness(signature, errors);
    if handler.body.is_none() {
        errors.at(
            &signature.ident,
            "`#[policy]` guards a handler, which has a body: put it where the body is",
        );
    }
    for second in handler.attributes.iter().filter(|one| is_policy(one)) {
        errors.at(
            second,
            "a second policy for one handler: keep one, and combine their rules in the policy file",
        );
    }
    let decided_inside = matches!(
        protection.map(|protection| &protection.requirement),
        Some(Requirement::Policy {
            target: Some(_),
            ..
        })
    );
    if decided_inside {
        refusal(signature, errors);
    }
    shape
}

/// Whether an attribute is another `#[policy]`.
pub(crate) fn is_policy(attribute: &Attribute) -> bool {
    let last = attribute.path().segments.last();
    last.is_some_and(|segment| segment.ident == "policy")
}

/// Reports an item that is not a function.
pub(super) fn not_a_function(item: TokenStream, errors: &mut Errors) {
    refuse_item(
        item,
        "`#[policy]` guards a handler, which is an `async fn`",
        errors,
    );
}

/// Reports a function that is not `async`.
pub(crate) fn asyncness(signature: &Signature, errors: &mut Errors) {
    if signature.asyncness.is_some() {
        return;
    }
    let message = if returns_future(signature) {
        "a handler must be `async`: write `async fn`, and return what the future yields"
    } else {
        "a handler must be `async`: write `async fn`"
    };
    errors.at(&signature.fn_token, message);
}

/// Whether the return type looks like a future.
pub(crate) fn returns_future(signature: &Signature) -> bool {
    let ReturnType::Type(_, output) = &signature.output else {
        return false;
    };
    let text = quote::quote!(#output).to_string();
    text.split(|c: char| !c.is_alphanumeric())
        .any(|word| matches!(word, "Future" | "BoxFuture"))
}

fn of_async_trait(signature: &Signature) -> bool {
    let mut lifetimes = signature.generics.lifetimes();
    lifetimes.any(|one| one.lifetime.ident == "async_trait")
}

/// Arguments with `#[cfg]` are not counted: they may be absent.
fn too_many(signature: &Signature, errors: &mut Errors) -> bool {
    let certain = |argument: &&FnArg| match argument {
        FnArg::Typed(argument) => !argument.attrs.iter().any(|one| one.path().is_ident("cfg")),
        FnArg::Receiver(_) => false,
    };
    let Some(first) = signature.inputs.iter().filter(certain).nth(MOST_ARGUMENTS) else {
        return false;
    };
    let message = format!(
        "a handler has at most {MOST_ARGUMENTS} arguments beside the proof of its policy: put some \
         of them into a type of your own that is `FromRequestParts`"
    );
    errors.at(first, message);
    true
}

/// Reports a function that decides about a target, and returns nothing.
pub(crate) fn refusal(signature: &Signature, errors: &mut Errors) {
    let nothing = match &signature.output {
        ReturnType::Default => true,
        ReturnType::Type(_, output) => {
            matches!(&**output, Type::Tuple(unit) if unit.elems.is_empty())
        }
    };
    if nothing {
        let message = "a handler whose policy has a target must return what can carry a refusal: \
             `Result<_, E>` where `E: From<Denied>`, `Response` or `impl IntoResponse`";
        match &signature.output {
            ReturnType::Default => errors.at(&signature.ident, message),
            ReturnType::Type(_, output) => errors.at(output, message),
        }
    }
}
