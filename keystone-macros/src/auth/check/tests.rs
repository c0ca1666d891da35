//! What is refused of a struct, whatever its file says.

use quote::quote;

use super::Subject;
use crate::auth::tests::{errors, errors_of};

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
    assert!(
        error.starts_with("`PIN` is not a valid environment variable"),
        "{error}"
    );
    let error = one(quote! {
        struct PinMethod { #[auth(aliases = ["my-pin"])] pin: String }
    });
    assert!(
        error.starts_with("`my-pin` is not a valid option name"),
        "{error}"
    );
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
    assert_eq!(error, "a field with a default must not be an `Option`");
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

/// The one error of a plugin, or all of them.
fn of_plugin(arguments: proc_macro2::TokenStream, item: proc_macro2::TokenStream) -> String {
    errors_of(Subject::Plugin, arguments, item).join(" | ")
}

#[test]
fn a_plugin_is_checked_by_the_rules_of_a_method() {
    let name = || quote!("badge");
    let error = of_plugin(
        name(),
        quote!(
            struct BadgeLogin {
                word: SecretString,
            }
        ),
    );
    assert!(error.contains("needs `#[auth(secret)]`"), "{error}");
    let error = of_plugin(
        name(),
        quote!(
            struct Badge {
                porter: Url,
            }
        ),
    );
    assert!(error.contains("rename it to `BadgeLogin`"), "{error}");
    let error = of_plugin(
        quote!("the badge"),
        quote!(
            struct BadgeLogin {
                porter: Url,
            }
        ),
    );
    assert!(error.contains("in the name of a plugin"), "{error}");
    let error = of_plugin(
        quote!("badge", once),
        quote!(
            struct BadgeLogin {}
        ),
    );
    assert!(error.starts_with("unknown argument `once`"), "{error}");
}

#[test]
fn address_and_scope_of_a_plugin_have_their_types() {
    let error = of_plugin(
        quote!("badge"),
        quote!(
            struct BadgeLogin {
                auth_url: String,
            }
        ),
    );
    assert_eq!(error, "the address of Keystone is a `Url`");
    let error = of_plugin(
        quote!("badge"),
        quote!(
            struct BadgeLogin {
                auth_url: Option<Url>,
            }
        ),
    );
    assert!(error.contains("cannot be left out"), "{error}");
    let error = of_plugin(
        quote!("badge"),
        quote!(
            struct BadgeLogin {
                scope: Scope,
            }
        ),
    );
    assert_eq!(error, "a `Scope` needs `#[auth(scope)]`");
    let error = of_plugin(
        quote!("badge", scope = own),
        quote! {
            struct BadgeLogin { #[auth(scope)] scope: Scope }
        },
    );
    assert!(error.starts_with("what has a scope of its own"), "{error}");
}

#[test]
fn what_a_plugin_is_made_of_is_named_with_how_it_is_made() {
    let item = || {
        quote!(
            struct BadgeLogin {}
        )
    };
    let error = of_plugin(quote!("badge", inner = Inner), item());
    assert_eq!(
        error,
        "`inner` needs the function that creates it: `make = path`"
    );
    let error = of_plugin(quote!("badge", make = make), item());
    assert_eq!(
        error,
        "`make` needs the type that it creates: `inner = Type`"
    );
    let both = quote!("badge", inner = Inner, make = make);
    assert_eq!(of_plugin(both, item()), "");
}
