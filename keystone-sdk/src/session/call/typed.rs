//! Setters of a call for typed clients.

use std::borrow::Cow;

use http::{HeaderMap, HeaderName, HeaderValue, Method};

use super::{Call, Target};
use crate::error::ConfigurationError;
use crate::session::address::{self, Below};
use crate::session::microversion::Needs;

impl Call {
    /// A call of the path of these segments below a version of the API. They are percent-encoded,
    /// so an id stays one segment.
    pub(crate) fn of_segments(method: Method, segments: &[&str], below: Below) -> Self {
        let mut path = String::new();
        let mut problem = None;
        for segment in segments {
            if matches!(*segment, "" | "." | "..") {
                problem = Some(format!("`{segment}` cannot be an id in a URL"));
            }
            if !path.is_empty() {
                path.push('/');
            }
            path.extend(address::encoded(segment));
        }
        let mut call = Self::of(method, Target::Encoded { path, below });
        if let Some(problem) = problem {
            call.refuse(&problem);
        }
        call
    }

    /// Ends the path with a slash.
    pub(crate) fn add_slash(&mut self) {
        if let Target::Encoded { path, .. } = &mut self.target {
            path.push('/');
        }
    }

    /// Sets or removes a query parameter.
    pub(crate) fn set_query(&mut self, name: Cow<'static, str>, value: Option<String>) {
        self.query.retain(|(present, _)| *present != name);
        if let Some(value) = value {
            self.query.push((name, value));
        }
    }

    /// Sets query parameters, several of which may have the same name.
    pub(crate) fn set_pairs(&mut self, pairs: Vec<(Cow<'static, str>, String)>) {
        let new = |name: &str| pairs.iter().any(|(new, _)| new == name);
        self.query.retain(|(present, _)| !new(present));
        self.query.extend(pairs);
    }

    pub(crate) fn headers_mut(&mut self) -> &mut HeaderMap {
        &mut self.settings.headers
    }

    /// Sets a header. `None` stands for a value that no header can carry.
    pub(crate) fn set_header(&mut self, name: &'static str, value: Option<HeaderValue>) {
        let header = HeaderName::from_bytes(name.as_bytes());
        match (header, value) {
            (Ok(header), Some(value)) => {
                self.settings.headers.insert(header, value);
            }
            _ => self.refuse(&format!(
                "the header `{name}` or its value contains characters that no header can carry"
            )),
        }
    }

    pub(crate) fn has_body(&self) -> bool {
        self.body.is_some()
    }

    /// The microversions that have all that the call uses.
    pub(crate) fn needs_mut(&mut self) -> &mut Needs {
        &mut self.needs
    }

    /// Makes sending the call fail; the first problem is reported.
    pub(crate) fn refuse(&mut self, problem: &str) {
        if self.problem.is_none() {
            let error = ConfigurationError::new(problem.to_owned()).at(self.path());
            self.problem = Some(Box::new(error.into()));
        }
    }
}
