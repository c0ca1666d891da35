//! The migrations of `migrations/`, in the program itself.

use sqlx::SqlSafeStr;
use sqlx::migrate::{Migration, MigrationType, Migrator};

/// In their order. A migration that was released is never changed: databases remember its checksum.
const MIGRATIONS: [(&str, &str); 1] =
    [("proxies", include_str!("../../migrations/0001_proxies.sql"))];

pub(super) fn migrator() -> Migrator {
    let migrations = (1..).zip(MIGRATIONS).map(|(version, (description, sql))| {
        let sql = sql.into_sql_str();
        Migration::new(
            version,
            description.into(),
            MigrationType::Simple,
            sql,
            false,
        )
    });
    Migrator::with_migrations(migrations.collect())
}
