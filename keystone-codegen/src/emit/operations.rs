//! The table of all operations: a line each, which no formatter would leave.

use proc_macro2::Literal;

use super::docs;
use super::format;
use super::scope::Context;
use crate::Error;
use crate::error::EmitError;
use crate::model::{Operation, Resource, Shape};
use crate::text::source;

/// The file of operations; `others` are further items of it.
pub(super) fn emit(
    context: &Context<'_>,
    others: Vec<proc_macro2::TokenStream>,
) -> Result<String, Error> {
    let root = &context.root;
    let head = format::file(
        &["The table of all operations.", "", super::GENERATED],
        std::iter::once(quote::quote!(use #root::client::Operation;))
            .chain(context.runtime_modules(&others))
            .collect(),
    )?;
    let mut consts = String::new();
    let mut names: Vec<String> = Vec::new();
    for resource in context.resources() {
        for operation in &resource.operations {
            let name = name(resource, operation, &names);
            consts.push_str(&constant(context, resource, operation, &name)?);
            names.push(name);
        }
    }
    let rows: String = names.iter().map(|name| format!("    {name},\n")).collect();
    Ok(format!(
        "{head}\n/// Every operation of this client, with the policies that the service enforces.\n\
         pub const OPERATIONS: &[Operation] = &[\n{rows}];\n{consts}{}",
        format::items(others)?
    ))
}

/// `user_group` with `list` and `user` with `group_list` would lead to one name.
fn name(resource: &Resource, operation: &Operation, taken: &[String]) -> String {
    let joined = |by: &str| format!("{}{by}{}", resource.name, operation.name).to_uppercase();
    let name = joined("_");
    if taken.contains(&name) {
        return joined("__");
    }
    name
}

fn constant(
    context: &Context<'_>,
    resource: &Resource,
    operation: &Operation,
    name: &str,
) -> Result<String, Error> {
    let (method, path) = (operation.method.as_str(), context.path(&operation.path));
    let statuses = &operation.statuses;
    let label = literal(&format!("{}.{}", resource.name, operation.name));
    let (method, path) = (literal(method), literal(&path));
    let mut value = format!("Operation::new({label}, {method}, {path}, &{statuses:?})");
    if !operation.policies.is_empty() {
        let policies = operation.policies.iter().map(|policy| literal(policy));
        let policies: Vec<String> = policies.collect();
        value.push_str(&format!(".policies(&[{}])", policies.join(", ")));
    }
    let (since, until) = operation.versions(resource);
    for (setter, word) in [
        ("since", since),
        ("until", until),
        ("action", &operation.action),
        ("task", &operation.task),
    ] {
        if let Some(word) = word {
            value.push_str(&format!(".{setter}({})", literal(word)));
        }
    }
    if operation.hide {
        value.push_str(".hide()");
    }
    if resource.strict && matches!(operation.shape, Shape::List { .. }) {
        value.push_str(".strict()");
    }
    if operation.is_deprecated() || resource.notes.deprecated.is_some() {
        value.push_str(".deprecated()");
    }
    let comment = docs::address(context, operation);
    let text = source(format!(
        "/// {comment}.\npub const {name}: Operation = {value};\n"
    ));
    match syn::parse_str::<syn::ItemConst>(&text) {
        Ok(item) if item.ident == name => Ok(format!("\n{text}")),
        _ => {
            let message =
                format!("no constant can be generated for the operation {label}; rename it");
            Err(EmitError::new(message).into())
        }
    }
}

/// A string literal.
fn literal(text: &str) -> String {
    Literal::string(text).to_string()
}
