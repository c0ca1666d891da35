//! The data of the server.

mod assignments;
mod bootstrap;
mod methods;
mod record;
mod removal;
mod tokens;

use std::collections::{BTreeMap, BTreeSet, HashMap};

pub(crate) use self::assignments::{Actor, Effect, Grant, Target};
pub(crate) use self::methods::Methods;
pub(crate) use self::record::{Object, Record, Table, object};
pub(crate) use self::tokens::{Receipt, Scope, Token};

/// The data of one server. It holds secrets, so it has no `Debug`.
pub(crate) struct Store {
    pub(crate) domains: Table,
    pub(crate) projects: Table,
    pub(crate) users: Table,
    pub(crate) groups: Table,
    pub(crate) roles: Table,
    pub(crate) services: Table,
    pub(crate) endpoints: Table,
    pub(crate) regions: Table,
    pub(crate) credentials: Table,
    pub(crate) application_credentials: Table,
    pub(crate) access_rules: Table,
    pub(crate) trusts: Table,
    pub(crate) consumers: Table,
    pub(crate) request_tokens: Table,
    pub(crate) access_tokens: Table,
    /// Of users, application credentials, consumers and their tokens, by their id. Kept out of the records, so that no
    /// response can show them.
    pub(crate) secrets: HashMap<String, String>,
    /// Group id and user id.
    pub(crate) members: BTreeSet<(String, String)>,
    /// Role id and the id of a role that it implies.
    pub(crate) implied: BTreeSet<(String, String)>,
    pub(crate) grants: BTreeSet<Grant>,
    pub(crate) tokens: BTreeMap<String, Token>,
    pub(crate) receipts: BTreeMap<String, Receipt>,
    pub(crate) methods: Methods,
    /// Whether the v2.0 API is enabled.
    pub(crate) v2: bool,
}

impl Default for Store {
    fn default() -> Self {
        Self {
            domains: Table::of("domain"),
            projects: Table::of("project"),
            users: Table::of("user"),
            groups: Table::of("group"),
            roles: Table::of("role"),
            services: Table::of("service"),
            endpoints: Table::of("endpoint"),
            regions: Table::of("region"),
            credentials: Table::of("credential"),
            application_credentials: Table::of("application credential"),
            access_rules: Table::of("access rule"),
            trusts: Table::of("trust"),
            consumers: Table::of("consumer"),
            request_tokens: Table::of("request token"),
            access_tokens: Table::of("access token"),
            secrets: HashMap::new(),
            members: BTreeSet::new(),
            implied: BTreeSet::new(),
            grants: BTreeSet::new(),
            tokens: BTreeMap::new(),
            receipts: BTreeMap::new(),
            methods: Methods::default(),
            v2: false,
        }
    }
}

impl Store {
    /// A domain by its name.
    pub(crate) fn domain_named(&self, name: &str) -> Option<&Record> {
        self.domains
            .find(|domain| domain.text("name") == Some(name))
    }

    /// A user by name, within a domain.
    pub(crate) fn user_named(&self, name: &str, domain_id: &str) -> Option<&Record> {
        self.users
            .find(|user| user.is("name", name) && user.is("domain_id", domain_id))
    }

    /// A project by name, within a domain.
    pub(crate) fn project_named(&self, name: &str, domain_id: &str) -> Option<&Record> {
        self.projects
            .find(|project| project.is("name", name) && project.is("domain_id", domain_id))
    }

    /// Whether a user may act: it and its domain are enabled.
    pub(crate) fn is_active_user(&self, user: &Record) -> bool {
        user.flag("enabled") && self.is_active_domain(user.domain())
    }

    /// Whether a domain exists and is enabled.
    pub(crate) fn is_active_domain(&self, id: &str) -> bool {
        self.domains
            .lookup(id)
            .is_some_and(|domain| domain.flag("enabled"))
    }

    /// Whether a project and its domain are enabled.
    pub(crate) fn is_active_project(&self, project: &Record) -> bool {
        project.flag("enabled") && self.is_active_domain(project.domain())
    }

    /// A project, or a domain in the form of a project.
    pub(crate) fn project_or_domain(&self, id: &str) -> Option<Record> {
        self.projects
            .lookup(id)
            .cloned()
            .or_else(|| self.domains.lookup(id).map(Record::domain_as_project))
    }
}
