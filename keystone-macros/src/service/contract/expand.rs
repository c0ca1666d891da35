//! Generates the endpoints of the service.

use proc_macro2::{Ident, Span, TokenStream, TokenTree};
use quote::{format_ident, quote, quote_spanned};
use syn::LitStr;

use super::check::Served;
use super::parse::{Guard, Input};
use crate::diag::in_place;
use crate::policy::expand::{Table, plain_witness};

/// The description of the service and the endpoints that are served, as an expression.
pub(super) fn endpoints(input: &Input, served: &[Served<'_>], errors: &TokenStream) -> TokenStream {
    let api = input.api();
    if input.contract.broken {
        return quote!({ #errors (&#api::UNDESCRIBED, &[]) });
    }
    let (module, service) = (&input.implementation.module, &input.implementation.service);
    let calls = served.iter().map(|served| call(input, served));
    let endpoints = served.iter().map(|served| endpoint(input, served));
    quote!({
        #errors
        #(#calls)*
        const ENDPOINTS: &[#api::Endpoint<#service>] = &[#(#endpoints),*];
        (&#module::SERVICE, ENDPOINTS)
    })
}

/// The function that calls the method of an operation: the decisions of its policies, its
/// arguments, what it returns.
fn call(input: &Input, served: &Served<'_>) -> TokenStream {
    let (api, service) = (input.api(), &input.implementation.service);
    let Served { operation, method } = served;
    let (name, module, marker) = (
        &method.name,
        &input.implementation.module,
        &operation.marker,
    );
    let (decisions, witnesses) = decisions(input, served);
    let (extractions, arguments) = extractions(input, served);
    let (this, call, returned) = (local("service"), local("call"), local("returned"));
    let returns = outside(&method.returns, service);
    let future = quote! {
        async move {
            #decisions
            #extractions
            let #returned = #this.#name(#(#witnesses,)* #(#arguments),*).await;
            #module::operations::#marker::respond::<#returns, _>(#call, #returned)
        }
    };
    // A future that must stay in its thread is told at the name of the method.
    let future = quote_spanned!(in_place(name.span())=> ::std::boxed::Box::pin(#future));
    quote! {
        #[allow(clippy::all, unused_mut)]
        fn #name(#this: ::std::sync::Arc<#service>, mut #call: #api::Call) -> #api::CallFuture {
            #future
        }
    }
}

/// Statements that decide the policies, or begin to, and the proofs.
fn decisions(input: &Input, served: &Served<'_>) -> (TokenStream, Vec<Ident>) {
    let (root, call) = (input.root(), local("call"));
    let mut witnesses = Vec::new();
    let mut statements = TokenStream::new();
    for (number, guard) in served.method.guards.iter().enumerate() {
        let ty = match guard {
            Guard::Public(_) => {
                statements.extend(quote!(let _ = #call.witness::<#root::Public>().await;));
                continue;
            }
            Guard::Plain(name) => {
                // All of it at the name, where the compiler tells that a target is missing.
                let root = respanned(root, in_place(name.span()));
                let witness = plain_witness(&root, name, &table(input, name), &TokenStream::new());
                quote!(::<#witness>)
            }
            // The type is that of the method's argument.
            Guard::Target(_) => TokenStream::new(),
        };
        let witness = local(&format!("witness{number}"));
        statements.extend(awaited(&witness, &quote!(#call.witness #ty())));
        witnesses.push(witness);
    }
    (statements, witnesses)
}

/// Statements that read the arguments: first what comes before the body, in order, then the body.
fn extractions(input: &Input, served: &Served<'_>) -> (TokenStream, Vec<Ident>) {
    let Served { operation, method } = served;
    let (module, service) = (&input.implementation.module, &input.implementation.service);
    let (this, call, marker) = (local("service"), local("call"), &operation.marker);
    let (mut extractors, mut heads, mut rests) =
        (TokenStream::new(), TokenStream::new(), TokenStream::new());
    let mut arguments = Vec::new();
    for (number, ty) in method.arguments.iter().enumerate() {
        let own = |name: &str| local(&format!("{name}{number}"));
        let (extractor, head, argument) = (own("extractor"), own("head"), own("argument"));
        let ty = outside(ty, service);
        extractors.extend(quote! {
            let #extractor = #module::operations::#marker::argument::<#ty, #service, _>();
        });
        heads.extend(awaited(&head, &quote!(#extractor.head(&mut #call, &#this))));
        rests.extend(awaited(
            &argument,
            &quote!(#extractor.finish(#head, &mut #call)),
        ));
        arguments.push(argument);
    }
    (quote!(#extractors #heads #rests), arguments)
}

/// `let name = future.await`; a refusal is the response.
fn awaited(name: &Ident, future: &TokenStream) -> TokenStream {
    let (call, value, refused) = (local("call"), local("value"), local("refused"));
    quote! {
        let #name = match #future.await {
            ::core::result::Result::Ok(#value) => #value,
            ::core::result::Result::Err(#refused) => return #call.refused(#refused),
        };
    }
}

fn endpoint(input: &Input, served: &Served<'_>) -> TokenStream {
    let Served { operation, method } = served;
    let (api, module, marker) = (input.api(), &input.implementation.module, &operation.marker);
    let policies = method.guards.iter().filter_map(|guard| match guard {
        Guard::Public(_) => None,
        // This type never fails: `service!` holds the names of the document against the table.
        Guard::Plain(name) | Guard::Target(name) => {
            let Table { path, index } = table(input, name);
            Some(quote_spanned!(in_place(name.span())=> #path::Rule<{ #path::#index(#name) }>))
        }
    });
    let policies: Vec<TokenStream> = policies.collect();
    let name = &method.name;
    quote! {
        #api::Endpoint::new::<#module::operations::#marker>(
            &[#(#api::EndpointPolicy::new::<#policies>()),*],
            &[#(#api::possible::<#policies>()),*],
            #name,
        )
    }
}

fn table(input: &Input, name: &LitStr) -> Table {
    let span = in_place(name.span());
    let module = respanned(&input.implementation.module, span);
    Table {
        path: quote_spanned!(span=> #module::__policies),
        index: Ident::new("__nearest", span),
    }
}

fn respanned(tokens: &TokenStream, span: Span) -> TokenStream {
    let respan = |mut token: TokenTree| {
        token.set_span(span);
        token
    };
    tokens.clone().into_iter().map(respan).collect()
}

/// A type outside of the block, where nothing is called `Self`.
fn outside(ty: &TokenStream, service: &TokenStream) -> TokenStream {
    let renamed = |token: TokenTree| match token {
        TokenTree::Ident(word) if word == "Self" => service.clone(),
        TokenTree::Group(group) => {
            let inner = outside(&group.stream(), service);
            let mut renamed = proc_macro2::Group::new(group.delimiter(), inner);
            renamed.set_span(group.span());
            TokenTree::from(renamed).into()
        }
        token => token.into(),
    };
    ty.clone().into_iter().flat_map(renamed).collect()
}

/// A variable that neither the user's tokens nor other variables can be mixed up with.
fn local(name: &str) -> Ident {
    format_ident!("{name}", span = Span::mixed_site())
}

impl Input {
    /// The path of keystone-middleware.
    fn root(&self) -> &TokenStream {
        let own = &self.implementation.root;
        self.contract.root.as_ref().unwrap_or(own)
    }

    fn api(&self) -> TokenStream {
        let root = self.root();
        quote!(#root::service_api)
    }
}
