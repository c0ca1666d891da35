//! Compares what Keystone holds with what a file declares.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use keystone_sdk::client::bulk;
use keystone_sdk::identity::v3::Client;
use keystone_sdk::printable;

use crate::error::Error;
use crate::file::File;
use crate::state::State;
use crate::step::{Level, Step, deleting};

mod compare;
mod extra;
mod ids;
mod request;

pub(crate) use extra::Extra;
pub(crate) use ids::Ids;
pub(crate) use request::Request;

/// How a plan is made.
#[derive(Clone, Debug)]
#[must_use]
pub struct PlanOptions {
    concurrency: usize,
    prune: bool,
    resume: Option<State>,
}

impl Default for PlanOptions {
    fn default() -> Self {
        Self::new()
    }
}

impl PlanOptions {
    /// Eight requests at a time, and no deletions beyond `state: absent`.
    pub fn new() -> Self {
        Self {
            concurrency: 8,
            prune: false,
            resume: None,
        }
    }

    /// How many requests are in flight at a time; at least one.
    pub fn concurrency(mut self, concurrency: usize) -> Self {
        self.concurrency = concurrency.max(1);
        self
    }

    /// Deletes what exists beyond what the file declares: projects, users and groups of declared
    /// domains, members of declared groups, endpoints of declared services, and the roles of
    /// declared users and groups. Resources with `state: existing` are left alone, with everything in them.
    pub fn prune(mut self, prune: bool) -> Self {
        self.prune = prune;
        self
    }

    /// Skips what an interrupted run has done, if the state belongs to this file.
    pub fn resume(mut self, state: State) -> Self {
        self.resume = Some(state);
        self
    }
}

/// The changes that bring a Keystone to the state that a file declares.
#[derive(Debug)]
pub struct Plan {
    pub(crate) jobs: Vec<Job>,
    pub(crate) ids: Ids,
    pub(crate) concurrency: usize,
    digest: String,
}

/// A resource or a link, and the action on it.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Planned {
    /// What it is, such as `project lab/web`.
    pub what: String,
    /// Where the file declares it; empty for what it does not declare.
    pub place: String,
    /// The action on it.
    pub action: Action,
}

/// What a plan does with a resource or a link.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum Action {
    /// It does not exist and is created.
    Create,
    /// It exists and is deleted.
    Delete,
    /// An interrupted run has done it.
    Done,
    /// It is as declared.
    Unchanged,
    /// It exists and is updated.
    Update(Vec<Difference>),
}

/// An attribute that differs from the file, with names in place of ids.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct Difference {
    /// The attribute.
    pub attribute: String,
    /// Its value, as JSON or as a name.
    pub before: String,
    /// Its value after the update.
    pub after: String,
}

/// How many resources and links there are for each kind of action.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
#[non_exhaustive]
pub struct Counts {
    /// To be created.
    pub create: usize,
    /// To be updated.
    pub update: usize,
    /// To be deleted.
    pub delete: usize,
    /// As declared, or done by an interrupted run.
    pub unchanged: usize,
}

#[derive(Clone, Debug)]
pub(crate) struct Job {
    pub(crate) planned: Planned,
    pub(crate) work: Work,
    pub(crate) level: Level,
}

#[derive(Clone, Debug)]
pub(crate) enum Work {
    Declared(Box<Step>),
    Extra(Extra),
}

impl File {
    /// Compares the file with what Keystone holds, and changes nothing.
    ///
    /// # Errors
    ///
    /// [`Error::Identity`] when Keystone cannot be reached, or holds a resource that cannot be updated to
    /// what the file declares; [`Error::Missing`] for one with `state: existing` that does not exist.
    pub async fn plan(&self, identity: &Client, options: &PlanOptions) -> Result<Plan, Error> {
        let resume = options.resume.as_ref();
        let resume = resume.filter(|state| state.digest == self.digest());
        let done = resume.map(|state| state.done.clone()).unwrap_or_default();
        let ids = Ids::default();
        let mut jobs = Vec::new();
        // Level by level: comparing what depends on a resource takes its id.
        for steps in levels(&self.steps, |step| step.level) {
            let looks = steps
                .iter()
                .map(|step| self.job(identity, &ids, &done, step));
            let found = bulk(looks, options.concurrency).try_collect().await;
            jobs.extend(found.map_err(|stopped| first_error(stopped.into_results()))?);
        }
        if options.prune {
            jobs.extend(extra::jobs(identity, &ids, &self.steps).await?);
        }
        jobs.sort_by_key(|job| job.level);
        Ok(Plan {
            jobs,
            ids,
            concurrency: options.concurrency,
            digest: self.digest().to_owned(),
        })
    }

    async fn job(
        &self,
        identity: &Client,
        ids: &Ids,
        done: &BTreeMap<String, Option<String>>,
        step: &Step,
    ) -> Result<Job, Error> {
        let what = step.key.to_string();
        let place = step.position.place(&self.name);
        let action = match done.get(&what) {
            Some(id) => {
                if let Some(id) = id {
                    ids.set(&step.key, id);
                }
                Action::Done
            }
            None => {
                let look = compare::look(identity, ids, step).await;
                look.map_err(|error| error.into_error(&what, &place))?
            }
        };
        let level = match action {
            Action::Delete => deleting(step.level),
            _ => step.level,
        };
        Ok(Job {
            planned: Planned {
                what,
                place,
                action,
            },
            work: Work::Declared(Box::new(step.clone())),
            level,
        })
    }
}

impl Plan {
    /// All resources and links, in the order of their actions.
    pub fn planned(&self) -> impl Iterator<Item = &Planned> {
        self.jobs.iter().map(|job| &job.planned)
    }

    /// How many resources and links there are for each kind of action.
    pub fn counts(&self) -> Counts {
        let mut counts = Counts::default();
        for planned in self.planned() {
            match planned.action {
                Action::Create => counts.create += 1,
                Action::Delete => counts.delete += 1,
                Action::Update(_) => counts.update += 1,
                Action::Done | Action::Unchanged => counts.unchanged += 1,
            }
        }
        counts
    }

    /// Whether there is nothing to change.
    pub fn is_empty(&self) -> bool {
        self.changes().next().is_none()
    }

    /// What is as declared already: the start of a record of progress.
    pub fn state(&self) -> State {
        let mut state = State::new(&self.digest);
        for job in &self.jobs {
            if let (Action::Done | Action::Unchanged, Work::Declared(step)) =
                (&job.planned.action, &job.work)
            {
                let id = self.ids.get(&step.key);
                state.done.insert(job.planned.what.clone(), id);
            }
        }
        state
    }

    /// The action.
    pub(crate) fn changes(&self) -> impl Iterator<Item = &Job> {
        self.jobs
            .iter()
            .filter(|job| !matches!(job.planned.action, Action::Done | Action::Unchanged))
    }
}

/// A line for each change, with the attributes that change, and the number of what is as declared.
impl fmt::Display for Plan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for job in self.changes() {
            let Planned { what, action, .. } = &job.planned;
            // What is deleted has the names that it has in Keystone.
            let what = printable::line(what);
            match action {
                Action::Create => writeln!(f, "+ {what}")?,
                Action::Delete => writeln!(f, "- {what}")?,
                Action::Update(differences) => {
                    writeln!(f, "~ {what}")?;
                    for difference in differences {
                        writeln!(f, "    {difference}")?;
                    }
                }
                Action::Done | Action::Unchanged => {}
            }
        }
        write!(f, "{}", self.counts())
    }
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            attribute,
            before,
            after,
        } = self;
        let difference = format!("{attribute}: {before} -> {after}");
        f.write_str(&printable::line(&difference))
    }
}

impl fmt::Display for Counts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            create,
            update,
            delete,
            unchanged,
        } = self;
        write!(
            f,
            "= {unchanged} unchanged, {create} to create, {update} to update, {delete} to delete"
        )
    }
}

/// Runs of one level, in a sorted list.
pub(crate) fn levels<T>(items: &[T], level: impl Fn(&T) -> Level) -> impl Iterator<Item = &[T]> {
    items.chunk_by(move |a, b| level(a) == level(b))
}

/// The error that ended a bulk of requests.
pub(crate) fn first_error<T>(results: Vec<Result<T, Error>>) -> Error {
    let error = results.into_iter().find_map(Result::err);
    error.unwrap_or(Error::Stopped { done: 0, all: 0 })
}

/// Names that a set of steps declares.
pub(crate) fn declared(steps: &[Step]) -> BTreeSet<String> {
    steps.iter().map(|step| step.key.to_string()).collect()
}
