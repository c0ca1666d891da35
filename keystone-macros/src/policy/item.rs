//! Parses the item with `#[policy]`: the signature as Rust, the body as tokens.
//!
//! The body is left to the compiler, which reports syntax errors better; so the handler gets its
//! witness whatever its body contains.

use proc_macro2::{Delimiter, Group, Span, TokenStream, TokenTree};
use quote::{ToTokens, TokenStreamExt, quote};
use syn::parse::{Parse, ParseStream, Parser};
use syn::{Attribute, FnArg, Receiver, Signature, Token, Visibility};

/// A function with an unparsed body.
pub(crate) struct Handler {
    pub(crate) attributes: Vec<Attribute>,
    pub(crate) visibility: Visibility,
    pub(crate) signature: Signature,
    /// `None` if there is a `;` instead, as in a trait.
    pub(crate) body: Option<Body>,
}

/// The body with its braces.
pub(crate) enum Body {
    /// The original body. Its braces have spans of their own, which a new group would lose; they
    /// let the compiler recognise an error that it has reported already.
    Written(Group),
    /// Generated statements that contain the original body.
    Prefixed {
        /// `#![..]`, which must be at the start.
        inner: TokenStream,
        statements: TokenStream,
        span: Span,
    },
}

/// The item below the attribute.
pub(crate) enum Read {
    Handler(Box<Handler>),
    /// A function whose signature cannot be parsed.
    Unreadable(syn::Error),
    /// Not a function.
    Other,
}

/// Reads the item.
pub(crate) fn read(item: TokenStream) -> Read {
    let function = item.clone().into_iter().find_map(|token| match token {
        TokenTree::Ident(word) => match word.to_string().as_str() {
            "fn" => Some(true),
            "struct" | "enum" | "union" | "mod" | "trait" | "impl" | "type" | "static" | "use"
            | "macro_rules" => Some(false),
            _ => None,
        },
        _ => None,
    });
    match syn::parse2(item) {
        Ok(handler) => Read::Handler(Box::new(handler)),
        Err(error) if function == Some(true) => Read::Unreadable(error),
        Err(_) => Read::Other,
    }
}

impl Handler {
    /// The `self` of a method.
    pub(crate) fn receiver(&self) -> Option<&Receiver> {
        match self.signature.inputs.first() {
            Some(FnArg::Receiver(receiver)) => Some(receiver),
            _ => None,
        }
    }

    /// Makes `argument` the first, behind `self`.
    pub(crate) fn prepend(&mut self, argument: FnArg) {
        let place = usize::from(self.receiver().is_some());
        self.signature.inputs.insert(place, argument);
    }

    /// The original body as an expression.
    pub(crate) fn written(&self) -> Option<TokenStream> {
        match self.body.as_ref()? {
            Body::Written(group) => match inner_attributes(group) {
                Some((_, rest)) => Some(quote!({ #rest })),
                None => Some(group.to_token_stream()),
            },
            Body::Prefixed { statements, .. } => Some(quote!({ #statements })),
        }
    }

    /// Replaces the body, except for `#![..]` at its start.
    pub(crate) fn replace(&mut self, statements: TokenStream) {
        let (inner, span) = match &mut self.body {
            Some(Body::Written(group)) => {
                let inner = inner_attributes(group).map(|(inner, _)| inner);
                (inner.unwrap_or_default(), group.span())
            }
            Some(Body::Prefixed { inner, span, .. }) => (std::mem::take(inner), *span),
            None => return,
        };
        self.body = Some(Body::Prefixed {
            inner,
            statements,
            span,
        });
    }
}

/// The `#![..]` at the start of a body, and the rest; `None` if there are none.
fn inner_attributes(body: &Group) -> Option<(TokenStream, TokenStream)> {
    let split = |content: ParseStream<'_>| {
        let inner = content.call(Attribute::parse_inner)?;
        Ok((inner, content.parse()?))
    };
    let (inner, rest) = split.parse2(body.stream()).ok()?;
    let tokens = inner.iter().map(ToTokens::to_token_stream);
    (!inner.is_empty()).then(|| (tokens.collect(), rest))
}

impl Parse for Handler {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let attributes = input.call(Attribute::parse_outer)?;
        let visibility = input.parse()?;
        let signature = input.parse()?;
        let body = if input.peek(Token![;]) {
            input.parse::<Token![;]>()?;
            None
        } else {
            Some(input.parse()?)
        };
        Ok(Self {
            attributes,
            visibility,
            signature,
            body,
        })
    }
}

impl Parse for Body {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        match input.parse::<TokenTree>()? {
            // A `$body:block` of `macro_rules!` is in a group without delimiters.
            TokenTree::Group(group) if group.delimiter() == Delimiter::None => {
                syn::parse2(group.stream())
            }
            TokenTree::Group(group) if group.delimiter() == Delimiter::Brace => {
                Ok(Self::Written(group))
            }
            other => Err(syn::Error::new(other.span(), "expected `{`")),
        }
    }
}

impl ToTokens for Handler {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        tokens.append_all(&self.attributes);
        self.visibility.to_tokens(tokens);
        self.signature.to_tokens(tokens);
        match &self.body {
            Some(body) => body.to_tokens(tokens),
            None => <Token![;]>::default().to_tokens(tokens),
        }
    }
}

impl ToTokens for Body {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        match self {
            Self::Written(group) => tokens.append(group.clone()),
            Self::Prefixed {
                inner,
                statements,
                span,
            } => {
                let mut group = Group::new(Delimiter::Brace, quote!(#inner #statements));
                group.set_span(*span);
                tokens.append(group);
            }
        }
    }
}
