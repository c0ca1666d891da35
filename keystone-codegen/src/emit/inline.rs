//! Generated files as one: the content of a module that needs no files of its own, and no other
//! crate than the one that holds the runtime.

use syn::ext::IdentExt;
use syn::visit_mut::{self, VisitMut};
use syn::{Attribute, Item, ItemMod, ItemUse, UseTree};

use super::Generated;
use crate::Error;
use crate::error::EmitError;

/// The items of generated files in the root module `module`, with the other modules within; the
/// runtime is found at `root`.
///
/// # Errors
///
/// [`Error::Emit`] when a file is missing, or is not Rust.
pub(crate) fn inline(files: &[Generated], module: &str, root: &str) -> Result<syn::File, Error> {
    let mut file = parse(files, &format!("{module}.rs"))?;
    for item in &mut file.items {
        if let Item::Mod(part) = item {
            fill(files, module, part)?;
        }
    }
    // Documentation of the whole cannot stand where a file is included.
    file.attrs.clear();
    let serde = format!("{root}::__private::serde");
    let serde = syn::parse_str(&serde).map_err(|error| not_rust(&serde, &error))?;
    OurSerde(serde).visit_file_mut(&mut file);
    Ok(file)
}

/// The same as text, formatted.
pub(crate) fn text(file: &syn::File) -> String {
    prettyplease::unparse(file)
}

/// Puts a file into the `mod name;` that it belongs to.
fn fill(files: &[Generated], module: &str, part: &mut ItemMod) -> Result<(), Error> {
    let content = parse(files, &format!("{module}/{}.rs", part.ident.unraw()))?;
    part.attrs
        .extend(content.attrs.into_iter().filter_map(outer_doc));
    part.semi = None;
    part.content = Some((syn::token::Brace::default(), content.items));
    Ok(())
}

/// `//!` as `///`.
fn outer_doc(mut attribute: Attribute) -> Option<Attribute> {
    attribute.style = syn::AttrStyle::Outer;
    attribute.path().is_ident("doc").then_some(attribute)
}

fn parse(files: &[Generated], path: &str) -> Result<syn::File, Error> {
    let file = files.iter().find(|file| file.path == path);
    let text = file.map(|file| file.text.as_str());
    let text = text.ok_or_else(|| EmitError::new(format!("no file `{path}` was generated")))?;
    syn::parse_file(text).map_err(|error| not_rust(path, &error))
}

fn not_rust(what: &str, error: &syn::Error) -> Error {
    EmitError::new(format!("{error} in `{what}`")).into()
}

/// Lets the derives of serde, and the imports of it, find it in the crate of the runtime.
struct OurSerde(syn::Path);

impl VisitMut for OurSerde {
    fn visit_item_mut(&mut self, item: &mut Item) {
        visit_mut::visit_item_mut(self, item);
        let attributes = match item {
            Item::Enum(item) => &mut item.attrs,
            Item::Struct(item) => &mut item.attrs,
            _ => return,
        };
        let derives = |attribute: &Attribute| {
            let list = attribute.meta.require_list();
            attribute.path().is_ident("derive")
                && list.is_ok_and(|list| list.tokens.to_string().contains("erialize"))
        };
        if let Some(index) = attributes.iter().position(derives) {
            let path = quote::ToTokens::to_token_stream(&self.0).to_string();
            let path = path.replace(' ', "");
            attributes.insert(index + 1, syn::parse_quote!(#[serde(crate = #path)]));
        }
    }

    fn visit_item_use_mut(&mut self, item: &mut ItemUse) {
        let from_serde = matches!(&item.tree, UseTree::Path(path) if path.ident == "serde");
        if from_serde && let UseTree::Path(path) = &item.tree {
            let (root, tree) = (&self.0, &path.tree);
            *item = syn::parse_quote!(use #root::#tree;);
        }
    }
}
