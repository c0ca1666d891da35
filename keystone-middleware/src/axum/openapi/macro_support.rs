//! Used by the expansions of `#[operation]` and `operations!`. Not part of the public API.

use super::description::OperationDescription;
use super::response::{DescribeResponse, SaysStatus};

pub mod arguments;

/// What `#[operation]` and the doc comment of a handler say.
#[expect(
    clippy::exhaustive_structs,
    reason = "written as a constant by `#[operation]`"
)]
#[derive(Clone, Copy, Debug)]
pub struct Facts {
    /// The method.
    pub method: &'static str,
    /// The path.
    pub path: &'static str,
    /// The name of the function.
    pub handler: &'static str,
    /// The first paragraph of the doc comment.
    pub summary: &'static str,
    /// The rest of the doc comment.
    pub description: &'static str,
    /// The name within the resource.
    pub name: Option<&'static str>,
    /// The resource.
    pub resource: Option<&'static str>,
    /// The statuses of success; none for that of the return type.
    pub statuses: &'static [u16],
    /// Further statuses of refusals.
    pub errors: &'static [u16],
    /// Why it is deprecated.
    pub deprecated: Option<&'static str>,
    /// The microversion that introduced it.
    pub since: Option<&'static str>,
    /// The last microversion that has it.
    pub until: Option<&'static str>,
}

impl Facts {
    /// Those of a handler with an error.
    pub const NONE: Self = Self {
        method: "GET",
        path: "/",
        handler: "",
        summary: "",
        description: "",
        name: None,
        resource: None,
        statuses: &[],
        errors: &[],
        deprecated: None,
        since: None,
        until: None,
    };
}

/// The type beside a handler that describes it.
pub trait Operation {
    /// What the attribute says.
    const FACTS: &'static Facts;

    /// Adds what the types say.
    fn describe(operation: &mut OperationDescription<'_>);

    /// Both.
    fn described() -> Described {
        Described {
            facts: Self::FACTS,
            describe: Self::describe,
        }
    }
}

/// An operation as a value.
#[derive(Clone, Copy)]
#[expect(clippy::exhaustive_structs, reason = "not part of the public API")]
pub struct Described {
    /// What the attribute says.
    pub facts: &'static Facts,
    /// Adds what the types say.
    pub describe: fn(&mut OperationDescription<'_>),
}

/// Adds the response of an operation whose attribute says the status.
pub fn response<R: DescribeResponse>(operation: &mut OperationDescription<'_>) {
    R::describe(operation);
}

/// Adds the response of an operation with its status.
pub fn response_with_status<R: SaysStatus>(operation: &mut OperationDescription<'_>) {
    R::describe(operation);
}
