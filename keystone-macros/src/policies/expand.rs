//! Generates the module `policies`.

use keystone_policy::value::attr_hash;
use proc_macro2::{Ident, TokenStream};
use quote::{format_ident, quote};

use super::compiled;
use super::model::{Attribute, Policy, Table};
use super::names::{Marker, markers};
use crate::root::Root;

/// The table, the marker types, the defaults and the checks of targets.
pub(super) fn table(root: &Root, table: &Table, markers: &[Marker]) -> TokenStream {
    let policy = quote!(#root::policy);
    let names = table.policies.iter().map(|policy| &policy.named.name);
    let watch = watch(table);
    let defaults = defaults(&policy, table);
    let texts = table.policies.iter().map(alias_text);
    let aliases = aliases(&Folder::of(markers.iter().enumerate().zip(texts)), 0);
    let declared = declared(&policy, table);
    let numbers = 0..table.policies.len();
    let policies = numbers
        .clone()
        .map(|number| implement(&policy, table, number));
    let checks = numbers.map(|number| target_check(&policy, table, number));
    let title = format!("The policies of this crate: {}.", files(table));
    quote! {
        #[doc = #title]
        #[allow(dead_code)]
        pub mod policies {
            #watch
            const NAMES: &[&str] = &[#(#names),*];

            /// The policy with this number; use its aliases.
            #[derive(
                ::core::clone::Clone, ::core::marker::Copy, ::core::fmt::Debug, ::core::default::Default,
            )]
            #[non_exhaustive]
            pub struct Rule<const N: usize>;

            #(#policies)*

            /// The number of the policy called `name`; in a constant, an unknown name is a compile error.
            #[track_caller]
            pub const fn index_of(name: &str) -> usize {
                #policy::__private::index_of(NAMES, name)
            }

            #declared
            #defaults
            #aliases

            /// A trait for each attribute that a policy reads.
            #[doc(hidden)]
            pub mod __reads {
                use super::Rule;

                #(#checks)*
            }
        }
    }
}

/// A stand-in module for files with errors, in which every name is a policy: code that uses
/// policies then compiles, and the only errors are those of the files.
pub(super) fn fallback(root: &Root, table: &Table) -> TokenStream {
    let policy = quote!(#root::policy);
    let watch = watch(table);
    let unread = table.unread.iter().map(String::as_str);
    let names: Vec<&str> = table.names().chain(unread).collect();
    let markers = markers(&names);
    let free = markers.iter().enumerate();
    let free = free.filter(|(_, (_, other))| other.is_none());
    let free = free.map(|(number, (marker, _))| ((number, marker), String::new()));
    let aliases = aliases(&Folder::of(free), 0);
    quote! {
        #[allow(missing_docs, dead_code)]
        pub mod policies {
            #watch
            #[derive(
                ::core::clone::Clone, ::core::marker::Copy, ::core::fmt::Debug, ::core::default::Default,
            )]
            pub struct Rule<const N: usize>;
            impl<const N: usize> #policy::__private::Declared for Rule<N> {}
            impl<const N: usize> #policy::Policy for Rule<N> {
                const NAME: &'static str = "";
                const INDEX: usize = N;
                const DEFAULTS: &'static #policy::Defaults = &DEFAULTS;
            }
            impl<const N: usize> #policy::PlainPolicy for Rule<N> {
                const PLAIN: #policy::__private::Seal = #policy::__private::Seal::POLICIES;
            }
            impl<const N: usize, T: ?::core::marker::Sized> #policy::decide::AppliesTo<T> for Rule<N> {
                const SEAL: #policy::__private::Seal = #policy::__private::Seal::POLICIES;
            }
            impl<const N: usize> Rule<N> {
                pub fn check_target<T: ?::core::marker::Sized>(
                    self,
                    _: &T,
                ) -> &dyn #policy::TargetOf<Self> {
                    &()
                }
            }
            pub const fn index_of(name: &str) -> usize {
                #policy::__private::nearest(&[#(#names),*], name)
            }
            #[doc(hidden)]
            pub const __POLICIES: &[#policy::__private::DeclaredPolicy; 0] = &[];
            #[doc(hidden)]
            pub const fn __nearest(name: &str) -> usize {
                index_of(name)
            }
            #[doc(hidden)]
            pub const fn __reads_target(_: &str) -> bool {
                false
            }
            #[doc(hidden)]
            pub const fn __check_operations(_: &[(&str, &str)]) {}
            #aliases
            pub static DEFAULTS: #policy::Defaults = #policy::Defaults { rules: &[], policies: &[] };
        }
    }
}

/// What `service!` holds against the description of the API, in constants.
fn declared(policy: &TokenStream, table: &Table) -> TokenStream {
    let mut sorted: Vec<(usize, &Policy)> = table.policies.iter().enumerate().collect();
    sorted.sort_by_key(|(_, policy)| &policy.named.name);
    let count = sorted.len();
    let policies = sorted.into_iter().map(|(number, one)| {
        let Policy { named, entry } = one;
        let (name, place) = (&named.name, &named.place);
        let internal = entry.internal.then(|| quote!(.internal()));
        let operations = entry
            .operations_position
            .map(|_| quote!(.with_operations()));
        let reads = !table.attributes(number).is_empty();
        let target = reads.then(|| quote!(.with_target()));
        quote!(#policy::__private::DeclaredPolicy::new(#name, #place) #internal #operations #target)
    });
    quote! {
        /// Sorted by name.
        #[doc(hidden)]
        pub const __POLICIES: &[#policy::__private::DeclaredPolicy; #count] = &[#(#policies),*];

        /// The number of the policy with the closest name.
        #[doc(hidden)]
        pub const fn __nearest(name: &str) -> usize {
            #policy::__private::nearest(NAMES, name)
        }

        #[doc(hidden)]
        pub const fn __reads_target(name: &str) -> bool {
            #policy::__private::reads_target(__POLICIES, name)
        }

        /// Holds the policies against the operations of a service, each with its policy.
        #[doc(hidden)]
        #[track_caller]
        pub const fn __check_operations(used: &[(&str, &str)]) {
            #policy::__private::check_operations(__POLICIES, used)
        }
    }
}

/// Makes the compiler rebuild when a file changes.
fn watch(table: &Table) -> TokenStream {
    let paths = &table.paths;
    quote!(#(const _: &[u8] = ::core::include_bytes!(#paths);)*)
}

fn files(table: &Table) -> String {
    let mut files: Vec<String> = table
        .all()
        .iter()
        .map(|rule| format!("`{}`", rule.file.value()))
        .collect();
    files.sort();
    files.dedup();
    files.join(", ")
}

fn defaults(policy: &TokenStream, table: &Table) -> TokenStream {
    let rules = table.rules.iter().map(|rule| {
        let (name, check, place) = (&rule.name, rule.rule.to_string(), &rule.place);
        quote!(#policy::decide::RuleDefault::new(#name, #check).source(#place))
    });
    let policies = table.policies.iter().map(|one| policy_default(policy, one));
    quote! {
        /// The declared rules and policies, for `Enforcer::builder`.
        pub static DEFAULTS: #policy::Defaults = #policy::Defaults {
            rules: &[#(#rules),*],
            policies: &[#(#policies),*],
        };
    }
}

fn policy_default(policy: &TokenStream, one: &Policy) -> TokenStream {
    let Policy { named, entry } = one;
    let (name, check, place) = (&named.name, named.rule.to_string(), &named.place);
    let description = &entry.description;
    let scopes = entry
        .scope_types
        .iter()
        .map(|scope| format_ident!("{scope:?}"));
    let operations = entry
        .operations
        .iter()
        .map(|(method, path)| quote!(#policy::decide::Operation::new(#method, #path)));
    let internal = entry.internal.then(|| quote!(.internal(true)));
    let deprecated = entry.deprecated.as_ref().map(|old| {
        let (name, check) = (&old.rule.name, old.rule.rule.to_string());
        let (reason, since) = (&old.reason, &old.since);
        quote!(.deprecated(#policy::decide::Deprecated::new(#name, #check, #reason, #since)))
    });
    let removal = entry.removal.as_ref().map(
        |(reason, since)| quote!(.deprecated_for_removal(#policy::decide::Removal::new(#reason, #since))),
    );
    quote! {
        #policy::decide::PolicyDefault::new(#name, #check)
            .description(#description)
            .scope_types(&[#(#policy::ScopeType::#scopes),*])
            .operations(&[#(#operations),*])
            #internal
            #deprecated
            #removal
            .source(#place)
    }
}

/// A module of aliases.
#[derive(Default)]
struct Folder<'a> {
    folders: Vec<(&'a Ident, Self)>,
    aliases: Vec<(&'a Ident, usize, String)>,
}

impl<'a> Folder<'a> {
    /// Markers with their numbers and documentation.
    fn of(markers: impl Iterator<Item = ((usize, &'a Marker), String)>) -> Self {
        let mut root = Self::default();
        for ((number, marker), text) in markers {
            root.insert(&marker.modules, (&marker.name, number, text));
        }
        root
    }

    fn insert(&mut self, modules: &'a [Ident], alias: (&'a Ident, usize, String)) {
        let Some((first, rest)) = modules.split_first() else {
            self.aliases.push(alias);
            return;
        };
        if let Some((_, folder)) = self.folders.iter_mut().find(|(name, _)| *name == first) {
            folder.insert(rest, alias);
            return;
        }
        let mut folder = Self::default();
        folder.insert(rest, alias);
        self.folders.push((first, folder));
    }
}

fn aliases(folder: &Folder<'_>, depth: usize) -> TokenStream {
    let up = (0..depth).map(|_| quote!(super::));
    let up = quote!(#(#up)*);
    let types = folder.aliases.iter().map(|(name, number, text)| {
        quote! {
            #[doc = #text]
            pub type #name = #up Rule<#number>;
        }
    });
    let modules = folder.folders.iter().map(|(name, inner)| {
        let title = format!("Policies that begin with `{name}:`.");
        let inner = aliases(inner, depth + 1);
        quote! {
            #[doc = #title]
            pub mod #name {
                #inner
            }
        }
    });
    quote!(#(#types)* #(#modules)*)
}

/// The documentation of a marker type.
fn alias_text(policy: &Policy) -> String {
    let Policy { named, entry } = policy;
    let mut text = format!("`{}`", named.name);
    if !entry.description.is_empty() {
        text.push_str(&format!(": {}", entry.description.trim()));
    }
    text.push_str(&format!("\n\nDefault: `{}`.", named.rule));
    for (method, path) in &entry.operations {
        text.push_str(&format!(" Guards `{method} {path}`."));
    }
    text
}

/// The implementation of `Policy` for the marker type, with its compiled default rule.
fn implement(policy: &TokenStream, table: &Table, number: usize) -> TokenStream {
    let name = table.names().nth(number).unwrap_or_default();
    let code = compiled::body(policy, table, number).map(|body| {
        quote! {
            #[allow(clippy::all, unused_parens)]
            fn compiled<T: #policy::PolicyTarget + ?::core::marker::Sized>(
                creds: &dyn #policy::Credentials,
                target: &T,
                marks: &mut #policy::__private::Marks,
            ) -> ::core::option::Option<bool> {
                let _ = (creds, target, &marks);
                #body
            }
        }
    });
    quote! {
        impl #policy::__private::Declared for Rule<#number> {}
        impl #policy::Policy for Rule<#number> {
            const NAME: &'static str = #name;
            const INDEX: usize = #number;
            const DEFAULTS: &'static #policy::Defaults = &DEFAULTS;

            #code
        }
    }
}

/// The requirements of a policy on its target.
fn target_check(policy: &TokenStream, table: &Table, number: usize) -> TokenStream {
    let attributes = table.attributes(number);
    let name = table.names().nth(number).unwrap_or_default();
    let traits = |word: &str| -> Vec<Ident> {
        (0..attributes.len())
            .map(|index| format_ident!("Policy{number}{word}{index}"))
            .collect()
    };
    let (has, reads) = (traits("Target"), traits("Reads"));
    let declared = has
        .iter()
        .zip(&reads)
        .zip(&attributes)
        .map(|((has, reads), attribute)| {
            attribute_traits(policy, name, number, [has, reads], attribute)
        });
    let demanded = match has.as_slice() {
        [] => quote!(#policy::PolicyTarget),
        has => quote!(#(#has)+*),
    };
    let plain = attributes.is_empty().then(|| {
        quote! {
            impl #policy::PlainPolicy for Rule<#number> {
                const PLAIN: #policy::__private::Seal = #policy::__private::Seal::POLICIES;
            }
        }
    });
    quote! {
        #(#declared)*
        #plain

        impl<T: #policy::PolicyTarget> #policy::decide::AppliesTo<T> for Rule<#number>
        where
            #(Self: #reads<T>,)*
        {
            const SEAL: #policy::__private::Seal = #policy::__private::Seal::POLICIES;
        }

        impl Rule<#number> {
            /// Checks at compile time that the target has the attributes which the policy reads.
                /// Returns it without its type, so that a wrong type is reported once.
            pub fn check_target<T: #demanded>(self, target: &T) -> &dyn #policy::TargetOf<Self> {
                target
            }
        }
    }
}

/// The traits for targets with an attribute: the first is implemented by the target, for a bound on
/// an argument's own type; the second by the policy, for bounds that are reached through
/// `TargetOf`. If both were implemented by one type, the compiler would report the outer bound,
/// which does not mention the attribute.
fn attribute_traits(
    policy: &TokenStream,
    name: &str,
    number: usize,
    [has, reads]: [&Ident; 2],
    attribute: &Attribute,
) -> TokenStream {
    let hash = attr_hash(&attribute.name);
    let lacking =
        [quote!(Self), quote!(T)].map(|target| message_when_lacking(name, attribute, &target));
    let [has_message, reads_message] = lacking;
    quote! {
        #has_message
        pub trait #has: #policy::PolicyTarget {}

        #[diagnostic::do_not_recommend]
        impl<T: #policy::PolicyTarget + #policy::value::HasAttr<#hash>> #has for T {}

        #reads_message
        pub trait #reads<T> {}

        #[diagnostic::do_not_recommend]
        impl<T: #has> #reads<T> for Rule<#number> {}
    }
}

/// The compiler's message for a target that lacks an attribute. `target` is its name in the trait.
fn message_when_lacking(name: &str, attribute: &Attribute, target: &TokenStream) -> TokenStream {
    let Attribute { name: attr, place } = attribute;
    let escaped = |text: &str| text.replace('{', "{{").replace('}', "}}");
    let (name, attr, place) = (escaped(name), escaped(attr), escaped(place));
    let message = format!(
        "policy `{name}` reads `%({attr})s`, but its target `{{{target}}}` has no attribute `{attr}`"
    );
    let label = format!("has no attribute `{attr}`");
    let note = format!("the rule is at {place}");
    let remedy = format!(
        "give it a field `{attr}`, or one with `#[policy(rename = \"{attr}\")]`, and \
         `#[derive(PolicyTarget)]`"
    );
    quote! {
        #[diagnostic::on_unimplemented(
            message = #message, label = #label, note = #note, note = #remedy,
        )]
    }
}
