//! Where the proxies are kept: in memory, for an example. What changes them demands the proof of a
//! decision.

use std::collections::BTreeMap;
use std::convert::Infallible;
use std::sync::{Arc, PoisonError, RwLock};

use keystone_middleware::{Authorized, Denied, Load, PolicyTarget};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::policies::proxy::{Create, Delete, Purge, Update};

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

/// The proxies of all projects. Cheap to clone.
#[derive(Clone, Debug, Default)]
pub struct Db(Arc<RwLock<BTreeMap<String, Proxy>>>);

impl Db {
    /// All proxies, by id; those of one domain where a caller asks for it.
    pub fn list(&self, domain: Option<&str>) -> Vec<Proxy> {
        let proxies = self.0.read().unwrap_or_else(PoisonError::into_inner);
        proxies
            .values()
            .filter(|proxy| domain.is_none_or(|domain| proxy.domain == domain))
            .cloned()
            .collect()
    }

    /// One proxy.
    pub fn get(&self, id: &str) -> Option<Proxy> {
        self.0
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .get(id)
            .cloned()
    }

    /// Adds a proxy to the project of whoever may; none when the domain is taken.
    pub fn create(&self, _: &Authorized<Create>, project_id: &str, new: NewProxy) -> Option<Proxy> {
        let mut proxies = self.0.write().unwrap_or_else(PoisonError::into_inner);
        if proxies.values().any(|proxy| proxy.domain == new.domain) {
            return None;
        }
        let proxy = Proxy {
            id: Uuid::new_v4().simple().to_string(),
            project_id: project_id.to_owned(),
            domain: new.domain,
            backends: new.backends,
            note: new.note,
        };
        proxies.insert(proxy.id.clone(), proxy.clone());
        Some(proxy)
    }

    /// Changes a proxy; none when it is gone.
    ///
    /// # Errors
    ///
    /// [`Denied`] when `may` is not about this proxy as it is now.
    pub fn update(
        &self,
        may: &Authorized<Update>,
        id: &str,
        change: ProxyChange,
    ) -> Result<Option<Proxy>, Denied> {
        let mut proxies = self.0.write().unwrap_or_else(PoisonError::into_inner);
        let Some(proxy) = proxies.get_mut(id) else {
            return Ok(None);
        };
        // It may have changed hands since the decision, which was made without the lock.
        may.covers(proxy)?;
        if let Some(backends) = change.backends {
            proxy.backends = backends;
        }
        if let Some(note) = change.note {
            proxy.note = note;
        }
        Ok(Some(proxy.clone()))
    }

    /// Removes all proxies.
    pub fn clear(&self, _: &Authorized<Purge>) {
        self.0
            .write()
            .unwrap_or_else(PoisonError::into_inner)
            .clear();
    }

    /// Removes a proxy, and returns whether there was one.
    ///
    /// # Errors
    ///
    /// [`Denied`] when `may` is not about this proxy as it is now.
    pub fn delete(&self, may: &Authorized<Delete>, id: &str) -> Result<bool, Denied> {
        let mut proxies = self.0.write().unwrap_or_else(PoisonError::into_inner);
        if let Some(proxy) = proxies.get(id) {
            may.covers(proxy)?;
        }
        Ok(proxies.remove(id).is_some())
    }
}

/// `Found<Proxy>` looks here for the `{id}` of a path.
impl Load<Db> for Proxy {
    type Key = String;
    type Error = Infallible;

    async fn load(id: String, db: &Db) -> Result<Option<Self>, Infallible> {
        Ok(db.get(&id))
    }
}

/// Distinguishes `"note": null` (remove it) from no `note` at all (leave it).
fn null_is_some<'de, D, T>(deserializer: D) -> Result<Option<T>, D::Error>
where
    D: serde::Deserializer<'de>,
    T: Deserialize<'de>,
{
    T::deserialize(deserializer).map(Some)
}

#[cfg(test)]
mod tests {
    use keystone_middleware::RequestContext;
    use keystone_middleware::policy::Enforcer;

    use super::*;

    fn admin(project: &str) -> RequestContext {
        let enforcer = Enforcer::builder(&crate::policies::DEFAULTS)
            .build()
            .unwrap();
        RequestContext::builder()
            .project_id(project)
            .roles(["admin"])
            .enforcer(&enforcer)
            .build()
    }

    fn create(db: &Db, domain: &str) -> Option<Proxy> {
        let new = NewProxy {
            domain: domain.into(),
            backends: Vec::new(),
            note: Some("old".into()),
        };
        db.create(&admin("p").authorize().unwrap(), "p", new)
    }

    #[test]
    fn a_null_note_is_removed_and_an_absent_one_stays() {
        let db = Db::default();
        let proxy = create(&db, "a.example").unwrap();
        let may = admin("p").authorize_for(&proxy).unwrap();
        let change = |text| {
            let change: ProxyChange = serde_json::from_str(text).unwrap();
            db.update(&may, &proxy.id, change).unwrap().unwrap().note
        };
        assert_eq!(
            change(r#"{"backends": ["http://b"]}"#).as_deref(),
            Some("old")
        );
        assert_eq!(change(r#"{"note": null}"#), None);
    }

    #[test]
    fn a_domain_is_taken_once() {
        let db = Db::default();
        assert!(create(&db, "a.example").is_some());
        assert!(create(&db, "a.example").is_none());
    }

    #[test]
    fn the_proof_about_one_proxy_serves_no_other() {
        let db = Db::default();
        let (one, other) = (create(&db, "a.example"), create(&db, "b.example"));
        let (one, other) = (one.unwrap(), other.unwrap());
        let may = admin("p").authorize_for(&one).unwrap();
        assert!(db.delete(&may, &other.id).is_err());
        assert!(db.delete(&may, &one.id).unwrap());
        assert!(!db.delete(&may, &one.id).unwrap());
        assert_eq!(db.list(None), [other]);
    }
}
