//! What is there, beside what shall be.

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

/// How to look.
#[derive(Clone, Debug)]
#[must_use]
pub struct Options {
    concurrency: usize,
    prune: bool,
    resume: Option<State>,
}

impl Default for Options {
    fn default() -> Self {
        Self::new()
    }
}

impl Options {
    /// Eight questions at a time, and nothing is deleted that the file does not call absent.
    pub fn new() -> Self {
        Self {
            concurrency: 8,
            prune: false,
            resume: None,
        }
    }

    /// How many requests are on their way at a time.
    pub fn concurrency(mut self, concurrency: usize) -> Self {
        self.concurrency = concurrency.max(1);
        self
    }

    /// Deletes what is there beside what the file declares: projects, users and groups of declared
    /// domains, members of declared groups, endpoints of declared services, and the roles of
    /// declared users and groups. What is `existing` is left alone with all in it.
    pub fn prune(mut self, prune: bool) -> Self {
        self.prune = prune;
        self
    }

    /// Takes for done what an interrupted run has done, if the state is about this file.
    pub fn resume(mut self, state: State) -> Self {
        self.resume = Some(state);
        self
    }
}

/// What is to be done for a Keystone to hold what a file declares.
#[derive(Debug)]
pub struct Plan {
    pub(crate) jobs: Vec<Job>,
    pub(crate) ids: Ids,
    pub(crate) concurrency: usize,
    digest: String,
}

/// One thing and what is to be done with it.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Planned {
    /// What it is, such as `project lab/web`.
    pub what: String,
    /// Where the file declares it; empty for what it does not declare.
    pub place: String,
    /// What is to be done with it.
    pub action: Action,
}

/// What is to be done with a thing.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum Action {
    /// It is not there and is made.
    Create,
    /// It is there and goes.
    Delete,
    /// An interrupted run has done it.
    Done,
    /// It is as it should be.
    Unchanged,
    /// It is there and is changed.
    Update(Vec<Difference>),
}

/// An attribute that is not as it should be, with names in place of ids.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct Difference {
    /// The attribute.
    pub attribute: String,
    /// What it is, as JSON or as a name.
    pub before: String,
    /// What it shall be.
    pub after: String,
}

/// How many things there are of each kind of action.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
#[non_exhaustive]
pub struct Counts {
    /// To be made.
    pub create: usize,
    /// To be changed.
    pub update: usize,
    /// To be deleted.
    pub delete: usize,
    /// As they should be, or done by an interrupted run.
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
    /// Looks at what is there; nothing is changed.
    ///
    /// # Errors
    ///
    /// [`Error::Identity`] when Keystone cannot be asked, or holds something that cannot become
    /// what the file declares; [`Error::Missing`] for what is taken for granted and is not there.
    pub async fn plan(&self, identity: &Client, options: &Options) -> Result<Plan, Error> {
        let resume = options.resume.as_ref();
        let resume = resume.filter(|state| state.digest == self.digest());
        let done = resume.map(|state| state.done.clone()).unwrap_or_default();
        let ids = Ids::default();
        let mut jobs = Vec::new();
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
    /// All things, in the order in which they are done.
    pub fn planned(&self) -> impl Iterator<Item = &Planned> {
        self.jobs.iter().map(|job| &job.planned)
    }

    /// How many things there are of each kind of action.
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

    /// Whether nothing is to be done.
    pub fn is_empty(&self) -> bool {
        self.changes().next().is_none()
    }

    /// What is known to be as it should be, to begin a record of progress with.
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

    /// What is to be done.
    pub(crate) fn changes(&self) -> impl Iterator<Item = &Job> {
        self.jobs
            .iter()
            .filter(|job| !matches!(job.planned.action, Action::Done | Action::Unchanged))
    }
}

/// A line for each change, with the attributes that change; what is as it should be is counted.
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
