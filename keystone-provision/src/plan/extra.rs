//! Resources and links that a file does not declare.

use std::collections::{BTreeMap, BTreeSet};

use keystone_sdk::Error as SdkError;
use keystone_sdk::identity::ensure::{Actor, Grant, Target};
use keystone_sdk::identity::v3::{
    Client, EndpointId, GroupId, Project, ProjectId, RoleAssignment, ServiceId, User, UserId,
};

use super::ids::Ids;
use super::{Action, Job, Planned, Work, declared, request};
use crate::document::DesiredState;
use crate::error::Error;
use crate::key::{InDomain, Key};
use crate::step::{Step, deleting};

/// A resource or a link that the file does not declare, by ids.
#[derive(Clone, Debug)]
pub(crate) enum Extra {
    Endpoint(EndpointId),
    Grant(Grant),
    Group(GroupId),
    Member(GroupId, UserId),
    Project(ProjectId),
    User(UserId),
}

/// All of it, to be deleted.
pub(super) async fn jobs(identity: &Client, ids: &Ids, steps: &[Step]) -> Result<Vec<Job>, Error> {
    let search = Search {
        identity,
        ids,
        declared: declared(steps),
        grants: grants(ids, steps),
    };
    let ours = ours(steps);
    let mut jobs = Vec::new();
    for step in steps
        .iter()
        .filter(|step| step.desired == DesiredState::Present)
    {
        let Some(id) = ids.get(&step.key) else {
            continue;
        };
        let found = match &step.key {
            Key::Domain(name) => search.in_domain(name, &id).await,
            Key::Group(name) if ours.contains(&name.domain) => search.of_group(name, &id).await,
            Key::User(name) if ours.contains(&name.domain) => search.of_user(name, &id).await,
            Key::Service(name) => search.of_service(name, &id).await,
            _ => continue,
        };
        jobs.extend(found.map_err(|source| Error::Identity {
            what: step.key.to_string(),
            place: "--prune".to_owned(),
            verb: "could not be searched for what is not declared",
            source: Box::new(source),
        })?);
    }
    Ok(jobs)
}

/// The domains whose content the file manages.
fn ours(steps: &[Step]) -> BTreeSet<String> {
    let present = steps
        .iter()
        .filter(|step| step.desired == DesiredState::Present);
    let domains = present.filter_map(|step| match &step.key {
        Key::Domain(name) => Some(name.clone()),
        _ => None,
    });
    domains.collect()
}

fn grants(ids: &Ids, steps: &[Step]) -> Vec<Grant> {
    let assignments = steps.iter().filter_map(|step| match &step.key {
        Key::Assignment(assignment) => request::grant(assignment, ids),
        _ => None,
    });
    assignments.collect()
}

struct Search<'a> {
    identity: &'a Client,
    ids: &'a Ids,
    declared: BTreeSet<String>,
    grants: Vec<Grant>,
}

impl Search<'_> {
    fn is_declared(&self, key: &Key) -> bool {
        self.declared.contains(&key.to_string())
    }

    async fn in_domain(&self, domain: &str, id: &str) -> Result<Vec<Job>, SdkError> {
        let mut jobs = Vec::new();
        let projects = self.identity.projects().list().domain_id(id).all().await?;
        for project in &projects {
            let key = Key::Project(InDomain::new(domain, &project.name));
            if !self.is_declared(&key) {
                let depth = depth(project, &projects);
                jobs.push(job(&key, depth, Extra::Project(project.id.clone())));
            }
        }
        for user in self.identity.users().list().domain_id(id).all().await? {
            let key = Key::User(InDomain::new(domain, &user.name));
            if !self.is_declared(&key) {
                jobs.push(job(&key, 0, Extra::User(user.id)));
            }
        }
        for group in self.identity.groups().list().domain_id(id).all().await? {
            let key = Key::Group(InDomain::new(domain, &group.name));
            if !self.is_declared(&key) {
                jobs.push(job(&key, 0, Extra::Group(group.id)));
            }
        }
        Ok(jobs)
    }

    async fn of_group(&self, group: &InDomain, id: &str) -> Result<Vec<Job>, SdkError> {
        let mut jobs = Vec::new();
        for user in self.identity.group_users(id).list().all().await? {
            let key = Key::Member {
                group: group.clone(),
                user: self.user(&user),
            };
            if !self.is_declared(&key) {
                jobs.push(job(&key, 0, Extra::Member(id.into(), user.id)));
            }
        }
        let given = self.identity.role_assignments().list().group_id(id);
        let given = given.include_names(true).all().await?;
        jobs.extend(self.undeclared(&Actor::Group(id.into()), group, "group", &given));
        Ok(jobs)
    }

    /// By the names of the file, as far as it knows them.
    fn user(&self, user: &User) -> InDomain {
        let declared = self.ids.find(user.id.as_str(), |key| match key {
            Key::User(name) => Some(name.clone()),
            _ => None,
        });
        declared.unwrap_or_else(|| {
            let domain = self.ids.find(user.domain_id.as_str(), |key| match key {
                Key::Domain(name) => Some(name.clone()),
                _ => None,
            });
            let domain = domain.unwrap_or_else(|| user.domain_id.to_string());
            InDomain::new(&domain, &user.name)
        })
    }

    async fn of_user(&self, user: &InDomain, id: &str) -> Result<Vec<Job>, SdkError> {
        let given = self.identity.role_assignments().list().user_id(id);
        let given = given.include_names(true).all().await?;
        Ok(self.undeclared(&Actor::User(id.into()), user, "user", &given))
    }

    fn undeclared(
        &self,
        actor: &Actor,
        name: &InDomain,
        kind: &str,
        given: &[RoleAssignment],
    ) -> Vec<Job> {
        let grants = given.iter().filter_map(|given| {
            let (target, place) = target(given)?;
            let grant = Grant::new(&given.role.id, actor.clone(), target);
            let inherited = given.scope.inherited_to.is_some();
            let grant = if inherited { grant.inherited() } else { grant };
            let role = given.role.name.as_deref().unwrap_or(given.role.id.as_str());
            let below = if inherited { "below " } else { "on " };
            let what = format!("role {role} for {kind} {name} {below}{place}");
            (!self.grants.contains(&grant)).then(|| job_called(what, (3, 0), Extra::Grant(grant)))
        });
        grants.collect()
    }

    async fn of_service(&self, service: &str, id: &str) -> Result<Vec<Job>, SdkError> {
        let service_id = ServiceId::from(id);
        let endpoints = self.identity.endpoints().list().service_id(service_id);
        let mut jobs = Vec::new();
        for endpoint in endpoints.all().await? {
            let key = Key::Endpoint {
                service: service.to_owned(),
                interface: endpoint.interface.as_str().to_owned(),
                region: endpoint.region_id.map(String::from),
            };
            if !self.is_declared(&key) {
                jobs.push(job(&key, 0, Extra::Endpoint(endpoint.id)));
            }
        }
        Ok(jobs)
    }
}

/// Where a role is given, and what that is called.
fn target(given: &RoleAssignment) -> Option<(Target, String)> {
    let scope = &given.scope;
    if let Some(project) = &scope.project {
        let name = project.name.as_deref().unwrap_or(project.id.as_str());
        let domain = project
            .domain
            .as_ref()
            .and_then(|domain| domain.name.as_deref());
        let domain = domain.unwrap_or_default();
        let place = format!("project {domain}/{name}");
        return Some((Target::Project(project.id.clone()), place));
    }
    if let Some(domain) = &scope.domain {
        let id = domain.id.clone()?;
        let place = format!("domain {}", domain.name.as_deref().unwrap_or(id.as_str()));
        return Some((Target::Domain(id), place));
    }
    scope
        .system
        .is_some()
        .then(|| (Target::System, "the system".to_owned()))
}

/// How many of these projects lie above it.
fn depth(project: &Project, all: &[Project]) -> usize {
    let parents: BTreeMap<&str, Option<&ProjectId>> = all
        .iter()
        .map(|project| (project.id.as_str(), project.parent_id.as_ref()))
        .collect();
    let mut depth = 0;
    let mut above = project.parent_id.as_ref();
    while let Some(parent) = above.filter(|_| depth < all.len()) {
        depth += 1;
        above = parents.get(parent.as_str()).copied().flatten();
    }
    depth
}

fn job(key: &Key, depth: usize, extra: Extra) -> Job {
    job_called(key.to_string(), key.level(depth), extra)
}

fn job_called(what: String, level: crate::step::Level, extra: Extra) -> Job {
    Job {
        planned: Planned {
            what,
            place: String::new(),
            action: Action::Delete,
        },
        work: Work::Extra(extra),
        level: deleting(level),
    }
}
