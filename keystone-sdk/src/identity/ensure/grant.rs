//! Role assignments, group memberships and implied roles.

use super::Ensured;
use crate::Error;
use crate::client::{Method, RequestBuilder};
use crate::error::ConfigurationError;
use crate::identity::v3::{Client, DomainId, GroupId, ProjectId, RoleId, UserId};

/// The actor of a role assignment.
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum Actor {
    /// All members of a group.
    Group(GroupId),
    /// A user.
    User(UserId),
}

/// The target of a role assignment.
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum Target {
    /// In a domain.
    Domain(DomainId),
    /// In a project.
    Project(ProjectId),
    /// On the whole system.
    System,
}

/// A role assignment.
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
#[must_use]
pub struct Grant {
    role: RoleId,
    actor: Actor,
    target: Target,
    inherited: bool,
}

impl Grant {
    /// A role assignment.
    pub fn new(role: impl Into<RoleId>, actor: Actor, target: Target) -> Self {
        Self {
            role: role.into(),
            actor,
            target,
            inherited: false,
        }
    }

    /// Makes it inherited: it applies to all projects below the project or domain, and not to
    /// itself.
    pub fn inherited(mut self) -> Self {
        self.inherited = true;
        self
    }

    fn request(&self, identity: &Client, method: Method) -> Result<RequestBuilder, Error> {
        let (actors, actor) = match &self.actor {
            Actor::Group(id) => ("groups", id.as_str()),
            Actor::User(id) => ("users", id.as_str()),
        };
        let mut segments = match &self.target {
            Target::Domain(id) => vec!["domains", id.as_str()],
            Target::Project(id) => vec!["projects", id.as_str()],
            Target::System if self.inherited => {
                let message = "a role on the system cannot be inherited: nothing is below it";
                return Err(ConfigurationError::new(message).into());
            }
            Target::System => vec!["system"],
        };
        segments.extend([actors, actor, "roles", self.role.as_str()]);
        if self.inherited {
            segments.insert(0, "OS-INHERIT");
            segments.push("inherited_to_projects");
        }
        Ok(identity.service().request(method, &segments))
    }
}

/// Idempotent role assignments and memberships; see [`ensure`](crate::identity::ensure).
impl Client {
    /// Whether a role is assigned.
    ///
    /// # Errors
    ///
    /// Those of the call; among them 404 when the role, actor or target does not exist.
    pub async fn is_granted(&self, grant: &Grant) -> Result<bool, Error> {
        grant.request(self, Method::HEAD)?.linked().await
    }

    /// Assigns a role.
    ///
    /// # Errors
    ///
    /// As [`is_granted`](Self::is_granted).
    pub async fn ensure_grant(&self, grant: &Grant) -> Result<Ensured<()>, Error> {
        if self.is_granted(grant).await? {
            return Ok(Ensured::Unchanged(()));
        }
        grant.request(self, Method::PUT)?.empty().await?;
        Ok(Ensured::Created(()))
    }

    /// Removes a role assignment; `false` if there was none.
    ///
    /// # Errors
    ///
    /// As [`is_granted`](Self::is_granted).
    pub async fn ensure_no_grant(&self, grant: &Grant) -> Result<bool, Error> {
        if !self.is_granted(grant).await? {
            return Ok(false);
        }
        grant.request(self, Method::DELETE)?.exists().await
    }

    /// Adds a user to a group.
    ///
    /// # Errors
    ///
    /// Those of the calls; among them 404 when the user or group does not exist.
    pub async fn ensure_member(
        &self,
        group: impl Into<GroupId>,
        user: impl Into<UserId>,
    ) -> Result<Ensured<()>, Error> {
        let (members, user) = (self.group_users(group), user.into());
        if members.check(&user).await? {
            return Ok(Ensured::Unchanged(()));
        }
        members.add(user).await?;
        Ok(Ensured::Created(()))
    }

    /// Makes one role imply another.
    ///
    /// # Errors
    ///
    /// Those of the calls; among them 404 when one of the roles does not exist.
    pub async fn ensure_implied_role(
        &self,
        prior: impl Into<RoleId>,
        implied: impl Into<RoleId>,
    ) -> Result<Ensured<()>, Error> {
        let (roles, implied) = (self.implied_roles(prior), implied.into());
        if roles.check(&implied).await? {
            return Ok(Ensured::Unchanged(()));
        }
        roles.add(implied).await?;
        Ok(Ensured::Created(()))
    }
}
