//! Connections, and what differs between the databases.

use std::fmt;

use sqlx::AnyPool;
use sqlx::any::{AnyConnectOptions, AnyPoolOptions};

use super::migrations;
use super::settings::{Location, Settings};

/// The databases, where they differ.
#[derive(Clone, Copy, Debug)]
pub(super) enum Backend {
    #[cfg(feature = "postgres")]
    Postgres,
    Sqlite,
}

impl Backend {
    /// Begins a transaction that reads before it writes. SQLite has one writer at a time: a
    /// transaction that became one only after another had written would fail.
    pub(super) fn begin(self) -> &'static str {
        match self {
            #[cfg(feature = "postgres")]
            Self::Postgres => "BEGIN",
            Self::Sqlite => "BEGIN IMMEDIATE",
        }
    }

    /// Ends a SELECT whose rows nobody else shall change before the transaction ends.
    pub(super) fn lock(self) -> &'static str {
        match self {
            #[cfg(feature = "postgres")]
            Self::Postgres => " FOR UPDATE",
            Self::Sqlite => "",
        }
    }
}

/// Why there is no database to use. The message never has the URL, which may hold a password.
#[derive(Debug)]
#[non_exhaustive]
pub enum ConnectError {
    /// It cannot be reached.
    Connect(sqlx::Error),
    /// Its tables cannot be brought up to date.
    Migrate(sqlx::migrate::MigrateError),
}

impl fmt::Display for ConnectError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Connect(_) => {
                "cannot connect to the database; check `connection` in the section [database]"
            }
            Self::Migrate(_) => "cannot bring the tables of the database up to date",
        })
    }
}

impl std::error::Error for ConnectError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Connect(why) => Some(why),
            Self::Migrate(why) => Some(why),
        }
    }
}

pub(super) async fn connect(settings: &Settings) -> Result<(AnyPool, Backend), ConnectError> {
    sqlx::any::install_default_drivers();
    let mut pool = AnyPoolOptions::new()
        .max_connections(settings.connections())
        .acquire_timeout(settings.pool_timeout);
    let (url, backend) = match &settings.location {
        Location::Memory => {
            // The data is gone with its one connection.
            pool = pool
                .min_connections(1)
                .idle_timeout(None)
                .max_lifetime(None);
            ("sqlite::memory:", Backend::Sqlite)
        }
        Location::File(url) => {
            // Whoever reads does not wait for whoever writes.
            pool = pool.after_connect(|connection, _| {
                Box::pin(async move {
                    let wal = sqlx::query("PRAGMA journal_mode = WAL");
                    wal.execute(connection).await.map(drop)
                })
            });
            (url.as_str(), Backend::Sqlite)
        }
        #[cfg(feature = "postgres")]
        Location::Postgres(url) => (url.expose(), Backend::Postgres),
    };
    let options: AnyConnectOptions = url.parse().map_err(ConnectError::Connect)?;
    let pool = pool
        .connect_with(options)
        .await
        .map_err(ConnectError::Connect)?;
    let migrated = migrations::migrator().run(&pool).await;
    migrated.map_err(ConnectError::Migrate)?;
    Ok((pool, backend))
}
