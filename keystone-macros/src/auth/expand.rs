//! Generates thin code for a model; the logic is in `keystone_sdk::auth`. This module has what
//! methods and plugins share.

use proc_macro2::{Span, TokenStream};
use quote::{format_ident, quote, quote_spanned};
use syn::ext::IdentExt;
use syn::{Ident, LitStr};

use super::model::{Model, ModelField};
use super::parse::{FieldKind, Subject};
use crate::diag::{in_place, own_name};
use crate::root::Root;

mod method;
mod plugin;

/// Everything beside the struct itself.
pub(crate) fn expand(model: &Model) -> TokenStream {
    match model.subject {
        Subject::Method => method::expand(model),
        Subject::Plugin => plugin::expand(model),
    }
}

/// The only bounds on the types of the fields, each with the span of its type.
fn fields(model: &Model) -> TokenStream {
    let root = &model.root;
    let fields = model.values().filter(|field| !field.is_address());
    let fields = fields.map(|field| {
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

/// The marker type of a field.
fn marker(field: &ModelField) -> Ident {
    format_ident!("__Field_{}", field.ident.unraw(), span = Span::call_site())
}

/// The value of a field, as the functions of `field` expect it.
fn value_of(field: &ModelField) -> TokenStream {
    let name = &field.ident;
    match field.optional {
        true => quote!(::core::option::Option::as_ref(&self.#name)),
        false => quote!(::core::option::Option::Some(&self.#name)),
    }
}

/// The types of the plugin, in a module of their own, so that a name conflict is only one error.
pub(super) fn plugin_types(model: &Model) -> TokenStream {
    let Model {
        root,
        ident,
        plugin_visibility,
        plugin,
        builder,
        docs,
        ..
    } = model;
    let module = plugin_module(model);
    let inner = match model.subject {
        Subject::Plugin if model.sound => quote!(#root::__private::Made<#ident>),
        _ => quote!(#root::auth::v3::Auth),
    };
    quote! {
        #[allow(non_snake_case, unused_imports)]
        mod #module {
            use super::*;

            #root::__plugin_types! {
                #(#docs)*
                pub #plugin, #builder, #inner
            }
        }
        #[allow(unused_imports)]
        #plugin_visibility use #module::{#plugin, #builder};
    }
}

fn plugin_module(model: &Model) -> Ident {
    own_name(&model.plugin.unraw().to_string())
}

/// Unambiguous paths of plugin and builder.
pub(super) fn plugin_paths(model: &Model) -> (TokenStream, TokenStream) {
    let module = plugin_module(model);
    let (plugin, builder) = (&model.plugin, &model.builder);
    (quote!(#module::#plugin), quote!(#module::#builder))
}

fn builder_setters(model: &Model) -> TokenStream {
    let root = &model.root;
    let (_, builder) = plugin_paths(model);
    let setters = model.values().map(|field| builder_setter(field, root));
    let shared = shared_setters(model);
    quote! {
        impl #builder {
            #(#setters)*
            #shared
        }
    }
}

/// The setters of users and scopes.
pub(super) fn shared_setters(model: &Model) -> TokenStream {
    let root = &model.root;
    let user = model.user().map(|_| quote!(#root::__auth_user_setters!();));
    let takes_scope = match model.subject {
        Subject::Method => !model.own_scope,
        Subject::Plugin => model.scope().is_some(),
    };
    let scope = takes_scope.then(|| quote!(#root::__auth_scope_setters!();));
    quote!(#user #scope)
}

fn builder_setter(field: &ModelField, root: &Root) -> TokenStream {
    let (name, option, docs) = (&field.ident, &field.option.name, setter_docs(field));
    let (marker, argument) = (marker(field), argument_type(field, root));
    if field.is_address() {
        // Parsed when the plugin is built, where an error can be returned.
        return quote! {
            #docs
            pub fn #name(mut self, #name: #argument) -> Self {
                self.options.set(
                    #option,
                    ::core::convert::Into::<::std::string::String>::into(#name),
                );
                self
            }
        };
    }
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

/// The user's check of the whole struct, called in one place only.
fn check(model: &Model) -> Option<TokenStream> {
    let Model { root, ident, .. } = model;
    let check = model.check.as_ref()?;
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

/// The contribution of a field to the identity of a login.
fn element(field: &ModelField, name_of_login: &LitStr, root: &Root) -> TokenStream {
    let name = &field.ident;
    let key = format!("{}_{name}", name_of_login.value());
    match (field.kind, field.optional) {
        (FieldKind::Address, false) => quote!(id.add(#key, self.#name.as_str());),
        (FieldKind::Address, true) => quote! {
            if let ::core::option::Option::Some(address) = &self.#name {
                id.add(#key, address.as_str());
            }
        },
        (FieldKind::Scope, _) => {
            quote!(#root::__private::field::scope(id, &self.#name);)
        }
        (FieldKind::User, false) => quote!(id.user(#key, &self.#name);),
        (FieldKind::User, true) => quote! {
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

/// A constant for each option, and their names.
fn option_constants(model: &Model) -> (TokenStream, Vec<Ident>) {
    let root = &model.root;
    let names: Vec<_> = model.values().map(option_name).collect();
    let options = model.values().map(|field| option(field, root));
    let constants = quote!(#(const #names: #root::auth::PluginOption = #options;)*);
    (constants, names)
}

/// The function that loads the struct from options.
fn reading(model: &Model) -> TokenStream {
    let root = &model.root;
    let fields = model.fields.iter().map(|field| from_options(field, root));
    let reader = match model.fields.is_empty() {
        true => quote!(_),
        false => quote!(options),
    };
    let check = model
        .check
        .as_ref()
        .map(|_| quote!(__Check::check(&made)?;));
    quote! {
        fn load(
            #reader: &#root::auth::OptionReader<'_>,
        ) -> ::core::result::Result<Self, #root::Error> {
            let made = Self { #(#fields),* };
            #check
            ::core::result::Result::Ok(made)
        }
    }
}

fn from_options(field: &ModelField, root: &Root) -> TokenStream {
    let (name, option, marker) = (&field.ident, option_name(field), marker(field));
    match (field.kind, field.optional) {
        (FieldKind::User, true) => quote!(#name: options.optional_user()?),
        (FieldKind::User, false) => quote!(#name: options.required_user()?),
        (FieldKind::Scope, _) => quote!(#name: options.scope()?),
        (FieldKind::Address, _) if field.is_auth_url() => quote!(#name: options.auth_url()?),
        (FieldKind::Address, true) => quote!(#name: options.optional_address(&#option)?),
        (FieldKind::Address, false) => quote!(#name: options.required_address(&#option)?),
        (FieldKind::Flag, _) => quote!(#name: options.optional(&#option)?.unwrap_or_default()),
        (_, true) => quote! {
            #name: #root::__private::field::optional::<#marker>(options, &#option)?
        },
        (_, false) => quote! {
            #name: #root::__private::field::required::<#marker>(options, &#option)?
        },
    }
}

/// The constant that holds a field's option.
fn option_name(field: &ModelField) -> Ident {
    format_ident!("{}", field.ident.unraw().to_string().to_uppercase())
}

fn option(field: &ModelField, root: &Root) -> TokenStream {
    let super::model::PluginOption {
        name,
        env,
        help,
        aliases,
        underscored,
    } = &field.option;
    let secret = (field.kind == FieldKind::Secret).then(|| quote!(.secret()));
    let required = field.is_required().then(|| quote!(.required()));
    let aliases = (!aliases.is_empty()).then(|| quote!(.aliases(&[#(#aliases),*])));
    let underscored = underscored.then(|| quote!(.underscored()));
    let default = field.default_text().map(|text| quote!(.default(#text)));
    let kind = (!field.is_address()).then(|| {
        let marker = marker(field);
        quote!(.kind(#root::__private::field::kind::<#marker>()))
    });
    quote! {
        #root::auth::PluginOption::new(#name, #env, #help)#kind #secret #required #aliases #default #underscored
    }
}

/// A `Debug` that shows no secret.
fn debug(model: &Model) -> TokenStream {
    let Model { root, ident, .. } = model;
    let name = ident.to_string();
    let fields = model.fields.iter().map(|field| {
        let (ident, key) = (&field.ident, field.ident.unraw().to_string());
        match field.kind {
            FieldKind::Secret => quote!(.field(#key, &::core::format_args!("***"))),
            FieldKind::User | FieldKind::Flag | FieldKind::Scope => {
                quote!(.field(#key, &self.#ident))
            }
            FieldKind::Address if field.optional => quote! {
                .field(#key, &::core::option::Option::as_ref(&self.#ident).map(|url| url.as_str()))
            },
            FieldKind::Address => quote!(.field(#key, &self.#ident.as_str())),
            FieldKind::Plain => {
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

/// The argument type of a setter: `impl Into` for strings, or else the type itself.
fn argument_type(field: &ModelField, root: &Root) -> TokenStream {
    let ty = &field.ty;
    match field.type_name().as_deref() {
        _ if field.is_address() => quote!(impl ::core::convert::Into<::std::string::String>),
        Some("String") => quote!(impl ::core::convert::Into<::std::string::String>),
        Some("SecretString") => quote!(impl ::core::convert::Into<#root::SecretString>),
        _ => quote!(#ty),
    }
}

/// The docs of the field, or a default line.
fn setter_docs(field: &ModelField) -> TokenStream {
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
        let expansion = auth::expand(auth::Subject::Method, arguments, item);
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
