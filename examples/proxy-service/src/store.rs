//! Where the proxies are kept: in memory, for an example.

use std::collections::BTreeMap;
use std::convert::Infallible;
use std::sync::{Arc, PoisonError, RwLock};

use keystone_middleware::{Load, PolicyTarget};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// A proxy: a name under which the backends of a project are reached.
#[derive(Clone, Debug, PolicyTarget, Serialize)]
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

    /// Adds a proxy to a project; none when the domain is taken.
    pub fn create(&self, project_id: &str, new: NewProxy) -> Option<Proxy> {
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
    pub fn update(&self, id: &str, change: ProxyChange) -> Option<Proxy> {
        let mut proxies = self.0.write().unwrap_or_else(PoisonError::into_inner);
        let proxy = proxies.get_mut(id)?;
        if let Some(backends) = change.backends {
            proxy.backends = backends;
        }
        if let Some(note) = change.note {
            proxy.note = note;
        }
        Some(proxy.clone())
    }

    /// Removes all proxies.
    pub fn clear(&self) {
        self.0
            .write()
            .unwrap_or_else(PoisonError::into_inner)
            .clear();
    }

    /// Removes a proxy, and tells whether there was one.
    pub fn delete(&self, id: &str) -> bool {
        self.0
            .write()
            .unwrap_or_else(PoisonError::into_inner)
            .remove(id)
            .is_some()
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

/// Tells `"note": null` (remove it) from no `note` at all (leave it).
fn null_is_some<'de, D, T>(deserializer: D) -> Result<Option<T>, D::Error>
where
    D: serde::Deserializer<'de>,
    T: Deserialize<'de>,
{
    T::deserialize(deserializer).map(Some)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn new(domain: &str) -> NewProxy {
        NewProxy {
            domain: domain.into(),
            backends: Vec::new(),
            note: Some("old".into()),
        }
    }

    #[test]
    fn a_null_note_is_removed_and_an_absent_one_stays() {
        let db = Db::default();
        let id = db.create("p", new("a.example")).unwrap().id;
        let keep: ProxyChange = serde_json::from_str(r#"{"backends": ["http://b"]}"#).unwrap();
        assert_eq!(db.update(&id, keep).unwrap().note.as_deref(), Some("old"));
        let remove: ProxyChange = serde_json::from_str(r#"{"note": null}"#).unwrap();
        assert_eq!(db.update(&id, remove).unwrap().note, None);
    }

    #[test]
    fn a_domain_is_taken_once() {
        let db = Db::default();
        assert!(db.create("p", new("a.example")).is_some());
        assert!(db.create("q", new("a.example")).is_none());
    }
}
