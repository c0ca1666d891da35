//! What changes between two versions of an API.

#![expect(
    clippy::panic,
    clippy::unwrap_used,
    reason = "helpers of tests fail as tests do"
)]

#[path = "diff_cases/documents.rs"]
mod documents;
#[path = "diff_cases/mutation_table.rs"]
mod mutation_table;
#[path = "diff_cases/mutations.rs"]
mod mutations;
