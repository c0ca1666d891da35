//! Links that shall be there: roles given to somebody, members of groups, roles that bring others.

use super::Ensured;
use crate::Error;
use crate::client::{Method, RequestBuilder};
use crate::error::ConfigurationError;
use crate::identity::v3::{Client, DomainId, GroupId, ProjectId, RoleId, UserId};

/// Who is given a role.
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum Actor {
    /// All members of a group.
    Group(GroupId),
    /// A user.
    User(UserId),
}

/// Where a role is given.
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

/// A role given to somebody somewhere.
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
#[must_use]
pub struct Grant {
    role: RoleId,
    actor: Actor,
    target: Target,
    inherited: bool,
}

impl Grant {
    /// A role given to somebody somewhere.
    pub fn new(role: impl Into<RoleId>, actor: Actor, target: Target) -> Self {
        Self {
            role: role.into(),
            actor,
            target,
            inherited: false,
        }
    }

    /// Means all projects below the project or domain, instead of itself.
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

/// Links that shall be there; see [`ensure`](crate::identity::ensure).
impl Client {
    /// Whether a role is given to somebody somewhere.
    ///
    /// # Errors
    ///
    /// Those of the call; among them 404 when role, actor or target is not there.
    pub async fn is_granted(&self, grant: &Grant) -> Result<bool, Error> {
        grant.request(self, Method::HEAD)?.linked().await
    }

    /// Gives a role to somebody somewhere.
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

    /// Takes a role away again; false if it was not given.
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

    /// Puts a user into a group.
    ///
    /// # Errors
    ///
    /// Those of the calls; among them 404 when user or group is not there.
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

    /// Makes a role bring another.
    ///
    /// # Errors
    ///
    /// Those of the calls; among them 404 when one of the roles is not there.
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
