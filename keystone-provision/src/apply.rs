//! Applies a plan.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use http::StatusCode;
use keystone_sdk::client::bulk;
use keystone_sdk::identity::ensure::Kind;
use keystone_sdk::identity::v3::{
    Client, Domain, DomainUpdate, Endpoint, Group, Project, Region, Role, Service, User,
};
use keystone_sdk::{Error as SdkError, SecretString};

use crate::document::DesiredState;
use crate::error::Error;
use crate::key::Key;
use crate::plan::{Action, Counts, Extra, Job, Plan, Request, Work, first_error, levels};
use crate::secrets::Secrets;
use crate::step::{Attributes, Step};

/// How a plan is applied.
#[derive(Clone)]
#[must_use]
pub struct Apply<'a> {
    secrets: &'a dyn Secrets,
    observer: Option<&'a dyn Observer>,
    stop: Stop,
}

impl<'a> Apply<'a> {
    /// Applies with passwords from `secrets`.
    pub fn new(secrets: &'a dyn Secrets) -> Self {
        Self {
            secrets,
            observer: None,
            stop: Stop::default(),
        }
    }

    /// Reports each change to `observer`.
    pub fn observer(mut self, observer: &'a dyn Observer) -> Self {
        self.observer = Some(observer);
        self
    }

    /// Starts no further changes once `stop` asks for it.
    pub fn stop(mut self, stop: &Stop) -> Self {
        self.stop = stop.clone();
        self
    }
}

impl fmt::Debug for Apply<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Apply")
            .field("stop", &self.stop)
            .finish_non_exhaustive()
    }
}

/// Asks a run to stop. Requests in flight are waited for, so that the record of what was done is complete.
#[derive(Clone, Debug, Default)]
pub struct Stop(Arc<AtomicBool>);

impl Stop {
    /// Asks the run to stop.
    pub fn ask(&self) {
        self.0.store(true, Ordering::Relaxed);
    }

    fn is_asked(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

/// Is notified of each change once it is done.
pub trait Observer: Send + Sync {
    /// A change is done.
    ///
    /// # Errors
    ///
    /// Why the change cannot be recorded; no further changes are started then.
    fn finished(&self, finished: &Finished)
    -> Result<(), Box<dyn std::error::Error + Send + Sync>>;
}

/// A change that is done.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Finished {
    /// What it is, such as `project lab/web`.
    pub what: String,
    /// Its id, if it has one and is still there.
    pub id: Option<String>,
    /// How many changes are done, this one included.
    pub done: usize,
    /// How many changes there are.
    pub all: usize,
}

impl Plan {
    /// Makes the changes, with the concurrency of the plan. What others depend on comes first, deletions
    /// come last. Each resource is looked up once more, so that one that somebody else has created since
    /// the plan is no error.
    ///
    /// # Errors
    ///
    /// [`Error::Secret`] before anything is changed; [`Error::Identity`] when Keystone refuses
    /// something, [`Error::Observer`] and [`Error::Stopped`]. Changes that were made by then remain;
    /// applying the same file again makes the rest.
    pub async fn apply(&self, identity: &Client, how: &Apply<'_>) -> Result<Counts, Error> {
        let jobs: Vec<&Job> = self.changes().collect();
        let run = Run {
            plan: self,
            identity,
            how,
            // Before the first request: a missing password must not leave half of the file applied.
            passwords: passwords(&jobs, how.secrets)?,
            done: AtomicUsize::new(0),
            all: jobs.len(),
        };
        for level in levels(&jobs, |job| job.level) {
            let wanted = level.iter().take_while(|_| !how.stop.is_asked());
            let results = bulk(wanted.map(|job| run.job(job)), self.concurrency);
            let done = results.try_collect().await;
            let done = done.map_err(|stopped| first_error(stopped.into_results()))?;
            if done.len() < level.len() {
                return Err(Error::Stopped {
                    done: run.done.into_inner(),
                    all: run.all,
                });
            }
        }
        Ok(self.counts())
    }
}

/// The passwords of all users who are created.
fn passwords(jobs: &[&Job], secrets: &dyn Secrets) -> Result<BTreeMap<Key, SecretString>, Error> {
    let mut passwords = BTreeMap::new();
    for job in jobs {
        let (Work::Declared(step), Action::Create) = (&job.work, &job.planned.action) else {
            continue;
        };
        let Attributes::User {
            password: Some(source),
            ..
        } = &step.attributes
        else {
            continue;
        };
        let password = secrets.secret(source).and_then(|password| {
            let blank = "it is blank, and a secret has to be more than white space";
            (!password.is_blank())
                .then_some(password)
                .ok_or_else(|| blank.to_owned())
        });
        let password = password.map_err(|message| Error::Secret {
            what: job.planned.what.clone(),
            place: job.planned.place.clone(),
            message,
        })?;
        passwords.insert(step.key.clone(), password);
    }
    Ok(passwords)
}

struct Run<'a> {
    plan: &'a Plan,
    identity: &'a Client,
    how: &'a Apply<'a>,
    passwords: BTreeMap<Key, SecretString>,
    done: AtomicUsize,
    all: usize,
}

impl Run<'_> {
    async fn job(&self, job: &Job) -> Result<(), Error> {
        let (verb, result) = match &job.work {
            Work::Extra(extra) => ("could not be deleted", self.remove(extra).await),
            Work::Declared(step) if step.desired == DesiredState::Absent => {
                ("could not be deleted", self.delete(step).await)
            }
            Work::Declared(step) => ("could not be created or updated", self.ensure(step).await),
        };
        let id = result.map_err(|source| Error::Identity {
            what: job.planned.what.clone(),
            place: job.planned.place.clone(),
            verb,
            source: Box::new(source),
        })?;
        let finished = Finished {
            what: job.planned.what.clone(),
            id,
            done: self.done.fetch_add(1, Ordering::Relaxed) + 1,
            all: self.all,
        };
        match self.how.observer {
            Some(observer) => observer.finished(&finished).map_err(Error::Observer),
            None => Ok(()),
        }
    }

    /// Creates or updates a resource, and keeps its id.
    async fn ensure(&self, step: &Step) -> Result<Option<String>, SdkError> {
        let (identity, ids) = (self.identity, &self.plan.ids);
        let password = self.passwords.get(&step.key);
        let Some((request, _)) = Request::of(step, ids, password) else {
            // What it depends on is of a lower level, so it exists.
            return Ok(None);
        };
        let id = match request {
            Request::Domain(create) => self.thing::<Domain>(&create).await?,
            Request::Endpoint(create) => self.thing::<Endpoint>(&create).await?,
            Request::Group(create) => self.thing::<Group>(&create).await?,
            Request::Project(create) => self.thing::<Project>(&create).await?,
            Request::Region(create) => self.thing::<Region>(&create).await?,
            Request::Role(create) => self.thing::<Role>(&create).await?,
            Request::Service(create) => self.thing::<Service>(&create).await?,
            Request::User(create) => self.thing::<User>(&create).await?,
            Request::Grant(grant) => {
                identity.ensure_grant(&grant).await?;
                return Ok(None);
            }
            Request::Implied { prior, implied } => {
                identity.ensure_implied_role(prior, implied).await?;
                return Ok(None);
            }
            Request::Member { group, user } => {
                identity.ensure_member(group, user).await?;
                return Ok(None);
            }
        };
        ids.set(&step.key, &id);
        Ok(Some(id))
    }

    async fn thing<T: Kind>(&self, wanted: &T::Create) -> Result<String, SdkError> {
        let done = self.identity.ensure::<T>(wanted).await?;
        Ok(done.get().id().to_owned())
    }

    async fn delete(&self, step: &Step) -> Result<Option<String>, SdkError> {
        let (identity, ids) = (self.identity, &self.plan.ids);
        let id = ids.get(&step.key).unwrap_or_default();
        let request = match &step.key {
            // Keystone refuses to delete an enabled domain.
            Key::Domain(_) => {
                let disabled = DomainUpdate::new().enabled(false);
                let domains = identity.domains();
                gone(domains.update(&*id, disabled).await.map(|_| ()))?;
                domains.delete(id)
            }
            Key::Endpoint { .. } => identity.endpoints().delete(id),
            Key::Group(_) => identity.groups().delete(id),
            Key::Project(_) => identity.projects().delete(id),
            Key::Region(_) => identity.regions().delete(id),
            Key::Role(_) => identity.roles().delete(id),
            Key::Service(_) => identity.services().delete(id),
            Key::User(_) => identity.users().delete(id),
            Key::Assignment(_) | Key::Implied { .. } | Key::Member { .. } => {
                return self.unlink(step).await;
            }
        };
        gone(request.await)
    }

    async fn unlink(&self, step: &Step) -> Result<Option<String>, SdkError> {
        let identity = self.identity;
        match Request::of(step, &self.plan.ids, None) {
            Some((Request::Grant(grant), _)) => {
                gone(identity.ensure_no_grant(&grant).await.map(|_| ()))
            }
            Some((Request::Implied { prior, implied }, _)) => {
                gone(identity.implied_roles(prior).remove(implied).await)
            }
            Some((Request::Member { group, user }, _)) => {
                gone(identity.group_users(group).remove(user).await)
            }
            _ => Ok(None),
        }
    }

    async fn remove(&self, extra: &Extra) -> Result<Option<String>, SdkError> {
        let identity = self.identity;
        gone(match extra {
            Extra::Endpoint(id) => identity.endpoints().delete(id).await,
            Extra::Grant(grant) => identity.ensure_no_grant(grant).await.map(|_| ()),
            Extra::Group(id) => identity.groups().delete(id).await,
            Extra::Member(group, user) => identity.group_users(group).remove(user).await,
            Extra::Project(id) => identity.projects().delete(id).await,
            Extra::User(id) => identity.users().delete(id).await,
        })
    }
}

/// A resource that is gone already need not be deleted.
fn gone(result: Result<(), SdkError>) -> Result<Option<String>, SdkError> {
    match result {
        Err(error) if error.status() == Some(StatusCode::NOT_FOUND) => Ok(None),
        result => result.map(|()| None),
    }
}
