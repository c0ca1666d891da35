//! A struct beside its entry in a file of methods.

use proc_macro2::{Span, TokenStream};
use quote::quote;
use syn::{ItemStruct, parse_quote};

use super::*;
use crate::auth::{model, parse};

const SPEC: &str = "
methods:
  totp:
    plugin: v3totp
    help: One-time password
    payload: user
    user: required
    fields:
      passcode: {secret: true, required: true, env: OS_CODE, aliases: [otp], underscored: true, help: Six digits}
";

fn held(arguments: TokenStream, mut item: ItemStruct, spec: &str) -> (Model, String) {
    let mut errors = Errors::default();
    let subject = Subject::Method;
    let arguments = parse::arguments(subject, arguments, &mut errors);
    let fields = parse::fields(subject, &mut item, &mut errors);
    let mut model = model::model(arguments, fields, &item, &mut errors);
    let file = LitStr::new("auth.yaml", Span::call_site());
    hold(&mut model, &file, spec, &mut errors);
    (model, errors.beside(TokenStream::new()).to_string())
}

fn totp() -> ItemStruct {
    parse_quote!(
        struct TotpMethod {
            #[auth(user)]
            user: UserIdentity,
            #[auth(secret)]
            passcode: SecretString,
        }
    )
}

#[test]
fn options_are_those_of_the_spec() {
    let (model, errors) = held(quote!("totp"), totp(), SPEC);
    assert_eq!(errors, "");
    let option = &model.values().next().unwrap().option;
    assert_eq!(
        (option.env.as_str(), option.help.as_str()),
        ("OS_CODE", "Six digits")
    );
    assert_eq!(option.aliases, ["otp"]);
    assert!(option.underscored);
    assert_eq!(model.help, "One-time password");
}

#[test]
fn a_method_that_the_spec_lacks_gets_a_near_name() {
    let (_, errors) = held(quote!("topt"), totp(), SPEC);
    assert!(
        errors.contains("has no method `topt`; did you mean `totp`?"),
        "{errors}"
    );
}

#[test]
fn a_field_of_another_name_is_missing_and_unknown() {
    let item = parse_quote!(
        struct TotpMethod {
            #[auth(user)]
            user: UserIdentity,
            #[auth(secret)]
            pascode: SecretString,
        }
    );
    let (_, errors) = held(quote!("totp"), item, SPEC);
    assert!(
        errors.contains("no field `pascode` (auth.yaml:4:5); did you mean `passcode`?"),
        "{errors}"
    );
    assert!(
        errors.contains("`passcode` of the spec is missing"),
        "{errors}"
    );
}

#[test]
fn what_is_secret_or_required_in_the_spec_is_so_here() {
    let spec = SPEC.replace(
        "secret: true, required: true",
        "secret: false, required: false",
    );
    let (_, errors) = held(quote!("totp"), totp(), &spec);
    assert!(
        errors.contains("`passcode` is not secret in the spec"),
        "{errors}"
    );
    assert!(errors.contains("so it must be an `Option`"), "{errors}");
}

#[test]
fn user_and_payload_are_those_of_the_spec() {
    let (_, errors) = held(
        quote!("totp"),
        totp(),
        &SPEC.replace("user: required", "user: optional"),
    );
    assert!(
        errors.contains("the user is optional in the spec"),
        "{errors}"
    );
    let (_, errors) = held(quote!("totp", payload = flat), totp(), SPEC);
    assert!(errors.contains("leave out `payload = flat`"), "{errors}");
    let (_, errors) = held(quote!("totp", alone), totp(), SPEC);
    assert!(errors.contains("leave out `alone`"), "{errors}");
    let once = SPEC.replace("payload: user", "payload: user\n    once: true");
    let (_, errors) = held(quote!("totp"), totp(), &once);
    assert!(errors.contains("write `once`"), "{errors}");
}

#[test]
fn a_mistake_in_the_spec_is_shown_at_its_place() {
    let (_, errors) = held(quote!("totp"), totp(), &SPEC.replace("env:", "enf:"));
    assert!(
        errors.contains("auth.yaml:9:48: unknown key `enf`; did you mean `env`?"),
        "{errors}"
    );
}

const PLUGINS: &str = "
plugins:
  badge:
    help: Proves the identity by a badge
    scope: any
    options:
      porter: {required: true, help: Where badges are}
      word: {secret: true, required: true, help: What the porter wants to hear}
";

fn badge(arguments: TokenStream, fields: TokenStream) -> String {
    let subject = Subject::Plugin;
    let mut item: ItemStruct = parse_quote!(struct BadgeLogin { #fields });
    let mut errors = Errors::default();
    let arguments = parse::arguments(subject, arguments, &mut errors);
    let fields = parse::fields(subject, &mut item, &mut errors);
    let mut model = model::model(arguments, fields, &item, &mut errors);
    let file = LitStr::new("auth.yaml", Span::call_site());
    hold(&mut model, &file, PLUGINS, &mut errors);
    errors.beside(TokenStream::new()).to_string()
}

#[test]
fn a_plugin_has_the_options_of_the_spec() {
    let shared = quote!(auth_url: Url, #[auth(scope)] scope: Scope,);
    let own = quote!(porter: Url, #[auth(secret)] word: SecretString,);
    assert_eq!(badge(quote!("badge"), quote!(#shared #own)), "");

    let error = badge(quote!("bagde"), quote!(#shared #own));
    assert!(
        error.contains("has no plugin `bagde`; did you mean `badge`?"),
        "{error}"
    );
    let error = badge(quote!("badge"), own.clone());
    assert!(error.contains("wants a field `auth_url: Url`"), "{error}");
    assert!(
        error.contains("wants a field `#[auth(scope)] scope: Scope`"),
        "{error}"
    );
    let error = badge(quote!("badge"), quote!(#shared porter: Url,));
    assert!(
        error.contains("the option `word` of the spec is missing"),
        "{error}"
    );
    let error = badge(quote!("badge"), quote!(#shared #own prter: Option<Url>,));
    assert!(error.contains("no option `prter`"), "{error}");
    assert!(error.contains("did you mean `porter`?"), "{error}");
    let error = badge(
        quote!("badge"),
        quote!(#shared porter: Option<Url>, word: String,),
    );
    assert!(
        error.contains("`porter` is required in the spec"),
        "{error}"
    );
    assert!(error.contains("`word` is secret in the spec"), "{error}");
}
