//! The syntax of `#[auth_method(..)]` and `#[auth_plugin(..)]`, and of `#[auth(..)]` on fields.

use std::collections::HashSet;

use keystone_document::hint;
use proc_macro2::{Span, TokenStream};
use syn::ext::IdentExt;
use syn::parse::{ParseStream, Parser};
use syn::punctuated::Punctuated;
use syn::{
    Attribute, Field, Ident, ItemStruct, Lit, LitStr, Path, Token, Type, Visibility, bracketed,
};

use crate::diag::Errors;
use crate::root::Root;

/// The two attributes.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Subject {
    /// `#[auth_method]`.
    Method,
    /// `#[auth_plugin]`.
    Plugin,
}

impl Subject {
    /// The attribute as written by users.
    pub(crate) fn attribute(self) -> &'static str {
        match self {
            Self::Method => "#[auth_method]",
            Self::Plugin => "#[auth_plugin]",
        }
    }

    /// What the struct is, in messages.
    pub(crate) fn noun(self) -> &'static str {
        match self {
            Self::Method => "method",
            Self::Plugin => "plugin",
        }
    }

    /// The suffix of the name of the struct.
    pub(crate) fn suffix(self) -> &'static str {
        match self {
            Self::Method => "Method",
            Self::Plugin => "Login",
        }
    }

    fn arguments(self) -> &'static [&'static str] {
        match self {
            Self::Method => &[
                "alone", "check", "crate", "data", "once", "payload", "plugin", "scope", "spec",
            ],
            Self::Plugin => &["check", "crate", "inner", "make", "plugin", "scope", "spec"],
        }
    }

    fn scopes(self) -> &'static [&'static str] {
        match self {
            Self::Method => &["own", "none"],
            Self::Plugin => &["own"],
        }
    }

    fn field_keys(self) -> &'static [&'static str] {
        match self {
            Self::Method => &[
                "aliases", "default", "env", "flag", "header", "help", "option", "plain", "rename",
                "secret", "user",
            ],
            Self::Plugin => &[
                "aliases", "default", "env", "flag", "help", "option", "plain", "scope", "secret",
                "user",
            ],
        }
    }
}

/// The arguments of the attribute.
pub(crate) struct Arguments {
    pub(crate) subject: Subject,
    pub(crate) name: Option<LitStr>,
    pub(crate) alone: bool,
    pub(crate) flat: bool,
    pub(crate) once: bool,
    pub(crate) own_scope: bool,
    /// Whether there are no scope options at all.
    pub(crate) no_scope: bool,
    /// The name of the plugin, with its visibility if that differs from the struct's.
    pub(crate) plugin: Option<(Visibility, Ident)>,
    pub(crate) check: Option<Path>,
    /// The function that creates the payload instead of the fields.
    pub(crate) data: Option<Path>,
    /// The inner plugin, and the function that creates it.
    pub(crate) inner: Option<Type>,
    pub(crate) make: Option<Path>,
    pub(crate) spec: Option<LitStr>,
    pub(crate) root: Root,
}

/// A field with the arguments of its `#[auth(..)]`.
pub(crate) struct RawField {
    pub(crate) field: Field,
    pub(crate) kind: Option<(FieldKind, Span)>,
    pub(crate) header: Option<LitStr>,
    pub(crate) rename: Option<LitStr>,
    pub(crate) option: Option<LitStr>,
    pub(crate) env: Option<LitStr>,
    pub(crate) aliases: Option<Vec<LitStr>>,
    pub(crate) help: Option<LitStr>,
    pub(crate) default: Option<Lit>,
    /// Whether a part could not be parsed, which may have been the kind.
    pub(crate) unclear: bool,
}

/// What a field is for.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum FieldKind {
    /// A `Url`, by its type.
    Address,
    Flag,
    Plain,
    Scope,
    Secret,
    User,
}

impl FieldKind {
    /// The kinds that `#[auth(..)]` names.
    fn named(key: &str) -> Option<Self> {
        Some(match key {
            "flag" => Self::Flag,
            "plain" => Self::Plain,
            "scope" => Self::Scope,
            "secret" => Self::Secret,
            "user" => Self::User,
            _ => return None,
        })
    }
}

/// Parses the arguments of the attribute; what cannot be parsed is reported and left out.
pub(crate) fn arguments(subject: Subject, tokens: TokenStream, errors: &mut Errors) -> Arguments {
    let mut arguments = Arguments {
        subject,
        name: None,
        alone: false,
        flat: false,
        once: false,
        own_scope: false,
        no_scope: false,
        plugin: None,
        check: None,
        data: None,
        inner: None,
        make: None,
        spec: None,
        root: Root::sdk(),
    };
    let mut seen = HashSet::new();
    list(tokens, errors, |input, errors| {
        if input.peek(LitStr) {
            let name: LitStr = input.parse()?;
            match &arguments.name {
                Some(_) => {
                    let noun = subject.noun();
                    errors.at(&name, format!("a {noun} has one name; this is the second"));
                }
                None => arguments.name = Some(name),
            }
            return Ok(());
        }
        let key = input.call(Ident::parse_any)?;
        once(&key, &mut seen, errors);
        match key.to_string().as_str() {
            known if subject.arguments().contains(&known) => arguments.set(known, input),
            unknown => {
                let hint = hint(unknown, subject.arguments());
                errors.at(&key, format!("unknown argument `{unknown}`{hint}"));
                skip(input)
            }
        }
    });
    arguments
}

impl Arguments {
    /// Parses the value of a known key.
    fn set(&mut self, key: &str, input: ParseStream<'_>) -> syn::Result<()> {
        match key {
            "alone" => self.alone = true,
            "check" => self.check = Some(value(input)?),
            "crate" => {
                input.parse::<Token![=]>()?;
                self.root = Root::parse_value(input)?;
            }
            "data" => self.data = Some(value(input)?),
            "inner" => self.inner = Some(value(input)?),
            "make" => self.make = Some(value(input)?),
            "once" => self.once = true,
            "payload" => self.flat = choice(input, &["flat"])? == "flat",
            "plugin" => {
                input.parse::<Token![=]>()?;
                self.plugin = Some((input.parse()?, input.parse()?));
            }
            "scope" => {
                let scope = choice(input, self.subject.scopes())?;
                self.own_scope = true;
                self.no_scope = scope == "none";
            }
            _ => self.spec = Some(value(input)?),
        }
        Ok(())
    }
}

/// Parses the fields and removes their `#[auth(..)]`.
pub(crate) fn fields(
    subject: Subject,
    item: &mut ItemStruct,
    errors: &mut Errors,
) -> Vec<RawField> {
    item.fields
        .iter_mut()
        .map(|field| {
            let (own, others) = std::mem::take(&mut field.attrs)
                .into_iter()
                .partition(|attribute: &Attribute| attribute.path().is_ident("auth"));
            field.attrs = others;
            raw_field(subject, field.clone(), own, errors)
        })
        .collect()
}

fn raw_field(
    subject: Subject,
    field: Field,
    attributes: Vec<Attribute>,
    errors: &mut Errors,
) -> RawField {
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
                "expected the kind of the field, such as `#[auth(user)]` or `#[auth(secret)]`",
            );
            raw.unclear = true;
            continue;
        };
        let mut own = Errors::default();
        list(tokens.tokens.clone(), &mut own, |input, errors| {
            let key = input.call(Ident::parse_any)?;
            once(&key, &mut seen, errors);
            let (name, known) = (key.to_string(), subject.field_keys());
            if !known.contains(&name.as_str()) {
                errors.at(&key, format!("unknown key `{name}`{}", hint(&name, known)));
                return skip(input);
            }
            let Some(kind) = FieldKind::named(&name) else {
                return raw.set(&name, input);
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

/// Reports a repeated key. (Kinds are checked separately.)
fn once(key: &Ident, seen: &mut HashSet<String>, errors: &mut Errors) {
    let name = key.to_string();
    if FieldKind::named(&name).is_none() && !seen.insert(name) {
        errors.at(key, format!("`{key}` is given twice, keep one of them"));
    }
}

impl RawField {
    /// Parses the value of a key that is not a kind.
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

/// Parses a comma-separated list; after an invalid item it continues behind the next comma.
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
    // The parser above consumes all tokens and reports errors itself.
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

/// Parses `= word` with one of these words.
fn choice(input: ParseStream<'_>, known: &[&'static str]) -> syn::Result<&'static str> {
    input.parse::<Token![=]>()?;
    let names = known.join("` or `");
    let Ok(word) = input.call(Ident::parse_any) else {
        return Err(input.error(format!("expected `{names}`, without quotes")));
    };
    let found = known.iter().find(|known| word == **known);
    found.copied().ok_or_else(|| {
        let message = format!("expected `{names}`; leave the argument out otherwise");
        syn::Error::new(word.span(), message)
    })
}

#[cfg(test)]
mod tests {
    use quote::quote;
    use syn::parse_quote;

    use super::*;

    fn read(tokens: TokenStream) -> (Arguments, String) {
        let mut errors = Errors::default();
        let read = arguments(Subject::Method, tokens, &mut errors);
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
        assert_eq!(read.plugin.unwrap().1, "Plugin");
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
        let fields = fields(Subject::Method, &mut item, &mut errors);
        assert!(errors.is_empty());
        let [token, plain] = fields.as_slice() else {
            panic!("two fields")
        };
        assert_eq!(token.kind.map(|kind| kind.0), Some(FieldKind::Secret));
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
        fields(Subject::Method, &mut item, &mut errors);
        let text = errors.beside(TokenStream::new()).to_string();
        assert!(text.contains("a field is of one kind only"), "{text}");
    }
}
