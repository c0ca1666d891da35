//! The format of provisioning files, as types.

use schemars::JsonSchema;
use schemars::generate::SchemaSettings;
use serde::Deserialize;

use crate::secrets::PasswordSource;

mod place;
mod read;

pub(crate) use place::{At, Entries};
pub(crate) use read::document as read;

/// The JSON Schema of the format, for editors.
pub fn json_schema() -> String {
    let mut generator = SchemaSettings::draft2020_12().into_generator();
    let mut schema = generator.root_schema_for::<Document>().to_value();
    if let Some(schema) = schema.as_object_mut() {
        schema.insert("title".to_owned(), "Provisioning file".into());
    }
    format!("{schema:#}\n")
}

/// What a Keystone is to hold.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Document {
    /// Default values for `${name}` anywhere in the file.
    variables: Entries<String>,
    /// Regions by id.
    pub(crate) regions: Entries<Region>,
    /// Roles by name.
    pub(crate) roles: Entries<Role>,
    /// Domains by name, with everything in them.
    pub(crate) domains: Entries<Domain>,
    /// Services by name.
    pub(crate) services: Entries<Service>,
    /// Who has which role where.
    pub(crate) assignments: Vec<At<Assignment>>,
}

/// The state that a resource or a link is brought to.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, JsonSchema, PartialEq)]
#[serde(rename_all = "snake_case")]
pub(crate) enum DesiredState {
    /// It is created if it is missing, and updated where it differs.
    #[default]
    Present,
    /// It has to exist already, and is neither created nor updated.
    Existing,
    /// It is deleted if it exists.
    Absent,
}

#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Region {
    /// The state that it is brought to.
    pub(crate) state: DesiredState,
    pub(crate) description: Option<String>,
    /// The parent region.
    pub(crate) parent: Option<At<String>>,
}

#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Role {
    /// The state that it is brought to.
    pub(crate) state: DesiredState,
    pub(crate) description: Option<String>,
    /// The roles that it implies.
    pub(crate) implies: Vec<At<String>>,
}

#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Domain {
    /// The state that it is brought to. With an absent domain, everything in it is deleted.
    pub(crate) state: DesiredState,
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
    /// The state that it is brought to.
    pub(crate) state: DesiredState,
    pub(crate) description: Option<String>,
    pub(crate) enabled: Option<bool>,
    pub(crate) tags: Option<Vec<String>>,
    /// The parent project, of the same domain; the domain itself unless given.
    pub(crate) parent: Option<At<String>>,
    /// Its child projects, by name.
    pub(crate) projects: Entries<Project>,
}

#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct User {
    /// The state that it is brought to.
    pub(crate) state: DesiredState,
    pub(crate) description: Option<String>,
    pub(crate) email: Option<String>,
    pub(crate) enabled: Option<bool>,
    /// A project of the same domain.
    pub(crate) default_project: Option<At<String>>,
    /// Where the password comes from when the user is created. That of an existing user is left alone.
    pub(crate) password: Option<PasswordSource>,
}

#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Group {
    /// The state that it is brought to.
    pub(crate) state: DesiredState,
    pub(crate) description: Option<String>,
    /// Users of the same domain by name, or of another as `DOMAIN/NAME`.
    pub(crate) members: Vec<At<String>>,
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Service {
    /// The state that it is brought to.
    #[serde(default)]
    pub(crate) state: DesiredState,
    /// The service type, such as `image`.
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
    /// The state that it is brought to.
    #[serde(default)]
    pub(crate) state: DesiredState,
    pub(crate) interface: Interface,
    #[serde(default)]
    pub(crate) region: Option<At<String>>,
    /// The URL; not needed with `state: absent`.
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
    /// The state that it is brought to.
    #[serde(default)]
    pub(crate) state: DesiredState,
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
