//! Stand-ins for a method or plugin with an error: types with the same names that accept any
//! arguments and do nothing, so that code which uses them adds no errors.

use std::collections::HashSet;

use proc_macro2::{Delimiter, Ident, TokenStream, TokenTree};
use quote::{ToTokens, quote};
use syn::parse::Parser;
use syn::punctuated::Punctuated;
use syn::{Field, Fields, FieldsNamed, Generics, Item, ItemStruct, Token, Visibility, parse_quote};

use super::expand::{plugin_paths, plugin_types, shared_setters};
use super::model::{self, Model};
use super::parse::{self, Subject};
use super::{check, derive};
use crate::diag::Errors;
use crate::lenient;

fn only_structs(subject: Subject) -> String {
    let attribute = subject.attribute();
    format!("`{attribute}` stands on a struct with named fields")
}

/// The item below the attribute.
pub(super) enum Shape {
    /// A struct with named fields.
    Struct(ItemStruct),
    /// Another type: its keyword, and an equivalent struct.
    Type(TokenStream, ItemStruct),
    /// A struct with a syntax error.
    Unreadable(syn::Error),
    /// Not a type.
    Other,
}

/// Reads the item.
pub(super) fn shape(item: TokenStream) -> Shape {
    match syn::parse2::<Item>(item) {
        Ok(Item::Struct(item)) if matches!(item.fields, Fields::Named(_)) => Shape::Struct(item),
        Ok(Item::Struct(item)) => Shape::Type(item.struct_token.to_token_stream(), item),
        Ok(Item::Enum(item)) => {
            let token = item.enum_token.to_token_stream();
            Shape::Type(token, without_fields(item.vis, item.ident, item.generics))
        }
        Ok(Item::Union(item)) => {
            let token = item.union_token.to_token_stream();
            Shape::Type(token, without_fields(item.vis, item.ident, item.generics))
        }
        Ok(_) => Shape::Other,
        Err(error) => Shape::Unreadable(error),
    }
}

fn without_fields(vis: Visibility, ident: Ident, generics: Generics) -> ItemStruct {
    ItemStruct {
        attrs: Vec::new(),
        vis,
        struct_token: <_>::default(),
        ident,
        generics,
        fields: Fields::Unit,
        semi_token: None,
    }
}

/// An item that is not a struct with named fields, and the code beside it.
pub(super) fn item(
    subject: Subject,
    shape: Shape,
    arguments: TokenStream,
    item: TokenStream,
    errors: &mut Errors,
) -> TokenStream {
    match shape {
        Shape::Struct(item) => item.into_token_stream(),
        Shape::Type(token, mut as_struct) => {
            errors.at(&token, only_structs(subject));
            let mut model = nameless(subject, arguments, &mut as_struct);
            model.sound = false;
            let beside = stand_in(&model, &as_struct);
            quote!(#item #beside)
        }
        Shape::Unreadable(error) => unreadable(subject, error, arguments, item, errors),
        Shape::Other => {
            let first = item
                .clone()
                .into_iter()
                .find(|token| matches!(token, TokenTree::Ident(word) if word != "pub"));
            errors.at(&first, only_structs(subject));
            item
        }
    }
}

/// The model, as far as the names are known.
fn nameless(subject: Subject, arguments: TokenStream, item: &mut ItemStruct) -> Model {
    let mut ignored = Errors::default();
    let arguments = parse::arguments(subject, arguments, &mut ignored);
    let fields = parse::fields(subject, item, &mut ignored);
    model::model(arguments, fields, item, &mut ignored)
}

/// A struct with a syntax error. The derive makes the attributes on its fields valid.
fn unreadable(
    subject: Subject,
    error: syn::Error,
    arguments: TokenStream,
    item: TokenStream,
    errors: &mut Errors,
) -> TokenStream {
    let outline = lenient::outline(item.clone(), "struct");
    let fields = item.clone().into_iter().find_map(|token| match token {
        TokenTree::Group(group) if group.delimiter() == Delimiter::Brace => Some(group.stream()),
        _ => None,
    });
    let Some((outline, fields)) = outline.zip(fields) else {
        errors.push(error);
        return item;
    };
    if !lenient::wrong_fields(fields.clone()) {
        errors.push(error);
    }
    let generics = Generics::default();
    let mut as_struct = without_fields(outline.visibility, outline.name, generics);
    as_struct.fields = Fields::Named(read_fields(fields));
    let mut model = nameless(subject, arguments, &mut as_struct);
    model.sound = false;
    let (root, derive) = (&model.root, derive(subject));
    let beside = stand_in(&model, &as_struct);
    quote! {
        #[derive(#root::__private::#derive)]
        #item
        #beside
    }
}

/// The fields that can be parsed, and the others with their names only.
fn read_fields(fields: TokenStream) -> FieldsNamed {
    let fields = lenient::fields(fields).into_iter().filter_map(|field| {
        let name = lenient::name_of_field(&field)?;
        let tokens: TokenStream = field.into_iter().collect();
        let read = Field::parse_named.parse2(tokens);
        Some(read.unwrap_or_else(|_| parse_quote!(#name: ())))
    });
    FieldsNamed {
        brace_token: <_>::default(),
        named: fields.collect(),
    }
}

/// The stand-ins of a method or a plugin. `model.sound` is false.
pub(super) fn stand_in(model: &Model, item: &ItemStruct) -> TokenStream {
    let ident = &model.ident;
    let (parameters, arguments, bounds) = item.generics.split_for_impl();
    let plugin = plugin(model, item);
    // The traits require `Send`, which a type parameter may lack.
    let types = item.generics.type_params().next();
    let (own, implement) = match model.subject {
        Subject::Method => (methods_own(model, item), auth_method(model, item)),
        Subject::Plugin => (TokenStream::new(), load_plugin(model, item)),
    };
    let implement = types.is_none().then_some(implement);
    quote! {
        #plugin
        #[allow(dead_code, missing_docs, unreachable_code)]
        const _: () = {
            #own

            impl #parameters ::core::fmt::Debug for #ident #arguments #bounds {
                fn fmt(&self, _: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                    loop {}
                }
            }

            #implement
        };
    }
}

/// The functions of a method.
fn methods_own(model: &Model, item: &ItemStruct) -> TokenStream {
    let Model {
        ident, visibility, ..
    } = model;
    let (parameters, arguments, bounds) = item.generics.split_for_impl();
    let constructor = constructor(model, item);
    let setters = setters(model, &[check::METHOD], &quote!(#visibility));
    quote! {
        impl #parameters #ident #arguments #bounds {
            #constructor
            #setters
        }
    }
}

fn load_plugin(model: &Model, item: &ItemStruct) -> TokenStream {
    let Model { root, ident, .. } = model;
    let (parameters, arguments, bounds) = item.generics.split_for_impl();
    quote! {
        impl #parameters #root::auth::LoadPlugin for #ident #arguments #bounds {
            type Plugin = #root::auth::v3::Auth;
            const PLUGIN: &'static str = "";
            const HELP: &'static str = "";
            const OPTIONS: &'static [#root::auth::PluginOption] = &[];
            const TAKES_AUTH_URL: bool = false;
            const TAKES_USER: bool = false;
            const TAKES_SCOPE: bool = false;
            const OWN_SCOPE: bool = false;

            fn load(
                _: &#root::auth::OptionReader<'_>,
            ) -> ::core::result::Result<Self, #root::Error> {
                loop {}
            }

            fn plugin(
                self,
                _: &#root::auth::OptionReader<'_>,
            ) -> ::core::result::Result<Self::Plugin, #root::Error> {
                loop {}
            }

            fn identity(&self) -> #root::auth::CacheId {
                loop {}
            }
        }
    }
}

fn auth_method(model: &Model, item: &ItemStruct) -> TokenStream {
    let Model { root, ident, .. } = model;
    let (parameters, arguments, bounds) = item.generics.split_for_impl();
    quote! {
        impl #parameters #root::auth::AuthMethod for #ident #arguments #bounds {
            fn name(&self) -> &'static str {
                ""
            }

            fn auth_data(
                &self,
                _: &mut #root::auth::AuthRequest,
            ) -> ::core::result::Result<#root::__private::serde_json::Value, #root::Error> {
                loop {}
            }

            fn cache_id(&self, _: &mut #root::auth::CacheId) {}
        }
    }
}

/// The setters of fields, except those that exist already.
fn setters(model: &Model, taken: &[&str], visibility: &TokenStream) -> TokenStream {
    let mut seen: HashSet<String> = taken.iter().map(|name| (*name).to_owned()).collect();
    let fields = model.values();
    let fields = fields.filter(|field| seen.insert(field.ident.to_string()));
    let setters = fields.map(|field| {
        let name = &field.ident;
        quote!(#visibility fn #name(self, _: impl ::core::marker::Sized) -> Self { self })
    });
    quote!(#(#setters)*)
}

/// `new`, if the number of its arguments is known.
fn constructor(model: &Model, item: &ItemStruct) -> Option<TokenStream> {
    let count = match &item.fields {
        Fields::Named(_) => {
            let required = model.fields.iter().filter(|field| field.is_required());
            required.count()
        }
        Fields::Unnamed(fields) => fields.unnamed.len(),
        Fields::Unit => return None,
    };
    let visibility = &model.visibility;
    let arguments: Punctuated<TokenStream, Token![,]> =
        std::iter::repeat_n(quote!(_: impl ::core::marker::Sized), count).collect();
    Some(quote!(#visibility fn new(#arguments) -> Self { loop {} }))
}

fn plugin(model: &Model, item: &ItemStruct) -> TokenStream {
    let root = &model.root;
    // The usual form if the fields cannot be parsed.
    let has_address = model.auth_url().is_some() || !matches!(item.fields, Fields::Named(_));
    let implement = match model.subject {
        Subject::Method => quote!(__auth_plugin_impls),
        Subject::Plugin if has_address => quote!(__plugin_impls),
        Subject::Plugin => quote!(__plugin_impls_without_auth_url),
    };
    let types = plugin_types(model);
    let (plugin, builder) = plugin_paths(model);
    let shared = shared_setters(model);
    let setters = setters(model, &check::of_every_builder(model), &quote!(pub));
    quote! {
        #types
        #[allow(dead_code, missing_docs, unreachable_code)]
        const _: () = {
            #root::#implement! {
                #plugin, #builder, loop {}, #root::__private::field::never
            }

            impl #builder {
                #setters
                #shared
            }
        };
    }
}
