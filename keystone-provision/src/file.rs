//! A provisioning file: read, its variables filled in, and checked.

use std::collections::BTreeMap;

use keystone_document::{Content, Fault, Node};
use sha2::{Digest, Sha256};

use crate::check;
use crate::document::{self, Document};
use crate::error::{Error, FileError, Problem};
use crate::step::Step;

/// Values for `${name}` in a file; they override those under its key `variables`.
pub type Variables = BTreeMap<String, String>;

/// A provisioning file that was read and checked.
#[derive(Clone, Debug)]
pub struct File {
    pub(crate) name: String,
    pub(crate) steps: Vec<Step>,
    digest: String,
}

impl File {
    /// Reads a file; errors call it `name`.
    ///
    /// # Errors
    ///
    /// [`Error::File`] with every place where it is wrong, as far as it can be read at all.
    pub fn read(name: &str, text: &str, variables: &Variables) -> Result<Self, Error> {
        let mut root = match keystone_document::read_optional(name, text) {
            Ok(root) => root,
            Err(fault) => return Err(unreadable(&fault).into()),
        };
        let mut steps = Vec::new();
        if let Some(root) = &mut root {
            let variables = defaults(root, variables);
            let mut problems = Vec::new();
            fill_in(root, &variables, name, &mut problems);
            if !problems.is_empty() {
                return Err(FileError::new(problems).into());
            }
            let document: Document = document::read(name, root)?;
            steps = check::steps(name, &document)?;
        }
        Ok(Self {
            name: name.to_owned(),
            digest: digest(&steps),
            steps,
        })
    }

    /// A digest (SHA-256, hexadecimal) of what the file declares.
    pub fn digest(&self) -> &str {
        &self.digest
    }
}

fn unreadable(fault: &Fault) -> FileError {
    FileError::new(vec![Problem {
        place: fault.position().place(fault.file()),
        message: fault.problem().to_owned(),
    }])
}

fn digest(steps: &[Step]) -> String {
    let mut hash = Sha256::new();
    // State files of interrupted runs hold this digest: another text here, as of a renamed variant, and they are
    // ignored. Positions are left out, so that comments and order in the file do not matter.
    for step in steps {
        let Step {
            key,
            desired,
            attributes,
            ..
        } = step;
        // Quoted, so that no name can look like the end of one thing and the beginning of another.
        hash.update(format!("{:?}", (key.to_string(), desired, attributes)));
    }
    let bytes = hash.finalize();
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The values of the file, overridden by those that were given.
fn defaults(root: &Node, given: &Variables) -> Variables {
    let own = root.get("variables").and_then(Node::mapping);
    let own = own.unwrap_or_default().iter().filter_map(|entry| {
        let value = entry.value.text()?;
        Some((entry.name().to_owned(), value.to_owned()))
    });
    let mut variables: Variables = own.collect();
    variables.extend(given.clone());
    variables
}

/// Puts values in place of `${name}`; `$${` stands for `${`.
fn fill_in(node: &mut Node, variables: &Variables, file: &str, problems: &mut Vec<Problem>) {
    let position = node.position;
    match &mut node.value {
        Content::Mapping(entries) => {
            for entry in entries {
                fill_in(&mut entry.key, variables, file, problems);
                fill_in(&mut entry.value, variables, file, problems);
            }
        }
        Content::Sequence(items) => {
            for item in items {
                fill_in(item, variables, file, problems);
            }
        }
        Content::Scalar(text) if text.contains("${") => match filled_in(text, variables) {
            Ok(filled) => *text = filled.into(),
            Err(message) => problems.push(Problem {
                place: position.place(file),
                message,
            }),
        },
        Content::Scalar(_) => {}
    }
}

fn filled_in(text: &str, variables: &Variables) -> Result<String, String> {
    let mut filled = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("${") {
        if let Some(before) = before.strip_suffix('$') {
            filled.push_str(before);
            filled.push_str("${");
            rest = after;
            continue;
        }
        let (name, behind) = after
            .split_once('}')
            .ok_or("`${` has no `}`; write `$${` for a literal `${`")?;
        let value = variables.get(name).ok_or_else(|| {
            let known: Vec<&str> = variables.keys().map(String::as_str).collect();
            let otherwise = "pass one, or add a default under `variables`";
            let hint = keystone_document::hint_or(name, &known, otherwise);
            format!("the variable `{name}` has no value{hint}")
        })?;
        filled.push_str(before);
        filled.push_str(value);
        rest = behind;
    }
    filled.push_str(rest);
    Ok(filled)
}
