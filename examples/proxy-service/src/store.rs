//! Where the proxies are kept: a database, by default SQLite in this process. What changes them
//! demands the proof of a decision, and checks in the same transaction that it was about the proxy
//! as it is now.

use std::fmt;

use keystone_middleware::sdk::clock::{SharedClock, SystemClock};
use keystone_middleware::{Authorized, Filter, Load, PolicyTarget};
use serde::{Deserialize, Serialize};
use sqlx::any::AnyRow;
use sqlx::{Any, AnyPool, AssertSqlSafe, Row, Transaction};
use uuid::Uuid;

use crate::policies::proxy::{Create, Delete, Purge, Update};

mod connect;
mod error;
mod migrations;
mod select;
mod settings;

pub use self::connect::ConnectError;
pub use self::error::StoreError;
pub use self::settings::Settings;

use self::connect::Backend;
use self::select::{COLUMNS, Select};

/// A proxy: a name under which the backends of a project are reached.
#[derive(Clone, Debug, PartialEq, PolicyTarget, Serialize)]
pub struct Proxy {
    /// Made by the service.
    pub id: String,
    /// The project that the proxy belongs to.
    pub project_id: String,
    /// The name that clients ask for.
    pub domain: String,
    /// Where requests go.
    #[policy(skip)]
    pub backends: Vec<String>,
    /// Free text.
    pub note: Option<String>,
}

/// What a caller gives to make a proxy.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NewProxy {
    /// The name that clients ask for.
    pub domain: String,
    /// Where requests go.
    #[serde(default)]
    pub backends: Vec<String>,
    /// Free text.
    #[serde(default)]
    pub note: Option<String>,
}

/// What a caller gives to change a proxy; what is absent stays.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ProxyChange {
    /// Where requests go from now on.
    #[serde(default)]
    pub backends: Option<Vec<String>>,
    /// The free text; null removes it.
    #[serde(default, deserialize_with = "null_is_some")]
    pub note: Option<Option<String>>,
}

/// Which proxies a list has.
#[derive(Clone, Debug, Default)]
pub struct ListFilter {
    /// Only the one with this domain.
    pub domain: Option<String>,
    /// Only those that a caller may change.
    pub editable: Option<Filter<Update>>,
}

/// Which part of a list.
#[derive(Clone, Debug)]
pub struct Page {
    /// The id of the last proxy of the page before.
    pub marker: Option<String>,
    /// How many proxies at most.
    pub limit: u32,
}

/// A part of a list.
#[derive(Clone, Debug, PartialEq)]
pub struct Listed {
    /// The proxies, in the order in which they were made.
    pub proxies: Vec<Proxy>,
    /// Whether there are proxies after these.
    pub more: bool,
}

/// The proxies of all projects. Cheap to clone.
#[derive(Clone)]
pub struct Db {
    pool: AnyPool,
    backend: Backend,
    clock: SharedClock,
}

/// The most bytes of a domain name in its usual notation (RFC 1035, section 2.3.4).
const LONGEST_DOMAIN: usize = 253;

impl Db {
    /// Connects, and brings the tables up to date.
    ///
    /// # Errors
    ///
    /// When the database cannot be reached, or its tables are of a newer program.
    pub async fn connect(settings: &Settings) -> Result<Self, ConnectError> {
        let (pool, backend) = connect::connect(settings).await?;
        Ok(Self {
            pool,
            backend,
            clock: SystemClock::shared(),
        })
    }

    /// With another source of the time at which proxies are made.
    #[must_use]
    pub fn with_clock(self, clock: SharedClock) -> Self {
        Self { clock, ..self }
    }

    /// A part of the proxies that pass the filter, in the order in which they were made.
    ///
    /// # Errors
    ///
    /// [`StoreError::NoSuchMarker`], and as for [`get`](Self::get).
    pub async fn list(&self, filter: &ListFilter, page: &Page) -> Result<Listed, StoreError> {
        let mut select = Select::default();
        if let Some(domain) = &filter.domain {
            select.domain(storable("domain", domain)?);
        }
        if let Some(editable) = &filter.editable {
            select.allowed_by(editable)?;
        }
        if let Some(marker) = &page.marker {
            select.after(self.made_at(marker).await?, marker);
        }
        // One more tells whether there are more.
        let rows = select
            .in_order(i64::from(page.limit) + 1)
            .all(&self.pool)
            .await?;
        let mut proxies = rows.iter().map(proxy).collect::<Result<Vec<_>, _>>()?;
        let limit = usize::try_from(page.limit).unwrap_or(usize::MAX);
        let more = proxies.len() > limit;
        proxies.truncate(limit);
        Ok(Listed { proxies, more })
    }

    /// One proxy.
    ///
    /// # Errors
    ///
    /// [`StoreError::Unavailable`] or [`StoreError::Failed`].
    pub async fn get(&self, id: &str) -> Result<Option<Proxy>, StoreError> {
        if !can_be_id(id) {
            return Ok(None);
        }
        let select = format!("SELECT {COLUMNS} FROM proxies WHERE id = $1");
        let select = sqlx::query(AssertSqlSafe(select)).bind(id.to_owned());
        let row = select.fetch_optional(&self.pool).await?;
        row.as_ref().map(proxy).transpose()
    }

    /// Adds a proxy to the project of whoever may.
    ///
    /// # Errors
    ///
    /// [`StoreError::Taken`] when another proxy has the domain, [`StoreError::Unstorable`], and as
    /// for [`get`](Self::get).
    pub async fn create(
        &self,
        _: &Authorized<Create>,
        project_id: &str,
        new: NewProxy,
    ) -> Result<Proxy, StoreError> {
        let proxy = Proxy {
            id: Uuid::new_v4().simple().to_string(),
            project_id: storable("project_id", project_id)?.to_owned(),
            domain: new.domain,
            backends: new.backends,
            note: new.note,
        };
        if proxy.domain.len() > LONGEST_DOMAIN {
            let problem = "is longer than 253 bytes, the most that a domain name has";
            return Err(StoreError::Unstorable {
                field: "domain",
                problem,
            });
        }
        storable("domain", &proxy.domain)?;
        let insert = "INSERT INTO proxies (id, project_id, domain, backends, note, created_at) \
                      VALUES ($1, $2, $3, $4, $5, $6)";
        sqlx::query(insert)
            .bind(proxy.id.clone())
            .bind(proxy.project_id.clone())
            .bind(proxy.domain.clone())
            .bind(backends_text(&proxy)?)
            .bind(note_text(&proxy)?)
            .bind(self.clock.now().as_microsecond())
            .execute(&self.pool)
            .await?;
        Ok(proxy)
    }

    /// Changes a proxy; none when it is gone.
    ///
    /// # Errors
    ///
    /// [`StoreError::Denied`] when `may` is not about this proxy as it is now,
    /// [`StoreError::Unstorable`], and as for [`get`](Self::get).
    pub async fn update(
        &self,
        may: &Authorized<Update>,
        id: &str,
        change: ProxyChange,
    ) -> Result<Option<Proxy>, StoreError> {
        let Some((mut transaction, mut proxy)) = self.locked(id).await? else {
            return Ok(None);
        };
        // It may have changed hands since the decision, which was made without the lock.
        may.covers(&proxy)?;
        if let Some(backends) = change.backends {
            proxy.backends = backends;
        }
        if let Some(note) = change.note {
            proxy.note = note;
        }
        sqlx::query("UPDATE proxies SET backends = $1, note = $2 WHERE id = $3")
            .bind(backends_text(&proxy)?)
            .bind(note_text(&proxy)?)
            .bind(proxy.id.clone())
            .execute(&mut *transaction)
            .await?;
        transaction.commit().await?;
        Ok(Some(proxy))
    }

    /// Removes a proxy, and returns whether there was one.
    ///
    /// # Errors
    ///
    /// [`StoreError::Denied`] when `may` is not about this proxy as it is now, and as for
    /// [`get`](Self::get).
    pub async fn delete(&self, may: &Authorized<Delete>, id: &str) -> Result<bool, StoreError> {
        let Some((mut transaction, proxy)) = self.locked(id).await? else {
            return Ok(false);
        };
        may.covers(&proxy)?;
        sqlx::query("DELETE FROM proxies WHERE id = $1")
            .bind(proxy.id)
            .execute(&mut *transaction)
            .await?;
        transaction.commit().await?;
        Ok(true)
    }

    /// Removes all proxies.
    ///
    /// # Errors
    ///
    /// As for [`get`](Self::get).
    pub async fn clear(&self, _: &Authorized<Purge>) -> Result<(), StoreError> {
        sqlx::query("DELETE FROM proxies")
            .execute(&self.pool)
            .await?;
        Ok(())
    }

    /// Waits for the calls that are under way, and closes all connections. Later calls fail with
    /// [`StoreError::Unavailable`].
    pub async fn close(&self) {
        self.pool.close().await;
    }

    /// A proxy that nobody else can change until the transaction ends, which a drop rolls back.
    async fn locked(
        &self,
        id: &str,
    ) -> Result<Option<(Transaction<'static, Any>, Proxy)>, StoreError> {
        if !can_be_id(id) {
            return Ok(None);
        }
        let mut transaction = self.pool.begin_with(self.backend.begin()).await?;
        let lock = self.backend.lock();
        let select = format!("SELECT {COLUMNS} FROM proxies WHERE id = $1{lock}");
        let select = sqlx::query(AssertSqlSafe(select)).bind(id.to_owned());
        let Some(row) = select.fetch_optional(&mut *transaction).await? else {
            return Ok(None);
        };
        Ok(Some((transaction, proxy(&row)?)))
    }

    /// When the proxy of a marker was made.
    async fn made_at(&self, marker: &str) -> Result<i64, StoreError> {
        if !can_be_id(marker) {
            return Err(StoreError::NoSuchMarker);
        }
        let select = sqlx::query("SELECT created_at FROM proxies WHERE id = $1");
        let row = select
            .bind(marker.to_owned())
            .fetch_optional(&self.pool)
            .await?;
        Ok(row.ok_or(StoreError::NoSuchMarker)?.try_get("created_at")?)
    }
}

/// What the pool knows is left out: it may hold a password.
impl fmt::Debug for Db {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Db")
            .field("backend", &self.backend)
            .finish_non_exhaustive()
    }
}

/// `Found<Proxy>` looks here for the `{id}` of a path.
impl Load<Db> for Proxy {
    type Key = String;
    type Error = StoreError;

    async fn load(id: String, db: &Db) -> Result<Option<Self>, StoreError> {
        db.get(&id).await
    }
}

fn proxy(row: &AnyRow) -> Result<Proxy, StoreError> {
    let backends: String = row.try_get("backends")?;
    let backends =
        serde_json::from_str(&backends).map_err(|why| sqlx::Error::Decode(why.into()))?;
    Ok(Proxy {
        id: row.try_get("id")?,
        project_id: row.try_get("project_id")?,
        domain: row.try_get("domain")?,
        backends,
        note: row.try_get("note")?,
    })
}

fn backends_text(proxy: &Proxy) -> Result<String, StoreError> {
    for backend in &proxy.backends {
        storable("backends", backend)?;
    }
    serde_json::to_string(&proxy.backends).map_err(|why| sqlx::Error::Encode(why.into()).into())
}

fn note_text(proxy: &Proxy) -> Result<Option<String>, StoreError> {
    let note = proxy.note.as_deref();
    Ok(note
        .map(|note| storable("note", note))
        .transpose()?
        .map(str::to_owned))
}

/// PostgreSQL has no texts with NUL, so no database here has any.
fn storable<'a>(field: &'static str, text: &'a str) -> Result<&'a str, StoreError> {
    if text.contains('\0') {
        let problem = "has a NUL character, which cannot be stored";
        return Err(StoreError::Unstorable { field, problem });
    }
    Ok(text)
}

/// Whether a proxy could have this id, which PostgreSQL could be asked for.
fn can_be_id(id: &str) -> bool {
    !id.contains('\0')
}

/// Distinguishes `"note": null` (remove it) from no `note` at all (leave it).
fn null_is_some<'de, D, T>(deserializer: D) -> Result<Option<T>, D::Error>
where
    D: serde::Deserializer<'de>,
    T: Deserialize<'de>,
{
    T::deserialize(deserializer).map(Some)
}
