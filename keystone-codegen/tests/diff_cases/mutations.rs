//! Each kind of change, done to a description and undone.

use keystone_codegen::diff::Effect::{self, Clients, Operators, Servers, Source};
use keystone_codegen::diff::{Change, diff};
use keystone_codegen::model::Api;
use keystone_codegen::openapi::{WriteOptions, write};
use keystone_codegen::resource_spec::{SpecFile, read};

use super::mutation_table::{MUTATIONS, Mutation};

const NOTES: &str = include_str!("notes.yaml");

pub(super) fn api(text: &str) -> Api {
    read(&[SpecFile::new("notes.yaml", text)]).unwrap_or_else(|error| panic!("{error}\n{text}"))
}

fn written(api: &Api) -> Api {
    let text = write(api, &WriteOptions::new()).unwrap();
    keystone_codegen::describe(&[SpecFile::new("api.yaml", text)]).unwrap()
}

fn short(changes: &[Change]) -> Vec<(Effect, &'static str)> {
    changes.iter().map(|one| (one.effect, one.kind)).collect()
}

fn mutated(mutation: &Mutation) -> String {
    let Mutation { line, other, .. } = mutation;
    assert_eq!(NOTES.matches(line).count(), 1, "{line}");
    NOTES.replace(line, other)
}

#[test]
fn each_kind_of_change_has_its_effect_and_its_inverse_another() {
    let old = api(NOTES);
    for mutation in MUTATIONS {
        let new = api(&mutated(mutation));
        let case = format!("{:?} -> {:?}", mutation.line, mutation.other);
        let done = diff(&old, &new);
        assert_eq!(short(&done.changes), mutation.done, "{case}\n{done}");
        let undone = diff(&new, &old);
        assert_eq!(
            short(&undone.changes),
            mutation.undone,
            "{case}, undone\n{undone}"
        );
    }
}

/// The same changes are found whether a version is a resource spec or the OpenAPI document of it.
#[test]
fn a_change_is_the_same_between_documents_and_between_a_spec_and_a_document() {
    let old = api(NOTES);
    let old_document = written(&old);
    for mutation in MUTATIONS {
        let new = api(&mutated(mutation));
        let new_document = written(&new);
        let (plain, case) = (
            diff(&old, &new),
            format!("{:?} -> {:?}", mutation.line, mutation.other),
        );
        for other in [
            diff(&old_document, &new_document),
            diff(&old, &new_document),
            diff(&old_document, &new),
        ] {
            assert_eq!(
                short(&other.changes),
                short(&plain.changes),
                "{case}\n{plain}-- as documents\n{other}"
            );
        }
    }
}

/// What comes with a microversion of its own reaches only clients that ask for it.
#[test]
fn a_change_with_a_newer_microversion_breaks_nobody() {
    let newer = NOTES.replace("max: \"1.3\"", "max: \"1.4\"");
    let old = api(NOTES);
    for (line, other) in [
        (
            "size: \"int, create\"",
            "size: \"int, create\"\n      weight: \"int, create!, since 1.4\"",
        ),
        ("size: \"int, create\"", "size: \"int, create, until 1.3\""),
        (
            "seen: \"int, response\"",
            "seen: \"int, response, until 1.3\"",
        ),
        ("      done: bool\n", "      done: \"bool, until 1.3\"\n"),
        (
            "delete: note:delete",
            "delete: {policy: note:delete, until: \"1.3\"}",
        ),
        (
            "unit: string}",
            "unit: string, per: \"string, required, since 1.4\"}",
        ),
    ] {
        assert_eq!(NOTES.matches(line).count(), 1, "{line}");
        let diff = diff(&old, &api(&newer.replace(line, other)));
        assert!(
            !diff.is_breaking(&[Clients, Source, Operators]),
            "{line}\n{diff}"
        );
        assert!(diff.is_breaking(&[Servers]), "{line}\n{diff}");
    }
}

/// What ends below the lowest microversion is not missed: the range is the one change.
#[test]
fn what_goes_with_its_last_microversion_is_told_once() {
    let old = NOTES.replace("size: \"int, create\"", "size: \"int, create, until 1.1\"");
    let new = NOTES.replace("      size: \"int, create\"\n", "");
    let raised = new.replace("min: \"1.0\"", "min: \"1.2\"");
    let diff = diff(&api(&old), &api(&raised));
    assert_eq!(
        short(&diff.changes),
        [(Clients, "microversions-lost")],
        "{diff}"
    );
}
