//! Parses the arguments of `#[policy(..)]`.

use keystone_document::{hint, suggest};
use proc_macro2::{Span, TokenStream};
use syn::ext::IdentExt;
use syn::parse::{ParseStream, Parser};
use syn::{Expr, Ident, LitStr, Path, Token};

use crate::diag::Errors;
use crate::root::Root;

const KEYS: [&str; 4] = ["target", "proof", "table", "crate"];

/// How a handler is protected.
pub(crate) struct Protection {
    pub(crate) requirement: Requirement,
    pub(crate) root: Root,
}

/// What is required of the caller.
pub(crate) enum Requirement {
    /// Nothing at all.
    Public,
    /// That a policy allows the request.
    Policy {
        name: LitStr,
        table: Option<Path>,
        target: Option<Box<Expr>>,
        /// The name of the proof of the decision in the body.
        proof: Option<Ident>,
    },
}

/// Parses the arguments; `None` if they cannot be expanded.
pub(crate) fn protection(arguments: TokenStream, errors: &mut Errors) -> Option<Protection> {
    if arguments.is_empty() {
        errors.at_span(
            Span::call_site(),
            "name a policy, as in `#[policy(\"proxy:create\")]`, or say `#[policy(public)]`",
        );
        return None;
    }
    let read = |input: ParseStream<'_>| read(input, errors);
    match read.parse2(arguments) {
        Ok(protection) => protection,
        Err(error) => {
            errors.push(error);
            None
        }
    }
}

#[derive(Default)]
struct ProtectionOptions {
    proof: Option<(Ident, Ident)>,
    target: Option<(Ident, Expr)>,
    table: Option<(Ident, Path)>,
    root: Option<Root>,
}

fn read(input: ParseStream<'_>, errors: &mut Errors) -> syn::Result<Option<Protection>> {
    let name = if input.peek(LitStr) {
        Some(input.parse()?)
    } else {
        public(input)?;
        None
    };
    let mut options = ProtectionOptions::default();
    while !input.is_empty() {
        input.parse::<Token![,]>()?;
        if input.is_empty() {
            break;
        }
        option(input, &mut options, errors)?;
    }
    if name.is_none() {
        refuse_on_public(&options, errors);
    }
    let requirement = match name {
        None => Requirement::Public,
        Some(name) => Requirement::Policy {
            name,
            table: options.table.map(|(_, table)| table),
            target: options.target.map(|(_, target)| Box::new(target)),
            proof: options.proof.map(|(_, proof)| proof),
        },
    };
    Ok(Some(Protection {
        requirement,
        root: options.root.unwrap_or_else(Root::middleware),
    }))
}

fn public(input: ParseStream<'_>) -> syn::Result<()> {
    let Ok(word) = input.call(Ident::parse_any) else {
        return Err(input.error(
            "expected the name of a policy as text, as in `\"proxy:create\"`, or `public`",
        ));
    };
    if word == "public" {
        return Ok(());
    }
    let suggestion =
        suggest(&word.to_string(), &["public"]).map_or("", |_| "; did you mean `public`?");
    let message = format!(
        "expected the name of a policy as text, as in `\"proxy:create\"`, or `public`{suggestion}"
    );
    Err(syn::Error::new(word.span(), message))
}

fn option(
    input: ParseStream<'_>,
    options: &mut ProtectionOptions,
    errors: &mut Errors,
) -> syn::Result<()> {
    let key = input.call(Ident::parse_any)?;
    input.parse::<Token![=]>()?;
    let twice = match key.to_string().as_str() {
        "target" => options
            .target
            .replace((key.clone(), input.parse()?))
            .is_some(),
        "proof" => options
            .proof
            .replace((key.clone(), input.parse()?))
            .is_some(),
        "table" => {
            let table = Path::parse_mod_style(input)?;
            options.table.replace((key.clone(), table)).is_some()
        }
        "crate" => options.root.replace(Root::parse_value(input)?).is_some(),
        other => {
            let message = format!("`#[policy]` knows no `{other}`{}", hint(other, &KEYS));
            errors.at(&key, message);
            // Skip the value, so that all errors are reported at once.
            input.parse::<Expr>()?;
            false
        }
    };
    if twice {
        errors.at(&key, format!("`{key}` is given twice, keep one of them"));
    }
    Ok(())
}

fn refuse_on_public(options: &ProtectionOptions, errors: &mut Errors) {
    if let Some((key, _)) = &options.target {
        errors.at(key, "a public handler decides nothing, so it has no target");
    }
    if let Some((key, _)) = &options.proof {
        errors.at(
            key,
            "a public handler decides nothing, so there is no proof",
        );
    }
    if let Some((key, _)) = &options.table {
        errors.at(key, "a public handler has no policy, so it reads no table");
    }
}
