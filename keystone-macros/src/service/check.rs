//! Checks what can be seen in the block alone.

use proc_macro2::{Ident, Span, TokenStream, TokenTree};
use quote::ToTokens;
use syn::spanned::Spanned;
use syn::{Attribute, FnArg, LitStr, Meta, ReceiverKind, Safety, Signature, Type};

use super::parse::{Block, Item};
use crate::diag::Errors;
use crate::lenient;
use crate::policy::check::{asyncness, is_policy, refusal};
use crate::policy::item::Handler;
use crate::policy::parse::{Protection, Requirement, protection};

/// A block of methods.
pub(super) struct Service {
    pub(super) block: Block,
    pub(super) members: Vec<Member>,
    /// Whether the methods can be operations.
    pub(super) usable: bool,
}

/// Something in the block.
pub(super) enum Member {
    Method(Box<Method>),
    /// Something to be emitted as it is; a method has a name.
    AsIs(TokenStream, Option<Ident>),
}

/// A method and its policies.
pub(super) struct Method {
    pub(super) handler: Handler,
    pub(super) guards: Vec<Guard>,
    /// Whether something is wrong with it.
    pub(super) broken: bool,
}

/// A `#[policy(..)]`.
pub(super) struct Guard {
    pub(super) requirement: Requirement,
    /// The name, or `public`.
    pub(super) named: TokenTree,
}

/// Reports what prevents the methods from being operations.
pub(super) fn service(mut block: Block, errors: &mut Errors) -> Service {
    let mut usable = true;
    if let Some(of) = &block.of_trait {
        errors.at(
            of,
            "a service is no implementation of a trait: its operations are methods of the type \
             itself, `impl Type { .. }`",
        );
        usable = false;
    }
    if !block.generics.params.is_empty() {
        errors.at(
            &block.generics,
            "a service has no generics: its routes are those of one type; name that here, or \
             keep what varies in a field, as `Box<dyn ..>`",
        );
        usable = false;
    }
    let items = std::mem::take(&mut block.items);
    let members = items.into_iter().map(|item| member(item, errors)).collect();
    Service {
        block,
        members,
        usable,
    }
}

fn member(item: Item, errors: &mut Errors) -> Member {
    match item {
        Item::Method(handler) => Member::Method(Box::new(method(*handler, errors))),
        Item::Unread(unread) => {
            if !lenient::wrong_function(unread.tokens.clone()) {
                errors.push(unread.error);
            }
            let tokens = without_policies(unread.tokens);
            Member::AsIs(tokens, Some(unread.outline.name))
        }
        Item::Other(tokens) => {
            let item = unattributed(tokens.clone());
            errors.at(
                &item,
                "the block of a service holds the methods of its operations and nothing else: put \
                 this into another `impl` block",
            );
            Member::AsIs(tokens, None)
        }
    }
}

fn method(mut handler: Handler, errors: &mut Errors) -> Method {
    let mut found = Errors::default();
    let (policies, others) = std::mem::take(&mut handler.attributes)
        .into_iter()
        .partition(is_policy);
    handler.attributes = others;
    let guards = guards(policies, &mut found);
    signature(&handler, &mut found);
    let decided_inside = guards.iter().any(|guard| match &guard.requirement {
        Requirement::Public => false,
        Requirement::Policy { target, .. } => target.is_some(),
    });
    if decided_inside {
        refusal(&handler.signature, &mut found);
    }
    let broken = !found.is_empty() || handler.body.is_none();
    errors.extend(found);
    Method {
        handler,
        guards,
        broken,
    }
}

/// The policies of a method.
fn guards(attributes: Vec<Attribute>, errors: &mut Errors) -> Vec<Guard> {
    let mut guards: Vec<Guard> = Vec::new();
    for attribute in attributes {
        let Some(guard) = guard(&attribute, errors) else {
            continue;
        };
        let named = guard.named.to_string();
        let public = |guard: &Guard| matches!(guard.requirement, Requirement::Public);
        if guards.iter().any(|other| other.named.to_string() == named) {
            errors.at(
                &guard.named,
                format!("{named} is named twice, keep one of them"),
            );
        } else if guards.iter().any(public) || (public(&guard) && !guards.is_empty()) {
            errors.at(
                &attribute,
                "an operation is either public or protected: keep `#[policy(public)]` or the \
                 policies",
            );
        }
        guards.push(guard);
    }
    guards
}

fn guard(attribute: &Attribute, errors: &mut Errors) -> Option<Guard> {
    let arguments = match &attribute.meta {
        Meta::List(list) if !list.tokens.is_empty() => list.tokens.clone(),
        _ => {
            errors.at(
                attribute,
                "name a policy, as in `#[policy(\"proxy:create\")]`, or say `#[policy(public)]`",
            );
            return None;
        }
    };
    let named = arguments.clone().into_iter().next()?;
    let Protection { requirement, .. } = protection(arguments, errors)?;
    if let Requirement::Policy {
        table: Some(table), ..
    } = &requirement
    {
        errors.at(
            table,
            "the policies of a service are in the table that `service!` names: remove `table`",
        );
    }
    Some(Guard { requirement, named })
}

fn signature(handler: &Handler, errors: &mut Errors) {
    let signature = &handler.signature;
    receiver(signature, errors);
    asyncness(signature, errors);
    if let Safety::Unsafe(word) = &signature.safety {
        errors.at(word, "nobody calls an `unsafe` operation");
    }
    let generics = &signature.generics;
    if !generics.params.is_empty() {
        errors.at(
            generics,
            "the method of an operation has no generics: its arguments are what the document says, \
             and extractors",
        );
    }
    conditions(&handler.attributes, "a method", errors);
    for argument in &signature.inputs {
        if let FnArg::Typed(argument) = argument {
            conditions(&argument.attrs, "an argument", errors);
            if let Type::ImplTrait(ty) = argument.ty.as_ref() {
                errors.at(ty, "name the type of this argument: `impl` is a generic");
            }
        }
    }
}

fn receiver(signature: &Signature, errors: &mut Errors) {
    let message = "an operation takes `&self`: requests are served at the same time, so what changes \
                   is behind a `Mutex`, or in a database";
    match signature.inputs.first() {
        Some(FnArg::Receiver(receiver)) => {
            let shared = match &receiver.kind {
                ReceiverKind::Reference(_, _, mutable) => mutable.is_none(),
                ReceiverKind::Typed(_, ty) => {
                    let ty = ty.to_token_stream().to_string().replace(' ', "");
                    ty == "&Self" || ty.ends_with("Arc<Self>")
                }
                _ => false,
            };
            if !shared {
                errors.at(receiver, message);
            }
        }
        first => {
            let span = first.map_or_else(|| signature.ident.span(), Spanned::span);
            errors.at_span(
                span,
                "an operation is a method of the service: begin with `&self`",
            );
        }
    }
}

/// A condition changes which operations there are after they were compared with the document.
fn conditions(attributes: &[Attribute], what: &str, errors: &mut Errors) {
    for condition in attributes.iter().filter(|one| one.path().is_ident("cfg")) {
        errors.at(
            condition,
            format!(
                "{what} of an operation cannot depend on a condition, because the document has \
                 none: put `cfg!(..)` or `#[cfg]` into the body"
            ),
        );
    }
}

/// The tokens of an item without its attributes.
fn unattributed(item: TokenStream) -> TokenStream {
    let mut tokens = item.into_iter().peekable();
    while matches!(tokens.peek(), Some(TokenTree::Punct(sign)) if sign.as_char() == '#') {
        tokens.next();
        tokens.next();
    }
    tokens.collect()
}

/// A method that cannot be parsed, without its `#[policy]`, which would report that again.
fn without_policies(item: TokenStream) -> TokenStream {
    let mut kept = TokenStream::new();
    let mut tokens = item.into_iter().peekable();
    while let Some(token) = tokens.next() {
        let policy = match (&token, tokens.peek()) {
            (TokenTree::Punct(sign), Some(TokenTree::Group(group))) if sign.as_char() == '#' => {
                is_policy_group(group.stream())
            }
            _ => false,
        };
        if policy {
            tokens.next();
        } else {
            kept.extend([token]);
        }
    }
    kept
}

fn is_policy_group(content: TokenStream) -> bool {
    let path = content
        .into_iter()
        .take_while(|token| !matches!(token, TokenTree::Group(_)));
    path.last()
        .is_some_and(|last| matches!(last, TokenTree::Ident(word) if word == "policy"))
}

impl Guard {
    /// The name of the policy; `None` for a public operation.
    pub(super) fn policy(&self) -> Option<&LitStr> {
        match &self.requirement {
            Requirement::Public => None,
            Requirement::Policy { name, .. } => Some(name),
        }
    }

    /// Whether the decision is made in the body.
    pub(super) fn has_target(&self) -> bool {
        matches!(
            &self.requirement,
            Requirement::Policy {
                target: Some(_),
                ..
            }
        )
    }

    pub(super) fn span(&self) -> Span {
        self.named.span()
    }
}
