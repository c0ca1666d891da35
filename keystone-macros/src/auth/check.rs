//! What is wrong with an `#[auth_method]` struct, each error under its token.

use std::collections::HashSet;

use quote::ToTokens;
use syn::punctuated::Punctuated;
use syn::{ItemStruct, Path, Token, parse_quote};

use super::model::{Method, MethodField};
use super::parse::Kind;
use crate::diag::Errors;

/// A name that every method has already.
pub(super) const METHOD: &str = "new";
/// Names that every builder has already.
const BUILDER: &[&str] = &["build", "include_catalog"];
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
/// What a token request writes of a user.
const USER_KEYS: &[&str] = &["domain", "id", "name"];

/// Reports everything at once.
pub(crate) fn check(method: &mut Method, item: &ItemStruct, errors: &mut Errors) {
    check_name(method, errors);
    for field in method.fields.iter_mut().filter(|field| !field.unclear) {
        check_secrecy(field, errors);
        check_header(field, errors);
        check_option(field, errors);
    }
    let mut fatal = Errors::default();
    check_generics(item, &mut fatal);
    check_user(method, &mut fatal);
    for field in method.fields.iter().filter(|field| !field.unclear) {
        check_type(field, &mut fatal);
        check_default(field, &mut fatal);
    }
    check_names(method, &mut fatal);
    method.sound &= fatal.is_empty();
    errors.extend(fatal);
}

fn check_name(method: &Method, errors: &mut Errors) {
    let name = method.name.value();
    let legal = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_' || c == '-';
    if let Some(wrong) = name.chars().find(|c| !legal(*c)) {
        let message = format!(
            "`{wrong}` cannot stand in the name of a method; use lower-case letters, digits, `_` \
             and `-`"
        );
        errors.at(&method.name, message);
    } else if name.is_empty() {
        errors.at(&method.name, "the name of the method is empty");
    }
}

fn check_generics(item: &ItemStruct, errors: &mut Errors) {
    if !item.generics.params.is_empty() {
        errors.at(
            &item.generics,
            "a method has no generic parameters: give the fields types of their own",
        );
    }
}

/// Takes a `Debug` off the derives, as there is another one.
pub(crate) fn derives(item: &mut ItemStruct, errors: &mut Errors) {
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
            errors.at(
                debug,
                "`#[auth_method]` writes a `Debug` that shows no secret; remove this one",
            );
            *attribute = parse_quote!(#[derive(#(#others),*)]);
        }
    }
}

fn is_debug(path: &Path) -> bool {
    let last = path.segments.last();
    last.is_some_and(|last| last.ident == "Debug")
}

fn check_user(method: &Method, errors: &mut Errors) {
    let users = method
        .fields
        .iter()
        .filter(|field| field.kind == Kind::User);
    for second in users.skip(1) {
        errors.at(&second.ident, "a method has one user; this is the second");
    }
}

fn check_secrecy(field: &mut MethodField, errors: &mut Errors) {
    let is_secret = field.type_name().as_deref() == Some("SecretString");
    match field.kind {
        Kind::Secret if !is_secret && field.type_name().as_deref() != Some("UserIdentity") => {
            errors.at(
                &field.ty,
                "a secret is a `SecretString` (or an `Option` of it): no other type keeps its text \
             from logs and errors",
            )
        }
        Kind::Plain if is_secret => {
            let message = "a `SecretString` needs `#[auth(secret)]`, so that no one shows it";
            errors.at(&field.ty, message);
            field.kind = Kind::Secret;
        }
        Kind::Plain | Kind::Secret if field.type_name().as_deref() == Some("UserIdentity") => {
            errors.at(&field.ty, "a `UserIdentity` needs `#[auth(user)]`");
            field.kind = Kind::User;
        }
        _ => {}
    }
}

fn check_type(field: &MethodField, errors: &mut Errors) {
    let ty = field.type_name().unwrap_or_default();
    let expected = match (field.kind, ty.as_str()) {
        (Kind::Flag, "bool") if !field.optional => return,
        (Kind::Flag, _) => "a flag is a `bool`",
        (Kind::User, "UserIdentity") => return,
        (Kind::User, _) => "a user is a `UserIdentity` (or an `Option` of it)",
        (Kind::Plain | Kind::Secret, _) => return,
    };
    errors.at(&field.ty, expected);
}

fn check_header(field: &MethodField, errors: &mut Errors) {
    let Some(header) = &field.header else { return };
    let name = header.value();
    let legal = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    if name.is_empty() || !name.chars().all(legal) {
        errors.at(
            header,
            "the name of a header has lower-case letters, digits and `-`",
        );
    }
    if matches!(field.kind, Kind::User | Kind::Flag) {
        errors.at(header, "a user or a flag cannot go into a header");
    }
}

fn check_option(field: &MethodField, errors: &mut Errors) {
    let option = &field.option;
    if field.kind == Kind::User
        && let Some(key) = field.describes_option
    {
        let message = format!("the options of a user are the same everywhere; remove `{key}`");
        errors.at(&field.ident, message);
    }
    let legal = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
    for name in option.aliases.iter().chain([&option.name]) {
        if name.is_empty() || !name.chars().all(legal) {
            let message =
                format!("`{name}` is no name of an option; use lower-case letters, digits and `_`");
            errors.at(&field.ident, message);
        }
    }
    let legal = |c: char| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_';
    let rest = option.env.strip_prefix("OS_").unwrap_or_default();
    if rest.is_empty() || !rest.chars().all(legal) {
        let message = format!(
            "`{}` is no variable of an option; use `OS_` and upper-case letters, digits and `_`",
            option.env
        );
        errors.at(&field.ident, message);
    }
}

fn check_default(field: &MethodField, errors: &mut Errors) {
    let Some(default) = &field.default else {
        return;
    };
    let message = match field.kind {
        Kind::User => "a user has no default",
        Kind::Flag => "a flag is off unless it is set; remove its default",
        Kind::Secret => "a secret has no default: everybody would know it",
        Kind::Plain if field.optional => "a field with a default is no `Option`",
        Kind::Plain => return,
    };
    errors.at(default, message);
}

/// The setters that the builder has beside those of the fields.
pub(super) fn of_every_builder(method: &Method) -> Vec<&'static str> {
    let mut setters = BUILDER.to_vec();
    if !method.own_scope {
        setters.extend(SCOPE);
    }
    if method.user().is_some() {
        setters.extend(USER);
    }
    setters
}

/// No two setters, options or keys of the payload may have one name.
fn check_names(method: &Method, errors: &mut Errors) {
    let setters: HashSet<&str> = of_every_builder(method).into_iter().collect();
    let mut options = HashSet::from(["auth_url"]);
    options.extend(&setters);
    let (mut keys, place) = match (method.user(), method.nested) {
        (Some(_), true) => (USER_KEYS.iter().copied().collect(), "inside `user`"),
        (Some(_), false) => (HashSet::from(["user"]), "beside `user`"),
        (None, _) => (HashSet::new(), "in the payload"),
    };
    for field in method.values() {
        let name = field.ident.to_string();
        if name == METHOD && !field.is_required() {
            let message = "the method has a function `new` already; give the field another name";
            taken(field, message.to_owned(), errors);
        } else if setters.contains(name.as_str()) {
            taken(
                field,
                format!(
                    "the builder has a setter `{name}` already; give the field another name, and \
                     the payload this one by `rename = \"{name}\"`"
                ),
                errors,
            );
        } else if let Some(option) = names_of(field).find(|name| !options.insert(*name)) {
            let message = format!("the plugin has an option `{option}` already");
            taken(
                field,
                format!("{message}; give another by `option = \"..\"`"),
                errors,
            );
        }
        if let Some(wire) = &field.wire
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

fn names_of(field: &MethodField) -> impl Iterator<Item = &str> {
    let option = &field.option;
    std::iter::once(option.name.as_str()).chain(option.aliases.iter().map(String::as_str))
}

fn taken(field: &MethodField, message: String, errors: &mut Errors) {
    errors.at(&field.ident.to_token_stream(), message);
}

#[cfg(test)]
mod tests {
    use quote::quote;

    use crate::auth::tests::errors;

    /// The one error of a struct, or all of them.
    fn one(item: proc_macro2::TokenStream) -> String {
        errors(quote!("pin"), item).join(" | ")
    }

    #[test]
    fn a_secret_of_another_type_is_refused() {
        let error = one(quote!(
            struct PinMethod {
                #[auth(secret)]
                pin: String,
            }
        ));
        assert!(error.starts_with("a secret is a `SecretString`"), "{error}");
        let optional = quote!(
            struct PinMethod {
                #[auth(secret)]
                pin: Option<SecretString>,
            }
        );
        assert_eq!(one(optional), "");
    }

    #[test]
    fn a_secret_type_that_is_not_marked_is_refused() {
        let error = one(quote!(
            struct PinMethod {
                pin: SecretString,
            }
        ));
        assert!(error.contains("needs `#[auth(secret)]`"), "{error}");
    }

    #[test]
    fn a_second_user_is_refused() {
        let error = one(quote! {
            struct PinMethod {
                #[auth(user)] user: UserIdentity,
                #[auth(user)] other: UserIdentity,
            }
        });
        assert_eq!(error, "a method has one user; this is the second");
    }

    #[test]
    fn a_name_with_an_illegal_character_is_refused() {
        let item = quote!(
            struct PinMethod {
                #[auth(secret)]
                pin: SecretString,
            }
        );
        let found = errors(quote!("one time"), item);
        assert_eq!(found.len(), 1);
        assert!(found.concat().starts_with("` ` cannot stand in the name"));
    }

    #[test]
    fn a_struct_without_the_suffix_needs_a_name_for_its_plugin() {
        let item = quote!(
            struct Pin {
                #[auth(secret)]
                pin: SecretString,
            }
        );
        let error = errors(quote!("pin"), item.clone()).concat();
        assert!(
            error.contains("`PinMethod`, or write `plugin = Name`"),
            "{error}"
        );
        assert!(errors(quote!("pin", plugin = PinPlugin), item).is_empty());
    }

    #[test]
    fn a_derived_debug_would_show_secrets() {
        let error = one(quote! {
            #[derive(Clone, Debug)]
            struct PinMethod { #[auth(secret)] pin: SecretString }
        });
        assert!(
            error.contains("shows no secret; remove this one"),
            "{error}"
        );
    }

    #[test]
    fn names_that_are_taken_are_refused() {
        let error = one(quote!(
            struct PinMethod {
                project_id: String,
            }
        ));
        assert!(error.contains("a setter `project_id` already"), "{error}");
        let error = one(quote!(
            struct PinMethod {
                #[auth(option = "auth_url")]
                url: String,
            }
        ));
        assert!(error.contains("an option `auth_url` already"), "{error}");
        let error = one(quote! {
            struct PinMethod { #[auth(user)] user: UserIdentity, id: String }
        });
        assert!(error.contains("a `id` inside `user` already"), "{error}");
    }

    #[test]
    fn a_flag_and_a_header_have_their_forms() {
        let error = one(quote!(
            struct PinMethod {
                #[auth(flag)]
                loud: String,
            }
        ));
        assert_eq!(error, "a flag is a `bool`");
        let error = one(quote! {
            struct PinMethod { #[auth(header = "X Pin")] pin: SecretString }
        });
        assert!(error.starts_with("the name of a header"), "{error}");
    }

    #[test]
    fn an_option_has_names_of_its_own() {
        let error = one(quote! {
            struct PinMethod {
                #[auth(aliases = ["code"])] pin: String,
                #[auth(option = "code")] other: String,
            }
        });
        assert!(error.contains("an option `code` already"), "{error}");
        let error = one(quote! {
            struct PinMethod { #[auth(env = "PIN")] pin: String }
        });
        assert!(error.starts_with("`PIN` is no variable"), "{error}");
        let error = one(quote! {
            struct PinMethod { #[auth(aliases = ["my-pin"])] pin: String }
        });
        assert!(error.starts_with("`my-pin` is no name"), "{error}");
        let error = one(quote! {
            struct PinMethod { #[auth(user, help = "who")] user: UserIdentity }
        });
        assert!(error.ends_with("remove `help`"), "{error}");
    }

    #[test]
    fn a_default_stands_where_a_value_would() {
        let error = one(quote! {
            struct PinMethod { #[auth(secret, default = "1234")] pin: SecretString }
        });
        assert!(error.starts_with("a secret has no default"), "{error}");
        let error = one(quote! {
            struct PinMethod { #[auth(default = 6)] digits: Option<u32> }
        });
        assert_eq!(error, "a field with a default is no `Option`");
        let error = one(quote! {
            struct PinMethod { #[auth(flag, default = true)] loud: bool }
        });
        assert!(error.starts_with("a flag is off"), "{error}");
        let digits = quote! {
            struct PinMethod { #[auth(default = 6)] digits: u32 }
        };
        assert_eq!(one(digits), "");
    }

    #[test]
    fn a_method_without_a_name_is_refused() {
        let item = quote!(
            struct PinMethod {
                #[auth(secret)]
                pin: SecretString,
            }
        );
        let error = errors(quote!(), item).concat();
        assert!(
            error.starts_with("the name of the method is missing"),
            "{error}"
        );
    }
}
