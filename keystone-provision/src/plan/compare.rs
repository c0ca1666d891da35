//! Compares one step with what Keystone holds.

use keystone_sdk::Error as SdkError;
use keystone_sdk::client::Value;
use keystone_sdk::identity::ensure::{Change, Kind, Standing};
use keystone_sdk::identity::v3::{
    Client, Domain, Endpoint, Group, Project, Region, Role, Service, User,
};

use super::ids::Ids;
use super::request::{Pending, Request};
use super::{Action, Difference};
use crate::document::DesiredState;
use crate::error::Error;
use crate::step::Step;

/// Why a step cannot be compared.
pub(super) enum Failure {
    Missing,
    Identity(SdkError),
}

impl Failure {
    pub(super) fn into_error(self, what: &str, place: &str) -> Error {
        let (what, place) = (what.to_owned(), place.to_owned());
        match self {
            Self::Missing => Error::Missing { what, place },
            Self::Identity(source) => Error::Identity {
                what,
                place,
                verb: "could not be looked up",
                source: Box::new(source),
            },
        }
    }
}

impl From<SdkError> for Failure {
    fn from(error: SdkError) -> Self {
        Self::Identity(error)
    }
}

/// The action on a resource, with its id if it exists and has one.
enum Comparison {
    Absent,
    Differs(Option<String>, Vec<Difference>),
    Same(Option<String>),
}

/// The action for a step; keeps the id of what exists.
pub(super) async fn look(identity: &Client, ids: &Ids, step: &Step) -> Result<Action, Failure> {
    let found = find(identity, ids, step).await?;
    if let Comparison::Differs(Some(id), _) | Comparison::Same(Some(id)) = &found {
        ids.set(&step.key, id);
    }
    Ok(match (step.desired, found) {
        (DesiredState::Present, Comparison::Absent) => Action::Create,
        (DesiredState::Present, Comparison::Differs(_, differences)) => Action::Update(differences),
        (DesiredState::Existing, Comparison::Absent) => return Err(Failure::Missing),
        (DesiredState::Absent, Comparison::Differs(..) | Comparison::Same(_)) => Action::Delete,
        (DesiredState::Absent, Comparison::Absent)
        | (DesiredState::Existing, _)
        | (DesiredState::Present, Comparison::Same(_)) => Action::Unchanged,
    })
}

async fn find(identity: &Client, ids: &Ids, step: &Step) -> Result<Comparison, SdkError> {
    let Some((request, pending)) = Request::of(step, ids, None) else {
        return Ok(Comparison::Absent);
    };
    let thing = Thing {
        identity,
        ids,
        pending,
    };
    match request {
        Request::Domain(create) => thing.compare::<Domain>(&create).await,
        Request::Endpoint(create) => thing.compare::<Endpoint>(&create).await,
        Request::Group(create) => thing.compare::<Group>(&create).await,
        Request::Project(create) => thing.compare::<Project>(&create).await,
        Request::Region(create) => thing.compare::<Region>(&create).await,
        Request::Role(create) => thing.compare::<Role>(&create).await,
        Request::Service(create) => thing.compare::<Service>(&create).await,
        Request::User(create) => thing.compare::<User>(&create).await,
        Request::Grant(grant) => identity.is_granted(&grant).await.map(linked),
        Request::Implied { prior, implied } => {
            let roles = identity.implied_roles(prior);
            roles.check(implied).await.map(linked)
        }
        Request::Member { group, user } => {
            let members = identity.group_users(group);
            members.check(user).await.map(linked)
        }
    }
}

fn linked(is_linked: bool) -> Comparison {
    match is_linked {
        true => Comparison::Same(None),
        false => Comparison::Absent,
    }
}

struct Thing<'a> {
    identity: &'a Client,
    ids: &'a Ids,
    pending: Vec<Pending>,
}

impl Thing<'_> {
    async fn compare<T: Kind>(&self, wanted: &T::Create) -> Result<Comparison, SdkError> {
        let (found, changes) = match self.identity.compare::<T>(wanted).await? {
            Standing::Absent => return Ok(Comparison::Absent),
            Standing::Same(found) => (found, Vec::new()),
            Standing::Differs(found, changes) => (found, changes),
        };
        let id = Some(found.id().to_owned());
        let mut differences: Vec<Difference> = changes
            .iter()
            .map(|change| self.difference(change))
            .collect();
        differences.extend(self.pending.iter().map(|(attribute, after)| Difference {
            attribute: (*attribute).to_owned(),
            before: "another or none".to_owned(),
            after: after.clone(),
        }));
        Ok(match differences.is_empty() {
            true => Comparison::Same(id),
            false => Comparison::Differs(id, differences),
        })
    }

    fn difference(&self, change: &Change) -> Difference {
        Difference {
            attribute: change.attribute().to_owned(),
            before: self.text(change.attribute(), change.before()),
            after: self.text(change.attribute(), change.after()),
        }
    }

    /// JSON, or the name of what has this id.
    fn text(&self, attribute: &str, value: &Value) -> String {
        let id = value.as_str().filter(|_| attribute.ends_with("_id"));
        let name = id.and_then(|id| self.ids.find(id, |key| Some(key.to_string())));
        name.unwrap_or_else(|| value.to_string())
    }
}
