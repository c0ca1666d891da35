//! Code that is generated from a description: its errors, and a module of its own, which isolates it
//! from the code around the macro: from imported names, types with names of the prelude, and a
//! missing prelude.

use keystone_codegen::Error;
use keystone_codegen::resource_spec::SpecFile;
use proc_macro2::TokenStream;
use quote::quote;
use syn::visit_mut::{self, VisitMut};
use syn::{File, Item, ItemMod, ItemUse, LitStr, Macro, Path, UseTree, parse_quote};

use crate::diag::{Errors, own_name};
use crate::source::SourceFile;

/// The files of a description.
pub(crate) struct Description {
    /// Items that make the compiler run the macro again when a file has changed.
    pub(crate) watched: TokenStream,
    pub(crate) files: Vec<SpecFile>,
}

impl Description {
    /// Reads the files that a call names.
    pub(crate) fn read(names: &[LitStr], errors: &mut Errors) -> Self {
        let mut description = Self {
            watched: TokenStream::new(),
            files: Vec::new(),
        };
        for name in names {
            if let Some(source) = errors.keep(SourceFile::find(name)) {
                description.watched.extend(source.watched());
                description
                    .files
                    .push(SpecFile::new(name.value(), source.text()));
            }
        }
        description
    }
}

/// Shows each problem under the literal that names its file.
pub(crate) fn report(files: &[LitStr], error: &Error, errors: &mut Errors) {
    let Error::Spec(spec) = error else {
        if let Some(file) = files.first() {
            errors.at(file, error);
        }
        return;
    };
    for problem in spec.problems() {
        let names = |file: &&LitStr| problem.place.starts_with(&format!("{}:", file.value()));
        if let Some(file) = files.iter().find(names).or(files.first()) {
            errors.at(file, format!("{}: {}", problem.place, problem.message));
        }
    }
}

/// `content` in a module, with its public items re-exported.
pub(crate) fn apart(content: TokenStream) -> TokenStream {
    let Ok(mut file) = syn::parse2::<File>(content.clone()) else {
        return content;
    };
    Apart.visit_file_mut(&mut file);
    let (prelude, module) = (prelude(), own_name("client"));
    quote! {
        #[allow(non_snake_case, clippy::exhaustive_enums, clippy::exhaustive_structs)]
        mod #module {
            #prelude
            #file
        }
        pub use #module::*;
    }
}

fn prelude() -> Item {
    parse_quote!(
        #[allow(unused_imports)]
        use ::std::prelude::rust_2021::*;
    )
}

/// Makes paths of the standard library absolute.
struct Apart;

impl VisitMut for Apart {
    fn visit_item_mod_mut(&mut self, module: &mut ItemMod) {
        visit_mut::visit_item_mod_mut(self, module);
        if let Some(items) = &mut module.content {
            items.1.insert(0, prelude());
        }
    }

    fn visit_item_use_mut(&mut self, item: &mut ItemUse) {
        if matches!(&item.tree, UseTree::Path(path) if path.ident == "std") {
            item.leading_colon = Some(<_>::default());
        }
    }

    fn visit_path_mut(&mut self, path: &mut Path) {
        visit_mut::visit_path_mut(self, path);
        if path.segments.len() > 1 && path.segments.first().is_some_and(|one| one.ident == "std") {
            path.leading_colon = Some(<_>::default());
        }
    }

    fn visit_macro_mut(&mut self, called: &mut Macro) {
        visit_mut::visit_macro_mut(self, called);
        if called.path.is_ident("format") {
            called.path = parse_quote!(::std::format);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_the_standard_library_are_written_out() {
        let text = apart(quote! {
            use std::time::Duration;
            mod proxies {
                fn path(of: std::time::Duration) -> String { format!("{of:?}") }
            }
        })
        .to_string();
        assert_eq!(text.matches("prelude").count(), 2, "{text}");
        assert!(text.contains("use :: std :: time :: Duration"), "{text}");
        assert!(text.contains("of : :: std :: time :: Duration"), "{text}");
        assert!(text.contains(":: std :: format !"), "{text}");
        assert!(text.contains("pub use __client_"), "{text}");
    }
}
