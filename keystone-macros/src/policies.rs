//! `policies!`: the policies of a crate, read from their files at compile time.

use proc_macro2::TokenStream;
use syn::LitStr;

use crate::diag::{Errors, Expansion};
use crate::files::{Arguments, Reads};
use crate::root::Root;
use crate::source::SourceFile;

mod check;
mod compiled;
mod expand;
mod model;
mod names;

/// The files of `policies!`.
struct PolicyFiles;

impl Reads for PolicyFiles {
    const WHAT: &'static str = "a policy file";
    const REMEDY: &'static str = "`policies!(\"specs/policies.yaml\")`";

    fn root() -> Root {
        Root::middleware()
    }
}

/// Finds a file by its name in the call.
type Find<'a> = &'a dyn Fn(&LitStr) -> syn::Result<SourceFile>;

/// The module `policies`; with errors, a stand-in with which handlers compile.
pub(crate) fn expand(input: TokenStream) -> Expansion {
    expand_from(input, &SourceFile::find)
}

fn expand_from(input: TokenStream, find: Find<'_>) -> Expansion {
    let mut errors = Errors::default();
    let tokens = match errors.keep(syn::parse2::<Arguments<PolicyFiles>>(input)) {
        Some(arguments) => {
            let table = model::read(&arguments.files, find, &mut errors);
            check::check(&table, &mut errors);
            let names = names::assign(&table, &mut errors);
            match errors.is_empty() {
                true => expand::table(&arguments.root, &table, &names),
                false => expand::fallback(&arguments.root, &table),
            }
        }
        None => expand::fallback(&Root::middleware(), &model::Table::default()),
    };
    Expansion { tokens, errors }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What the macro makes of a file of this content.
    pub(super) fn shown(text: &str) -> String {
        // A folder of its own for each test, which may go when the test has what it wants.
        let test = format!(
            "policies-{}-{:?}",
            std::process::id(),
            std::thread::current().id()
        );
        let folder = std::env::temp_dir().join(test);
        std::fs::create_dir_all(&folder).unwrap();
        std::fs::write(folder.join("p.yaml"), text).unwrap();
        let folders = [folder.clone()];
        let find = |file: &LitStr| SourceFile::find_in(&folders, file);
        let expansion = expand_from(quote::quote!("p.yaml"), &find);
        std::fs::remove_dir_all(&folder).unwrap();
        expansion.errors.beside(expansion.tokens).to_string()
    }

    #[test]
    fn a_good_file_gives_markers_and_is_watched() {
        let text = shown("policies: {'proxy:create': 'role:admin'}");
        assert!(text.contains("pub mod proxy"), "{text}");
        assert!(
            text.contains("pub type Create = super :: Rule < 0usize >"),
            "{text}"
        );
        assert!(text.contains("include_bytes"), "{text}");
        assert!(!text.contains("compile_error"), "{text}");
    }

    #[test]
    fn a_policy_that_reads_its_target_is_not_plain() {
        let text = shown("rules: {own: 'user_id:%(o)s'}\npolicies: {'a:b': 'rule:own', 'a:c': ''}");
        assert!(!text.contains("PlainPolicy for Rule < 0usize >"), "{text}");
        assert!(text.contains("PlainPolicy for Rule < 1usize >"), "{text}");
        assert!(
            text.contains("policy `a:b` reads `%(o)s`, but its target `{Self}`"),
            "{text}"
        );
        assert!(text.contains("the rule is at p.yaml:1:9"), "{text}");
    }

    #[test]
    fn the_service_file_is_neither_read_nor_missed() {
        let text = shown("service: gone.yaml\npolicies: {'a:b': {check: '', internal: true}}");
        assert!(!text.contains("compile_error"), "{text}");
        assert!(text.contains(". internal ()"), "{text}");
    }

    #[test]
    fn what_a_service_needs_is_in_the_stand_in_too() {
        for text in [
            shown("policies: {'a:b': ''}"),
            shown("policies: {'a:b': 'not admin'}"),
        ] {
            for name in [
                "__POLICIES",
                "__nearest",
                "__reads_target",
                "__check_operations",
            ] {
                assert!(text.contains(name), "{name}: {text}");
            }
        }
    }

    #[test]
    fn a_wrong_file_gives_its_errors_and_a_module_that_compiles() {
        let text = shown("policies: {'a:b': 'not admin'}");
        assert!(text.contains("pub const fn index_of"), "{text}");
        assert!(
            text.contains("pub type B = super :: Rule < 0usize >"),
            "{text}"
        );
        assert_eq!(text.matches("compile_error").count(), 1, "{text}");
    }

    #[test]
    fn an_operand_that_only_python_reads_is_refused_at_its_place() {
        for (check, problem) in [
            (
                "0x10:%(o)s",
                "p.yaml:1:12: rule `a:b`: the left operand of `0x10:%(o)s`",
            ),
            (
                "user_id:%(o)d",
                "p.yaml:1:12: rule `a:b`: the right operand of `user_id:%(o)d`",
            ),
        ] {
            let text = shown(&format!("policies: {{'a:b': '{check}'}}"));
            assert!(text.contains(problem), "{text}");
            assert_eq!(text.matches("compile_error").count(), 1, "{text}");
        }
    }

    #[test]
    fn arguments_that_cannot_be_read_leave_a_module_too() {
        let expansion = expand_from(quote::quote!(specs / p.yaml), &SourceFile::find);
        let text = expansion.errors.beside(expansion.tokens).to_string();
        assert!(text.contains("pub const fn index_of"), "{text}");
        assert_eq!(text.matches("compile_error").count(), 1, "{text}");
    }

    #[test]
    fn names_without_a_letter_or_digit_are_refused() {
        for name in [
            "", ":", "::", "a:", ":a", "a::b", "-", "_", " ", "a: ", "--:a", "a:_",
        ] {
            let shown = shown(&format!("policies: {{'{name}': ''}}"));
            assert!(
                shown.contains("is not a valid policy name"),
                "{name:?}: {shown}"
            );
            assert_eq!(
                shown.matches("compile_error").count(),
                1,
                "{name:?}: {shown}"
            );
        }
        for name in ["a", "a:b", "1:2", "os-agents:é", "a-b:c_d"] {
            let shown = shown(&format!("policies: {{'{name}': ''}}"));
            assert!(!shown.contains("compile_error"), "{name:?}: {shown}");
        }
    }

    #[test]
    fn policies_that_give_one_rust_name_are_refused() {
        for (text, other) in [
            ("policies: {'a-b:c': '', 'a_b:c': ''}", "a-b:c"),
            ("policies: {A: '', 'A:b': ''}", "the module of others"),
            ("policies: {rule: ''}", "`policies!` itself"),
            ("policies: {'Rule:x': ''}", "`policies!` itself"),
        ] {
            let shown = shown(text);
            assert!(
                shown.contains(&format!("same Rust name as {other}")),
                "{text}: {shown}"
            );
            assert_eq!(shown.matches("compile_error").count(), 1, "{text}: {shown}");
        }
    }
}
