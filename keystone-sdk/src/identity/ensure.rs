//! Idempotent provisioning: creates what is missing, updates what differs and leaves the rest
//! alone.
//!
//! ```no_run
//! use keystone_sdk::identity::ensure::{Actor, Ensured, Grant, Target};
//! use keystone_sdk::identity::v3::{Client, DomainCreate, ProjectCreate, RoleCreate, UserCreate};
//!
//! # async fn example(identity: &Client) -> Result<(), keystone_sdk::Error> {
//! let lab = identity.ensure_domain(DomainCreate::new("lab")).await?.into_inner();
//! let web = ProjectCreate::new("web").description("Shop and blog");
//! match identity.ensure_project(&lab.id, web.clone()).await? {
//!     Ensured::Created(project) => println!("made {}", project.id),
//!     Ensured::Updated(project, changes) => println!("changed {} of {}", changes.len(), project.id),
//!     Ensured::Unchanged(project) => println!("{} was there", project.id),
//! }
//! let web = identity.ensure_project(&lab.id, web).await?.into_inner();
//! let alice = UserCreate::new("alice").password("only when she is made");
//! let alice = identity.ensure_user(&lab.id, alice).await?.into_inner();
//! let auditor = identity.ensure_role(RoleCreate::new("auditor")).await?.into_inner();
//! let grant = Grant::new(auditor.id, Actor::User(alice.id), Target::Project(web.id));
//! identity.ensure_grant(&grant).await?;
//! # Ok(())
//! # }
//! ```
//!
//! Existing resources are found by the attributes that Keystone keeps unique, such as name and
//! domain. Only the requested attributes are compared; others stay as they are. If another client
//! creates the same resource at the same time, the conflict is resolved by looking for it once
//! more.

use serde::Serialize;
use serde_json::{Map, Value};

use super::v3::{
    Client, Domain, DomainCreate, DomainId, Endpoint, EndpointCreate, Group, GroupCreate, Project,
    ProjectCreate, Region, RegionCreate, RegionId, Role, RoleCreate, Service, ServiceCreate, User,
    UserCreate,
};
use crate::Error;
use crate::client::Method;
use crate::error::ConfigurationError;

mod change;
mod grant;
mod kind;

pub use change::{Change, Ensured, Standing};
pub use grant::{Actor, Grant, Target};
pub use kind::Kind;
#[doc(hidden)]
pub use kind::KnownBy;

/// Idempotent provisioning; see [`ensure`](self).
impl Client {
    /// Ensures the domain with this name.
    ///
    /// # Errors
    ///
    /// As [`ensure`](Self::ensure).
    pub async fn ensure_domain(&self, wanted: DomainCreate) -> Result<Ensured<Domain>, Error> {
        self.ensure(&wanted).await
    }

    /// Ensures the project with this name in a domain.
    ///
    /// # Errors
    ///
    /// As [`ensure`](Self::ensure).
    pub async fn ensure_project(
        &self,
        domain: impl Into<DomainId>,
        wanted: ProjectCreate,
    ) -> Result<Ensured<Project>, Error> {
        self.ensure(&wanted.domain_id(domain.into())).await
    }

    /// Ensures the user with this name in a domain. The password is set when the user is created
    /// and left alone otherwise, because an existing one cannot be compared.
    ///
    /// # Errors
    ///
    /// As [`ensure`](Self::ensure).
    pub async fn ensure_user(
        &self,
        domain: impl Into<DomainId>,
        wanted: UserCreate,
    ) -> Result<Ensured<User>, Error> {
        self.ensure(&wanted.domain_id(domain.into())).await
    }

    /// Ensures the group with this name in a domain.
    ///
    /// # Errors
    ///
    /// As [`ensure`](Self::ensure).
    pub async fn ensure_group(
        &self,
        domain: impl Into<DomainId>,
        wanted: GroupCreate,
    ) -> Result<Ensured<Group>, Error> {
        self.ensure(&wanted.domain_id(domain.into())).await
    }

    /// Ensures the role with this name: a global one, or that of the requested domain.
    ///
    /// # Errors
    ///
    /// As [`ensure`](Self::ensure).
    pub async fn ensure_role(&self, wanted: RoleCreate) -> Result<Ensured<Role>, Error> {
        self.ensure(&wanted).await
    }

    /// Ensures the service with this type, and with this name if one is requested.
    ///
    /// # Errors
    ///
    /// As [`ensure`](Self::ensure).
    pub async fn ensure_service(&self, wanted: ServiceCreate) -> Result<Ensured<Service>, Error> {
        self.ensure(&wanted).await
    }

    /// Ensures the endpoint of a service with this interface and region, or without a region.
    ///
    /// # Errors
    ///
    /// As [`ensure`](Self::ensure).
    pub async fn ensure_endpoint(
        &self,
        wanted: EndpointCreate,
    ) -> Result<Ensured<Endpoint>, Error> {
        self.ensure(&wanted).await
    }

    /// Ensures the region with this id.
    ///
    /// # Errors
    ///
    /// As [`ensure`](Self::ensure).
    pub async fn ensure_region(
        &self,
        id: impl Into<RegionId>,
        wanted: RegionCreate,
    ) -> Result<Ensured<Region>, Error> {
        self.ensure(&wanted.id(id.into())).await
    }

    /// Ensures a resource of any kind, as described by its create request.
    ///
    /// # Errors
    ///
    /// [`Error::Configuration`] when the existing resource differs in an attribute that cannot be
    /// changed, such as the parent of a project, or when the request lacks an identifying
    /// attribute; [`Error::Paging`] when several resources match; otherwise those of the calls.
    pub async fn ensure<T: Kind>(&self, wanted: &T::Create) -> Result<Ensured<T>, Error> {
        let attributes = attributes::<T>(wanted)?;
        if let Some(found) = T::find(self, &attributes).await? {
            return adjust(self, &attributes, found).await;
        }
        let create = self.service().request(Method::POST, &[T::COLLECTION]);
        match create.body(T::KEY, wanted).keyed::<T>(T::KEY).await {
            // Another client was faster, or something else has the name.
            Err(error) if error.status() == Some(http::StatusCode::CONFLICT) => {
                match T::find(self, &attributes).await? {
                    Some(found) => adjust(self, &attributes, found).await,
                    None => Err(error),
                }
            }
            created => created.map(Ensured::Created),
        }
    }

    /// Looks for a resource and compares it with the requested one, without changing anything.
    ///
    /// # Errors
    ///
    /// As [`ensure`](Self::ensure).
    pub async fn compare<T: Kind>(&self, wanted: &T::Create) -> Result<Standing<T>, Error> {
        let attributes = attributes::<T>(wanted)?;
        let Some(found) = T::find(self, &attributes).await? else {
            return Ok(Standing::Absent);
        };
        let changes = change::between(&attributes, &found)?;
        change::check::<T>(&attributes, &changes)?;
        Ok(match changes.is_empty() {
            true => Standing::Same(found),
            false => Standing::Differs(found, changes),
        })
    }
}

async fn adjust<T: Kind>(
    identity: &Client,
    wanted: &Map<String, Value>,
    found: T,
) -> Result<Ensured<T>, Error> {
    let changes = change::between(wanted, &found)?;
    change::check::<T>(wanted, &changes)?;
    if changes.is_empty() {
        return Ok(Ensured::Unchanged(found));
    }
    let body: Map<String, Value> = changes.iter().map(Change::pair).collect();
    let update = identity
        .service()
        .request(Method::PATCH, &[T::COLLECTION, found.id()]);
    let now = update.body(T::KEY, &body).keyed::<T>(T::KEY).await?;
    Ok(Ensured::Updated(now, changes))
}

/// The requested attributes, without the password: responses do not contain it, so it cannot be
/// compared.
fn attributes<T: Kind>(wanted: &T::Create) -> Result<Map<String, Value>, Error> {
    let mut attributes = object(wanted)?;
    attributes.remove("password");
    for known in T::KNOWN_BY {
        let name = known.attribute();
        if matches!(known, KnownBy::Required(_)) && !attributes.contains_key(name) {
            return Err(ConfigurationError::new(format!(
                "the {} to ensure has no `{name}`",
                T::KEY
            ))
            .remedy(format!("set `{name}`, which identifies it"))
            .into());
        }
    }
    Ok(attributes)
}

fn object<T: Serialize>(value: &T) -> Result<Map<String, Value>, Error> {
    match serde_json::to_value(value) {
        Ok(Value::Object(object)) => Ok(object),
        // serde's words can repeat a value.
        _ => Err(ConfigurationError::new("the request cannot be written as JSON").into()),
    }
}
