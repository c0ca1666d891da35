//! The Rust of an `#[auth_method]`: thin, the logic is in `keystone_sdk::auth`.

use proc_macro2::TokenStream;
use quote::{format_ident, quote, quote_spanned};
use syn::ext::IdentExt;
use syn::{Ident, Lit, LitStr};

use super::model::{Method, MethodField};
use super::parse::Kind;
use crate::root::Root;

/// Everything beside the struct itself.
pub(crate) fn expand(method: &Method) -> TokenStream {
    let (constructor, plugin) = (constructor(method), plugin(method));
    let (auth_method, load_method) = (auth_method(method), load_method(method));
    let debug = debug(method);
    quote! {
        #constructor
        #plugin
        const _: () = {
            #auth_method
            #load_method
            #debug
        };
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
    let Method {
        root,
        ident,
        visibility,
        plugin,
        builder,
        docs,
        ..
    } = method;
    let setters = method.values().map(|field| builder_setter(field, root));
    let user = method
        .user()
        .map(|_| quote!(#root::__auth_user_setters!();));
    let scope = (!method.own_scope).then(|| quote!(#root::__auth_scope_setters!();));
    quote! {
        #root::__auth_plugin! {
            #(#docs)*
            #visibility #plugin, #builder,
            #root::auth::PluginLoader::v3::<#ident>(),
            #root::__private::v3::<#ident>
        }

        impl #builder {
            #(#setters)*
            #user
            #scope
        }
    }
}

fn builder_setter(field: &MethodField, root: &Root) -> TokenStream {
    let (name, option, docs) = (&field.ident, &field.option.name, setter_docs(field));
    let (ty, argument) = (&field.ty, argument_type(field, root));
    // In the field's span, so that a type that cannot be an option is underlined there.
    let text = quote_spanned!(field.span=> #root::auth::options::FieldValue::to_text(&value));
    quote! {
        #docs
        pub fn #name(mut self, #name: #argument) -> Self {
            let value: #ty = ::core::convert::Into::into(#name);
            self.options.set(#option, #text);
            self
        }
    }
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
        .map(|field| element(field, name))
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
    let check = method.check.as_ref().map(|check| quote!(#check(self)?;));
    let headers: Vec<_> = method
        .fields
        .iter()
        .filter_map(|field| {
            let (name, header) = (&field.ident, field.header.as_ref()?);
            Some(quote_spanned!(field.span=> request.header_field(#header, &self.#name)?;))
        })
        .collect();
    let request = if headers.is_empty() {
        quote!(_)
    } else {
        quote!(request)
    };
    let payload: Vec<_> = method.fields.iter().filter_map(payload).collect();
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
fn element(field: &MethodField, method: &LitStr) -> TokenStream {
    let name = &field.ident;
    let key = format!("{}_{name}", method.value());
    match (field.kind, field.optional) {
        (Kind::User, false) => quote!(id.user(#key, &self.#name);),
        (Kind::User, true) => quote! {
            if let ::core::option::Option::Some(user) = &self.#name {
                id.user(#key, user);
            }
        },
        _ => quote_spanned!(field.span=> id.field(#key, &self.#name);),
    }
}

fn payload(field: &MethodField) -> Option<TokenStream> {
    let (name, wire) = (&field.ident, field.wire.as_ref()?);
    Some(match (field.kind, field.optional) {
        (Kind::Flag, _) => quote!(payload.flag(#wire, self.#name);),
        (Kind::User, false) => quote!(payload.user(&self.#name);),
        (Kind::User, true) => quote! {
            if let ::core::option::Option::Some(user) = &self.#name {
                payload.user(user);
            }
        },
        _ => quote_spanned!(field.span=> payload.field(#wire, &self.#name);),
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
    let fields = method.fields.iter().map(from_options);
    let reader = if method.fields.is_empty() {
        quote!(_)
    } else {
        quote!(options)
    };
    let check = method.check.as_ref().map(|check| quote!(#check(&method)?;));
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

fn from_options(field: &MethodField) -> TokenStream {
    let (name, option) = (&field.ident, option_name(field));
    match (field.kind, field.optional) {
        (Kind::User, true) => quote!(#name: options.optional_user()?),
        (Kind::User, false) => quote!(#name: options.required_user()?),
        (Kind::Flag, _) => quote!(#name: options.optional(&#option)?.unwrap_or_default()),
        (_, true) => quote_spanned!(field.span=> #name: options.optional(&#option)?),
        (_, false) => quote_spanned!(field.span=> #name: options.required(&#option)?),
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
    let ty = &field.ty;
    let kind = quote_spanned!(field.span=> <#ty as #root::auth::options::FieldValue>::KIND);
    quote! {
        #root::auth::PluginOption::new(#name, #env, #help)
            .kind(#kind)#secret #required #aliases #default #underscored
    }
}

/// A `Debug` that shows no secret.
fn debug(method: &Method) -> TokenStream {
    let ident = &method.ident;
    let name = ident.to_string();
    let fields = method.fields.iter().map(|field| {
        let (ident, key) = (&field.ident, field.ident.to_string());
        match field.kind {
            Kind::Secret => quote!(.field(#key, &::core::format_args!("***"))),
            _ => quote!(.field(#key, &self.#ident)),
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

    use crate::auth_method;

    fn expansion(arguments: proc_macro2::TokenStream, item: proc_macro2::TokenStream) -> String {
        let expansion = auth_method::expand(arguments, item);
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
        assert!(text.contains("request . header_field"), "{text}");
        assert!(!text.contains("payload . field"), "{text}");
    }

    #[test]
    fn a_method_with_its_own_scope_has_no_scope_setters() {
        let text = expansion(quote!("totp", scope = own), totp());
        assert!(!text.contains("__auth_scope_setters"), "{text}");
        assert!(text.contains("const OWN_SCOPE : bool = true"), "{text}");
    }
}
