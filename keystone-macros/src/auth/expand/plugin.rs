//! Generates the code of `#[auth_plugin]`: the plugin of a login, and how it is loaded from
//! options.

use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};

use super::{
    builder_setters, check, debug, element, fields, option_constants, plugin_paths, plugin_types,
    reading,
};
use crate::auth::model::Model;
use crate::diag::in_place;

/// Everything beside the struct itself.
pub(super) fn expand(model: &Model) -> TokenStream {
    let (plugin, load_plugin) = (plugin(model), load_plugin(model));
    let (fields, setters) = (fields(model), builder_setters(model));
    let (check, debug) = (check(model), debug(model));
    quote! {
        #plugin
        const _: () = {
            #fields
            #setters
            #check
            #load_plugin
            #debug
        };
    }
}

/// The plugin type with its builder.
fn plugin(model: &Model) -> TokenStream {
    let Model { root, ident, .. } = model;
    let types = plugin_types(model);
    let (plugin, builder) = plugin_paths(model);
    let implement = match model.auth_url() {
        Some(_) => quote!(__plugin_impls),
        None => quote!(__plugin_impls_without_auth_url),
    };
    quote! {
        #types
        #root::#implement! {
            #plugin, #builder,
            #root::auth::PluginLoader::of::<#ident>(),
            #root::__private::plugin::<#ident>
        }
    }
}

/// The options of the plugin, and how it is loaded from them.
fn load_plugin(model: &Model) -> TokenStream {
    let Model {
        root,
        ident,
        loader,
        help,
        own_scope,
        ..
    } = model;
    let (takes_auth_url, takes_user) = (model.auth_url().is_some(), model.user().is_some());
    let takes_scope = model.scope().is_some();
    let (constants, names) = option_constants(model);
    let load = reading(model);
    let (inner, make) = inner(model);
    let identity = identity(model);
    quote! {
        #constants

        // A name of one token, so that an error at the type is shown at the struct.
        #[allow(unused_imports)]
        use #root::auth::Cached as __Cached;

        impl #root::auth::LoadPlugin for #ident {
            #inner

            const PLUGIN: &'static str = #loader;
            const HELP: &'static str = #help;
            const OPTIONS: &'static [#root::auth::PluginOption] = &[#(#names),*];
            const TAKES_AUTH_URL: bool = #takes_auth_url;
            const TAKES_USER: bool = #takes_user;
            const TAKES_SCOPE: bool = #takes_scope;
            const OWN_SCOPE: bool = #own_scope;

            #load

            #make

            fn identity(&self) -> #root::auth::CacheId {
                #identity
            }
        }
    }
}

/// All fields except the URL of Keystone, which the plugin adds for every login.
fn identity(model: &Model) -> TokenStream {
    let root = &model.root;
    let fields = model.fields.iter().filter(|field| !field.is_auth_url());
    let elements: Vec<_> = fields
        .map(|field| element(field, &model.name, root))
        .collect();
    let empty = quote!(<#root::auth::CacheId as ::core::default::Default>::default());
    if elements.is_empty() {
        return empty;
    }
    quote! {
        let mut identity = #empty;
        let id = &mut identity;
        #(#elements)*
        identity
    }
}

/// The inner plugin, and the function that creates it.
///
/// The associated type is the only place that requires `LogIn` of the struct; the generic code of
/// the sdk assumes it. So a missing `LogIn` is one error, at the struct.
fn inner(model: &Model) -> (TokenStream, TokenStream) {
    let Model { root, ident, .. } = model;
    let signature = quote! {
        -> ::core::result::Result<Self::Plugin, #root::Error>
    };
    match &model.inner {
        Some((inner, make)) => (
            quote!(type Plugin = #inner;),
            quote! {
                fn plugin(self, options: &#root::auth::OptionReader<'_>) #signature {
                    #make(self, options)
                }
            },
        ),
        None => (
            quote_spanned! {in_place(ident.span())=>
                type Plugin = __Cached<#ident>;
            },
            quote! {
                fn plugin(self, _: &#root::auth::OptionReader<'_>) #signature {
                    ::core::result::Result::Ok(#root::auth::Cached::new(self))
                }
            },
        ),
    }
}
