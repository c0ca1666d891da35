//! Parses what `service!` and the first stage say, in the form of `__contract!`.

use proc_macro2::{Ident, Span, TokenStream, TokenTree};
use syn::parse::{Parse, ParseStream};
use syn::{LitStr, Token, braced, bracketed};

/// The contract and its implementation.
pub(super) struct Input {
    pub(super) contract: Contract,
    pub(super) implementation: Implementation,
}

/// The operations of a document.
pub(super) struct Contract {
    /// The path of keystone-middleware; absent if the document is broken.
    pub(super) root: Option<TokenStream>,
    /// The document has errors, so nothing is known about its operations.
    pub(super) broken: bool,
    pub(super) document: String,
    pub(super) operations: Vec<Operation>,
}

/// An operation of the document.
#[derive(Debug)]
pub(super) struct Operation {
    pub(super) name: Ident,
    /// The type that stands for it in the module `operations`.
    pub(super) marker: Ident,
    pub(super) method: String,
    pub(super) path: String,
    /// None for one that is open to everybody.
    pub(super) policies: Vec<String>,
    /// As in a signature, with `{}` in place of the module.
    pub(super) arguments: String,
    pub(super) returns: String,
}

/// The block of methods.
pub(super) struct Implementation {
    pub(super) root: TokenStream,
    pub(super) attribute: Span,
    pub(super) module: TokenStream,
    pub(super) service: TokenStream,
    pub(super) methods: Vec<Method>,
}

/// A method.
pub(super) struct Method {
    pub(super) name: Ident,
    /// Something wrong with it was told already.
    pub(super) broken: bool,
    pub(super) guards: Vec<Guard>,
    pub(super) arguments: Vec<TokenStream>,
    pub(super) returns: TokenStream,
}

/// A policy of a method.
pub(super) enum Guard {
    Public(Ident),
    /// Decided before the arguments are read.
    Plain(LitStr),
    /// Decided in the body.
    Target(LitStr),
}

impl Parse for Input {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        word(input, "contract")?;
        let content;
        braced!(content in input);
        let contract = content.parse()?;
        word(input, "implementation")?;
        let content;
        braced!(content in input);
        Ok(Self {
            contract,
            implementation: content.parse()?,
        })
    }
}

impl Parse for Contract {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let mut contract = Self {
            root: None,
            broken: false,
            document: String::new(),
            operations: Vec::new(),
        };
        while !input.is_empty() {
            let key: Ident = input.parse()?;
            match key.to_string().as_str() {
                "broken" => {
                    contract.broken = true;
                    input.parse::<Option<Token![;]>>()?;
                }
                "root" => contract.root = Some(assigned(input, tokens)?),
                "document" => contract.document = assigned(input, text)?,
                "operation" => contract.operations.push(inside(input)?),
                _ => return Err(unknown(&key)),
            }
        }
        Ok(contract)
    }
}

impl Parse for Operation {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let operation = Self {
            name: named(input, "name", Ident::parse)?,
            marker: named(input, "marker", Ident::parse)?,
            method: named(input, "method", text)?,
            path: named(input, "path", text)?,
            policies: named(input, "policies", texts)?,
            arguments: named(input, "arguments", text)?,
            returns: named(input, "returns", text)?,
        };
        Ok(operation)
    }
}

impl Parse for Implementation {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let mut implementation = Self {
            root: named(input, "root", tokens)?,
            attribute: named(input, "attribute", Ident::parse)?.span(),
            module: named(input, "module", tokens)?,
            service: named(input, "service", tokens)?,
            methods: Vec::new(),
        };
        while !input.is_empty() {
            word(input, "method")?;
            implementation.methods.push(inside(input)?);
        }
        Ok(implementation)
    }
}

impl Parse for Method {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let mut method = Self {
            name: named(input, "name", Ident::parse)?,
            broken: false,
            guards: Vec::new(),
            arguments: Vec::new(),
            returns: TokenStream::new(),
        };
        while !input.is_empty() {
            let key: Ident = input.parse()?;
            match key.to_string().as_str() {
                "broken" => {
                    method.broken = true;
                    input.parse::<Token![;]>()?;
                }
                "policies" => method.guards = assigned(input, all)?,
                "arguments" => method.arguments = assigned(input, lists)?,
                "returns" => method.returns = assigned(input, tokens)?,
                _ => return Err(unknown(&key)),
            }
        }
        Ok(method)
    }
}

impl Parse for Guard {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let literal = match input.parse::<TokenTree>()? {
            TokenTree::Ident(public) => return Ok(Self::Public(public)),
            other => syn::parse2(other.into())?,
        };
        let form: Ident = input.parse()?;
        Ok(match form == "target" {
            true => Self::Target(literal),
            false => Self::Plain(literal),
        })
    }
}

fn word(input: ParseStream<'_>, expected: &str) -> syn::Result<()> {
    let word: Ident = input.parse()?;
    match word == expected {
        true => Ok(()),
        false => Err(unknown(&word)),
    }
}

fn unknown(word: &Ident) -> syn::Error {
    let message = format!(
        "`{word}` is no part of a contract: `service!` and `#[service]` are of different versions of \
         keystone-middleware"
    );
    syn::Error::new(word.span(), message)
}

fn named<T>(
    input: ParseStream<'_>,
    key: &str,
    read: impl Fn(ParseStream<'_>) -> syn::Result<T>,
) -> syn::Result<T> {
    word(input, key)?;
    assigned(input, read)
}

fn assigned<T>(
    input: ParseStream<'_>,
    read: impl Fn(ParseStream<'_>) -> syn::Result<T>,
) -> syn::Result<T> {
    input.parse::<Token![=]>()?;
    let value = read(input)?;
    input.parse::<Token![;]>()?;
    Ok(value)
}

fn inside<T: Parse>(input: ParseStream<'_>) -> syn::Result<T> {
    let content;
    braced!(content in input);
    content.parse()
}

fn text(input: ParseStream<'_>) -> syn::Result<String> {
    Ok(input.parse::<LitStr>()?.value())
}

fn texts(input: ParseStream<'_>) -> syn::Result<Vec<String>> {
    let content;
    bracketed!(content in input);
    let texts = content.parse_terminated(text, Token![,])?;
    Ok(texts.into_iter().collect())
}

fn tokens(input: ParseStream<'_>) -> syn::Result<TokenStream> {
    let content;
    bracketed!(content in input);
    content.parse()
}

fn lists(input: ParseStream<'_>) -> syn::Result<Vec<TokenStream>> {
    let content;
    bracketed!(content in input);
    let mut lists = Vec::new();
    while !content.is_empty() {
        lists.push(tokens(&content)?);
    }
    Ok(lists)
}

fn all<T: Parse>(input: ParseStream<'_>) -> syn::Result<Vec<T>> {
    let content;
    bracketed!(content in input);
    let mut all = Vec::new();
    while !content.is_empty() {
        all.push(content.parse()?);
    }
    Ok(all)
}
