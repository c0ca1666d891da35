//! Faults that tests inject: requests that fail or wait.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};

use axum::response::{IntoResponse, Response};
use http::{HeaderName, HeaderValue, StatusCode};
use tokio::sync::watch;

/// How a request fails.
#[derive(Clone, Debug)]
pub struct Fault(pub(crate) FaultKind);

#[derive(Clone, Debug)]
pub(crate) enum FaultKind {
    Respond {
        status: u16,
        headers: Vec<(String, String)>,
        body: String,
    },
    Close,
    Hang,
    LoseResponse,
}

impl Fault {
    /// Responds with this status and an empty body.
    #[must_use]
    pub fn status(status: u16) -> Self {
        Self(FaultKind::Respond {
            status,
            headers: Vec::new(),
            body: String::new(),
        })
    }

    /// Responds with 200 and a body of this type, such as HTML where JSON is due.
    #[must_use]
    pub fn body(content_type: &str, body: impl Into<String>) -> Self {
        let headers = vec![("content-type".to_owned(), content_type.to_owned())];
        Self(FaultKind::Respond {
            status: 200,
            headers,
            body: body.into(),
        })
    }

    /// Closes the connection without a response; the request is not carried out.
    #[must_use]
    pub fn close() -> Self {
        Self(FaultKind::Close)
    }

    /// Never responds, until the server stops.
    #[must_use]
    pub fn hang() -> Self {
        Self(FaultKind::Hang)
    }

    /// Carries the request out, then closes the connection instead of responding.
    #[must_use]
    pub fn lose_response() -> Self {
        Self(FaultKind::LoseResponse)
    }

    /// Adds a header to a response; without effect on faults that do not respond.
    #[must_use]
    pub fn header(mut self, name: &str, value: &str) -> Self {
        if let FaultKind::Respond { headers, .. } = &mut self.0 {
            headers.push((name.to_owned(), value.to_owned()));
        }
        self
    }
}

impl FaultKind {
    /// The response of a fault that has one.
    pub(crate) fn response(status: u16, headers: Vec<(String, String)>, body: String) -> Response {
        let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let mut response = (status, body).into_response();
        for (name, value) in headers {
            if let (Ok(name), Ok(value)) =
                (HeaderName::try_from(name), HeaderValue::try_from(value))
            {
                response.headers_mut().insert(name, value);
            }
        }
        response
    }
}

/// Keeps matching requests waiting while it lives; see [`Keystone::hold`](crate::Keystone::hold).
#[derive(Debug)]
#[must_use = "requests are held only while this value lives"]
pub struct Hold {
    alive: Option<Arc<()>>,
    news: Arc<watch::Sender<()>>,
}

impl Drop for Hold {
    fn drop(&mut self) {
        self.alive = None;
        self.news.send_replace(());
    }
}

/// Faults and holds that are waiting for their requests.
#[derive(Debug, Default)]
pub(crate) struct Faults {
    planned: Mutex<Vec<Planned>>,
    holds: Mutex<Vec<(Target, Weak<()>)>>,
    /// Notified whenever a hold ends.
    news: Arc<watch::Sender<()>>,
}

#[derive(Debug)]
struct Planned {
    target: Option<Target>,
    times: usize,
    fault: Fault,
}

type Target = (String, String);

impl Faults {
    pub(crate) fn add(&self, target: Option<(&str, &str)>, times: usize, fault: Fault) {
        let target = target.map(|(method, path)| (method.to_owned(), path.to_owned()));
        lock(&self.planned).push(Planned {
            target,
            times,
            fault,
        });
    }

    pub(crate) fn hold(&self, method: &str, path: &str) -> Hold {
        let alive = Arc::new(());
        let target = (method.to_owned(), path.to_owned());
        lock(&self.holds).push((target, Arc::downgrade(&alive)));
        Hold {
            alive: Some(alive),
            news: Arc::clone(&self.news),
        }
    }

    /// Releases all held requests, so that the server can stop.
    pub(crate) fn release_all(&self) {
        lock(&self.holds).clear();
        self.news.send_replace(());
    }

    /// Waits while the request is held.
    pub(crate) async fn wait(&self, method: &str, path: &str) {
        let mut news = self.news.subscribe();
        // The sender lives in `self`, so waiting ends only with the condition.
        news.wait_for(|()| !self.is_held(method, path)).await.ok();
    }

    fn is_held(&self, method: &str, path: &str) -> bool {
        let mut holds = lock(&self.holds);
        holds.retain(|(_, alive)| alive.strong_count() > 0);
        holds
            .iter()
            .any(|(target, _)| target.0 == method && target.1 == path)
    }

    /// The fault for this request: the oldest planned one that matches.
    pub(crate) fn take(&self, method: &str, path: &str) -> Option<Fault> {
        let mut planned = lock(&self.planned);
        planned.retain(|plan| plan.times > 0);
        let plan = planned.iter_mut().find(|plan| {
            plan.target
                .as_ref()
                .is_none_or(|target| target.0 == method && target.1 == path)
        })?;
        plan.times -= 1;
        Some(plan.fault.clone())
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
