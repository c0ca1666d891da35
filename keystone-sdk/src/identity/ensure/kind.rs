//! The kinds of resources that can be ensured, and the attributes that identify each.

use std::future::Future;

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use crate::Error;
use KnownBy::{OrAny, OrNull, Required};

use crate::client::{List, Paging};
use crate::error::{PagingError, PagingErrorKind};
use crate::identity::v3::{
    Client, Domain, DomainCreate, Endpoint, EndpointCreate, Group, GroupCreate, Project,
    ProjectCreate, Region, RegionCreate, Role, RoleCreate, Service, ServiceCreate, User,
    UserCreate,
};

/// A kind of resource that is identified by more than a generated id.
pub trait Kind: DeserializeOwned + Serialize + Send + Sync + sealed::Kind + 'static {
    /// The request that creates one.
    type Create: Serialize + Send + Sync;

    /// The collection in addresses, which is also the key around many.
    #[doc(hidden)]
    const COLLECTION: &'static str;
    /// The key around one.
    #[doc(hidden)]
    const KEY: &'static str;
    #[doc(hidden)]
    const PAGING: Paging;
    #[doc(hidden)]
    const KNOWN_BY: &'static [KnownBy];

    /// Its id.
    fn id(&self) -> &str;

    /// The matching resource, if it exists.
    #[doc(hidden)]
    fn find(
        identity: &Client,
        wanted: &Map<String, Value>,
    ) -> impl Future<Output = Result<Option<Self>, Error>> + Send {
        let service = identity.service();
        let list = service.list(&[Self::COLLECTION], Self::COLLECTION, Self::PAGING);
        let list = Self::KNOWN_BY.iter().fold(list, |list: List<Self>, known| {
            let attribute = known.attribute();
            match wanted.get(attribute).and_then(Value::as_str) {
                Some(text) => list.filter(attribute, text),
                None => list,
            }
        });
        async move {
            let mut found = Vec::new();
            for thing in list.all().await? {
                let attributes = super::object(&thing)?;
                if Self::KNOWN_BY
                    .iter()
                    .all(|known| known.is_met(wanted, &attributes))
                {
                    found.push(thing);
                }
            }
            if found.len() > 1 {
                let message = format!("{} items match the {}", found.len(), Self::KEY);
                let place = format!("GET {}", Self::COLLECTION);
                return Err(PagingError::new(PagingErrorKind::Ambiguous, message, place).into());
            }
            Ok(found.pop())
        }
    }
}

/// An attribute that identifies a resource.
#[doc(hidden)]
#[derive(Debug)]
#[non_exhaustive]
pub enum KnownBy {
    /// If it is not requested, any value matches.
    OrAny(&'static str),
    /// If it is not requested, only null matches.
    OrNull(&'static str),
    /// It has to be requested.
    Required(&'static str),
}

impl KnownBy {
    pub(super) fn attribute(&self) -> &'static str {
        let (OrAny(attribute) | OrNull(attribute) | Required(attribute)) = self;
        attribute
    }

    fn is_met(&self, wanted: &Map<String, Value>, found: &Map<String, Value>) -> bool {
        let value = |of: &Map<String, Value>| of.get(self.attribute()).cloned().unwrap_or_default();
        let wanted = value(wanted);
        (matches!(self, OrAny(_)) && wanted.is_null()) || wanted == value(found)
    }
}

macro_rules! kinds {
    ($($entity:ident, $create:ident: $collection:literal, $key:literal, $paging:ident, [$($known:expr),*];)+) => {
        $(
            impl sealed::Kind for $entity {}

            impl Kind for $entity {
                type Create = $create;

                const COLLECTION: &'static str = $collection;
                const KEY: &'static str = $key;
                const PAGING: Paging = Paging::$paging;
                const KNOWN_BY: &'static [KnownBy] = &[$($known),*];

                fn id(&self) -> &str {
                    self.id.as_str()
                }
            }
        )+
    };
}

kinds! {
    Domain, DomainCreate: "domains", "domain", Marker, [Required("name")];
    Endpoint, EndpointCreate: "endpoints", "endpoint", Echo,
        [Required("service_id"), Required("interface"), OrNull("region_id")];
    Group, GroupCreate: "groups", "group", Marker, [Required("domain_id"), Required("name")];
    Project, ProjectCreate: "projects", "project", Marker, [Required("domain_id"), Required("name")];
    Role, RoleCreate: "roles", "role", Echo, [Required("name"), OrNull("domain_id")];
    Service, ServiceCreate: "services", "service", Echo, [Required("type"), OrAny("name")];
    User, UserCreate: "users", "user", Marker, [Required("domain_id"), Required("name")];
}

impl sealed::Kind for Region {}

/// Regions have no name, but an id that is chosen by their creator.
impl Kind for Region {
    type Create = RegionCreate;

    const COLLECTION: &'static str = "regions";
    const KEY: &'static str = "region";
    const PAGING: Paging = Paging::None;
    const KNOWN_BY: &'static [KnownBy] = &[Required("id")];

    fn id(&self) -> &str {
        self.id.as_str()
    }

    fn find(
        identity: &Client,
        wanted: &Map<String, Value>,
    ) -> impl Future<Output = Result<Option<Self>, Error>> + Send {
        let id = wanted.get("id").and_then(Value::as_str).unwrap_or_default();
        let get = identity.regions().get(id);
        async move {
            match get.await {
                Err(error) if error.status() == Some(http::StatusCode::NOT_FOUND) => Ok(None),
                found => found.map(Some),
            }
        }
    }
}

mod sealed {
    #[expect(unnameable_types, reason = "so that no other crate implements it")]
    pub trait Kind {}
}
