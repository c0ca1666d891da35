//! Generates the block with its proofs, and the call of the second stage.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, TokenStreamExt, format_ident, quote, quote_spanned};
use syn::spanned::Spanned;
use syn::{FnArg, ReturnType, Type, parse_quote};

use super::check::{Guard, Member, Method, Service};
use super::parse::Arguments;
use crate::diag::{in_place, own_name};
use crate::policy::expand::{Table, decide_first, pattern, target_witness};
use crate::policy::parse::Requirement;
use crate::root::Root;

/// The block, and the routes of the service.
pub(super) fn service(arguments: Option<&Arguments>, service: Service) -> TokenStream {
    let Some(arguments) = arguments.filter(|_| service.usable) else {
        return unusable(arguments, service);
    };
    let root = &arguments.root;
    let (policies, contract) = (own_name("policies"), own_name("contract"));
    let (module, ty) = (arguments.module(), service.block.ty.clone());
    let conditions = service.block.conditions();
    let imports = imports(&module, &policies, &contract);
    let methods = service.members.iter().filter_map(described);
    // The whole attribute, for what is missing.
    let attribute = Ident::new("service", Span::call_site());
    let endpoints = quote! {
        #contract! {
            implementation {
                root = [#root];
                attribute = #attribute;
                module = [#module];
                service = [#ty];
                #(#methods)*
            }
        }
    };
    let routes = routes(
        root,
        &service.block.inherent_head(),
        &quote! {
            let (description, endpoints) = #endpoints;
            #root::service_api::endpoint_routes(
                self,
                description,
                endpoints,
                enforcer,
                settings,
            )
        },
    );
    let block = whole(service, |method| guarded(method, root, &quote!(#policies)));
    quote! {
        #block
        #conditions
        #[allow(unused_imports)]
        #imports
        #conditions
        #routes
    }
}

/// `into_routes`. It is there in spite of errors, so that callers add none.
fn routes(root: &Root, head: &TokenStream, body: &TokenStream) -> TokenStream {
    quote! {
        #[allow(dead_code)]
        #head {
            /// The routes of all operations, with version documents and the default settings.
            pub fn into_routes(self, enforcer: #root::policy::Enforcer) -> #root::Routes {
                self.into_routes_with(enforcer, #root::service_api::ServiceSettings::new())
            }

            /// As [`into_routes`](Self::into_routes), with these settings.
            pub fn into_routes_with(
                self,
                enforcer: #root::policy::Enforcer,
                settings: #root::service_api::ServiceSettings,
            ) -> #root::Routes {
                #body
            }
        }
    }
}

/// One import for all that is needed of the module. Were it named in several places, each would
/// report a wrong path; what an import does not find is reported once.
fn imports(module: &TokenStream, policies: &Ident, contract: &Ident) -> TokenStream {
    let end = module
        .clone()
        .into_iter()
        .last()
        .map_or_else(Span::call_site, |token| token.span());
    let (table, stage) = (Ident::new("__policies", end), Ident::new("__contract", end));
    quote!(use #module::{#table as #policies, #stage as #contract};)
}

/// The block as it was written, with routes that nothing is on.
fn unusable(arguments: Option<&Arguments>, service: Service) -> TokenStream {
    let root = arguments.map_or_else(Root::middleware, |arguments| arguments.root.clone());
    let conditions = service.block.conditions();
    let body = quote! {
        let _ = settings;
        #root::Routes::new(enforcer)
    };
    let routes = routes(&root, &service.block.inherent_head(), &body);
    let block = whole(service, |method| method.handler.to_token_stream());
    quote! {
        #block
        #conditions
        #routes
    }
}

fn whole(service: Service, write: impl Fn(Method) -> TokenStream) -> TokenStream {
    let Service { block, members, .. } = service;
    let mut tokens = TokenStream::new();
    tokens.append_all(&block.attributes);
    tokens.extend(block.head);
    let members = members.into_iter().map(|member| match member {
        Member::Method(method) => write(*method),
        Member::AsIs(tokens, _) => tokens,
    });
    let inner = &block.inner;
    let mut braces = proc_macro2::Group::new(
        proc_macro2::Delimiter::Brace,
        quote!(#(#inner)* #(#members)*),
    );
    braces.set_span(block.braces);
    tokens.append(braces);
    tokens
}

/// The method with the proofs of its policies behind `&self`, in their order.
fn guarded(method: Method, root: &Root, table: &TokenStream) -> TokenStream {
    let Method {
        mut handler,
        guards,
        broken,
    } = method;
    if broken {
        return handler.into_token_stream();
    }
    // From the last to the first, which is decided first and comes first among the arguments.
    for (number, guard) in guards.iter().enumerate().rev() {
        let Requirement::Policy {
            name,
            target,
            proof,
            ..
        } = &guard.requirement
        else {
            continue;
        };
        let table = Table {
            path: table.clone(),
            index: Ident::new("__nearest", in_place(name.span())),
        };
        let proof = pattern(proof.as_ref());
        match target {
            Some(target) => {
                let authorizing = format_ident!("authorizing{number}", span = Span::mixed_site());
                let witness = target_witness(root, name, &table, &TokenStream::new());
                handler.prepend(parse_quote!(#authorizing: #witness));
                decide_first(&mut handler, root, &authorizing, target, &proof);
            }
            None => {
                let Table { path, index } = &table;
                let witness = quote_spanned! {in_place(name.span())=>
                    #root::Authorized<#path::Rule<{ #path::#index(#name) }>>
                };
                handler.prepend(parse_quote!(#proof: #witness));
            }
        }
    }
    handler.into_token_stream()
}

/// A method as the second stage needs it.
fn described(member: &Member) -> Option<TokenStream> {
    let method = match member {
        Member::Method(method) => method,
        Member::AsIs(_, name) => {
            let name = name.as_ref()?;
            return Some(quote!(method { name = #name; broken; }));
        }
    };
    let signature = &method.handler.signature;
    let name = &signature.ident;
    let guards = method.guards.iter().map(described_guard);
    let broken = method.broken.then(|| quote!(broken;));
    let arguments = signature
        .inputs
        .iter()
        .filter_map(|argument| match argument {
            FnArg::Typed(argument) => Some(&argument.ty),
            FnArg::Receiver(_) => None,
        });
    let returns = returned(&signature.output, name);
    Some(quote! {
        method {
            name = #name;
            #broken
            policies = [#(#guards)*];
            arguments = [#([#arguments])*];
            returns = [#returns];
        }
    })
}

fn described_guard(guard: &Guard) -> TokenStream {
    let named = &guard.named;
    match guard.policy() {
        None => quote_spanned!(guard.span()=> public),
        Some(_) if guard.has_target() => quote!(#named target),
        Some(_) => quote!(#named plain),
    }
}

/// The type that a method returns, as far as it can be named.
fn returned(output: &ReturnType, name: &Ident) -> TokenStream {
    match output {
        ReturnType::Default => quote_spanned!(name.span()=> ()),
        ReturnType::Type(_, output) => match &**output {
            Type::ImplTrait(_) => quote_spanned!(output.span()=> _),
            output => output.to_token_stream(),
        },
    }
}
