//! What a generated file knows: the API, and the names that it must import.

use std::collections::{BTreeMap, BTreeSet};

use proc_macro2::{Ident, Span, TokenStream};
use quote::{format_ident, quote};

use super::ClientOptions;
use crate::model::{Api, Definition, Operation, Path, Record, Resource, Shape, Type, Union};

/// The API, with what every part of the emitter looks up in it.
pub(super) struct Context<'a> {
    pub(super) api: &'a Api,
    pub(super) root: TokenStream,
    /// The same as a text.
    pub(super) root_path: &'a str,
    /// The crate that holds the runtime of a server; empty for a client.
    middleware: String,
    schema: bool,
    resources: BTreeMap<&'a str, &'a Resource>,
    /// The records that stand in requests.
    sent: BTreeSet<&'a str>,
    /// The types that can be made from others.
    conversions: BTreeSet<&'a str>,
}

impl<'a> Context<'a> {
    pub(super) fn new(api: &'a Api, options: &'a ClientOptions) -> Self {
        let resources = api.resources();
        Self {
            api,
            root: path(&options.root),
            root_path: &options.root,
            middleware: String::new(),
            schema: options.schema,
            resources: resources.map(|one| (one.name.as_str(), one)).collect(),
            sent: sent(api),
            conversions: conversions(api),
        }
    }

    /// The context of a server, with the path of the middleware.
    pub(super) fn of_server(mut self, middleware: &str) -> Self {
        self.middleware = middleware.to_owned();
        self
    }

    /// A microversion that limits something, if the service has any.
    pub(super) fn needed<'s>(&self, version: &'s Option<String>) -> Option<&'s str> {
        let microversions = self.api.service.microversions.as_ref();
        microversions.and(version.as_deref())
    }

    /// The imports of the modules of a server's runtime that these items name.
    pub(super) fn runtime_modules(&self, items: &[TokenStream]) -> Option<TokenStream> {
        let names = |module: &&str| {
            let path = format!("{module} ::");
            let text = format!("\"{module}::");
            items.iter().map(ToString::to_string).any(|item| {
                let mut found = item.match_indices(&path);
                found.any(|(at, _)| !item.get(..at).is_some_and(|before| before.ends_with(":: ")))
                    || item.contains(&text)
            })
        };
        let modules = ["policy", "service_api"].into_iter().filter(names);
        let modules: Vec<Ident> = modules.map(ident).collect();
        let root = path(&self.middleware);
        match modules.as_slice() {
            _ if !self.is_server() => None,
            [] => None,
            [one] => Some(quote!(use #root::#one;)),
            modules => Some(quote!(use #root::{#(#modules),*};)),
        }
    }

    /// Whether the code is for a server.
    pub(super) fn is_server(&self) -> bool {
        !self.middleware.is_empty()
    }

    /// The attribute that gives a type its JSON Schema, if it shall have one.
    pub(super) fn json_schema(&self) -> Option<TokenStream> {
        self.schema
            .then(|| quote!(#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]))
    }

    /// The call that asks for the microversions that have `what`, if the service has any; `used` is when it is made.
    pub(super) fn needs(
        &self,
        (since, until): (&Option<String>, &Option<String>),
        what: &str,
        used: Option<TokenStream>,
    ) -> Option<TokenStream> {
        let (min, _) = self.api.service.microversions.as_ref()?;
        let (first, last) = match (since, until) {
            (None, None) => return None,
            (since, until) => (since.as_ref().unwrap_or(min), until),
        };
        Some(match (last, used) {
            (None, None) => quote!(since(#first, #what)),
            (None, Some(used)) => quote!(since_if(#used, #first, #what)),
            (Some(last), None) => quote!(between(#first, #last, #what)),
            (Some(last), Some(used)) => quote!(between_if(#used, #first, #last, #what)),
        })
    }

    /// What asks for the microversions that have an operation.
    pub(super) fn versions(
        &self,
        resource: &Resource,
        operation: &Operation,
    ) -> Option<TokenStream> {
        let name = format!("{}.{}", resource.name, operation.name);
        let what = format!("the operation {}", super::docs::code(&name));
        let call = self.needs(operation.versions(resource), &what, None)?;
        Some(quote!(.#call))
    }

    /// A resource by its name.
    pub(super) fn resource(&self, name: &str) -> Option<&'a Resource> {
        self.resources.get(name).copied()
    }

    /// Whether a record stands in requests.
    pub(super) fn is_sent(&self, record: &str) -> bool {
        self.sent.contains(record)
    }

    /// Whether a type can be made from others, such as an enumeration from a word.
    pub(super) fn has_conversions(&self, name: &str) -> bool {
        self.conversions.contains(name)
    }

    pub(super) fn resources(&self) -> impl Iterator<Item = &'a Resource> {
        self.api.resources()
    }

    /// The path from the root of the service's address.
    pub(super) fn path(&self, path: &Path) -> String {
        self.api.address(path)
    }

    /// The name of the type of a resource's ids.
    pub(super) fn id_type(&self, resource: &str) -> String {
        match self.resources.get(resource) {
            Some(resource) => format!("{}Id", resource.type_name()),
            None => format!("{}Id", crate::model::camel(resource)),
        }
    }
}

/// The records that stand in requests, or within others that do.
pub(crate) fn sent(api: &Api) -> BTreeSet<&str> {
    let records: BTreeMap<&str, &Record> = api
        .records()
        .map(|record| (record.name.as_str(), record))
        .collect();
    let unions: BTreeMap<&str, &Union> = api
        .types()
        .filter_map(|definition| match definition {
            Definition::Union(union) => Some((union.name.as_str(), union)),
            _ => None,
        })
        .collect();
    let mut open: Vec<&Type> = Vec::new();
    for resource in api.resources() {
        let fields = resource.fields.iter();
        let sent = fields.filter(|field| field.create.is_some() || field.update.is_some());
        open.extend(sent.map(|field| &field.ty));
        open.extend(resource.operations.iter().filter_map(body_type));
        let parameters = resource.operations.iter().flat_map(|one| &one.parameters);
        open.extend(parameters.map(|parameter| &parameter.ty));
    }
    let mut sent = BTreeSet::new();
    while let Some(ty) = open.pop() {
        match ty {
            Type::Boxed(item) | Type::List(item) | Type::Map(item) | Type::Nullable(item) => {
                open.push(item);
            }
            Type::Record(name) => {
                if let Some(record) = records.get(name.as_str())
                    && sent.insert(name.as_str())
                {
                    open.extend(record.fields.iter().map(|field| &field.ty));
                } else if let Some(union) = unions.get(name.as_str())
                    && sent.insert(name.as_str())
                {
                    open.extend(union.variants.iter().map(|variant| &variant.ty));
                }
            }
            _ => {}
        }
    }
    sent
}

fn conversions(api: &Api) -> BTreeSet<&str> {
    api.types()
        .filter(|one| matches!(one, Definition::Enumeration(_) | Definition::Union(_)))
        .map(Definition::name)
        .collect()
}

fn body_type(operation: &Operation) -> Option<&Type> {
    match &operation.shape {
        Shape::Other { body, .. } => body.as_ref().map(|body| &body.ty),
        _ => None,
    }
}

/// Where an imported name comes from, in the order of the `use` items.
#[derive(Clone, Copy, Eq, Ord, PartialEq, PartialOrd)]
enum Origin {
    Serde,
    CrateRoot,
    Auth,
    Catalog,
    Runtime,
    Sibling,
}

/// The imports of one file, noted as its items are written.
#[derive(Default)]
pub(super) struct Imports {
    names: BTreeMap<Origin, BTreeSet<String>>,
    serde_traits: BTreeSet<String>,
    std: BTreeSet<String>,
}

impl Imports {
    /// A name of the client runtime.
    pub(super) fn runtime(&mut self, name: &str) -> Ident {
        self.add(Origin::Runtime, name)
    }

    /// A name that the client itself defines, maybe in this very file.
    pub(super) fn sibling(&mut self, name: &str) -> Ident {
        self.add(Origin::Sibling, name)
    }

    /// A name at the root of the runtime's crate.
    pub(super) fn crate_root(&mut self, name: &str) -> Ident {
        self.add(Origin::CrateRoot, name)
    }

    pub(super) fn auth(&mut self, name: &str) -> Ident {
        self.add(Origin::Auth, name)
    }

    pub(super) fn catalog(&mut self, name: &str) -> Ident {
        self.add(Origin::Catalog, name)
    }

    pub(super) fn serde(&mut self, name: &str) -> Ident {
        self.add(Origin::Serde, name)
    }

    /// `Deserialize` and `Serialize`.
    pub(super) fn serde_both(&mut self) -> (Ident, Ident) {
        (self.serde("Deserialize"), self.serde("Serialize"))
    }

    /// A trait of the runtime's serialiser that is needed for its methods only.
    pub(super) fn serde_trait(&mut self, path: &str) {
        self.serde_traits.insert(path.to_owned());
    }

    /// A path of the standard library, such as `std::time::Duration`.
    pub(super) fn std(&mut self, path: &str) -> Ident {
        self.std.insert(path.to_owned());
        ident(path.rsplit("::").next().unwrap_or(path))
    }

    fn add(&mut self, from: Origin, name: &str) -> Ident {
        self.names.entry(from).or_default().insert(name.to_owned());
        ident(name)
    }

    /// The `use` items, in order. `own` are the names that the file defines.
    pub(super) fn items(&self, context: &Context<'_>, own: &BTreeSet<String>) -> Vec<TokenStream> {
        let root = &context.root;
        let parsed = |path: &String| syn::parse_str::<syn::Path>(path).ok();
        let std = self.std.iter().filter_map(parsed);
        let traits = self.serde_traits.iter().filter_map(parsed);
        let mut items: Vec<TokenStream> = std.map(|path| quote!(use #path;)).collect();
        items.extend(traits.map(|path| quote!(use #path as _;)));
        for (from, names) in &self.names {
            let path = match from {
                Origin::Serde => quote!(serde),
                Origin::CrateRoot => root.clone(),
                Origin::Auth => quote!(#root::auth),
                Origin::Catalog => quote!(#root::catalog),
                Origin::Runtime => quote!(#root::client),
                Origin::Sibling => quote!(super),
            };
            let others = names
                .iter()
                .filter(|name| *from != Origin::Sibling || !own.contains(*name));
            let names: Vec<Ident> = others.map(|name| ident(name)).collect();
            items.extend(match names.as_slice() {
                [] => None,
                [name] => Some(quote!(use #path::#name;)),
                names => Some(quote!(use #path::{#(#names),*};)),
            });
        }
        items
    }
}

/// A path of names, such as `::keystone_sdk`.
fn path(text: &str) -> TokenStream {
    let leading = text.starts_with("::").then(|| quote!(::));
    let names = text.trim_start_matches("::").split("::").map(ident);
    quote!(#leading #(#names)::*)
}

/// A name in Rust, raw if it is a keyword. The reader has refused everything that is none.
pub(super) fn ident(name: &str) -> Ident {
    let is_name = is_name(name);
    match name {
        "crate" | "super" => Ident::new(name, Span::call_site()),
        "self" | "Self" | "_" => format_ident!("{name}_"),
        // A word of Rust since 2024, which syn does not know.
        "gen" => Ident::new_raw(name, Span::call_site()),
        name if syn::parse_str::<Ident>(name).is_ok() => Ident::new(name, Span::call_site()),
        name if is_name => Ident::new_raw(name, Span::call_site()),
        _ => format_ident!("not_a_name"),
    }
}

/// Whether a text can be a name in Rust at all, be it as a keyword.
pub(super) fn is_name(name: &str) -> bool {
    let letter = |letter: char| letter.is_ascii_alphabetic() || letter == '_';
    name.starts_with(letter)
        && name
            .chars()
            .all(|other| letter(other) || other.is_ascii_digit())
}
