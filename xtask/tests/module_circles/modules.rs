//! The modules of one crate, and what the code of each of them refers to.

use std::collections::{BTreeMap, BTreeSet};

use proc_macro2::{TokenStream, TokenTree};
use quote::ToTokens;
use syn::{Attribute, File, Item, ItemMod, ItemUse, UseTree, Visibility};

/// The sources of a crate: their text, by the path below `src`.
pub(crate) type Sources = BTreeMap<String, String>;

/// An edge: `from` refers to `to`, both files below `src`, by the path that stands in its code.
#[derive(Clone, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub(crate) struct Edge {
    pub(crate) from: String,
    pub(crate) to: String,
    pub(crate) path: String,
}

/// All modules; the first is the root of the crate.
#[derive(Debug, Default)]
pub(crate) struct Modules(Vec<Module>);

#[derive(Debug, Default)]
struct Module {
    file: String,
    parent: Option<usize>,
    children: BTreeMap<String, usize>,
    /// Names that `use` brings in, and where they come from.
    imports: BTreeMap<String, Vec<String>>,
    globs: Vec<Vec<String>>,
    references: Vec<Reference>,
    /// All identifiers outside of `use`.
    words: BTreeSet<String>,
}

#[derive(Debug)]
struct Reference {
    path: Vec<String>,
    /// The name under which `pub use` offers it.
    offered: Option<String>,
}

impl Modules {
    /// Reads the module tree that starts at `root`, a path in `sources`.
    ///
    /// Code under `#[cfg(test)]` does not count.
    pub(crate) fn read(sources: &Sources, root: &str) -> Self {
        let mut modules = Self::default();
        let folder = root.rfind('/').map_or("", |slash| &root[..=slash]);
        modules.read_file(sources, root, folder, None);
        modules
    }

    /// Which file needs which. A module needs its ancestors in any case, as a part of them, and not the children whose names
    /// it only offers.
    pub(crate) fn edges(&self) -> BTreeSet<Edge> {
        let mut edges = BTreeSet::new();
        for (index, module) in self.0.iter().enumerate() {
            for reference in &module.references {
                let Some(target) = self.resolve(index, &reference.path, 0) else {
                    continue;
                };
                let to = &self.0[target].file;
                let is_own = self.contains(target, index);
                if *to == module.file || is_own || self.only_offers(index, target, reference) {
                    continue;
                }
                edges.insert(Edge {
                    from: module.file.clone(),
                    to: to.clone(),
                    path: reference.path.join("::"),
                });
            }
        }
        edges
    }

    fn only_offers(&self, index: usize, target: usize, reference: &Reference) -> bool {
        let Some(name) = &reference.offered else {
            return false;
        };
        self.contains(index, target) && !self.0[index].words.contains(name)
    }

    /// Whether `inner` is `outer`, or a module somewhere in it.
    fn contains(&self, outer: usize, inner: usize) -> bool {
        let mut ancestors = std::iter::successors(Some(inner), |at| self.0[*at].parent);
        ancestors.any(|at| at == outer)
    }

    /// The module that defines what a path in a module leads to, through `use` wherever it passes one.
    /// `None` for what other crates define.
    fn resolve(&self, from: usize, path: &[String], depth: usize) -> Option<usize> {
        let (first, rest) = path.split_first()?;
        if depth > 32 {
            return None;
        }
        let start = match first.as_str() {
            "crate" => 0,
            "self" => from,
            "super" => self.0[from].parent?,
            name => self.step(from, name, depth)?,
        };
        let mut at = start;
        for name in rest {
            match name.as_str() {
                "super" => at = self.0[at].parent?,
                name => match self.step(at, name, depth) {
                    Some(next) => at = next,
                    None => break,
                },
            }
        }
        Some(at)
    }

    /// The module behind a name in a module: a child, or where an import leads.
    fn step(&self, at: usize, name: &str, depth: usize) -> Option<usize> {
        let module = &self.0[at];
        if let Some(child) = module.children.get(name) {
            return Some(*child);
        }
        if let Some(path) = module.imports.get(name) {
            return self.resolve(at, path, depth + 1);
        }
        let globs = module.globs.iter();
        let mut behind = globs.filter_map(|path| self.resolve(at, path, depth + 1));
        behind.find(|module| *module != at && self.0[*module].knows(name))
    }

    fn read_file(
        &mut self,
        sources: &Sources,
        path: &str,
        folder: &str,
        parent: Option<usize>,
    ) -> usize {
        let text = sources.get(path).expect("a file of the crate");
        let file: File = syn::parse_file(text).expect("Rust code");
        let module = Module {
            file: path.to_owned(),
            parent,
            ..Module::default()
        };
        self.add(sources, module, folder, file.items)
    }

    fn add(&mut self, sources: &Sources, module: Module, folder: &str, items: Vec<Item>) -> usize {
        let index = self.0.len();
        let file = module.file.clone();
        self.0.push(module);
        for item in items {
            match item {
                Item::Mod(item) if is_test(&item.attrs) => {}
                Item::Mod(item) => {
                    let name = item.ident.to_string();
                    let child = self.child(sources, item, (index, &file), folder);
                    self.0[index].children.insert(name, child);
                }
                Item::Use(item) if !is_test(&item.attrs) => self.0[index].import(&item),
                item if attributes(&item).is_some_and(is_test) => {}
                item => self.0[index].scan(item.into_token_stream()),
            }
        }
        index
    }

    fn child(
        &mut self,
        sources: &Sources,
        item: ItemMod,
        (parent, file): (usize, &str),
        folder: &str,
    ) -> usize {
        let name = item.ident.to_string();
        let below = format!("{folder}{name}/");
        let Some((_, items)) = item.content else {
            let flat = format!("{folder}{name}.rs");
            let nested = format!("{below}mod.rs");
            let path = if sources.contains_key(&flat) {
                flat
            } else {
                nested
            };
            return self.read_file(sources, &path, &below, Some(parent));
        };
        let module = Module {
            file: file.to_owned(),
            parent: Some(parent),
            ..Module::default()
        };
        self.add(sources, module, &below, items)
    }
}

impl Module {
    fn knows(&self, name: &str) -> bool {
        self.children.contains_key(name)
            || self.imports.contains_key(name)
            || self.words.contains(name)
    }

    fn import(&mut self, item: &ItemUse) {
        if item.leading_colon.is_some() {
            return;
        }
        let offers = !matches!(item.vis, Visibility::Inherited);
        self.import_tree(&item.tree, Vec::new(), offers);
    }

    fn import_tree(&mut self, tree: &UseTree, mut path: Vec<String>, offers: bool) {
        let (last, name) = match tree {
            UseTree::Path(part) => {
                path.push(part.ident.to_string());
                return self.import_tree(&part.tree, path, offers);
            }
            UseTree::Group(group) => {
                for tree in &group.items {
                    self.import_tree(tree, path.clone(), offers);
                }
                return;
            }
            UseTree::Glob(_) => {
                self.globs.push(path.clone());
                return self.references.push(Reference {
                    path,
                    offered: offers.then(|| "*".to_owned()),
                });
            }
            UseTree::Name(part) => (&part.ident, &part.ident),
            UseTree::Rename(part) => (&part.ident, &part.rename),
        };
        let name = match path.last() {
            Some(module) if name == "self" => module.clone(),
            _ => name.to_string(),
        };
        if last != "self" {
            path.push(last.to_string());
        }
        self.imports.insert(name.clone(), path.clone());
        let offered = offers.then_some(name);
        self.references.push(Reference { path, offered });
    }

    /// Looks for paths in code, macro calls included. What is quoted is code of somebody else.
    fn scan(&mut self, code: TokenStream) {
        let mut path: Vec<String> = Vec::new();
        let mut colons = 0;
        let mut tokens = code.into_iter().peekable();
        while let Some(token) = tokens.next() {
            match token {
                TokenTree::Ident(word) if word == "use" => {
                    let rest = tokens.by_ref().take_while(|it| it.to_string() != ";");
                    let rest: TokenStream = rest.collect();
                    if let Ok(item) = syn::parse2::<ItemUse>(quote::quote!(use #rest;)) {
                        self.import(&item);
                    }
                }
                TokenTree::Ident(word) => {
                    self.words.insert(word.to_string());
                    if colons != 2 {
                        self.refer(std::mem::take(&mut path));
                    }
                    path.push(word.to_string());
                    colons = 0;
                }
                TokenTree::Punct(mark) if mark.as_char() == ':' => {
                    colons += 1;
                }
                TokenTree::Punct(mark) if mark.as_char() == '!' && is_quoting(&path) => {
                    path.clear();
                    tokens.next();
                }
                TokenTree::Group(group) => {
                    self.refer(std::mem::take(&mut path));
                    colons = 0;
                    self.scan(group.stream());
                }
                TokenTree::Punct(_) | TokenTree::Literal(_) => {
                    self.refer(std::mem::take(&mut path));
                    colons = 0;
                }
            }
        }
        self.refer(path);
    }

    fn refer(&mut self, path: Vec<String>) {
        if path.len() > 1 {
            let offered = None;
            self.references.push(Reference { path, offered });
        }
    }
}

fn is_quoting(path: &[String]) -> bool {
    let macros = ["quote", "quote_spanned", "parse_quote"];
    path.last()
        .is_some_and(|name| macros.contains(&name.as_str()))
}

fn is_test(attributes: &[Attribute]) -> bool {
    attributes
        .iter()
        .any(|attribute| attribute.to_token_stream().to_string() == "# [cfg (test)]")
}

fn attributes(item: &Item) -> Option<&[Attribute]> {
    match item {
        Item::Const(item) => Some(&item.attrs),
        Item::Enum(item) => Some(&item.attrs),
        Item::Fn(item) => Some(&item.attrs),
        Item::Impl(item) => Some(&item.attrs),
        Item::Macro(item) => Some(&item.attrs),
        Item::Static(item) => Some(&item.attrs),
        Item::Struct(item) => Some(&item.attrs),
        Item::Trait(item) => Some(&item.attrs),
        Item::Type(item) => Some(&item.attrs),
        Item::Use(item) => Some(&item.attrs),
        _ => None,
    }
}
