//! Parses `#[service(..)]` and the block below it. Bodies are left to the compiler.

use proc_macro2::{Delimiter, Group, Span, TokenStream, TokenTree};
use quote::{ToTokens, quote};
use syn::ext::IdentExt;
use syn::parse::discouraged::Speculative;
use syn::parse::{ParseStream, Parser};
use syn::{Attribute, Generics, Ident, Path, Token, WhereClause};

use crate::diag::Errors;
use crate::lenient::{Outline, outline};
use crate::policy::item::Handler;
use crate::root::Root;

/// `#[service(module, crate = root)]`.
pub(super) struct Arguments {
    /// The module of `service!`.
    pub(super) module: Path,
    pub(super) root: Root,
}

/// `impl Type { .. }`.
pub(super) struct Block {
    pub(super) attributes: Vec<Attribute>,
    /// All before the braces.
    pub(super) head: TokenStream,
    pub(super) generics: Generics,
    /// The trait, if it is an implementation of one.
    pub(super) of_trait: Option<TokenStream>,
    pub(super) ty: TokenStream,
    pub(super) bounds: Option<WhereClause>,
    /// `#![..]` at the start of the block.
    pub(super) inner: Vec<Attribute>,
    pub(super) items: Vec<Item>,
    pub(super) braces: Span,
}

/// Something in the block.
pub(super) enum Item {
    Method(Box<Handler>),
    /// A method whose signature cannot be parsed.
    Unread(Box<Unread>),
    /// No method.
    Other(TokenStream),
}

/// A method whose signature cannot be parsed.
pub(super) struct Unread {
    pub(super) tokens: TokenStream,
    pub(super) outline: Outline,
    pub(super) error: syn::Error,
}

const EXAMPLE: &str = "name the module of `service!`, as in `#[service(crate::api)]`";

/// Parses the arguments; `None` if nothing can be expanded with them.
pub(super) fn arguments(tokens: TokenStream, errors: &mut Errors) -> Option<Arguments> {
    if tokens.is_empty() {
        errors.at_span(Span::call_site(), EXAMPLE);
        return None;
    }
    errors.keep(read_arguments.parse2(tokens))
}

fn read_arguments(input: ParseStream<'_>) -> syn::Result<Arguments> {
    if Root::follows(input) {
        return Err(input.error(EXAMPLE));
    }
    let module =
        Path::parse_mod_style(input).map_err(|error| syn::Error::new(error.span(), EXAMPLE))?;
    let mut root = None;
    while !input.is_empty() {
        input.parse::<Token![,]>()?;
        if input.is_empty() {
            break;
        }
        if !Root::follows(input) {
            return Err(input.error("`#[service]` takes one module, and `crate = path`"));
        }
        root = Some(Root::parse(input)?);
    }
    Ok(Arguments {
        module,
        root: root.unwrap_or_else(Root::middleware),
    })
}

/// Parses the block.
pub(super) fn block(item: TokenStream) -> syn::Result<Block> {
    let message = "`#[service]` implements a described service: put it on an `impl` block with a \
                   method for each operation";
    let span = item
        .clone()
        .into_iter()
        .find(|token| !matches!(token, TokenTree::Punct(sign) if sign.as_char() == '#'));
    let span = span.map_or_else(Span::call_site, |token| token.span());
    let other = |_| syn::Error::new(span, message);
    let (attributes, rest) = split_attributes.parse2(item).map_err(other)?;
    let mut head: Vec<TokenTree> = rest.into_iter().collect();
    let is_impl = head.iter().take(2).any(|token| is_word(token, "impl"));
    match head.pop() {
        Some(TokenTree::Group(group)) if is_impl && group.delimiter() == Delimiter::Brace => {
            read_block(attributes, head.into_iter().collect(), &group)
        }
        _ => {
            let name = head.get(1).or(head.first()).map_or(span, TokenTree::span);
            Err(syn::Error::new(name, message))
        }
    }
}

fn split_attributes(input: ParseStream<'_>) -> syn::Result<(Vec<Attribute>, TokenStream)> {
    Ok((input.call(Attribute::parse_outer)?, input.parse()?))
}

fn read_block(attributes: Vec<Attribute>, head: TokenStream, group: &Group) -> syn::Result<Block> {
    let parts = |input: ParseStream<'_>| {
        // `unsafe`, which the compiler refuses before an impl of no trait.
        if !input.peek(Token![impl]) {
            input.call(Ident::parse_any)?;
        }
        input.parse::<Token![impl]>()?;
        let generics = match input.peek(Token![<]) && !input.peek2(Token![::]) {
            true => input.parse()?,
            false => Generics::default(),
        };
        let first = until(input, |input| {
            input.peek(Token![where]) || (input.peek(Token![for]) && !input.peek2(Token![<]))
        })?;
        let second = match input.parse::<Option<Token![for]>>()? {
            Some(_) => Some(until(input, |input| input.peek(Token![where]))?),
            None => None,
        };
        Ok((
            generics,
            first,
            second,
            input.parse::<Option<WhereClause>>()?,
        ))
    };
    let (generics, first, second, bounds) = parts.parse2(head.clone())?;
    let (of_trait, ty) = match second {
        Some(ty) => (Some(first), ty),
        None => (None, first),
    };
    let (inner, items) = items.parse2(group.stream())?;
    Ok(Block {
        attributes,
        head,
        generics,
        of_trait,
        ty,
        bounds,
        inner,
        items,
        braces: group.span(),
    })
}

fn until(
    input: ParseStream<'_>,
    end: impl Fn(ParseStream<'_>) -> bool,
) -> syn::Result<TokenStream> {
    let mut tokens = TokenStream::new();
    while !input.is_empty() && !end(input) {
        tokens.extend([input.parse::<TokenTree>()?]);
    }
    Ok(tokens)
}

fn items(input: ParseStream<'_>) -> syn::Result<(Vec<Attribute>, Vec<Item>)> {
    let inner = input.call(Attribute::parse_inner)?;
    let mut items = Vec::new();
    while !input.is_empty() {
        let fork = input.fork();
        let item = match fork.parse::<Handler>() {
            Ok(handler) => {
                input.advance_to(&fork);
                Item::Method(Box::new(handler))
            }
            Err(error) => {
                let tokens = whole_item(input)?;
                match outline(tokens.clone(), "fn") {
                    Some(outline) => Item::Unread(Box::new(Unread {
                        tokens,
                        outline,
                        error,
                    })),
                    None => Item::Other(tokens),
                }
            }
        };
        items.push(item);
    }
    Ok((inner, items))
}

/// The tokens of an item: up to a `;`, or to its braces.
fn whole_item(input: ParseStream<'_>) -> syn::Result<TokenStream> {
    let mut tokens = TokenStream::new();
    let mut valued = false;
    while !input.is_empty() {
        let token: TokenTree = input.parse()?;
        valued |= is_word(&token, "const") || is_word(&token, "type");
        valued &= !is_word(&token, "fn");
        let end = match &token {
            TokenTree::Punct(sign) => sign.as_char() == ';',
            TokenTree::Group(group) => group.delimiter() == Delimiter::Brace && !valued,
            _ => false,
        };
        tokens.extend([token]);
        if end {
            break;
        }
    }
    Ok(tokens)
}

fn is_word(token: &TokenTree, word: &str) -> bool {
    matches!(token, TokenTree::Ident(ident) if ident == word)
}

impl Arguments {
    /// The module as messages show it.
    pub(super) fn module(&self) -> TokenStream {
        self.module.to_token_stream()
    }
}

impl Block {
    /// `#[cfg(..)]` below the attribute.
    pub(super) fn conditions(&self) -> TokenStream {
        let conditions = self
            .attributes
            .iter()
            .filter(|one| one.path().is_ident("cfg"));
        quote!(#(#conditions)*)
    }

    /// `impl Type`, also of an implementation of a trait.
    pub(super) fn inherent_head(&self) -> TokenStream {
        let (generics, ty, bounds) = (&self.generics, &self.ty, &self.bounds);
        quote!(impl #generics #ty #bounds)
    }
}
