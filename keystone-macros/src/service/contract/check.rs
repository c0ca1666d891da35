//! Compares the methods with the operations.

use keystone_document::suggest;
use proc_macro2::{Ident, TokenStream, TokenTree};

use super::parse::{Guard, Input, Method, Operation};
use crate::diag::Errors;

/// An operation and the method that serves it.
pub(super) struct Served<'a> {
    pub(super) operation: &'a Operation,
    pub(super) method: &'a Method,
}

/// The operations that are served as the document says. Everything else is reported.
pub(super) fn served<'a>(input: &'a Input, errors: &mut Errors) -> Vec<Served<'a>> {
    if input.contract.broken {
        return Vec::new();
    }
    let mut served = Vec::new();
    let mut missing: Vec<&Operation> = Vec::new();
    for operation in &input.contract.operations {
        let mut named = input
            .implementation
            .methods
            .iter()
            .filter(|method| method.name == operation.name);
        match (named.next(), named.next()) {
            (Some(method), None) => {
                if !method.broken && fits(operation, method, input, errors) {
                    served.push(Served { operation, method });
                }
            }
            // The compiler reports two methods of one name.
            (Some(_), Some(_)) => {}
            (None, _) => missing.push(operation),
        }
    }
    extra(input, &mut missing, errors);
    for operation in missing {
        errors.at_span(
            input.implementation.attribute,
            format!(
                "the operation {} has no method; write:\n\n{}",
                shown(operation),
                signature(operation, input)
            ),
        );
    }
    served
}

/// Reports methods without an operation. One that was renamed is no missing one besides.
fn extra(input: &Input, missing: &mut Vec<&Operation>, errors: &mut Errors) {
    let methods = &input.implementation.methods;
    let operations = &input.contract.operations;
    let is_extra = |method: &&Method| operations.iter().all(|one| one.name != method.name);
    let document = &input.contract.document;
    for method in methods.iter().filter(is_extra) {
        let name = &method.name;
        let Some(place) = meant(method, missing) else {
            errors.at(
                name,
                format!(
                    "`{document}` has no operation `{name}`: put this method into another `impl` \
                     block, or add the operation to the document"
                ),
            );
            continue;
        };
        let operation = missing.remove(place);
        errors.at(
            name,
            format!(
                "`{document}` has no operation `{name}`; did you mean {}?",
                shown(operation)
            ),
        );
    }
}

/// Which of the missing operations a method was probably written for: one with a similar name, or
/// the only one with the same policies.
fn meant(method: &Method, missing: &[&Operation]) -> Option<usize> {
    let names: Vec<String> = missing.iter().map(|one| one.name.to_string()).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    if let Some(similar) = suggest(&method.name.to_string(), &names) {
        return names.iter().position(|name| *name == similar);
    }
    let given: Vec<String> = method.guards.iter().filter_map(Guard::policy).collect();
    let mut alike = missing
        .iter()
        .enumerate()
        .filter(|(_, operation)| !given.is_empty() && same(&operation.policies, &given));
    match (alike.next(), alike.next()) {
        (Some((place, _)), None) => Some(place),
        _ => None,
    }
}

fn same(wanted: &[String], given: &[String]) -> bool {
    wanted.len() == given.len() && wanted.iter().all(|policy| given.contains(policy))
}

fn fits(operation: &Operation, method: &Method, input: &Input, errors: &mut Errors) -> bool {
    let mut found = Errors::default();
    policies(operation, method, &mut found);
    arguments(operation, method, input, &mut found);
    let fits = found.is_empty();
    errors.extend(found);
    fits
}

/// The policies must be those that the document names, in any order.
fn policies(operation: &Operation, method: &Method, errors: &mut Errors) {
    let given: Vec<String> = method.guards.iter().filter_map(Guard::policy).collect();
    let mut absent = operation
        .policies
        .iter()
        .filter(|policy| !given.contains(policy))
        .map(String::as_str);
    let operation_shown = shown(operation);
    if method.guards.is_empty() {
        let attributes = attributes(operation).join(" and ");
        let message = match operation.policies.is_empty() {
            true => format!("{operation_shown} is public: say so by `{attributes}`"),
            false => format!("{operation_shown} is not protected: write {attributes}"),
        };
        errors.at(&method.name, message.replace("``", "`"));
        return;
    }
    for guard in &method.guards {
        let told = match guard {
            Guard::Public(word) => {
                let attributes = attributes(operation).join(" and ");
                let due = !operation.policies.is_empty();
                absent.by_ref().for_each(drop);
                due.then(|| {
                    (
                        word.clone().into(),
                        format!("{operation_shown} is not public: write {attributes}"),
                    )
                })
            }
            Guard::Plain(name) | Guard::Target(name)
                if !operation.policies.contains(&name.value()) =>
            {
                let policy = name.value();
                let message = match absent.next() {
                    Some(due) => format!(
                        "{operation_shown} is protected by `{due}`, not by `{policy}`: write \
                         `\"{due}\"`"
                    ),
                    None if operation.policies.is_empty() => {
                        format!("{operation_shown} is public: write `#[policy(public)]`")
                    }
                    None => format!(
                        "{operation_shown} is not protected by `{policy}`: remove this `#[policy]`, \
                         or add `{policy}` to the document"
                    ),
                };
                Some((TokenTree::from(name.token()), message))
            }
            Guard::Plain(_) | Guard::Target(_) => None,
        };
        if let Some((place, message)) = told {
            errors.at(&place, message);
        }
    }
    for due in absent {
        errors.at(
            &method.name,
            format!("{operation_shown} is protected by `{due}` too: add `#[policy(\"{due}\")]`"),
        );
    }
}

/// A part of the request is read once. Types are compared by their last name, as far as tokens show.
fn arguments(operation: &Operation, method: &Method, input: &Input, errors: &mut Errors) {
    let types = operation.arguments.split(',').filter_map(|argument| {
        let (_, ty) = argument.split_once(':')?;
        Some(ty.trim().trim_start_matches("{}").to_owned())
    });
    for ty in types {
        let mut taken = method
            .arguments
            .iter()
            .filter(|argument| last_name(argument).is_some_and(|name| name == ty));
        taken.next();
        for again in taken {
            errors.at(
                again,
                format!(
                    "`{}{ty}` is taken twice by {}: what a request holds is read once",
                    module(input),
                    shown(operation)
                ),
            );
        }
    }
}

/// `c` of `a::b::c`; none of a type with arguments.
fn last_name(ty: &TokenStream) -> Option<Ident> {
    match ty.clone().into_iter().last() {
        Some(TokenTree::Ident(name)) => Some(name),
        Some(TokenTree::Group(group)) => last_name(&group.stream()),
        _ => None,
    }
}

fn shown(operation: &Operation) -> String {
    let Operation {
        name, method, path, ..
    } = operation;
    format!("`{name}` (`{method} {path}`)")
}

fn attributes(operation: &Operation) -> Vec<String> {
    match operation.policies.as_slice() {
        [] => vec!["`#[policy(public)]`".to_owned()],
        policies => policies
            .iter()
            .map(|policy| format!("`#[policy({policy:?})]`"))
            .collect(),
    }
}

/// The method of an operation, ready to paste.
fn signature(operation: &Operation, input: &Input) -> String {
    let attributes = attributes(operation);
    let attributes = attributes
        .iter()
        .map(|one| format!("    {}\n", one.trim_matches('`')));
    let attributes: String = attributes.collect();
    let module = module(input);
    let arguments = operation.arguments.replace("{}", &module);
    let arguments = match arguments.is_empty() {
        true => String::new(),
        false => format!(", {arguments}"),
    };
    let returns = operation.returns.replace("{}", &module);
    let name = &operation.name;
    format!(
        "{attributes}    async fn {name}(&self{arguments}) -> Result<{returns}, ApiError> {{\n        \
         todo!()\n    }}"
    )
}

/// The module of `service!`, with `::` behind it.
fn module(input: &Input) -> String {
    let module = input.implementation.module.to_string();
    format!("{}::", module.replace(' ', ""))
}

impl Guard {
    fn policy(&self) -> Option<String> {
        match self {
            Self::Public(_) => None,
            Self::Plain(name) | Self::Target(name) => Some(name.value()),
        }
    }
}
