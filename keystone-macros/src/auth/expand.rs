//! The Rust of an `#[auth_method]`: thin, the logic is in `keystone_sdk::auth`.

use proc_macro2::{Span, TokenStream};
use quote::{format_ident, quote, quote_spanned};
use syn::ext::IdentExt;
use syn::{Ident, Lit, LitStr};

use super::model::{Method, MethodField};
use super::parse::Kind;
use crate::diag::{in_place, own_name};
use crate::root::Root;

/// Everything beside the struct itself.
pub(crate) fn expand(method: &Method) -> TokenStream {
    let (constructor, plugin) = (constructor(method), plugin(method));
    let (auth_method, load_method) = (auth_method(method), load_method(method));
    let (fields, setters) = (fields(method), builder_setters(method));
    let (check, debug) = (check(method), debug(method));
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

/// The one place that says what the types of the fields must be able to do. Each has the span of
/// its type.
fn fields(method: &Method) -> TokenStream {
    let root = &method.root;
    let fields = method.values().map(|field| {
        let (marker, ty) = (marker(field), &field.ty);
        let implement = quote_spanned! {in_place(field.span)=>
            impl #root::__private::field::Field for #marker {
                type Value = #ty;
            }
        };
        quote! {
            #[allow(non_camel_case_types)]
            struct #marker;
            #implement
        }
    });
    quote!(#(#fields)*)
}

/// The type that stands for a field.
fn marker(field: &MethodField) -> Ident {
    format_ident!("__Field_{}", field.ident.unraw(), span = Span::call_site())
}

/// The value of a field, as the functions for fields take it.
fn value_of(field: &MethodField) -> TokenStream {
    let name = &field.ident;
    match field.optional {
        true => quote!(::core::option::Option::as_ref(&self.#name)),
        false => quote!(::core::option::Option::Some(&self.#name)),
    }
}

/// `new` with what the method cannot do without, and a setter for each of the rest.
fn constructor(method: &Method) -> TokenStream {
    let (root, ident) = (&method.root, &method.ident);
    let visibility = &method.visibility;
    let required = method.fields.iter().filter(|field| field.is_required());
    let arguments = required.clone().map(|field| {
        let (name, ty) = (&field.ident, argument_type(field, root));
        quote!(#name: #ty)
    });
    let values = method.fields.iter().map(|field| {
        let name = &field.ident;
        match field {
            field if field.is_required() => quote!(#name: ::core::convert::Into::into(#name)),
            field if field.kind == Kind::Flag => quote!(#name: false),
            field => match &field.default {
                Some(Lit::Str(text)) => quote!(#name: ::core::convert::Into::into(#text)),
                Some(default) => quote!(#name: #default),
                None => quote!(#name: ::core::option::Option::None),
            },
        }
    });
    let setters = method
        .fields
        .iter()
        .filter(|field| !field.is_required())
        .map(|field| {
            let (name, docs) = (&field.ident, setter_docs(field));
            let (ty, value) = match field.kind {
                Kind::Flag => (quote!(bool), quote!(#name)),
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
            /// Takes what the method cannot do without.
            #visibility fn new(#(#arguments),*) -> Self {
                Self { #(#values),* }
            }

            #(#setters)*
        }
    }
}

/// The plugin type with its builder.
fn plugin(method: &Method) -> TokenStream {
    let Method { root, ident, .. } = method;
    let types = plugin_types(method);
    let (plugin, builder) = plugin_paths(method);
    quote! {
        #types
        #root::__auth_plugin_impls! {
            #plugin, #builder,
            #root::auth::PluginLoader::v3::<#ident>(),
            #root::__private::v3::<#ident>
        }
    }
}

/// The types of the plugin, in a module of their own: where something else has the name of one,
/// that is all that is wrong.
pub(super) fn plugin_types(method: &Method) -> TokenStream {
    let Method {
        root,
        visibility,
        plugin,
        builder,
        docs,
        ..
    } = method;
    let module = plugin_module(method);
    quote! {
        #[allow(non_snake_case, unused_imports)]
        mod #module {
            use super::*;

            #root::__plugin_types! {
                #(#docs)*
                pub #plugin, #builder, #root::auth::v3::Auth
            }
        }
        #[allow(unused_imports)]
        #visibility use #module::{#plugin, #builder};
    }
}

fn plugin_module(method: &Method) -> Ident {
    own_name(&method.plugin.unraw().to_string())
}

/// Where plugin and builder are, whatever else has their names.
pub(super) fn plugin_paths(method: &Method) -> (TokenStream, TokenStream) {
    let module = plugin_module(method);
    let (plugin, builder) = (&method.plugin, &method.builder);
    (quote!(#module::#plugin), quote!(#module::#builder))
}

fn builder_setters(method: &Method) -> TokenStream {
    let root = &method.root;
    let (_, builder) = plugin_paths(method);
    let setters = method.values().map(|field| builder_setter(field, root));
    let shared = shared_setters(method);
    quote! {
        impl #builder {
            #(#setters)*
            #shared
        }
    }
}

/// The setters of users and scopes.
pub(super) fn shared_setters(method: &Method) -> TokenStream {
    let root = &method.root;
    let user = method
        .user()
        .map(|_| quote!(#root::__auth_user_setters!();));
    let scope = (!method.own_scope).then(|| quote!(#root::__auth_scope_setters!();));
    quote!(#user #scope)
}

fn builder_setter(field: &MethodField, root: &Root) -> TokenStream {
    let (name, option, docs) = (&field.ident, &field.option.name, setter_docs(field));
    let (marker, argument) = (marker(field), argument_type(field, root));
    let ty = &field.ty;
    quote! {
        #docs
        pub fn #name(mut self, #name: #argument) -> Self {
            let value: #ty = ::core::convert::Into::into(#name);
            self.options.set(#option, #root::__private::field::to_text::<#marker>(&value));
            self
        }
    }
}

/// The check of the fields against one another, in the one place that calls it.
fn check(method: &Method) -> Option<TokenStream> {
    let Method { root, ident, .. } = method;
    let check = method.check.as_ref()?;
    Some(quote! {
        trait __Check {
            fn check(&self) -> ::core::result::Result<(), #root::Error>;
        }

        impl __Check for #ident {
            fn check(&self) -> ::core::result::Result<(), #root::Error> {
                #check(self)
            }
        }
    })
}

/// What the method adds to a token request, and to the identity of a login.
fn auth_method(method: &Method) -> TokenStream {
    let Method {
        root, ident, name, ..
    } = method;
    let alone = method.alone.then(|| {
        quote! {
            fn alone(&self) -> bool {
                true
            }
        }
    });
    let once = method.once.then(|| {
        quote! {
            fn once(&self) -> bool {
                true
            }
        }
    });
    let data = auth_data(method);
    let elements: Vec<_> = method
        .fields
        .iter()
        .map(|field| element(field, name, root))
        .collect();
    // Names that nothing reads would be warnings in the user's crate.
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

fn auth_data(method: &Method) -> TokenStream {
    let root = &method.root;
    let check = method
        .check
        .as_ref()
        .map(|_| quote!(__Check::check(self)?;));
    let headers: Vec<_> = method
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
    let payload: Vec<_> = method
        .fields
        .iter()
        .filter_map(|field| payload(field, root))
        .collect();
    let mutable = (!payload.is_empty()).then(|| quote!(mut));
    let layout = if method.nested {
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

/// A field's part in the identity of a login.
fn element(field: &MethodField, method: &LitStr, root: &Root) -> TokenStream {
    let name = &field.ident;
    let key = format!("{}_{name}", method.value());
    match (field.kind, field.optional) {
        (Kind::User, false) => quote!(id.user(#key, &self.#name);),
        (Kind::User, true) => quote! {
            if let ::core::option::Option::Some(user) = &self.#name {
                id.user(#key, user);
            }
        },
        _ => {
            let (marker, value) = (marker(field), value_of(field));
            quote!(#root::__private::field::cache_id::<#marker>(id, #key, #value);)
        }
    }
}

fn payload(field: &MethodField, root: &Root) -> Option<TokenStream> {
    let (name, wire) = (&field.ident, field.wire.as_ref()?);
    Some(match (field.kind, field.optional) {
        (Kind::Flag, _) => quote!(payload.flag(#wire, self.#name);),
        (Kind::User, false) => quote!(payload.user(&self.#name);),
        (Kind::User, true) => quote! {
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

/// The options of the method, and how it is made from them.
fn load_method(method: &Method) -> TokenStream {
    let Method {
        root,
        ident,
        loader,
        help,
        own_scope,
        ..
    } = method;
    let takes_user = method.user().is_some();
    let names: Vec<_> = method.values().map(option_name).collect();
    let options = method.values().map(|field| option(field, root));
    let fields = method.fields.iter().map(|field| from_options(field, root));
    let reader = if method.fields.is_empty() {
        quote!(_)
    } else {
        quote!(options)
    };
    let check = method
        .check
        .as_ref()
        .map(|_| quote!(__Check::check(&method)?;));
    quote! {
        #(const #names: #root::auth::PluginOption = #options;)*

        impl #root::auth::LoadMethod for #ident {
            const PLUGIN: &'static str = #loader;
            const HELP: &'static str = #help;
            const OPTIONS: &'static [#root::auth::PluginOption] = &[#(#names),*];
            const TAKES_USER: bool = #takes_user;
            const OWN_SCOPE: bool = #own_scope;

            fn load(
                #reader: &#root::auth::OptionReader<'_>,
            ) -> ::core::result::Result<Self, #root::Error> {
                let method = Self { #(#fields),* };
                #check
                ::core::result::Result::Ok(method)
            }
        }
    }
}

fn from_options(field: &MethodField, root: &Root) -> TokenStream {
    let (name, option, marker) = (&field.ident, option_name(field), marker(field));
    match (field.kind, field.optional) {
        (Kind::User, true) => quote!(#name: options.optional_user()?),
        (Kind::User, false) => quote!(#name: options.required_user()?),
        (Kind::Flag, _) => quote!(#name: options.optional(&#option)?.unwrap_or_default()),
        (_, true) => quote! {
            #name: #root::__private::field::optional::<#marker>(options, &#option)?
        },
        (_, false) => quote! {
            #name: #root::__private::field::required::<#marker>(options, &#option)?
        },
    }
}

/// The constant that holds a field's option.
fn option_name(field: &MethodField) -> Ident {
    format_ident!("{}", field.ident.unraw().to_string().to_uppercase())
}

fn option(field: &MethodField, root: &Root) -> TokenStream {
    let super::model::PluginOption {
        name,
        env,
        help,
        aliases,
        underscored,
    } = &field.option;
    let secret = (field.kind == Kind::Secret).then(|| quote!(.secret()));
    let required = field.is_required().then(|| quote!(.required()));
    let aliases = (!aliases.is_empty()).then(|| quote!(.aliases(&[#(#aliases),*])));
    let underscored = underscored.then(|| quote!(.underscored()));
    let default = field.default_text().map(|text| quote!(.default(#text)));
    let marker = marker(field);
    quote! {
        #root::auth::PluginOption::new(#name, #env, #help)
            .kind(#root::__private::field::kind::<#marker>())#secret #required #aliases #default #underscored
    }
}

/// A `Debug` that shows no secret.
fn debug(method: &Method) -> TokenStream {
    let Method { root, ident, .. } = method;
    let name = ident.to_string();
    let fields = method.fields.iter().map(|field| {
        let (ident, key) = (&field.ident, field.ident.unraw().to_string());
        match field.kind {
            Kind::Secret => quote!(.field(#key, &::core::format_args!("***"))),
            Kind::User | Kind::Flag => quote!(.field(#key, &self.#ident)),
            Kind::Plain => {
                let (marker, value) = (marker(field), value_of(field));
                quote!(.field(#key, &#root::__private::field::shown::<#marker>(#value)))
            }
        }
    });
    quote! {
        impl ::core::fmt::Debug for #ident {
            fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                f.debug_struct(#name)#(#fields)*.finish()
            }
        }
    }
}

/// What a setter takes: anything that becomes the text, or else the type itself.
fn argument_type(field: &MethodField, root: &Root) -> TokenStream {
    let ty = &field.ty;
    match field.type_name().as_deref() {
        Some("String") => quote!(impl ::core::convert::Into<::std::string::String>),
        Some("SecretString") => quote!(impl ::core::convert::Into<#root::SecretString>),
        _ => quote!(#ty),
    }
}

/// The docs of the field, or a line in their place.
fn setter_docs(field: &MethodField) -> TokenStream {
    let docs = &field.docs;
    if docs.is_empty() {
        let line = format!("Sets `{}`.", field.option.name);
        quote!(#[doc = #line])
    } else {
        quote!(#(#docs)*)
    }
}

#[cfg(test)]
mod tests {
    use quote::quote;

    use crate::auth;

    fn expansion(arguments: proc_macro2::TokenStream, item: proc_macro2::TokenStream) -> String {
        let expansion = auth::expand(arguments, item);
        assert!(expansion.errors.is_empty());
        expansion.tokens.to_string()
    }

    fn totp() -> proc_macro2::TokenStream {
        quote! {
            /// Time-based one-time password.
            pub struct TotpMethod {
                #[auth(user)] user: UserIdentity,
                /// The six digits now shown.
                #[auth(secret)] passcode: SecretString,
            }
        }
    }

    #[test]
    fn the_expansion_is_rust() {
        let text = expansion(quote!("totp"), totp());
        syn::parse_str::<syn::File>(&text).unwrap();
    }

    #[test]
    fn paths_start_at_the_named_crate() {
        let text = expansion(quote!("totp", crate = crate::sdk), totp());
        assert!(!text.contains("keystone_sdk"), "{text}");
        assert!(
            text.contains("crate :: sdk :: auth :: AuthMethod"),
            "{text}"
        );
    }

    #[test]
    fn a_secret_is_not_shown_by_debug() {
        let text = expansion(quote!("totp"), totp());
        assert!(
            text.contains(r#"field ("passcode" , & :: core :: format_args ! ("***"))"#),
            "{text}"
        );
        let debug = text.split("debug_struct").nth(1).unwrap();
        assert!(!debug.contains("self . passcode"), "{debug}");
    }

    #[test]
    fn fields_stand_inside_a_required_user_only() {
        let nested = expansion(quote!("totp"), totp());
        assert!(nested.contains("Payload :: nested ()"), "{nested}");
        let flat = expansion(quote!("totp", payload = flat), totp());
        assert!(flat.contains("Payload :: flat ()"), "{flat}");
    }

    #[test]
    fn a_header_without_a_kind_is_not_in_the_payload() {
        let item = quote! {
            pub struct ReceiptMethod {
                #[auth(header = "openstack-auth-receipt")] receipt: SecretString,
            }
        };
        let text = expansion(quote!("receipt"), item);
        assert!(text.contains("field :: header"), "{text}");
        assert!(!text.contains("field :: payload"), "{text}");
    }

    #[test]
    fn a_method_with_its_own_scope_has_no_scope_setters() {
        let text = expansion(quote!("totp", scope = own), totp());
        assert!(!text.contains("__auth_scope_setters"), "{text}");
        assert!(text.contains("const OWN_SCOPE : bool = true"), "{text}");
    }
}
