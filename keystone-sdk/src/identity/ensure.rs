//! Things that shall be there: made if they are missing, changed where they differ, left alone
//! otherwise. Doing it again changes nothing.
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
//! What is there is found by what Keystone holds unique, such as name and domain, and compared in
//! the attributes that are asked for; others stay as they are. When somebody else makes the same
//! thing at the same time, the conflict is taken for what it is, and the thing is looked for again.

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

/// These make things be there; see [`ensure`](self).
impl Client {
    /// The domain of this name.
    ///
    /// # Errors
    ///
    /// As [`ensure`](Self::ensure).
    pub async fn ensure_domain(&self, wanted: DomainCreate) -> Result<Ensured<Domain>, Error> {
        self.ensure(&wanted).await
    }

    /// The project of this name in a domain.
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

    /// The user of this name in a domain. The password is set when the user is made and left alone
    /// otherwise, for nobody can see which one a user has.
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

    /// The group of this name in a domain.
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

    /// The role of this name, of all domains or of the one that is wanted.
    ///
    /// # Errors
    ///
    /// As [`ensure`](Self::ensure).
    pub async fn ensure_role(&self, wanted: RoleCreate) -> Result<Ensured<Role>, Error> {
        self.ensure(&wanted).await
    }

    /// The service of this type, and of this name if one is wanted.
    ///
    /// # Errors
    ///
    /// As [`ensure`](Self::ensure).
    pub async fn ensure_service(&self, wanted: ServiceCreate) -> Result<Ensured<Service>, Error> {
        self.ensure(&wanted).await
    }

    /// The endpoint of a service with this interface in this region, or in none.
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

    /// The region of this id.
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

    /// Anything of a kind, as its request to create describes it.
    ///
    /// # Errors
    ///
    /// [`Error::Configuration`] when what is there differs in what cannot be changed, such as the
    /// parent of a project, or the request does not say what it is known by; [`Error::Paging`] when
    /// several things could be meant; otherwise those of the calls.
    pub async fn ensure<T: Kind>(&self, wanted: &T::Create) -> Result<Ensured<T>, Error> {
        let attributes = attributes::<T>(wanted)?;
        if let Some(found) = T::find(self, &attributes).await? {
            return adjust(self, &attributes, found).await;
        }
        let create = self.service().request(Method::POST, &[T::COLLECTION]);
        match create.body(T::KEY, wanted).keyed::<T>(T::KEY).await {
            // Somebody else was faster, or something of another kind is in the way.
            Err(error) if error.status() == Some(http::StatusCode::CONFLICT) => {
                match T::find(self, &attributes).await? {
                    Some(found) => adjust(self, &attributes, found).await,
                    None => Err(error),
                }
            }
            created => created.map(Ensured::Created),
        }
    }

    /// Looks for a thing and compares it with what is wanted, without changing anything.
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

/// What is asked for. Secrets are left out: they are not in responses, so nothing is known of them.
fn attributes<T: Kind>(wanted: &T::Create) -> Result<Map<String, Value>, Error> {
    let mut attributes = object(wanted)?;
    attributes.remove("password");
    for name in T::KNOWN_BY.iter().filter(|known| known.required) {
        let name = name.attribute;
        if !attributes.contains_key(name) {
            return Err(ConfigurationError::new(format!(
                "nothing says which `{name}` the {} has that shall be there",
                T::KEY
            ))
            .remedy(format!(
                "set `{name}`: without it, another one could be found"
            ))
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
