//! The syntax of `#[auth_method(..)]` and of `#[auth(..)]` on its fields.

use std::collections::HashSet;

use keystone_document::hint;
use proc_macro2::{Span, TokenStream};
use syn::ext::IdentExt;
use syn::parse::{ParseStream, Parser};
use syn::punctuated::Punctuated;
use syn::{Attribute, Field, Ident, ItemStruct, Lit, LitStr, Path, Token, bracketed};

use crate::diag::Errors;
use crate::root::Root;

/// What stands in the parentheses of `#[auth_method(..)]`.
pub(crate) struct Arguments {
    pub(crate) name: Option<LitStr>,
    pub(crate) alone: bool,
    pub(crate) flat: bool,
    pub(crate) once: bool,
    pub(crate) own_scope: bool,
    pub(crate) plugin: Option<Ident>,
    pub(crate) check: Option<Path>,
    pub(crate) spec: Option<LitStr>,
    pub(crate) root: Root,
}

/// A field with what stands in the parentheses of its `#[auth(..)]`.
pub(crate) struct RawField {
    pub(crate) field: Field,
    pub(crate) kind: Option<(Kind, Span)>,
    pub(crate) header: Option<LitStr>,
    pub(crate) rename: Option<LitStr>,
    pub(crate) option: Option<LitStr>,
    pub(crate) env: Option<LitStr>,
    pub(crate) aliases: Option<Vec<LitStr>>,
    pub(crate) help: Option<LitStr>,
    pub(crate) default: Option<Lit>,
    /// Whether something could not be read, which may have said what the field is.
    pub(crate) unclear: bool,
}

/// What a field is for.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Kind {
    Flag,
    Plain,
    Secret,
    User,
}

const ARGUMENTS: &[&str] = &[
    "alone", "check", "crate", "once", "payload", "plugin", "scope", "spec",
];
const FIELD_KEYS: &[&str] = &[
    "aliases", "default", "env", "flag", "header", "help", "option", "plain", "rename", "secret",
    "user",
];

/// Reads the attribute's arguments; what cannot be read is reported and left out.
pub(crate) fn arguments(tokens: TokenStream, errors: &mut Errors) -> Arguments {
    let mut arguments = Arguments {
        name: None,
        alone: false,
        flat: false,
        once: false,
        own_scope: false,
        plugin: None,
        check: None,
        spec: None,
        root: Root::sdk(),
    };
    let mut seen = HashSet::new();
    list(tokens, errors, |input, errors| {
        if input.peek(LitStr) {
            let name: LitStr = input.parse()?;
            match &arguments.name {
                Some(_) => errors.at(&name, "a method has one name; this is the second"),
                None => arguments.name = Some(name),
            }
            return Ok(());
        }
        let key = input.call(Ident::parse_any)?;
        once(&key, &mut seen, errors);
        match key.to_string().as_str() {
            "alone" => arguments.alone = true,
            "check" => arguments.check = Some(value(input)?),
            "crate" => {
                input.parse::<Token![=]>()?;
                arguments.root = Root::parse_value(input)?;
            }
            "once" => arguments.once = true,
            "payload" => arguments.flat = choice(input, "flat")?,
            "plugin" => arguments.plugin = Some(value(input)?),
            "scope" => arguments.own_scope = choice(input, "own")?,
            "spec" => arguments.spec = Some(value(input)?),
            unknown => {
                let hint = hint(unknown, ARGUMENTS);
                errors.at(&key, format!("unknown argument `{unknown}`{hint}"));
                skip(input)?;
            }
        }
        Ok(())
    });
    arguments
}

/// Reads the fields and takes their `#[auth(..)]` off the struct.
pub(crate) fn fields(item: &mut ItemStruct, errors: &mut Errors) -> Vec<RawField> {
    item.fields
        .iter_mut()
        .map(|field| {
            let (own, others) = std::mem::take(&mut field.attrs)
                .into_iter()
                .partition(|attribute: &Attribute| attribute.path().is_ident("auth"));
            field.attrs = others;
            raw_field(field.clone(), own, errors)
        })
        .collect()
}

fn raw_field(field: Field, attributes: Vec<Attribute>, errors: &mut Errors) -> RawField {
    let mut raw = RawField {
        field,
        kind: None,
        header: None,
        rename: None,
        option: None,
        env: None,
        aliases: None,
        help: None,
        default: None,
        unclear: false,
    };
    let mut seen = HashSet::new();
    for attribute in attributes {
        let Ok(tokens) = attribute.meta.require_list() else {
            errors.at(
                &attribute,
                "say what the field is: `#[auth(user)]`, `#[auth(secret)]` ..",
            );
            raw.unclear = true;
            continue;
        };
        let mut own = Errors::default();
        list(tokens.tokens.clone(), &mut own, |input, errors| {
            let key = input.call(Ident::parse_any)?;
            once(&key, &mut seen, errors);
            let kind = match key.to_string().as_str() {
                "flag" => Kind::Flag,
                "plain" => Kind::Plain,
                "secret" => Kind::Secret,
                "user" => Kind::User,
                known if FIELD_KEYS.contains(&known) => return raw.set(known, input),
                unknown => {
                    let hint = hint(unknown, FIELD_KEYS);
                    errors.at(&key, format!("unknown key `{unknown}`{hint}"));
                    return skip(input);
                }
            };
            if raw.kind.replace((kind, key.span())).is_some() {
                errors.at(&key, "a field is of one kind only");
            }
            Ok(())
        });
        raw.unclear |= !own.is_empty();
        errors.extend(own);
    }
    raw
}

/// Reports a key that was there before. (A kind says so by itself.)
fn once(key: &Ident, seen: &mut HashSet<String>, errors: &mut Errors) {
    let name = key.to_string();
    let kind = ["flag", "plain", "secret", "user"].contains(&name.as_str());
    if !kind && !seen.insert(name) {
        errors.at(key, format!("`{key}` is given twice, keep one of them"));
    }
}

impl RawField {
    /// Reads the value of a key that is no kind.
    fn set(&mut self, key: &str, input: ParseStream<'_>) -> syn::Result<()> {
        match key {
            "aliases" => self.aliases = Some(texts(input)?),
            "default" => self.default = Some(value(input)?),
            "env" => self.env = Some(value(input)?),
            "header" => self.header = Some(value(input)?),
            "help" => self.help = Some(value(input)?),
            "option" => self.option = Some(value(input)?),
            _ => self.rename = Some(value(input)?),
        }
        Ok(())
    }
}

/// `= ["one", "two"]`.
fn texts(input: ParseStream<'_>) -> syn::Result<Vec<LitStr>> {
    input.parse::<Token![=]>()?;
    let list;
    bracketed!(list in input);
    let texts = Punctuated::<LitStr, Token![,]>::parse_terminated(&list)?;
    Ok(texts.into_iter().collect())
}

/// Reads a list with commas, item by item; after a faulty item goes on behind the next comma.
fn list(
    tokens: TokenStream,
    errors: &mut Errors,
    mut item: impl FnMut(ParseStream<'_>, &mut Errors) -> syn::Result<()>,
) {
    let parser = |input: ParseStream<'_>| {
        while !input.is_empty() {
            if let Err(error) = item(input, errors) {
                errors.push(error);
                skip(input)?;
            }
            if !input.is_empty() && input.parse::<Option<Token![,]>>()?.is_none() {
                errors.push(input.error("expected `,`"));
                skip(input)?;
                input.parse::<Option<Token![,]>>()?;
            }
        }
        Ok(())
    };
    // The parser above takes all tokens and reports by itself.
    let _ = parser.parse2(tokens);
}

fn skip(input: ParseStream<'_>) -> syn::Result<()> {
    while !input.is_empty() && !input.peek(Token![,]) {
        input.parse::<proc_macro2::TokenTree>()?;
    }
    Ok(())
}

fn value<T: syn::parse::Parse>(input: ParseStream<'_>) -> syn::Result<T> {
    input.parse::<Token![=]>()?;
    input.parse()
}

/// `key = word`, where only one word is known.
fn choice(input: ParseStream<'_>, known: &str) -> syn::Result<bool> {
    input.parse::<Token![=]>()?;
    let Ok(word) = input.call(Ident::parse_any) else {
        return Err(input.error(format!("expected `{known}`, without quotes")));
    };
    if word == known {
        Ok(true)
    } else {
        let message = format!("expected `{known}`; leave the argument out otherwise");
        Err(syn::Error::new(word.span(), message))
    }
}

#[cfg(test)]
mod tests {
    use quote::quote;
    use syn::parse_quote;

    use super::*;

    fn read(tokens: TokenStream) -> (Arguments, String) {
        let mut errors = Errors::default();
        let read = arguments(tokens, &mut errors);
        (read, errors.beside(TokenStream::new()).to_string())
    }

    #[test]
    fn all_arguments_are_read() {
        let (read, errors) = read(quote!(
            "application_credential",
            alone,
            once,
            payload = flat,
            scope = own,
            plugin = Plugin,
            check = Self::check,
            crate = crate::sdk
        ));
        assert_eq!(errors, "");
        assert_eq!(read.name.unwrap().value(), "application_credential");
        assert!(read.alone && read.once && read.flat && read.own_scope);
        assert_eq!(read.plugin.unwrap(), "Plugin");
        assert!(read.check.is_some());
        let root = read.root;
        assert_eq!(quote!(#root).to_string(), "crate :: sdk");
    }

    #[test]
    fn an_unknown_argument_gets_a_hint_and_the_rest_is_read() {
        let (read, errors) = read(quote!("pin", plugn = Pin, alone));
        assert!(
            errors.contains("unknown argument `plugn`; did you mean `plugin`?"),
            "{errors}"
        );
        assert!(read.alone);
    }

    #[test]
    fn a_missing_comma_is_reported_once() {
        let (_, errors) = read(quote!("pin" alone, flat));
        assert!(errors.contains("expected `,`"), "{errors}");
    }

    #[test]
    fn a_word_that_is_not_a_choice_is_refused() {
        let (_, errors) = read(quote!("pin", payload = nested));
        assert!(errors.contains("expected `flat`"), "{errors}");
    }

    #[test]
    fn attributes_of_fields_are_read_and_taken_off() {
        let mut errors = Errors::default();
        let mut item: ItemStruct = parse_quote! {
            struct TokenMethod {
                /// The token.
                #[auth(secret, rename = "id", header = "x-auth-token", option = "token")]
                token: SecretString,
                plain: String,
            }
        };
        let fields = fields(&mut item, &mut errors);
        assert!(errors.is_empty());
        let [token, plain] = fields.as_slice() else {
            panic!("two fields")
        };
        assert_eq!(token.kind.map(|kind| kind.0), Some(Kind::Secret));
        assert_eq!(token.rename.as_ref().unwrap().value(), "id");
        assert!(plain.kind.is_none());
        assert!(!quote!(#item).to_string().contains("auth ("));
    }

    #[test]
    fn a_field_of_two_kinds_is_refused() {
        let mut errors = Errors::default();
        let mut item: ItemStruct = parse_quote!(
            struct M {
                #[auth(secret, user)]
                user: UserIdentity,
            }
        );
        fields(&mut item, &mut errors);
        let text = errors.beside(TokenStream::new()).to_string();
        assert!(text.contains("a field is of one kind only"), "{text}");
    }
}
