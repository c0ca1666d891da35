//! Checks of a struct with `#[auth_method]` or `#[auth_plugin]`, with each error at its token.

use std::collections::HashSet;

use quote::ToTokens;
use syn::punctuated::Punctuated;
use syn::{ItemStruct, Path, Token, parse_quote};

use super::model::{Model, ModelField};
use super::parse::{FieldKind, Subject};
use crate::diag::Errors;

/// A function that every method has.
pub(super) const METHOD: &str = "new";
/// Setters that every builder has.
const METHODS_BUILDER: &[&str] = &["build", "include_catalog"];
const PLUGINS_BUILDER: &[&str] = &["build"];
const SCOPE: &[&str] = &[
    "domain_id",
    "domain_name",
    "project_domain_id",
    "project_domain_name",
    "project_id",
    "project_name",
    "system_scope",
    "trust_id",
    "unscoped",
];
const USER: &[&str] = &["user_domain_id", "user_domain_name", "user_id", "username"];
const AUTH_URL: &str = "auth_url";
/// The keys of a user in a token request.
const USER_KEYS: &[&str] = &["domain", "id", "name"];

/// Reports everything at once.
pub(crate) fn check(model: &mut Model, item: &ItemStruct, errors: &mut Errors) {
    check_name(model, errors);
    check_scope(model, errors);
    let subject = model.subject;
    for field in model.fields.iter_mut().filter(|field| !field.unclear) {
        check_secrecy(subject, field, errors);
        check_header(field, errors);
        check_option(field, errors);
    }
    let mut fatal = Errors::default();
    check_generics(subject, item, &mut fatal);
    check_user(model, &mut fatal);
    for field in model.fields.iter().filter(|field| !field.unclear) {
        check_type(subject, field, &mut fatal);
        check_default(field, &mut fatal);
    }
    check_names(model, &mut fatal);
    model.sound &= fatal.is_empty();
    errors.extend(fatal);
}

fn check_name(model: &Model, errors: &mut Errors) {
    let (name, noun) = (model.name.value(), model.subject.noun());
    let legal = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_' || c == '-';
    if let Some(wrong) = name.chars().find(|c| !legal(*c)) {
        let message = format!(
            "`{wrong}` cannot stand in the name of a {noun}; use lower-case letters, digits, `_` \
             and `-`"
        );
        errors.at(&model.name, message);
    } else if name.is_empty() {
        errors.at(&model.name, format!("the name of the {noun} is empty"));
    }
}

fn check_scope(model: &Model, errors: &mut Errors) {
    if let Some(scope) = model.scope().filter(|_| model.own_scope) {
        let message =
            "what has a scope of its own asks for none; remove the field, or `scope = own`";
        errors.at(&scope.ident, message);
    }
}

fn check_generics(subject: Subject, item: &ItemStruct, errors: &mut Errors) {
    if !item.generics.params.is_empty() {
        let noun = subject.noun();
        let message =
            format!("a {noun} has no generic parameters: give the fields types of their own");
        errors.at(&item.generics, message);
    }
}

/// Removes `Debug` from the derives, as one is generated.
pub(crate) fn derives(subject: Subject, item: &mut ItemStruct, errors: &mut Errors) {
    for attribute in item.attrs.iter_mut() {
        if !attribute.path().is_ident("derive") {
            continue;
        }
        let parse = Punctuated::<Path, Token![,]>::parse_terminated;
        let Ok(paths) = attribute.parse_args_with(parse) else {
            continue;
        };
        let (debug, others): (Vec<Path>, Vec<Path>) = paths.into_iter().partition(is_debug);
        if let Some(debug) = debug.first() {
            let ours = subject.attribute();
            let message =
                format!("`{ours}` writes a `Debug` that shows no secret; remove this one");
            errors.at(debug, message);
            *attribute = parse_quote!(#[derive(#(#others),*)]);
        }
    }
}

fn is_debug(path: &Path) -> bool {
    let last = path.segments.last();
    last.is_some_and(|last| last.ident == "Debug")
}

fn check_user(model: &Model, errors: &mut Errors) {
    let users = model
        .fields
        .iter()
        .filter(|field| field.kind == FieldKind::User);
    for second in users.skip(1) {
        let noun = model.subject.noun();
        let message = format!("a {noun} has one user; this is the second");
        errors.at(&second.ident, message);
    }
    let scopes = model.fields.iter();
    let scopes = scopes.filter(|field| field.kind == FieldKind::Scope);
    for second in scopes.skip(1) {
        errors.at(&second.ident, "a login has one scope; this is the second");
    }
}

fn check_secrecy(subject: Subject, field: &mut ModelField, errors: &mut Errors) {
    let is_secret = field.type_name().as_deref() == Some("SecretString");
    match field.kind {
        FieldKind::Secret if !is_secret && field.type_name().as_deref() != Some("UserIdentity") => {
            errors.at(
                &field.ty,
                "a secret is a `SecretString` (or an `Option` of it): no other type keeps its text \
             from logs and errors",
            )
        }
        FieldKind::Plain if is_secret => {
            let message = "a `SecretString` needs `#[auth(secret)]`, so that no one shows it";
            errors.at(&field.ty, message);
            field.kind = FieldKind::Secret;
        }
        FieldKind::Plain | FieldKind::Secret
            if field.type_name().as_deref() == Some("UserIdentity") =>
        {
            errors.at(&field.ty, "a `UserIdentity` needs `#[auth(user)]`");
            field.kind = FieldKind::User;
        }
        FieldKind::Plain
            if subject == Subject::Plugin && field.type_name().as_deref() == Some("Scope") =>
        {
            errors.at(&field.ty, "a `Scope` needs `#[auth(scope)]`");
            field.kind = FieldKind::Scope;
        }
        _ => {}
    }
}

fn check_type(subject: Subject, field: &ModelField, errors: &mut Errors) {
    let ty = field.type_name().unwrap_or_default();
    let expected = match (field.kind, ty.as_str()) {
        (FieldKind::Flag, "bool") if !field.optional => return,
        (FieldKind::Flag, _) => "a flag is a `bool`",
        (FieldKind::User, "UserIdentity") => return,
        (FieldKind::User, _) => "a user is a `UserIdentity` (or an `Option` of it)",
        (FieldKind::Scope, "Scope") if !field.optional => return,
        (FieldKind::Scope, _) => "a scope is a `Scope`, which says itself when none is asked for",
        (FieldKind::Address, _) if field.optional && field.is_auth_url() => {
            "the address of Keystone cannot be left out: a `Url`"
        }
        (FieldKind::Plain, _) if subject == Subject::Plugin && field.option.name == AUTH_URL => {
            "the address of Keystone is a `Url`"
        }
        (FieldKind::Address | FieldKind::Plain | FieldKind::Secret, _) => return,
    };
    errors.at(&field.ty, expected);
}

fn check_header(field: &ModelField, errors: &mut Errors) {
    let Some(header) = &field.header else { return };
    let name = header.value();
    let legal = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    if name.is_empty() || !name.chars().all(legal) {
        errors.at(
            header,
            "the name of a header has lower-case letters, digits and `-`",
        );
    }
    if matches!(
        field.kind,
        FieldKind::User | FieldKind::Flag | FieldKind::Scope | FieldKind::Address
    ) {
        errors.at(header, "a user or a flag cannot go into a header");
    }
}

fn check_option(field: &ModelField, errors: &mut Errors) {
    let option = &field.option;
    if field.is_shared()
        && let Some(key) = field.describes_option
    {
        let whose = match field.kind {
            FieldKind::User => "a user",
            FieldKind::Scope => "a scope",
            _ => "the address of Keystone",
        };
        let message = format!("the options of {whose} are the same everywhere; remove `{key}`");
        errors.at(&field.ident, message);
    }
    let legal = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
    for name in option.aliases.iter().chain([&option.name]) {
        if name.is_empty() || !name.chars().all(legal) {
            let message = format!(
                "`{name}` is not a valid option name; use lower-case letters, digits and `_`"
            );
            errors.at(&field.ident, message);
        }
    }
    let legal = |c: char| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_';
    let rest = option.env.strip_prefix("OS_").unwrap_or_default();
    if rest.is_empty() || !rest.chars().all(legal) {
        let message = format!(
            "`{}` is not a valid environment variable of an option; use `OS_` and upper-case letters, digits and `_`",
            option.env
        );
        errors.at(&field.ident, message);
    }
}

fn check_default(field: &ModelField, errors: &mut Errors) {
    let Some(default) = &field.default else {
        return;
    };
    let message = match field.kind {
        FieldKind::User => "a user has no default",
        FieldKind::Flag => "a flag is off unless it is set; remove its default",
        FieldKind::Secret => "a secret has no default: everybody would know it",
        FieldKind::Scope => "a scope has no default",
        FieldKind::Address if field.is_auth_url() => "the address of Keystone has no default",
        FieldKind::Address | FieldKind::Plain if field.optional => {
            "a field with a default must not be an `Option`"
        }
        FieldKind::Address | FieldKind::Plain => return,
    };
    errors.at(default, message);
}

/// The setters of the builder besides those of the fields.
pub(super) fn of_every_builder(model: &Model) -> Vec<&'static str> {
    let (own, scope) = match model.subject {
        Subject::Method => (METHODS_BUILDER, !model.own_scope),
        Subject::Plugin => (PLUGINS_BUILDER, model.scope().is_some()),
    };
    let mut setters = own.to_vec();
    if scope {
        setters.extend(SCOPE);
    }
    if model.user().is_some() {
        setters.extend(USER);
    }
    setters
}

/// No two setters, options or keys of the payload may have the same name.
fn check_names(model: &Model, errors: &mut Errors) {
    let setters: HashSet<&str> = of_every_builder(model).into_iter().collect();
    let mut options = HashSet::from([AUTH_URL]);
    options.extend(&setters);
    if model.own_scope {
        options.extend(SCOPE);
    }
    let (mut keys, place) = match (model.user(), model.nested) {
        (Some(_), true) => (USER_KEYS.iter().copied().collect(), "inside `user`"),
        (Some(_), false) => (HashSet::from(["user"]), "beside `user`"),
        (None, _) => (HashSet::new(), "in the payload"),
    };
    for field in model.values() {
        if model.subject == Subject::Plugin && field.option.name == AUTH_URL {
            // Its type is wrong, which is reported there.
            continue;
        }
        let name = field.ident.to_string();
        if model.subject == Subject::Method && name == METHOD && !field.is_required() {
            let message = "the method has a function `new` already; give the field another name";
            taken(field, message.to_owned(), errors);
        } else if setters.contains(name.as_str()) {
            let message =
                format!("the builder has a setter `{name}` already; give the field another name");
            let remedy = match model.subject {
                Subject::Method => format!(", and the payload this one by `rename = \"{name}\"`"),
                Subject::Plugin => String::new(),
            };
            taken(field, message + &remedy, errors);
        } else if let Some(option) = names_of(field).find(|name| !options.insert(*name)) {
            let message = format!("the plugin has an option `{option}` already");
            taken(
                field,
                format!("{message}; give another by `option = \"..\"`"),
                errors,
            );
        }
        if model.subject == Subject::Method
            && let Some(wire) = &field.wire
            && !keys.insert(wire)
        {
            let message = format!("there is a `{wire}` {place} already");
            taken(
                field,
                format!("{message}; write `payload = flat` or `rename = \"..\"`"),
                errors,
            );
        }
    }
}

fn names_of(field: &ModelField) -> impl Iterator<Item = &str> {
    let option = &field.option;
    std::iter::once(option.name.as_str()).chain(option.aliases.iter().map(String::as_str))
}

fn taken(field: &ModelField, message: String, errors: &mut Errors) {
    errors.at(&field.ident.to_token_stream(), message);
}

#[cfg(test)]
mod tests;
