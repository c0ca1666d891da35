//! Generates the routes of the service.

use proc_macro2::{Ident, Span, TokenStream, TokenTree};
use quote::{format_ident, quote, quote_spanned};
use syn::LitStr;

use super::check::Served;
use super::parse::{Guard, Input};
use crate::diag::in_place;

/// `into_routes` with the operations that are served. It is there in spite of errors, so that
/// callers add none.
pub(super) fn routes(input: &Input, served: &[Served<'_>]) -> TokenStream {
    let root = input.root();
    let service = &input.implementation.service;
    let api = quote!(#root::service_api);
    let calls = served.iter().map(|served| call(input, served));
    let endpoints = served.iter().map(|served| endpoint(input, served));
    let module = &input.implementation.module;
    let routes = match input.contract.broken {
        true => quote! {{
            let _ = settings;
            #root::Routes::new(enforcer)
        }},
        false => quote! {{
            #(#calls)*
            const ENDPOINTS: &[#api::Endpoint<#service>] = &[#(#endpoints),*];
            #api::endpoint_routes(self, &#module::SERVICE, ENDPOINTS, enforcer, settings)
        }},
    };
    quote! {
        impl #service {
            /// The routes of all operations, with version documents and the default settings.
            #[allow(dead_code)]
            pub fn into_routes(self, enforcer: #root::policy::Enforcer) -> #root::Routes {
                self.into_routes_with(enforcer, #api::ServiceSettings::new())
            }

            /// As [`into_routes`](Self::into_routes), with these settings.
            #[allow(dead_code)]
            pub fn into_routes_with(
                self,
                enforcer: #root::policy::Enforcer,
                settings: #api::ServiceSettings,
            ) -> #root::Routes #routes
        }
    }
}

/// The function that calls the method of an operation.
fn call(input: &Input, served: &Served<'_>) -> TokenStream {
    let Served { operation, method } = served;
    let root = input.root();
    let api = quote!(#root::service_api);
    let ty = &input.implementation.service;
    let module = &input.implementation.module;
    let marker = &operation.marker;
    let local =
        |name: &str, number: usize| format_ident!("{name}{number}", span = Span::mixed_site());
    let (service, call, returned) = (ident("service"), ident("call"), ident("returned"));
    let refuse = quote! {
        ::core::result::Result::Err(refused) => return refused,
    };
    let decisions = method.guards.iter().enumerate().map(|(number, guard)| {
        let witness = local("witness", number);
        match guard {
            Guard::Public(_) => quote!(let _ = #call.witness::<#root::Public>().await;),
            Guard::Plain(name) => {
                let policy = marker_of(module, name);
                let authorized = quote_spanned!(in_place(name.span())=> authorized::<#policy>());
                quote! {
                    let #witness = match #call.#authorized.await {
                        ::core::result::Result::Ok(witness) => witness,
                        #refuse
                    };
                }
            }
            Guard::Target(_) => quote! {
                let #witness = match #call.witness().await {
                    ::core::result::Result::Ok(witness) => witness,
                    #refuse
                };
            },
        }
    });
    let types: Vec<TokenStream> = method.arguments.iter().map(|one| named(one, ty)).collect();
    let extractors = types.iter().enumerate().map(|(number, argument)| {
        let extractor = local("extractor", number);
        quote!(let #extractor = #module::operations::#marker::argument::<#argument, #ty, _>();)
    });
    let heads = (0..types.len()).map(|number| {
        let (extractor, head) = (local("extractor", number), local("head", number));
        quote! {
            let #head = match #extractor.head(&mut #call, &#service).await {
                ::core::result::Result::Ok(head) => head,
                #refuse
            };
        }
    });
    let rests = (0..types.len()).map(|number| {
        let (extractor, head) = (local("extractor", number), local("head", number));
        let argument = local("argument", number);
        quote! {
            let #argument = match #extractor.finish(#head, &mut #call).await {
                ::core::result::Result::Ok(argument) => argument,
                #refuse
            };
        }
    });
    let witnesses = method.guards.iter().enumerate();
    let witnesses = witnesses.filter(|(_, guard)| !matches!(guard, Guard::Public(_)));
    let witnesses = witnesses.map(|(number, _)| local("witness", number));
    let arguments = (0..types.len()).map(|number| local("argument", number));
    let (name, returns) = (&method.name, named(&method.returns, ty));
    quote! {
        #[allow(clippy::all, unused_mut)]
        fn #name(#service: ::std::sync::Arc<#ty>, mut #call: #api::Call) -> #api::CallFuture {
            ::std::boxed::Box::pin(async move {
                #(#decisions)*
                #(#extractors)*
                #(#heads)*
                #(#rests)*
                let #returned = #service.#name(#(#witnesses,)* #(#arguments),*).await;
                #module::operations::#marker::respond::<#returns, _>(#call, #returned)
            })
        }
    }
}

fn endpoint(input: &Input, served: &Served<'_>) -> TokenStream {
    let Served { operation, method } = served;
    let root = input.root();
    let api = quote!(#root::service_api);
    let module = &input.implementation.module;
    let marker = &operation.marker;
    let policies = method.guards.iter().filter_map(|guard| match guard {
        Guard::Public(_) => None,
        Guard::Plain(name) | Guard::Target(name) => Some(marker_of(module, name)),
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

/// The marker type of a policy. It never fails: `service!` holds the names of the document against
/// the table.
fn marker_of(module: &TokenStream, name: &LitStr) -> TokenStream {
    let module = respanned(module, in_place(name.span()));
    quote_spanned! {in_place(name.span())=>
        #module::__policies::Rule<{ #module::__policies::__nearest(#name) }>
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
fn named(ty: &TokenStream, service: &TokenStream) -> TokenStream {
    let name = |token: TokenTree| match token {
        TokenTree::Ident(word) if word == "Self" => service.clone(),
        TokenTree::Group(group) => {
            let inner = named(&group.stream(), service);
            let mut renamed = proc_macro2::Group::new(group.delimiter(), inner);
            renamed.set_span(group.span());
            TokenTree::from(renamed).into()
        }
        token => token.into(),
    };
    ty.clone()
        .into_iter()
        .map(name)
        .collect::<Vec<TokenStream>>()
        .into_iter()
        .collect()
}

fn ident(name: &str) -> Ident {
    Ident::new(name, Span::mixed_site())
}

impl Input {
    /// The path of keystone-middleware.
    pub(super) fn root(&self) -> &TokenStream {
        self.contract
            .root
            .as_ref()
            .unwrap_or(&self.implementation.root)
    }
}
