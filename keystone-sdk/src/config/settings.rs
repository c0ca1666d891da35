//! Settings of a session from files and the environment, besides its plugin.

use std::sync::Arc;
use std::time::Duration;

use http::StatusCode;

use crate::auth::AuthPlugin;
use crate::catalog::Interface;
use crate::config::located::{Find, Located};
use crate::config::network::{self, Certificates};
use crate::config::variables::Variables;
use crate::session::SessionBuilder;
use crate::transport::Retries;
use crate::{Error, Session};

/// The settings that every source has.
#[derive(Default)]
pub(super) struct Settings {
    pub(super) region_name: Option<String>,
    pub(super) interfaces: Vec<Interface>,
    /// The timeout of an exchange, and so of making a connection.
    pub(super) timeout: Option<Duration>,
    pub(super) certificates: Certificates,
    pub(super) retries: Retries,
    pub(super) collect_timings: bool,
}

impl Settings {
    /// Settings of a session with `plugin`; `variables` contain the proxies.
    pub(super) fn builder(
        self,
        plugin: Arc<dyn AuthPlugin>,
        variables: &Variables,
    ) -> Result<SessionBuilder, Error> {
        let mut builder = Session::builder(plugin);
        if let Some(region) = self
            .region_name
            .as_ref()
            .filter(|region| !region.is_empty())
        {
            builder = builder.region_name(region);
        }
        for interface in self.interfaces.iter().copied() {
            builder = builder.interface(interface);
        }
        if let Some(timeout) = self.timeout {
            builder = builder.timeout(timeout).connect_timeout(timeout);
        }
        let Self {
            certificates,
            retries,
            collect_timings,
            ..
        } = self;
        let builder = builder.retries(retries);
        let builder = builder.wire(|wire| wire.collect_timings(collect_timings));
        builder.try_wire(|wire| certificates.apply(network::with_proxies(wire, variables)))
    }
}

/// When to retry: `connect_retries`, `status_code_retries`, their delays and
/// `retriable_status_codes`.
pub(super) fn retries(find: Find<'_>) -> Result<Retries, Error> {
    let mut retries = Retries::new();
    if let Some(times) = count("connect_retries", find)? {
        retries = retries.connect(times);
    }
    if let Some(pause) = seconds("connect_retry_delay", find)? {
        retries = retries.connect_pause(pause);
    }
    if let Some(times) = count("status_code_retries", find)? {
        retries = retries.status(times);
    }
    if let Some(pause) = seconds("status_code_retry_delay", find)? {
        retries = retries.status_pause(pause);
    }
    match statuses("retriable_status_codes", find)? {
        Some(statuses) => Ok(retries.statuses(statuses)),
        None => Ok(retries),
    }
}

pub(super) fn count(key: &str, find: Find<'_>) -> Result<Option<u32>, Error> {
    read(key, "a whole number", find, |text| text.parse().ok())
}

fn seconds(key: &str, find: Find<'_>) -> Result<Option<Duration>, Error> {
    read(key, "a number of seconds", find, |text| {
        Duration::try_from_secs_f64(text.parse().ok()?).ok()
    })
}

fn statuses(key: &str, find: Find<'_>) -> Result<Option<Vec<StatusCode>>, Error> {
    read(key, "a list of HTTP statuses", find, |text| {
        let parts = text
            .split(',')
            .map(str::trim)
            .filter(|part| !part.is_empty());
        parts.map(|part| part.parse().ok()).collect()
    })
}

fn read<T>(
    key: &str,
    wanted: &str,
    find: Find<'_>,
    read: impl FnOnce(&str) -> Option<T>,
) -> Result<Option<T>, Error> {
    let Some(Located { text, place }) = find(key)? else {
        return Ok(None);
    };
    let found = read(text.trim());
    found
        .ok_or_else(|| super::malformed(key, &text, wanted, place))
        .map(Some)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn retries_are_read_whole_and_what_is_not_said_stays_open() {
        let given = |key: &str| {
            let text = match key {
                "connect_retries" => "3",
                "status_code_retry_delay" => "0.5",
                "retriable_status_codes" => "429, 503,",
                _ => return Ok(None),
            };
            let (text, place) = (text.to_owned(), "here".to_owned());
            Ok(Some(Located { text, place }))
        };
        let wanted = Retries::new()
            .connect(3)
            .status_pause(Duration::from_millis(500))
            .statuses([
                StatusCode::TOO_MANY_REQUESTS,
                StatusCode::SERVICE_UNAVAILABLE,
            ]);
        assert_eq!(retries(&given).unwrap(), wanted);
    }
}
