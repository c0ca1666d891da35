//! What a request may contain beyond the types of its attributes: microversions, policies, limits.

use std::collections::BTreeMap;

use http::StatusCode;
use keystone_sdk::SecretString;
use keystone_sdk::client::{Id, Patch};

use super::error::ApiError;
use super::microversion::Microversion;
use super::show::View;

/// Something of a request that generated code checks.
pub trait Checked {
    /// Reports what this caller must not send in this microversion.
    fn check(&mut self, check: &mut Check<'_>) {
        let _ = check;
    }
}

impl<T: Checked> Checked for Option<T> {
    fn check(&mut self, check: &mut Check<'_>) {
        if let Some(value) = self {
            value.check(check);
        }
    }
}

impl<T: Checked> Checked for Vec<T> {
    fn check(&mut self, check: &mut Check<'_>) {
        for (index, value) in self.iter_mut().enumerate() {
            check.within(&index.to_string(), |check| value.check(check));
        }
    }
}

impl<T: Checked> Checked for Box<T> {
    fn check(&mut self, check: &mut Check<'_>) {
        (**self).check(check);
    }
}

impl<T: Checked> Checked for BTreeMap<String, T> {
    fn check(&mut self, check: &mut Check<'_>) {
        for (name, value) in self {
            check.within(name, |check| value.check(check));
        }
    }
}

impl<T: Checked> Checked for Patch<T> {
    fn check(&mut self, check: &mut Check<'_>) {
        if let Self::Set(value) = self {
            value.check(check);
        }
    }
}

macro_rules! unlimited {
    ($($ty:ty)*) => { $(impl Checked for $ty {})* };
}

unlimited! {
    bool f64 i64 SecretString String
    serde_json::Map<String, serde_json::Value> serde_json::Value
}

impl<K: ?Sized> Checked for Id<K> {}

/// What is checked.
#[derive(Clone, Copy, Debug)]
pub(super) enum Base {
    /// A body, with the key around it.
    Body(&'static str),
    /// A query.
    Query,
}

/// The checks of one request. The first problem counts.
#[derive(Debug)]
pub struct Check<'a> {
    view: &'a View,
    base: Base,
    /// The pointer below the base.
    pointer: String,
    max_limit: u32,
    problem: Option<ApiError>,
}

impl<'a> Check<'a> {
    pub(super) fn new(view: &'a View, base: Base, max_limit: u32) -> Self {
        Self {
            view,
            base,
            pointer: String::new(),
            max_limit,
            problem: None,
        }
    }

    /// The highest number of items on a page.
    pub(super) fn max_limit(&self) -> u32 {
        self.max_limit
    }

    /// Checks below an attribute.
    pub fn within(&mut self, name: &str, inner: impl FnOnce(&mut Self)) {
        let length = self.pointer.len();
        self.pointer.push('/');
        self.pointer
            .push_str(&name.replace('~', "~0").replace('/', "~1"));
        inner(self);
        self.pointer.truncate(length);
    }

    /// Checks an attribute that was given, for its microversions and its policy.
    pub fn given(
        &mut self,
        name: &str,
        since: Option<Microversion>,
        until: Option<Microversion>,
        policy: Option<usize>,
    ) {
        let version = self.view.version();
        if let Some(since) = since.filter(|since| version < *since) {
            self.refuse(
                name,
                &format!("it came with microversion {since}, and this request has {version}"),
            );
        }
        if let Some(until) = until.filter(|until| version > *until) {
            self.refuse(
                name,
                &format!("it went after microversion {until}, and this request has {version}"),
            );
        }
        if let Some(policy) = policy.filter(|policy| !self.view.allows(*policy)) {
            let pointer = self.place(name);
            let policy = self.view.policy(policy);
            let message = format!("{pointer}: you are not authorized to set this: {policy}.");
            self.set(ApiError::new(StatusCode::FORBIDDEN, message));
        }
    }

    /// Checks that an attribute was given which this microversion requires.
    pub fn required(
        &mut self,
        name: &str,
        given: bool,
        since: Option<Microversion>,
        until: Option<Microversion>,
    ) {
        if !given && self.view.version().has(since, until) {
            self.refuse(name, "missing; it is required");
        }
    }

    /// Reports a problem with an attribute.
    pub fn refuse(&mut self, name: &str, problem: &str) {
        let place = self.place(name);
        self.set(ApiError::new(
            StatusCode::BAD_REQUEST,
            format!("{place}: {problem}."),
        ));
    }

    fn set(&mut self, problem: ApiError) {
        self.problem.get_or_insert(problem);
    }

    fn place(&self, name: &str) -> String {
        let escaped = name.replace('~', "~0").replace('/', "~1");
        match self.base {
            Base::Query => format!("the query parameter `{name}`"),
            Base::Body("") => format!("{}/{escaped}", self.pointer),
            Base::Body(key) => format!("/{key}{}/{escaped}", self.pointer),
        }
    }

    pub(super) fn finish(self) -> Result<(), ApiError> {
        match self.problem {
            None => Ok(()),
            Some(problem) => Err(problem),
        }
    }
}
