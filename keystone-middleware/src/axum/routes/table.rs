//! The table of routes and their policies.

use std::fmt;

use http::Method;

/// A line of [`Routes::table`](crate::Routes::table).
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct RouteEntry {
    /// The method.
    pub method: Method,
    /// The path, with `{name}` for parameters.
    pub path: String,
    /// The policy; `None` for a public handler.
    pub policy: Option<&'static str>,
    /// The current rule of the policy.
    pub rule: Option<String>,
}

/// The policy and the current rule of each route.
#[derive(Clone, Debug)]
pub struct RouteTable(Vec<RouteEntry>);

impl RouteTable {
    /// The lines.
    pub fn iter(&self) -> impl Iterator<Item = &RouteEntry> {
        self.0.iter()
    }
}

impl fmt::Display for RouteTable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let policy = |entry: &RouteEntry| entry.policy.unwrap_or("(public)");
        let width = |text: &dyn Fn(&RouteEntry) -> usize| self.iter().map(text).max().unwrap_or(0);
        let paths = width(&|entry| entry.path.chars().count());
        let policies = width(&|entry| policy(entry).chars().count());
        for entry in self.iter() {
            let (method, path, name) = (entry.method.as_str(), &entry.path, policy(entry));
            match &entry.rule {
                Some(rule) => writeln!(f, "{method:7} {path:paths$} {name:policies$} {rule}")?,
                None => writeln!(f, "{method:7} {path:paths$} {name}")?,
            }
        }
        Ok(())
    }
}

impl RouteTable {
    pub(super) fn new(entries: Vec<RouteEntry>) -> Self {
        Self(entries)
    }
}

/// Routes that always respond with 500, because the rules do not declare their policies.
#[derive(Clone, Debug)]
pub struct RoutesError(RouteTable);

impl RoutesError {
    pub(super) fn new(entries: Vec<RouteEntry>) -> Self {
        Self(RouteTable(entries))
    }

    /// The routes whose policies cannot be decided.
    pub fn routes(&self) -> impl Iterator<Item = &RouteEntry> {
        self.0.iter()
    }
}

impl fmt::Display for RoutesError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the enforcer lacks the table of policies that declares ")?;
        for (index, entry) in self.routes().enumerate() {
            let comma = if index == 0 { "" } else { ", " };
            let policy = entry.policy.unwrap_or_default();
            write!(f, "{comma}`{policy}` of {} {}", entry.method, entry.path)?;
        }
        f.write_str("; give `Enforcer::builder` the `DEFAULTS` of each `policies!`")
    }
}

impl std::error::Error for RoutesError {}
