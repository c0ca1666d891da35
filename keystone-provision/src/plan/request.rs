//! The request to Keystone for a step, with ids in place of names.

use keystone_sdk::SecretString;
use keystone_sdk::identity::ensure::{Actor, Grant, Target};
use keystone_sdk::identity::v3::{
    DomainCreate, EndpointCreate, EndpointInterface, GroupCreate, ProjectCreate, RegionCreate,
    RoleCreate, ServiceCreate, UserCreate,
};

use super::ids::Ids;
use crate::key::{self, Key};
use crate::step::{Attributes, Step};

/// The request for a step.
pub(crate) enum Request {
    Domain(DomainCreate),
    Endpoint(EndpointCreate),
    Grant(Grant),
    Group(GroupCreate),
    Implied { prior: String, implied: String },
    Member { group: String, user: String },
    Project(ProjectCreate),
    Region(RegionCreate),
    Role(RoleCreate),
    Service(ServiceCreate),
    User(UserCreate),
}

/// An attribute that refers to a resource that does not exist yet, and its name.
pub(crate) type Pending = (&'static str, String);

impl Request {
    /// The request, if all that it requires exists; and what else does not exist yet.
    pub(crate) fn of(
        step: &Step,
        ids: &Ids,
        password: Option<&SecretString>,
    ) -> Option<(Self, Vec<Pending>)> {
        let mut pending = Vec::new();
        // The id of what is declared, or a mark that it does not exist yet.
        let mut link = |attribute: &'static str, key: Option<Key>| {
            let key = key?;
            let id = ids.get(&key);
            if id.is_none() {
                pending.push((attribute, key.to_string()));
            }
            id
        };
        let request = match &step.key {
            Key::Group(name) | Key::Project(name) | Key::User(name) => {
                let domain = ids.get(&Key::Domain(name.domain.clone()))?;
                in_domain(&name.name, domain, &step.attributes, password, &mut link)
            }
            Key::Domain(name) | Key::Region(name) | Key::Role(name) | Key::Service(name) => {
                top_level(name, &step.attributes, &mut link)
            }
            Key::Endpoint { .. } => endpoint(&step.key, &step.attributes, ids),
            Key::Implied { prior, implied } => Some(Self::Implied {
                prior: ids.get(&Key::Role(prior.clone()))?,
                implied: ids.get(&Key::Role(implied.clone()))?,
            }),
            Key::Member { group, user } => Some(Self::Member {
                group: ids.get(&Key::Group(group.clone()))?,
                user: ids.get(&Key::User(user.clone()))?,
            }),
            Key::Assignment(assignment) => grant(assignment, ids).map(Self::Grant),
        }?;
        Some((request, pending))
    }
}

/// The grant of an assignment, if all that it links exists.
pub(crate) fn grant(assignment: &key::Assignment, ids: &Ids) -> Option<Grant> {
    let actor_id = ids.get(&assignment.actor)?;
    let actor = match &assignment.actor {
        Key::Group(_) => Actor::Group(actor_id.into()),
        _ => Actor::User(actor_id.into()),
    };
    let target = match &assignment.target {
        None => Target::System,
        Some(target @ Key::Domain(_)) => Target::Domain(ids.get(target)?.into()),
        Some(target) => Target::Project(ids.get(target)?.into()),
    };
    let role = ids.get(&Key::Role(assignment.role.clone()))?;
    let grant = Grant::new(role, actor, target);
    Some(match assignment.inherited {
        true => grant.inherited(),
        false => grant,
    })
}

/// Sets what is declared.
fn set<B, T: Clone>(body: B, value: &Option<T>, setter: impl FnOnce(B, T) -> B) -> B {
    match value {
        Some(value) => setter(body, value.clone()),
        None => body,
    }
}

/// Looks up the id that an attribute refers to.
type Link<'a> = &'a mut dyn FnMut(&'static str, Option<Key>) -> Option<String>;

/// The request for what belongs to no domain.
fn top_level(name: &str, wanted: &Attributes, link: Link<'_>) -> Option<Request> {
    Some(match wanted {
        Attributes::Domain {
            description,
            enabled,
        } => {
            let domain = set(
                DomainCreate::new(name),
                description,
                DomainCreate::description,
            );
            Request::Domain(set(domain, enabled, DomainCreate::enabled))
        }
        Attributes::Region {
            description,
            parent,
        } => {
            let region = RegionCreate::new().id(name);
            let region = set(region, description, RegionCreate::description);
            let parent = link("parent_region_id", parent.clone().map(Key::Region));
            Request::Region(set(region, &parent, RegionCreate::parent_region_id))
        }
        Attributes::Role { description } => Request::Role(set(
            RoleCreate::new(name),
            description,
            RoleCreate::description,
        )),
        Attributes::Service {
            service_type,
            description,
            enabled,
        } => {
            let service = ServiceCreate::new(service_type).name(name);
            let service = set(service, description, ServiceCreate::description);
            Request::Service(set(service, enabled, ServiceCreate::enabled))
        }
        // Keys and attributes come in pairs; see `check`.
        _ => return None,
    })
}

/// The request for what belongs to a domain.
fn in_domain(
    name: &str,
    domain: String,
    wanted: &Attributes,
    password: Option<&SecretString>,
    link: Link<'_>,
) -> Option<Request> {
    Some(match wanted {
        Attributes::Group { description } => {
            let group = GroupCreate::new(name).domain_id(domain);
            Request::Group(set(group, description, GroupCreate::description))
        }
        Attributes::Project {
            description,
            enabled,
            tags,
            parent,
        } => {
            let project = ProjectCreate::new(name).domain_id(domain);
            let project = set(project, description, ProjectCreate::description);
            let project = set(project, enabled, ProjectCreate::enabled);
            let project = set(project, tags, ProjectCreate::tags);
            let parent = link("parent_id", parent.clone().map(Key::Project));
            Request::Project(set(project, &parent, ProjectCreate::parent_id))
        }
        Attributes::User {
            description,
            email,
            enabled,
            default_project,
            ..
        } => {
            let user = UserCreate::new(name).domain_id(domain);
            let user = set(user, &password.cloned(), UserCreate::password);
            let user = set(user, description, UserCreate::description);
            let user = set(user, email, UserCreate::email);
            let user = set(user, enabled, UserCreate::enabled);
            let project = link(
                "default_project_id",
                default_project.clone().map(Key::Project),
            );
            Request::User(set(user, &project, UserCreate::default_project_id))
        }
        // Keys and attributes come in pairs; see `check`.
        _ => return None,
    })
}

fn endpoint(key: &Key, wanted: &Attributes, ids: &Ids) -> Option<Request> {
    let (
        Key::Endpoint {
            service,
            interface,
            region,
        },
        Attributes::Endpoint { url, enabled },
    ) = (key, wanted)
    else {
        return None;
    };
    let service = ids.get(&Key::Service(service.clone()))?;
    let interface = EndpointInterface::from(interface.as_str());
    let endpoint = EndpointCreate::new(service, interface, url);
    let endpoint = match region {
        Some(region) => endpoint.region_id(ids.get(&Key::Region(region.clone()))?),
        None => endpoint,
    };
    let endpoint = set(endpoint, enabled, EndpointCreate::enabled);
    Some(Request::Endpoint(endpoint))
}
