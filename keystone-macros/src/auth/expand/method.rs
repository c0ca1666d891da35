//! Generates the code of `#[auth_method]`: the method and its plugin.

use proc_macro2::TokenStream;
use quote::quote;
use syn::Lit;

use super::{
    argument_type, builder_setters, check, debug, element, fields, marker, option_constants,
    plugin_paths, plugin_types, reading, setter_docs, value_of,
};
use crate::auth::model::{Model, ModelField};
use crate::auth::parse::FieldKind;
use crate::root::Root;

/// Everything beside the struct itself.
pub(super) fn expand(model: &Model) -> TokenStream {
    let (constructor, plugin) = (constructor(model), plugin(model));
    let (auth_method, load_method) = (auth_method(model), load_method(model));
    let (fields, setters) = (fields(model), builder_setters(model));
    let (check, debug) = (check(model), debug(model));
    quote! {
        #constructor
        #plugin
        const _: () = {
            #fields
            #setters
            #check
            #auth_method
            #load_method
            #debug
        };
    }
}

/// `new` with the required fields, and setters for the others.
fn constructor(model: &Model) -> TokenStream {
    let (root, ident) = (&model.root, &model.ident);
    let visibility = &model.visibility;
    let required = model.fields.iter().filter(|field| field.is_required());
    let arguments = required.clone().map(|field| {
        let (name, ty) = (&field.ident, argument_type(field, root));
        quote!(#name: #ty)
    });
    let values = model.fields.iter().map(|field| {
        let name = &field.ident;
        match field {
            field if field.is_required() => quote!(#name: ::core::convert::Into::into(#name)),
            field if field.kind == FieldKind::Flag => quote!(#name: false),
            field => match &field.default {
                Some(Lit::Str(text)) => quote!(#name: ::core::convert::Into::into(#text)),
                Some(default) => quote!(#name: #default),
                None => quote!(#name: ::core::option::Option::None),
            },
        }
    });
    let setters = model
        .fields
        .iter()
        .filter(|field| !field.is_required())
        .map(|field| {
            let (name, docs) = (&field.ident, setter_docs(field));
            let (ty, value) = match field.kind {
                FieldKind::Flag => (quote!(bool), quote!(#name)),
                _ if field.default.is_some() => (
                    argument_type(field, root),
                    quote!(::core::convert::Into::into(#name)),
                ),
                _ => (
                    argument_type(field, root),
                    quote!(::core::option::Option::Some(::core::convert::Into::into(#name))),
                ),
            };
            quote! {
                #docs
                #[must_use]
                #visibility fn #name(mut self, #name: #ty) -> Self {
                    self.#name = #value;
                    self
                }
            }
        });
    quote! {
        impl #ident {
            /// Creates the method with its required values.
            #visibility fn new(#(#arguments),*) -> Self {
                Self { #(#values),* }
            }

            #(#setters)*
        }
    }
}

/// The plugin type with its builder.
fn plugin(model: &Model) -> TokenStream {
    let Model { root, ident, .. } = model;
    let types = plugin_types(model);
    let (plugin, builder) = plugin_paths(model);
    quote! {
        #types
        #root::__auth_plugin_impls! {
            #plugin, #builder,
            #root::auth::PluginLoader::v3::<#ident>(),
            #root::__private::v3::<#ident>
        }
    }
}

/// The method's part of a token request and of the identity of a login.
fn auth_method(model: &Model) -> TokenStream {
    let Model {
        root, ident, name, ..
    } = model;
    let alone = model.alone.then(|| {
        quote! {
            fn alone(&self) -> bool {
                true
            }
        }
    });
    let once = model.once.then(|| {
        quote! {
            fn once(&self) -> bool {
                true
            }
        }
    });
    let data = auth_data(model);
    let elements: Vec<_> = model
        .fields
        .iter()
        .map(|field| element(field, name, root))
        .collect();
    // Unused names would cause warnings in the user's crate.
    let id = if elements.is_empty() {
        quote!(_)
    } else {
        quote!(id)
    };
    quote! {
        impl #root::auth::AuthMethod for #ident {
            fn name(&self) -> &'static str {
                #name
            }

            #alone

            #once

            #data

            fn cache_id(&self, #id: &mut #root::auth::CacheId) {
                #(#elements)*
            }
        }
    }
}

fn auth_data(model: &Model) -> TokenStream {
    let root = &model.root;
    if let Some(data) = &model.data {
        return quote! {
            fn auth_data(
                &self,
                request: &mut #root::auth::AuthRequest,
            ) -> ::core::result::Result<#root::__private::serde_json::Value, #root::Error> {
                #data(self, request)
            }
        };
    }
    let check = model.check.as_ref().map(|_| quote!(__Check::check(self)?;));
    let headers: Vec<_> = model
        .fields
        .iter()
        .filter_map(|field| {
            let header = field.header.as_ref()?;
            let (marker, value) = (marker(field), value_of(field));
            Some(quote!(#root::__private::field::header::<#marker>(request, #header, #value)?;))
        })
        .collect();
    let request = if headers.is_empty() {
        quote!(_)
    } else {
        quote!(request)
    };
    let payload: Vec<_> = model
        .fields
        .iter()
        .filter_map(|field| payload(field, root))
        .collect();
    let mutable = (!payload.is_empty()).then(|| quote!(mut));
    let layout = if model.nested {
        quote!(nested)
    } else {
        quote!(flat)
    };
    quote! {
        fn auth_data(
            &self,
            #request: &mut #root::auth::AuthRequest,
        ) -> ::core::result::Result<#root::__private::serde_json::Value, #root::Error> {
            #check
            #(#headers)*
            let #mutable payload = #root::auth::Payload::#layout();
            #(#payload)*
            ::core::result::Result::Ok(payload.into_json())
        }
    }
}

fn payload(field: &ModelField, root: &Root) -> Option<TokenStream> {
    let (name, wire) = (&field.ident, field.wire.as_ref()?);
    Some(match (field.kind, field.optional) {
        (FieldKind::Flag, _) => quote!(payload.flag(#wire, self.#name);),
        (FieldKind::User, false) => quote!(payload.user(&self.#name);),
        (FieldKind::User, true) => quote! {
            if let ::core::option::Option::Some(user) = &self.#name {
                payload.user(user);
            }
        },
        _ => {
            let (marker, value) = (marker(field), value_of(field));
            quote!(#root::__private::field::payload::<#marker>(&mut payload, #wire, #value);)
        }
    })
}

/// The options of the method, and how it is loaded from them.
fn load_method(model: &Model) -> TokenStream {
    let Model {
        root,
        ident,
        loader,
        help,
        own_scope,
        no_scope,
        ..
    } = model;
    let takes_user = model.user().is_some();
    let no_scope = no_scope.then(|| {
        quote!(
            const TAKES_SCOPE: bool = false;
        )
    });
    let (constants, names) = option_constants(model);
    let load = reading(model);
    quote! {
        #constants

        impl #root::auth::LoadMethod for #ident {
            const PLUGIN: &'static str = #loader;
            const HELP: &'static str = #help;
            const OPTIONS: &'static [#root::auth::PluginOption] = &[#(#names),*];
            const TAKES_USER: bool = #takes_user;
            const OWN_SCOPE: bool = #own_scope;
            #no_scope

            #load
        }
    }
}
