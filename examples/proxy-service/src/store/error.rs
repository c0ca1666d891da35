//! What can come of a call to the storage, beside success.

use std::fmt;

use http::StatusCode;
use keystone_middleware::Denied;
use keystone_middleware::policy::analysis::SqlError;
use sqlx::error::ErrorKind;
use tracing::error;

/// A call to the storage that was refused or that failed. Failures have been logged; the message
/// is for the caller and tells nothing about the database.
#[derive(Debug)]
#[non_exhaustive]
pub enum StoreError {
    /// A proof does not cover what it was shown for.
    Denied(Denied),
    /// Something else failed.
    Failed,
    /// A page was to start after a proxy that does not exist.
    NoSuchMarker,
    /// Another proxy has the domain.
    Taken,
    /// The database cannot be reached, or has no connection to spare.
    Unavailable,
    /// A text that cannot be stored.
    Unstorable {
        /// The field or parameter that it was for.
        field: &'static str,
        /// What is wrong with it.
        problem: &'static str,
    },
}

impl StoreError {
    /// The status of the response.
    pub fn status(&self) -> StatusCode {
        match self {
            Self::Denied(denied) => denied.status(),
            Self::Failed => StatusCode::INTERNAL_SERVER_ERROR,
            Self::NoSuchMarker | Self::Unstorable { .. } => StatusCode::BAD_REQUEST,
            Self::Taken => StatusCode::CONFLICT,
            Self::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
        }
    }
}

impl fmt::Display for StoreError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Denied(denied) => denied.fmt(f),
            Self::Failed => f.write_str("The server failed to handle the request."),
            Self::NoSuchMarker => f.write_str("There is no proxy with the id in `marker`."),
            Self::Taken => f.write_str("Another proxy already has this domain."),
            Self::Unavailable => f.write_str("The service is temporarily unavailable."),
            Self::Unstorable { field, problem } => write!(f, "`{field}` {problem}."),
        }
    }
}

impl std::error::Error for StoreError {}

impl From<Denied> for StoreError {
    fn from(denied: Denied) -> Self {
        Self::Denied(denied)
    }
}

impl From<SqlError> for StoreError {
    fn from(why: SqlError) -> Self {
        error!("a policy cannot be put into a query: {why}");
        Self::Failed
    }
}

impl From<sqlx::Error> for StoreError {
    fn from(why: sqlx::Error) -> Self {
        if let sqlx::Error::Database(why) = &why {
            match (why.kind(), why.code().as_deref()) {
                (ErrorKind::UniqueViolation, _) => return Self::Taken,
                // PostgreSQL: a character that the encoding of the database does not have.
                (_, Some("22021" | "22P05")) => {
                    return Self::Unstorable {
                        field: "proxy",
                        problem: "has a character that cannot be stored",
                    };
                }
                _ => {}
            }
        }
        if is_unavailable(&why) {
            error!("the database is unavailable: {why}");
            Self::Unavailable
        } else {
            error!("the database failed: {why}");
            Self::Failed
        }
    }
}

/// Whether the database is at fault, so that the same call may succeed later.
fn is_unavailable(why: &sqlx::Error) -> bool {
    match why {
        sqlx::Error::Io(_)
        | sqlx::Error::PoolTimedOut
        | sqlx::Error::PoolClosed
        | sqlx::Error::WorkerCrashed => true,
        sqlx::Error::Database(why) => why.code().is_some_and(|code| is_passing(&code)),
        _ => false,
    }
}

fn is_passing(code: &str) -> bool {
    if let Ok(extended) = code.parse::<u32>()
        && code.len() < 5
    {
        // SQLite's busy, locked, I/O error, full and cannot open; what is above the low byte only
        // says more about them (https://www.sqlite.org/rescode.html).
        return matches!(extended & 0xff, 5 | 6 | 10 | 13 | 14);
    }
    // PostgreSQL's classes of connection exceptions, refused logins, transactions to try again and
    // missing resources, a database that is not there, and shutdowns (https://www.postgresql.org/docs/current/errcodes-appendix.html).
    ["08", "28", "40", "53"]
        .iter()
        .any(|class| code.starts_with(class))
        || matches!(code, "3D000" | "57P01" | "57P02" | "57P03")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_of_passing_trouble_are_told_from_others() {
        // SQLite: busy, a busy snapshot, an I/O error of a read, full, cannot open.
        for code in ["5", "517", "266", "13", "14"] {
            assert!(is_passing(code), "{code}");
        }
        // SQLite: an error in SQL, a constraint, a corrupt file, no database.
        for code in ["1", "2067", "11", "26"] {
            assert!(!is_passing(code), "{code}");
        }
        // PostgreSQL: a lost connection, a changed password, a deadlock, too many connections, a
        // removed database, a shutdown.
        for code in [
            "08006", "28P01", "40P01", "53300", "3D000", "57P01", "57P03",
        ] {
            assert!(is_passing(code), "{code}");
        }
        // PostgreSQL: a syntax error, no such table, a cancelled query.
        for code in ["42601", "42P01", "57014"] {
            assert!(!is_passing(code), "{code}");
        }
    }

    #[test]
    fn a_message_tells_nothing_about_the_database() {
        let why = || sqlx::Error::Protocol("canary".to_owned());
        assert_eq!(StoreError::from(why()).status(), 500);
        assert!(!StoreError::from(why()).to_string().contains("canary"));
        let gone = std::io::Error::other("canary");
        let gone = StoreError::from(sqlx::Error::Io(gone));
        assert_eq!(gone.status(), 503);
        assert!(!gone.to_string().contains("canary"));
    }
}
