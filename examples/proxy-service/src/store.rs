//! Where the proxies are kept: a database, by default SQLite in this process. What changes them
//! demands the proof of a decision, and checks in the same transaction that it was about the proxy
//! as it is now.

use std::fmt;

use keystone_middleware::sdk::clock::{SharedClock, SystemClock};
use keystone_middleware::{Authorized, Filter};
use sqlx::any::AnyRow;
use sqlx::{Any, AnyPool, AssertSqlSafe, Row, Transaction};
use uuid::Uuid;

use crate::api::{Proxy, ProxyCreate, ProxyId, ProxyUpdate};
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

/// Which proxies a list has.
#[derive(Clone, Debug, Default)]
pub struct ListFilter {
    /// Only the one with this domain.
    pub domain: Option<String>,
    /// Only those that a caller may change.
    pub editable: Option<Filter<Update>>,
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

    /// At most `limit` of the proxies that pass the filter, in the order in which they were made,
    /// after the one with the id `marker`.
    ///
    /// # Errors
    ///
    /// [`StoreError::NoSuchMarker`], and as for [`get`](Self::get).
    pub async fn list(
        &self,
        filter: &ListFilter,
        marker: Option<&str>,
        limit: u32,
    ) -> Result<Vec<Proxy>, StoreError> {
        let mut select = Select::default();
        if let Some(domain) = &filter.domain {
            select.domain(storable("domain", domain)?);
        }
        if let Some(editable) = &filter.editable {
            select.allowed_by(editable)?;
        }
        if let Some(marker) = marker {
            select.after(self.made_at(marker).await?, marker);
        }
        let rows = select.in_order(limit.into()).all(&self.pool).await?;
        rows.iter().map(proxy).collect()
    }

    /// One proxy.
    ///
    /// # Errors
    ///
    /// [`StoreError::Unavailable`] or [`StoreError::Failed`].
    pub async fn get(&self, id: &ProxyId) -> Result<Option<Proxy>, StoreError> {
        if !can_be_id(id.as_str()) {
            return Ok(None);
        }
        let select = format!("SELECT {COLUMNS} FROM proxies WHERE id = $1");
        let select = sqlx::query(AssertSqlSafe(select)).bind(id.to_string());
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
        new: ProxyCreate,
    ) -> Result<Proxy, StoreError> {
        let proxy = Proxy {
            id: Uuid::new_v4().simple().to_string().into(),
            project_id: storable("project_id", project_id)?.to_owned(),
            domain: new.domain,
            backends: new.backends,
            note: new.note.apply(None),
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
            .bind(proxy.id.to_string())
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
        id: &ProxyId,
        change: ProxyUpdate,
    ) -> Result<Option<Proxy>, StoreError> {
        let Some((mut transaction, mut proxy)) = self.locked(id).await? else {
            return Ok(None);
        };
        // It may have changed hands since the decision, which was made without the lock.
        may.covers(&proxy)?;
        if let Some(backends) = change.backends {
            proxy.backends = backends;
        }
        proxy.note = change.note.apply(proxy.note);
        sqlx::query("UPDATE proxies SET backends = $1, note = $2 WHERE id = $3")
            .bind(backends_text(&proxy)?)
            .bind(note_text(&proxy)?)
            .bind(proxy.id.to_string())
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
    pub async fn delete(&self, may: &Authorized<Delete>, id: &ProxyId) -> Result<bool, StoreError> {
        let Some((mut transaction, proxy)) = self.locked(id).await? else {
            return Ok(false);
        };
        may.covers(&proxy)?;
        sqlx::query("DELETE FROM proxies WHERE id = $1")
            .bind(proxy.id.to_string())
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
        id: &ProxyId,
    ) -> Result<Option<(Transaction<'static, Any>, Proxy)>, StoreError> {
        if !can_be_id(id.as_str()) {
            return Ok(None);
        }
        let mut transaction = self.pool.begin_with(self.backend.begin()).await?;
        let lock = self.backend.lock();
        let select = format!("SELECT {COLUMNS} FROM proxies WHERE id = $1{lock}");
        let select = sqlx::query(AssertSqlSafe(select)).bind(id.to_string());
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

fn proxy(row: &AnyRow) -> Result<Proxy, StoreError> {
    let backends: String = row.try_get("backends")?;
    let backends =
        serde_json::from_str(&backends).map_err(|why| sqlx::Error::Decode(why.into()))?;
    Ok(Proxy {
        id: row.try_get::<String, _>("id")?.into(),
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
