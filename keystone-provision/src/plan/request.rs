//! The request to Keystone for a step, with ids in place of names.

use keystone_sdk::SecretString;
use keystone_sdk::identity::ensure::{Actor, Grant, Target};
use keystone_sdk::identity::v3::{
    DomainCreate, EndpointCreate, EndpointInterface, GroupCreate, ProjectCreate, RegionCreate,
    RoleCreate, ServiceCreate, UserCreate,
};

use super::ids::Ids;
use crate::key::{self, InDomain, Key};
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
        let request = match (&step.key, &step.attributes) {
            (Key::Domain(name), Attributes::Domain { .. }) => domain(name, &step.attributes),
            (Key::Region(id), Attributes::Region { .. }) => {
                region(id, &step.attributes, ids, &mut pending)
            }
            (Key::Role(name), Attributes::Role { description }) => {
                let role = RoleCreate::new(name);
                Self::Role(set(role, description, RoleCreate::description))
            }
            (Key::Service(name), Attributes::Service { .. }) => service(name, &step.attributes),
            (Key::Group(name), Attributes::Group { description }) => {
                let group = GroupCreate::new(&name.name).domain_id(domain_id(name, ids)?);
                Self::Group(set(group, description, GroupCreate::description))
            }
            (Key::Project(name), _) => {
                let project = ProjectCreate::new(&name.name).domain_id(domain_id(name, ids)?);
                attributes_of_project(project, &step.attributes, ids, &mut pending)
            }
            (Key::User(name), _) => {
                let user = UserCreate::new(&name.name).domain_id(domain_id(name, ids)?);
                let user = match password {
                    Some(password) => user.password(password.clone()),
                    None => user,
                };
                attributes_of_user(user, &step.attributes, ids, &mut pending)
            }
            (Key::Endpoint { .. }, _) => endpoint(&step.key, &step.attributes, ids)?,
            (Key::Implied { prior, implied }, _) => Self::Implied {
                prior: ids.get(&Key::Role(prior.clone()))?,
                implied: ids.get(&Key::Role(implied.clone()))?,
            },
            (Key::Member { group, user }, _) => Self::Member {
                group: ids.get(&Key::Group(group.clone()))?,
                user: ids.get(&Key::User(user.clone()))?,
            },
            (Key::Assignment(assignment), _) => Self::Grant(grant(assignment, ids)?),
            // Keys and attributes come in pairs; see `check`.
            _ => return None,
        };
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

fn domain_id(name: &InDomain, ids: &Ids) -> Option<String> {
    ids.get(&Key::Domain(name.domain.clone()))
}

/// Sets what is declared.
fn set<B, T: Clone>(body: B, value: &Option<T>, setter: impl FnOnce(B, T) -> B) -> B {
    match value {
        Some(value) => setter(body, value.clone()),
        None => body,
    }
}

/// Sets the id of what is declared, or marks that it does not exist yet.
fn link<B>(
    body: B,
    key: Option<Key>,
    attribute: &'static str,
    ids: &Ids,
    pending: &mut Vec<Pending>,
    setter: impl FnOnce(B, String) -> B,
) -> B {
    let Some(key) = key else {
        return body;
    };
    match ids.get(&key) {
        Some(id) => setter(body, id),
        None => {
            pending.push((attribute, key.to_string()));
            body
        }
    }
}

fn domain(name: &str, wanted: &Attributes) -> Request {
    let mut domain = DomainCreate::new(name);
    if let Attributes::Domain {
        description,
        enabled,
    } = wanted
    {
        domain = set(domain, description, DomainCreate::description);
        domain = set(domain, enabled, DomainCreate::enabled);
    }
    Request::Domain(domain)
}

fn region(id: &str, wanted: &Attributes, ids: &Ids, pending: &mut Vec<Pending>) -> Request {
    let mut region = RegionCreate::new().id(id);
    if let Attributes::Region {
        description,
        parent,
    } = wanted
    {
        region = set(region, description, RegionCreate::description);
        let parent = parent.clone().map(Key::Region);
        let attribute = "parent_region_id";
        region = link(
            region,
            parent,
            attribute,
            ids,
            pending,
            RegionCreate::parent_region_id,
        );
    }
    Request::Region(region)
}

fn service(name: &str, wanted: &Attributes) -> Request {
    let Attributes::Service {
        service_type,
        description,
        enabled,
    } = wanted
    else {
        return Request::Service(ServiceCreate::new("").name(name));
    };
    let service = ServiceCreate::new(service_type).name(name);
    let service = set(service, description, ServiceCreate::description);
    Request::Service(set(service, enabled, ServiceCreate::enabled))
}

fn attributes_of_project(
    project: ProjectCreate,
    wanted: &Attributes,
    ids: &Ids,
    pending: &mut Vec<Pending>,
) -> Request {
    let Attributes::Project {
        description,
        enabled,
        tags,
        parent,
    } = wanted
    else {
        return Request::Project(project);
    };
    let project = set(project, description, ProjectCreate::description);
    let project = set(project, enabled, ProjectCreate::enabled);
    let project = set(project, tags, ProjectCreate::tags);
    let parent = parent.clone().map(Key::Project);
    let setter = ProjectCreate::parent_id;
    Request::Project(link(project, parent, "parent_id", ids, pending, setter))
}

fn attributes_of_user(
    user: UserCreate,
    wanted: &Attributes,
    ids: &Ids,
    pending: &mut Vec<Pending>,
) -> Request {
    let Attributes::User {
        description,
        email,
        enabled,
        default_project,
        ..
    } = wanted
    else {
        return Request::User(user);
    };
    let user = set(user, description, UserCreate::description);
    let user = set(user, email, UserCreate::email);
    let user = set(user, enabled, UserCreate::enabled);
    let project = default_project.clone().map(Key::Project);
    let setter = UserCreate::default_project_id;
    Request::User(link(
        user,
        project,
        "default_project_id",
        ids,
        pending,
        setter,
    ))
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
    let mut endpoint = EndpointCreate::new(service, interface, url);
    if let Some(region) = region {
        endpoint = endpoint.region_id(ids.get(&Key::Region(region.clone()))?);
    }
    Some(Request::Endpoint(set(
        endpoint,
        enabled,
        EndpointCreate::enabled,
    )))
}
