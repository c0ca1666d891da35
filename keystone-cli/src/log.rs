//! The log on stderr: warnings, and with `--debug` requests and responses, in the format of keystoneauth1.
//! The SDK hides secrets before it emits events.

use std::collections::BTreeMap;
use std::fmt;
use std::io::{self, Write};

use keystone_sdk::printable;
use tracing::field::{Field, Visit};
use tracing::{Event, Level, Subscriber};
use tracing_subscriber::filter::Targets;
use tracing_subscriber::layer::{Context, SubscriberExt};
use tracing_subscriber::util::SubscriberInitExt;
use tracing_subscriber::{EnvFilter, Layer};

const WIRE: &str = "keystone_sdk::transport";

/// Installs the subscriber; `debug` takes precedence over `verbose`.
pub(crate) fn start(verbose: bool, debug: bool) {
    if verbose && !debug {
        tracing_subscriber::fmt()
            // Colours would be escapes as well.
            .with_ansi(false)
            .with_writer(Safe::default)
            .with_env_filter(EnvFilter::new("warn,keystone_sdk=debug"))
            .init();
        return;
    }
    let mut targets = Targets::new().with_default(Level::WARN);
    if debug {
        targets = targets.with_target(WIRE, Level::TRACE);
    }
    tracing_subscriber::registry()
        .with(Lines.with_filter(targets))
        .init();
}

/// Prints a warning.
pub(crate) fn warn(message: &str) {
    eprintln!("warning: {}", printable::short_lines(message));
}

/// A line for stderr, written at once when it is complete.
#[derive(Default)]
struct Safe(Vec<u8>);

impl Write for Safe {
    fn write(&mut self, part: &[u8]) -> io::Result<usize> {
        self.0.extend_from_slice(part);
        Ok(part.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Drop for Safe {
    fn drop(&mut self) {
        let text = String::from_utf8_lossy(&self.0);
        // There is nobody left to tell of an error.
        let _ = io::stderr().write_all(printable::lines(&text).as_bytes());
    }
}

struct Lines;

impl<S: Subscriber> Layer<S> for Lines {
    fn on_event(&self, event: &Event<'_>, _: Context<'_, S>) {
        let mut fields = Fields::default();
        event.record(&mut fields);
        let line = if *event.metadata().level() <= Level::WARN {
            Some(fields.warning())
        } else {
            fields.wire()
        };
        if let Some(line) = line {
            eprintln!("{}", printable::whole(&line));
        }
    }
}

#[derive(Default)]
struct Fields {
    message: String,
    others: BTreeMap<&'static str, String>,
}

impl Visit for Fields {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        self.put(field, format!("{value:?}"));
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        self.put(field, value.to_owned());
    }
}

impl Fields {
    fn put(&mut self, field: &Field, value: String) {
        if field.name() == "message" {
            self.message = value;
        } else {
            self.others.insert(field.name(), value);
        }
    }

    fn get(&self, name: &str) -> &str {
        self.others.get(name).map_or("", String::as_str)
    }

    fn warning(&self) -> String {
        let mut line = format!("warning: {}", self.message);
        for (name, value) in &self.others {
            line.push_str(&format!(" {name}={value}"));
        }
        line
    }

    fn wire(&self) -> Option<String> {
        match self.message.as_str() {
            "request" => Some(self.request()),
            "request body" => Some(format!("REQ BODY: {}", self.get("body"))),
            "response" => Some(self.response()),
            "response body" if self.get("body").is_empty() => None,
            "response body" => Some(format!("RESP BODY: {}", self.get("body"))),
            message => Some(
                format!("NOTE: {message} {}", self.get("url"))
                    .trim_end()
                    .to_owned(),
            ),
        }
    }

    fn request(&self) -> String {
        let mut line = format!(
            "REQ: curl -g -i -X {} {}",
            self.get("method"),
            quoted(self.get("url"))
        );
        for (name, value) in self.headers() {
            line.push_str(&format!(" -H {}", quoted(&format!("{name}: {value}"))));
        }
        line
    }

    fn response(&self) -> String {
        let mut line = format!("RESP: [{}] {}", self.get("status"), self.get("url"));
        for (name, value) in self.headers() {
            line.push_str(&format!(" {name}: {value}"));
        }
        line
    }

    /// The SDK logs headers as a JSON object of strings.
    fn headers(&self) -> BTreeMap<String, String> {
        serde_json::from_str(self.get("headers")).unwrap_or_else(|_| {
            let whole = self.get("headers").to_owned();
            BTreeMap::from([("headers".to_owned(), whole)])
        })
    }
}

/// Quoted for a shell.
fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', r"'\''"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fields(message: &str, others: &[(&'static str, &str)]) -> Fields {
        Fields {
            message: message.to_owned(),
            others: others
                .iter()
                .map(|(name, value)| (*name, (*value).to_owned()))
                .collect(),
        }
    }

    #[test]
    fn a_request_can_be_pasted_into_a_shell() {
        let fields = fields(
            "request",
            &[
                ("method", "GET"),
                ("url", "http://h/v3/users"),
                ("headers", r#"{"x-auth-token": "***", "x-a": "it's"}"#),
            ],
        );
        assert_eq!(
            fields.wire().unwrap(),
            r"REQ: curl -g -i -X GET 'http://h/v3/users' -H 'x-a: it'\''s' -H 'x-auth-token: ***'"
        );
    }

    #[test]
    fn a_response_has_its_status_first_and_no_line_for_an_empty_body() {
        let response = fields(
            "response",
            &[("status", "200"), ("url", "http://h"), ("headers", "{}")],
        );
        assert_eq!(response.wire().unwrap(), "RESP: [200] http://h");
        assert!(fields("response body", &[("body", "")]).wire().is_none());
    }
}
