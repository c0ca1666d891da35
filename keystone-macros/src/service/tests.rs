//! What `#[service]` writes, of right and of wrong input.

use std::fs;
use std::path::Path;

use proc_macro2::{Delimiter, TokenStream, TokenTree};
use quote::{ToTokens, quote};
use syn::visit_mut::VisitMut;
use syn::{Attribute, File, ImplItem, ImplItemFn, ItemImpl, ItemStruct};

use super::{expand, expand_contract};
use crate::diag::Expansion;

fn expanded(arguments: TokenStream, item: TokenStream) -> String {
    let Expansion { tokens, errors } = expand(arguments, item);
    assert!(errors.is_empty(), "{tokens}");
    tokens.to_string()
}

#[test]
fn proofs_are_behind_self_in_the_order_of_their_policies() {
    let text = expanded(
        quote!(crate::api),
        quote! {
            impl Proxies {
                #[policy("a:b", proof = first)]
                #[policy("a:c", target = &proxy)]
                #[policy("a:d")]
                #[inline]
                async fn get(&self, proxy: Proxy) -> Result<u8, E> { #![allow(unused)] body(proxy) }
            }
        },
    );
    let at = |what: &str| text.find(what).unwrap_or_else(|| panic!("{what}: {text}"));
    let order = [
        "# [inline] async fn get (& self , first : ",
        "\"a:b\"",
        "authorizing1 : ",
        "\"a:c\"",
        "_ : :: keystone_middleware :: Authorized",
        "\"a:d\"",
        "proxy : Proxy) -> Result < u8 , E > { # ! [allow (unused)]",
        "check_target (& proxy)",
        "{ body (proxy) }",
    ];
    let places: Vec<usize> = order.iter().map(|what| at(what)).collect();
    assert!(places.is_sorted(), "{places:?} {text}");
    assert!(!text.contains("# [policy"), "{text}");
}

#[test]
fn a_public_method_gets_no_argument() {
    let text = expanded(
        quote!(crate::api, crate = ::km),
        quote!(impl Proxies { #[policy(public)] async fn get(&self) -> u8 { 1 } }),
    );
    assert!(
        text.contains("{ async fn get (& self) -> u8 { 1 } }"),
        "{text}"
    );
    assert!(text.contains("policies = [public]"), "{text}");
    assert!(!text.contains("keystone_middleware"), "{text}");
}

#[test]
fn the_module_is_named_once_by_an_import() {
    let text = expanded(
        quote!(some::api),
        quote! {
            #[cfg(unix)]
            impl Proxies { #[policy("a:b")] async fn get(&self) -> u8 { 1 } }
        },
    );
    let import = "use some :: api :: { __policies as ";
    assert_eq!(text.matches(import).count(), 1, "{text}");
    // And once for the second stage.
    assert_eq!(text.matches("some :: api").count(), 2, "{text}");
    assert_eq!(text.matches("# [cfg (unix)]").count(), 3, "{text}");
}

/// The second stage with two operations, `a` with two policies and a public `b`.
fn second(methods: TokenStream) -> String {
    let contract = quote! {
        contract {
            root = [::km];
            document = "specs/a.yaml";
            operation {
                name = update_a; marker = UpdateA; method = "PATCH"; path = "/a/{id}";
                policies = ["a:update", "a:see"];
                arguments = "path: {}APath, change: {}AUpdate"; returns = "{}A";
            }
            operation {
                name = list_b; marker = ListB; method = "GET"; path = "/b";
                policies = []; arguments = ""; returns = "Vec<{}B>";
            }
        }
        implementation {
            root = [::km]; attribute = service; module = [crate::api]; service = [As];
            #methods
        }
    };
    expand_contract(contract).to_string()
}

fn update(policies: &TokenStream) -> TokenStream {
    quote! {
        method {
            name = update_a; policies = [#policies];
            arguments = [[api::AUpdate] [Found<Self>]]; returns = [Result<api::A, E>];
        }
    }
}

fn list() -> TokenStream {
    quote!(method { name = list_b; policies = [public]; arguments = []; returns = [()]; })
}

#[test]
fn methods_that_fit_become_endpoints() {
    let update = update(&quote!("a:see" plain "a:update" target));
    let list = list();
    let text = second(quote!(#update #list));
    assert!(!text.contains("compile_error"), "{text}");
    assert_eq!(text.matches("Endpoint :: new").count(), 2, "{text}");
    assert!(
        text.contains("argument :: < Found < As > , As , _ >"),
        "{text}"
    );
    assert!(
        text.contains("(& crate :: api :: SERVICE , ENDPOINTS)"),
        "{text}"
    );
}

#[test]
fn what_differs_is_told_once_with_what_to_write() {
    let whole = "#[policy(\\\"a:update\\\")]\\n    #[policy(\\\"a:see\\\")]\\n    async fn update_a(&self, \
                 path: crate::api::APath, change: crate::api::AUpdate) -> Result<crate::api::A, ApiError>";
    let (list, two) = (list(), update(&quote!("a:see" plain "a:update" plain)));
    let with = |policies: TokenStream| {
        let update = update(&policies);
        quote!(#update #list)
    };
    let renamed = two.to_string().replace("update_a", "updat_a");
    let other = two.to_string().replace("update_a", "modify");
    let further = quote!(method { name = more; policies = ["a:see" plain]; });
    for (methods, message) in [
        (list.clone(), whole),
        (
            renamed.parse().unwrap(),
            "did you mean `update_a` (`PATCH /a/{id}`)?",
        ),
        (
            other.parse().unwrap(),
            "did you mean `update_a` (`PATCH /a/{id}`)?",
        ),
        (quote!(#two #further), "has no operation `more`"),
        (
            with(quote!()),
            "is not protected: write `#[policy(\\\"a:update\\\")]` and `#[policy(\\\"a:see\\\")]`",
        ),
        (
            with(quote!("a:see" plain)),
            "by `a:update` too: add `#[policy(\\\"a:update\\\")]`",
        ),
        (
            with(quote!("a:see" plain "a:x" plain)),
            "by `a:update`, not by `a:x`: write `\\\"a:update\\\"`",
        ),
        (
            with(quote!("a:see" plain "a:update" target "a:x" plain)),
            "not protected by `a:x`: remove",
        ),
        (
            with(quote!(public)),
            "is not public: write `#[policy(\\\"a:update\\\")]` and",
        ),
    ] {
        let list = match methods.to_string().contains("list_b") {
            true => quote!(),
            false => list.clone(),
        };
        let text = second(quote!(#methods #list));
        assert_eq!(
            text.matches("compile_error").count(),
            1,
            "{message}: {text}"
        );
        assert!(text.contains(message), "{message}: {text}");
    }
}

#[test]
fn of_a_broken_document_nothing_is_told() {
    let contract = quote! {
        contract { broken }
        implementation {
            root = [::km]; attribute = service; module = [crate::api]; service = [As];
            method { name = what; policies = []; arguments = []; returns = [()]; }
        }
    };
    let text = expand_contract(contract).to_string();
    assert_eq!(text, "{ (& :: km :: service_api :: UNDESCRIBED , & []) }");
}

/// The blocks with `#[service]` of `tests/ui`, with the arguments of the attribute.
fn wrong_inputs() -> Vec<(String, TokenStream, TokenStream)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/ui/mistakes");
    let files = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path());
    let mut inputs = Vec::new();
    for file in files.filter(|file| file.extension().is_some_and(|end| end == "rs")) {
        let text = fs::read_to_string(&file).unwrap();
        let mut tokens = text.parse::<TokenStream>().unwrap().into_iter();
        while let Some(token) = tokens.next() {
            let TokenTree::Group(group) = token else {
                continue;
            };
            let mut inner = group.stream().into_iter();
            let attribute = group.delimiter() == Delimiter::Bracket
                && inner
                    .next()
                    .is_some_and(|word| word.to_string() == "service");
            if !attribute {
                continue;
            }
            let arguments = match inner.next() {
                Some(TokenTree::Group(arguments)) => arguments.stream(),
                _ => TokenStream::new(),
            };
            let mut ended = false;
            let item = tokens.by_ref().take_while(|token| {
                let before = ended;
                ended |= matches!(token, TokenTree::Group(group) if group.delimiter() == Delimiter::Brace);
                ended |= token.to_string() == ";";
                !before
            });
            let item = item.collect();
            inputs.push((
                file.file_stem().unwrap().to_string_lossy().into_owned(),
                arguments,
                item,
            ));
        }
    }
    inputs
}

/// What the user wrote, as a visitor finds it.
#[derive(Default)]
struct Found {
    functions: Vec<(String, String)>,
    others: Vec<String>,
}

impl VisitMut for Found {
    fn visit_impl_item_mut(&mut self, item: &mut ImplItem) {
        match item {
            ImplItem::Fn(ImplItemFn {
                attrs, sig, block, ..
            }) => {
                let kept = |one: &&Attribute| !one.path().is_ident("policy");
                let attributes = attrs.iter().filter(kept).map(ToTokens::to_token_stream);
                let name = format!("{} {}", attributes.collect::<TokenStream>(), sig.ident);
                self.functions
                    .push((name, block.to_token_stream().to_string()));
            }
            other => self.others.push(other.to_token_stream().to_string()),
        }
    }

    fn visit_item_struct_mut(&mut self, item: &mut ItemStruct) {
        self.others.push(item.to_token_stream().to_string());
    }
}

#[test]
fn every_item_of_the_user_is_in_the_expansion_of_a_wrong_input() {
    let inputs = wrong_inputs();
    assert!(inputs.len() >= 50, "{}", inputs.len());
    for (name, arguments, item) in inputs {
        let Expansion { tokens, .. } = expand(arguments, item.clone());
        let written = syn::parse2::<ItemImpl>(item.clone()).map(|item| quote!(#item));
        let Ok(written) =
            written.or_else(|_| syn::parse2::<ItemStruct>(item.clone()).map(|item| quote!(#item)))
        else {
            // What syn cannot read is there token by token.
            let all = leaves(tokens);
            for token in leaves(item)
                .iter()
                .filter(|token| !["policy", "public"].contains(&token.as_str()))
            {
                assert!(all.contains(token), "{name}: `{token}` is gone");
            }
            continue;
        };
        let (mut before, mut after) = (Found::default(), Found::default());
        before.visit_file_mut(&mut syn::parse2::<File>(written).unwrap());
        after.visit_file_mut(&mut syn::parse2::<File>(tokens).unwrap());
        for (function, body) in before.functions {
            let body = body
                .trim_start_matches('{')
                .trim_end_matches('}')
                .trim()
                .to_owned();
            let same = |other: &&(String, String)| other.0 == function && other.1.contains(&body);
            assert!(
                after.functions.iter().any(|one| same(&one)),
                "{name}: `{function}` is gone"
            );
        }
        for other in before.others {
            assert!(after.others.contains(&other), "{name}: `{other}` is gone");
        }
    }
}

/// All tokens that are no groups.
fn leaves(tokens: TokenStream) -> Vec<String> {
    let leaves = tokens.into_iter().flat_map(|token| match token {
        TokenTree::Group(group) => leaves(group.stream()),
        other => vec![other.to_string()],
    });
    leaves.collect()
}
