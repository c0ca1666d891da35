//! The declaring file: how it is written, read and judged.

use std::collections::BTreeMap;

use keystone_document::{Content, Fault, Node};
use schemars::JsonSchema;
use schemars::generate::SchemaSettings;
use serde::Deserialize;
use sha2::{Digest, Sha256};

use crate::check;
use crate::error::{Error, FileError, Problem};
use crate::secrets::Source;
use crate::step::Step;

mod place;
mod read;

pub(crate) use place::{At, Entries};

/// Values for `${name}` in a file, over those that it gives itself.
pub type Variables = BTreeMap<String, String>;

/// A file that was read and found right.
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
            let document: Document = read::document(name, root)?;
            steps = check::steps(name, &document)?;
        }
        Ok(Self {
            name: name.to_owned(),
            digest: digest(&steps),
            steps,
        })
    }

    /// Tells what the file declares, by a number that any change of it changes.
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
    for step in steps {
        let Step {
            key, shall, wanted, ..
        } = step;
        // Quoted, so that no name can look like the end of one thing and the beginning of another.
        hash.update(format!("{:?}", (key.to_string(), shall, wanted)));
    }
    let bytes = hash.finalize();
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The values of the file under those that were given.
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
            .ok_or("`${` has no `}`; write `$${` where it is meant as it stands")?;
        let value = variables.get(name).ok_or_else(|| {
            let known: Vec<&str> = variables.keys().map(String::as_str).collect();
            let otherwise = "give it, or a value under `variables`";
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

/// The JSON Schema of the format, for editors.
pub fn json_schema() -> String {
    let mut generator = SchemaSettings::draft2020_12().into_generator();
    let mut schema = generator.root_schema_for::<Document>().to_value();
    if let Some(schema) = schema.as_object_mut() {
        schema.insert("title".to_owned(), "Provisioning file".into());
    }
    format!("{schema:#}\n")
}

/// What a Keystone shall hold.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Document {
    /// Values for `${name}` anywhere in the file, unless others are given.
    variables: Entries<String>,
    /// Regions by id.
    pub(crate) regions: Entries<Region>,
    /// Roles by name.
    pub(crate) roles: Entries<Role>,
    /// Domains by name, with all in them.
    pub(crate) domains: Entries<Domain>,
    /// Services by name.
    pub(crate) services: Entries<Service>,
    /// Who has which role where.
    pub(crate) assignments: Vec<At<Assignment>>,
}

/// Whether a thing shall be there.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, JsonSchema, PartialEq)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Shall {
    /// It is made if it is missing and changed where it differs.
    #[default]
    Present,
    /// It has to be there already, and is neither made nor changed.
    Existing,
    /// It is deleted if it is there.
    Absent,
}

#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Region {
    /// Whether it shall be there.
    pub(crate) state: Shall,
    pub(crate) description: Option<String>,
    /// The region that it lies in.
    pub(crate) parent: Option<At<String>>,
}

#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Role {
    /// Whether it shall be there.
    pub(crate) state: Shall,
    pub(crate) description: Option<String>,
    /// The roles that it brings with it.
    pub(crate) implies: Vec<At<String>>,
}

#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Domain {
    /// Whether it shall be there. What is in an absent domain goes with it.
    pub(crate) state: Shall,
    pub(crate) description: Option<String>,
    pub(crate) enabled: Option<bool>,
    /// Projects by name.
    pub(crate) projects: Entries<Project>,
    /// Users by name.
    pub(crate) users: Entries<User>,
    /// Groups by name.
    pub(crate) groups: Entries<Group>,
}

#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Project {
    /// Whether it shall be there.
    pub(crate) state: Shall,
    pub(crate) description: Option<String>,
    pub(crate) enabled: Option<bool>,
    pub(crate) tags: Option<Vec<String>>,
    /// The project of the same domain that it lies in; the domain itself unless given.
    pub(crate) parent: Option<At<String>>,
    /// Projects that lie in it, by name.
    pub(crate) projects: Entries<Project>,
}

#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct User {
    /// Whether it shall be there.
    pub(crate) state: Shall,
    pub(crate) description: Option<String>,
    pub(crate) email: Option<String>,
    pub(crate) enabled: Option<bool>,
    /// A project of the same domain.
    pub(crate) default_project: Option<At<String>>,
    /// Where the password comes from when the user is made. That of a user who is there stays.
    pub(crate) password: Option<Source>,
}

#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Group {
    /// Whether it shall be there.
    pub(crate) state: Shall,
    pub(crate) description: Option<String>,
    /// Users of the same domain by name, or of another as `DOMAIN/NAME`.
    pub(crate) members: Vec<At<String>>,
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Service {
    /// Whether it shall be there.
    #[serde(default)]
    pub(crate) state: Shall,
    /// The type under which clients look for it.
    pub(crate) r#type: String,
    #[serde(default)]
    pub(crate) description: Option<String>,
    #[serde(default)]
    pub(crate) enabled: Option<bool>,
    #[serde(default)]
    pub(crate) endpoints: Vec<At<Endpoint>>,
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Endpoint {
    /// Whether it shall be there.
    #[serde(default)]
    pub(crate) state: Shall,
    pub(crate) interface: Interface,
    #[serde(default)]
    pub(crate) region: Option<At<String>>,
    /// The address; not needed for one that shall be absent.
    #[serde(default)]
    pub(crate) url: Option<String>,
    #[serde(default)]
    pub(crate) enabled: Option<bool>,
}

#[derive(Clone, Copy, Debug, Deserialize, Eq, JsonSchema, PartialEq)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Interface {
    Admin,
    Internal,
    Public,
}

impl Interface {
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Admin => "admin",
            Self::Internal => "internal",
            Self::Public => "public",
        }
    }
}

/// A role for one user or group, in one project or domain or on the system.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Assignment {
    /// Whether it shall be there.
    #[serde(default)]
    pub(crate) state: Shall,
    pub(crate) role: At<String>,
    /// `DOMAIN/NAME`.
    #[serde(default)]
    pub(crate) user: Option<At<String>>,
    /// `DOMAIN/NAME`.
    #[serde(default)]
    pub(crate) group: Option<At<String>>,
    /// `DOMAIN/NAME`.
    #[serde(default)]
    pub(crate) project: Option<At<String>>,
    #[serde(default)]
    pub(crate) domain: Option<At<String>>,
    /// On the whole system.
    #[serde(default)]
    pub(crate) system: bool,
    /// On all projects below the project or domain, instead of itself.
    #[serde(default)]
    pub(crate) inherited: bool,
}
