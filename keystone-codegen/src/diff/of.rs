//! Operations with their resources.

use super::life::Span;
use crate::model::{Api, Method, Operation, Resource};

/// An operation, and the resource that has it.
#[derive(Clone, Copy)]
pub(super) struct Of<'a> {
    pub(super) resource: &'a Resource,
    pub(super) operation: &'a Operation,
}

impl<'a> Of<'a> {
    pub(super) fn all(api: &'a Api) -> Vec<Self> {
        let of = |resource: &'a Resource| {
            let operations = resource.operations.iter();
            operations.map(move |operation| Self {
                resource,
                operation,
            })
        };
        api.resources().flat_map(of).collect()
    }

    pub(super) fn span(self) -> Span<'a> {
        let (since, until) = self.operation.versions(self.resource);
        Span::new(since, until)
    }

    /// Method and path, and the action.
    pub(super) fn label(self, api: &Api) -> String {
        let method = self.operation.method.as_str();
        let path = api.address(&self.operation.path);
        match &self.operation.action {
            Some(action) => format!("{method} {path} ({action})"),
            None => format!("{method} {path}"),
        }
    }

    /// The resource, by the name of its Rust type.
    pub(super) fn subject(self) -> String {
        self.resource.type_name()
    }

    /// What requests are told apart by.
    pub(super) fn address(self) -> (Method, String, &'a Option<String>) {
        let path = &self.operation.path;
        let slash = if path.slash { "/" } else { "" };
        let address = format!("{}{slash}", path.nameless());
        (self.operation.method, address, &self.operation.action)
    }

    pub(super) fn is_called_as(self, other: Self) -> bool {
        self.resource.plural == other.resource.plural && self.operation.name == other.operation.name
    }
}
