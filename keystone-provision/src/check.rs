//! From the document to steps: every name that a file refers to must be declared in it.

use std::collections::BTreeMap;

use keystone_document::Position;

use crate::document::{
    Assignment, At, DesiredState, Document, Domain, Endpoint, Entries, Group, Project, Region,
    Role, Service, User,
};
use crate::error::{FileError, Problem};
use crate::key::{self, InDomain, Key};
use crate::step::{Attributes, Step};

/// The steps of a document, sorted so that what others depend on comes first.
pub(crate) fn steps(file: &str, document: &Document) -> Result<Vec<Step>, FileError> {
    let mut check = Check {
        file,
        steps: BTreeMap::new(),
        references: Vec::new(),
        problems: Vec::new(),
    };
    check.regions(&document.regions);
    check.roles(&document.roles);
    check.domains(&document.domains);
    check.services(&document.services);
    check.assignments(&document.assignments);
    check.references();
    check.depths();
    check.finish()
}

struct Check<'a> {
    file: &'a str,
    steps: BTreeMap<Key, Step>,
    /// Which step refers to which, and where.
    references: Vec<(Key, Key, Position)>,
    problems: Vec<(Position, String)>,
}

impl Check<'_> {
    fn problem(&mut self, position: Position, message: impl Into<String>) {
        self.problems.push((position, message.into()));
    }

    fn add(&mut self, key: Key, desired: DesiredState, attributes: Attributes, position: Position) {
        if desired == DesiredState::Existing && !attributes.is_bare() {
            let message =
                format!("{key} is left as it is (`state: existing`), so it can have no other keys");
            self.problem(position, message);
        }
        if let Some(first) = self.steps.get(&key) {
            let message = format!(
                "{key} is declared twice, first at {}",
                first.position.place(self.file)
            );
            return self.problem(position, message);
        }
        let step = Step {
            level: key.level(0),
            key: key.clone(),
            desired,
            attributes,
            position,
        };
        self.steps.insert(key, step);
    }

    fn refer(&mut self, from: &Key, to: Key, position: Position) {
        self.references.push((from.clone(), to, position));
    }

    fn regions(&mut self, regions: &Entries<Region>) {
        for (id, region) in &regions.0 {
            let key = Key::Region(id.value.clone());
            let parent = region.parent.as_ref();
            if let Some(parent) = parent {
                self.refer(&key, Key::Region(parent.value.clone()), parent.position);
            }
            let attributes = Attributes::Region {
                description: region.description.clone(),
                parent: parent.map(|parent| parent.value.clone()),
            };
            self.add(key, region.state, attributes, id.position);
        }
    }

    fn roles(&mut self, roles: &Entries<Role>) {
        for (name, role) in &roles.0 {
            let key = Key::Role(name.value.clone());
            let description = role.description.clone();
            self.add(
                key.clone(),
                role.state,
                Attributes::Role { description },
                name.position,
            );
            for implied in &role.implies {
                let link = Key::Implied {
                    prior: name.value.clone(),
                    implied: implied.value.clone(),
                };
                self.refer(&link, key.clone(), implied.position);
                self.refer(&link, Key::Role(implied.value.clone()), implied.position);
                self.add(
                    link,
                    links_of(role.state),
                    Attributes::Link,
                    implied.position,
                );
            }
        }
    }

    fn domains(&mut self, domains: &Entries<Domain>) {
        for (name, domain) in &domains.0 {
            if name.value.contains('/') {
                let message = format!(
                    "the name of the domain `{}` contains a slash, so nothing in it can be referred to; rename it",
                    name.value
                );
                self.problem(name.position, message);
            }
            let attributes = Attributes::Domain {
                description: domain.description.clone(),
                enabled: domain.enabled,
            };
            self.add(
                Key::Domain(name.value.clone()),
                domain.state,
                attributes,
                name.position,
            );
            let home = EnclosingDomain {
                name: &name.value,
                goes: domain.state == DesiredState::Absent,
            };
            self.projects(&home, None, &domain.projects);
            self.users(&home, &domain.users);
            self.groups(&home, &domain.groups);
        }
    }

    /// What is in a domain depends on the domain.
    fn in_domain(&mut self, key: &Key, domain: &str, position: Position) {
        self.refer(key, Key::Domain(domain.to_owned()), position);
    }

    fn projects(
        &mut self,
        home: &EnclosingDomain<'_>,
        outer: Option<&str>,
        projects: &Entries<Project>,
    ) {
        let domain = home.name;
        for (name, project) in &projects.0 {
            let key = Key::Project(InDomain::new(domain, &name.value));
            self.in_domain(&key, domain, name.position);
            let own = project.parent.as_ref();
            if let (Some(outer), Some(own)) = (outer, own) {
                let message = format!(
                    "`{}` is nested in `{outer}` already, so it can have no `parent`; remove one of them",
                    name.value
                );
                self.problem(own.position, message);
            }
            let parent = own.map(|parent| parent.value.as_str()).or(outer);
            let parent = parent.map(|parent| InDomain::new(domain, parent));
            if let Some(parent) = &parent {
                let position = own.map_or(name.position, |own| own.position);
                self.refer(&key, Key::Project(parent.clone()), position);
            }
            let attributes = Attributes::Project {
                description: project.description.clone(),
                enabled: project.enabled,
                tags: project.tags.clone(),
                parent,
            };
            self.add(key, home.desired(project.state), attributes, name.position);
            self.projects(home, Some(&name.value), &project.projects);
        }
    }

    fn users(&mut self, home: &EnclosingDomain<'_>, users: &Entries<User>) {
        let domain = home.name;
        for (name, user) in &users.0 {
            let key = Key::User(InDomain::new(domain, &name.value));
            self.in_domain(&key, domain, name.position);
            let project = user.default_project.as_ref();
            let default_project = project.map(|project| InDomain::new(domain, &project.value));
            if let (Some(to), Some(project)) = (&default_project, project) {
                self.refer(&key, Key::Project(to.clone()), project.position);
            }
            let attributes = Attributes::User {
                description: user.description.clone(),
                email: user.email.clone(),
                enabled: user.enabled,
                default_project,
                password: user.password.clone(),
            };
            self.add(key, home.desired(user.state), attributes, name.position);
        }
    }

    fn groups(&mut self, home: &EnclosingDomain<'_>, groups: &Entries<Group>) {
        let domain = home.name;
        for (name, group) in &groups.0 {
            let own = InDomain::new(domain, &name.value);
            let key = Key::Group(own.clone());
            self.in_domain(&key, domain, name.position);
            let description = group.description.clone();
            let desired = home.desired(group.state);
            self.add(
                key.clone(),
                desired,
                Attributes::Group { description },
                name.position,
            );
            for member in &group.members {
                let user = match member.value.split_once('/') {
                    Some((domain, name)) => InDomain::new(domain, name),
                    None => InDomain::new(domain, &member.value),
                };
                let link = Key::Member {
                    group: own.clone(),
                    user: user.clone(),
                };
                self.refer(&link, key.clone(), member.position);
                self.refer(&link, Key::User(user), member.position);
                self.add(link, links_of(desired), Attributes::Link, member.position);
            }
        }
    }

    fn services(&mut self, services: &Entries<Service>) {
        for (name, service) in &services.0 {
            let attributes = Attributes::Service {
                service_type: service.r#type.clone(),
                description: service.description.clone(),
                enabled: service.enabled,
            };
            let key = Key::Service(name.value.clone());
            self.add(key.clone(), service.state, attributes, name.position);
            for endpoint in &service.endpoints {
                self.endpoint(&key, &name.value, service.state, endpoint);
            }
        }
    }

    fn endpoint(&mut self, service: &Key, name: &str, of: DesiredState, endpoint: &At<Endpoint>) {
        let At { value, position } = endpoint;
        let region = value.region.as_ref();
        let key = Key::Endpoint {
            service: name.to_owned(),
            interface: value.interface.as_str().to_owned(),
            region: region.map(|region| region.value.clone()),
        };
        self.refer(&key, service.clone(), *position);
        if let Some(region) = region {
            self.refer(&key, Key::Region(region.value.clone()), region.position);
        }
        let desired = match of {
            DesiredState::Absent => DesiredState::Absent,
            _ => value.state,
        };
        if value.url.is_none() && desired == DesiredState::Present {
            self.problem(
                *position,
                format!("the key `url` is missing: {key} needs an address"),
            );
        }
        let attributes = Attributes::Endpoint {
            url: value.url.clone().unwrap_or_default(),
            enabled: value.enabled,
        };
        self.add(key, desired, attributes, *position);
    }

    fn assignments(&mut self, assignments: &[At<Assignment>]) {
        for At { value, position } in assignments {
            let actor = self.one_of(*position, "user", "group", [&value.user, &value.group]);
            let target = self.target(*position, value);
            let (Some(actor), Some(target)) = (actor, target) else {
                continue;
            };
            let key = Key::Assignment(Box::new(key::Assignment {
                role: value.role.value.clone(),
                actor: actor.0.clone(),
                target: target.as_ref().map(|target| target.0.clone()),
                inherited: value.inherited,
            }));
            self.refer(
                &key,
                Key::Role(value.role.value.clone()),
                value.role.position,
            );
            self.refer(&key, actor.0, actor.1);
            if let Some((target, position)) = target {
                self.refer(&key, target, position);
            }
            self.add(key, value.state, Attributes::Link, *position);
        }
    }

    /// The user or the group of an assignment.
    fn one_of(
        &mut self,
        position: Position,
        first: &str,
        second: &str,
        given: [&Option<At<String>>; 2],
    ) -> Option<(Key, Position)> {
        match given {
            [Some(user), None] => self.name(user).map(|name| (Key::User(name), user.position)),
            [None, Some(group)] => self
                .name(group)
                .map(|name| (Key::Group(name), group.position)),
            [None, None] | [Some(_), Some(_)] => {
                let message = format!("an assignment takes either `{first}` or `{second}`");
                self.problem(position, message);
                None
            }
        }
    }

    #[expect(
        clippy::option_option,
        reason = "the outer one is a mistake, the inner one the system"
    )]
    fn target(
        &mut self,
        position: Position,
        assignment: &Assignment,
    ) -> Option<Option<(Key, Position)>> {
        let Assignment {
            project,
            domain,
            system,
            inherited,
            ..
        } = assignment;
        match (project, domain, system) {
            (Some(project), None, false) => {
                let name = self.name(project)?;
                Some(Some((Key::Project(name), project.position)))
            }
            (None, Some(domain), false) => {
                Some(Some((Key::Domain(domain.value.clone()), domain.position)))
            }
            (None, None, true) if *inherited => {
                self.problem(
                    position,
                    "an inherited role needs a project or a domain; the system has nothing below it",
                );
                None
            }
            (None, None, true) => Some(None),
            _ => {
                let message =
                    "an assignment takes exactly one of `project`, `domain` and `system: true`";
                self.problem(position, message);
                None
            }
        }
    }

    /// `DOMAIN/NAME`.
    fn name(&mut self, text: &At<String>) -> Option<InDomain> {
        let name = text
            .value
            .split_once('/')
            .map(|(domain, name)| InDomain::new(domain, name));
        if name.is_none() {
            let message = format!(
                "`{}` does not say which domain; write `DOMAIN/NAME`",
                text.value
            );
            self.problem(text.position, message);
        }
        name
    }

    /// What is referred to must be declared, and not be absent.
    fn references(&mut self) {
        for (from, to, position) in std::mem::take(&mut self.references) {
            let goes = self.steps.get(&from).map(|step| step.desired) == Some(DesiredState::Absent);
            match self.steps.get(&to).map(|step| step.desired) {
                Some(DesiredState::Absent) if !goes => {
                    let message = format!("{from} refers to {to}, which has `state: absent`");
                    self.problem(position, message);
                }
                Some(_) => {}
                None => {
                    let message = format!("{to} is not declared in this file{}", self.hint(&to));
                    self.problem(position, message);
                }
            }
        }
    }

    fn hint(&self, missing: &Key) -> String {
        let same = |key: &&Key| std::mem::discriminant(*key) == std::mem::discriminant(missing);
        let known: Vec<String> = self
            .steps
            .keys()
            .filter(same)
            .map(ToString::to_string)
            .collect();
        let known: Vec<&str> = known.iter().map(String::as_str).collect();
        let otherwise = "declare it, with `state: existing` if it exists already";
        keystone_document::hint_or(&missing.to_string(), &known, otherwise)
    }

    /// How deep regions and projects are nested, and whether one contains itself.
    fn depths(&mut self) {
        let keys: Vec<Key> = self.steps.keys().cloned().collect();
        for key in keys {
            let (mut depth, mut circle) = (0, false);
            let mut above = self.parent(&key);
            // One that only lies in a circle further up is not to blame.
            while let Some(parent) = above.filter(|_| depth <= self.steps.len()) {
                depth += 1;
                circle |= parent == key;
                above = self.parent(&parent).filter(|_| !circle);
            }
            let level = key.level(depth);
            let Some(step) = self.steps.get_mut(&key) else {
                continue;
            };
            step.level = level;
            if circle {
                let position = step.position;
                self.problem(
                    position,
                    format!("{key} is its own ancestor: its parents form a cycle"),
                );
            }
        }
    }

    fn parent(&self, key: &Key) -> Option<Key> {
        match &self.steps.get(key)?.attributes {
            Attributes::Project { parent, .. } => parent.clone().map(Key::Project),
            Attributes::Region { parent, .. } => parent.clone().map(Key::Region),
            _ => None,
        }
    }

    fn finish(mut self) -> Result<Vec<Step>, FileError> {
        if !self.problems.is_empty() {
            self.problems
                .sort_by_key(|(position, _)| (position.line, position.column));
            let problem = |(position, message): (Position, String)| Problem {
                place: position.place(self.file),
                message,
            };
            return Err(FileError::new(
                self.problems.into_iter().map(problem).collect(),
            ));
        }
        let mut steps: Vec<Step> = self.steps.into_values().collect();
        steps.sort_by_key(|step| step.level);
        Ok(steps)
    }
}

/// The domain that things are declared in.
struct EnclosingDomain<'a> {
    name: &'a str,
    goes: bool,
}

impl EnclosingDomain<'_> {
    /// Deleting a domain deletes everything in it.
    fn desired(&self, own: DesiredState) -> DesiredState {
        if self.goes { DesiredState::Absent } else { own }
    }
}

/// Deleting a resource deletes the links that are declared with it.
fn links_of(desired: DesiredState) -> DesiredState {
    match desired {
        DesiredState::Absent => DesiredState::Absent,
        DesiredState::Existing | DesiredState::Present => DesiredState::Present,
    }
}
