//! Role assignments.

use std::collections::BTreeSet;

use super::{Record, Store};

/// The user or group that has a role.
#[derive(Clone, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub(crate) enum Actor {
    Group(String),
    User(String),
}

/// The target of a role assignment.
#[derive(Clone, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub(crate) enum Target {
    Domain(String),
    Project(String),
    System,
}

impl Target {
    /// The id as error messages name it.
    pub(crate) fn id(&self) -> &str {
        match self {
            Self::Domain(id) | Self::Project(id) => id,
            Self::System => "system",
        }
    }
}

impl Actor {
    pub(crate) fn id(&self) -> &str {
        let (Self::Group(id) | Self::User(id)) = self;
        id
    }
}

/// One role assignment.
#[derive(Clone, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub(crate) struct Grant {
    pub(crate) target: Target,
    pub(crate) actor: Actor,
    pub(crate) role: String,
    /// Whether it applies to the projects below the target instead of the target itself.
    pub(crate) inherited: bool,
}

/// An effective role of a user, and its origin.
#[derive(Clone, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub(crate) struct Effect {
    pub(crate) user: String,
    pub(crate) target: Target,
    pub(crate) role: String,
    /// The assignment that it comes from.
    pub(crate) grant: Grant,
    /// The role that implies this one.
    pub(crate) prior: Option<String>,
}

impl Store {
    /// The ids of the roles that a user has on `target`: direct, by group, inherited, implied.
    pub(crate) fn roles_of(&self, user: &str, target: &Target) -> Vec<String> {
        let mut roles = self.all_roles_of(user, target);
        roles.retain(|role| self.is_global(role));
        roles
    }

    /// The same with domain-specific roles, which can be delegated though no token shows them.
    pub(crate) fn all_roles_of(&self, user: &str, target: &Target) -> Vec<String> {
        let roles: BTreeSet<_> = self
            .all_effects()
            .into_iter()
            .filter(|effect| effect.user == user && effect.target == *target)
            .map(|effect| effect.role)
            .collect();
        roles.into_iter().collect()
    }

    /// The enabled projects on which a user has a role.
    pub(crate) fn projects_of(&self, user: &str) -> Vec<&Record> {
        let ids = self.targets_of(user);
        self.projects
            .iter()
            .filter(|project| ids.contains(&Target::Project(project.id().to_owned())))
            .collect()
    }

    /// The domains on which a user has a role.
    pub(crate) fn domains_of(&self, user: &str) -> Vec<&Record> {
        let ids = self.targets_of(user);
        self.domains
            .iter()
            .filter(|domain| ids.contains(&Target::Domain(domain.id().to_owned())))
            .collect()
    }

    /// All roles in effect, one entry for each way that they come about. The role of a domain is
    /// never in effect itself, only what it implies.
    pub(crate) fn effects(&self) -> BTreeSet<Effect> {
        let mut effects = self.all_effects();
        effects.retain(|effect| self.is_global(&effect.role));
        effects
    }

    /// Whether a role belongs to no domain.
    pub(crate) fn is_global(&self, role: &str) -> bool {
        let role = self.roles.lookup(role);
        role.is_some_and(|role| role.text("domain_id").is_none())
    }

    fn all_effects(&self) -> BTreeSet<Effect> {
        let mut effects = BTreeSet::new();
        for grant in &self.grants {
            let targets = self.effective_targets(grant);
            for user in self.users_of(&grant.actor) {
                for target in &targets {
                    self.add_with_implied(&mut effects, grant, &user, target);
                }
            }
        }
        effects
    }

    /// `role` and all that it implies, over any number of steps.
    pub(crate) fn implied_closure(&self, role: &str) -> Vec<(String, Option<String>)> {
        let mut found: Vec<(String, Option<String>)> = vec![(role.to_owned(), None)];
        let mut next = 0;
        while let Some((prior, _)) = found.get(next).cloned() {
            for (_, implied) in self.implied.iter().filter(|(one, _)| *one == prior) {
                if !found.iter().any(|(known, _)| known == implied) {
                    found.push((implied.clone(), Some(prior.clone())));
                }
            }
            next += 1;
        }
        found
    }

    /// Whether `child` lies below `ancestor`, at any depth.
    pub(crate) fn is_below(&self, child: &Record, ancestor: &str) -> bool {
        let mut parent = child.text("parent_id");
        while let Some(id) = parent {
            if id == ancestor {
                return true;
            }
            parent = self
                .projects
                .lookup(id)
                .and_then(|project| project.text("parent_id"));
        }
        false
    }

    fn targets_of(&self, user: &str) -> BTreeSet<Target> {
        let effects = self.effects().into_iter();
        effects
            .filter(|effect| effect.user == user)
            .map(|effect| effect.target)
            .collect()
    }

    fn users_of(&self, actor: &Actor) -> Vec<String> {
        match actor {
            Actor::User(id) => vec![id.clone()],
            Actor::Group(id) => {
                let members = self.members.iter().filter(|(group, _)| group == id);
                members.map(|(_, user)| user.clone()).collect()
            }
        }
    }

    fn effective_targets(&self, grant: &Grant) -> Vec<Target> {
        if !grant.inherited {
            return vec![grant.target.clone()];
        }
        let below = self
            .projects
            .iter()
            .filter(|project| self.is_below(project, grant.target.id()));
        below
            .map(|project| Target::Project(project.id().to_owned()))
            .collect()
    }

    fn add_with_implied(
        &self,
        effects: &mut BTreeSet<Effect>,
        grant: &Grant,
        user: &str,
        target: &Target,
    ) {
        for (role, prior) in self.implied_closure(&grant.role) {
            effects.insert(Effect {
                user: user.to_owned(),
                target: target.clone(),
                role,
                grant: grant.clone(),
                prior,
            });
        }
    }
}
