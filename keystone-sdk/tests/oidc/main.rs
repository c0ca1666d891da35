//! Logins by an OpenID Provider, against one that does what a test tells it to.

#![expect(
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "a test fails by panicking, in its helpers too"
)]

use std::io;
use std::sync::{Mutex, Once};

use keystone_sdk::Error;
use keystone_sdk::auth::AuthPlugin;
use keystone_sdk::transport::Transport;
use tracing_subscriber::fmt::MakeWriter;

mod authorization;
mod clients;
mod device;
mod discovery;
mod id_tokens;
mod loading;
mod logins;
mod op;
mod renewal;

use op::CANARY;

/// All that this process logs, at any level.
static LOG: Mutex<Vec<u8>> = Mutex::new(Vec::new());

struct Log;

impl io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        LOG.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl MakeWriter<'_> for Log {
    type Writer = Self;

    fn make_writer(&self) -> Self {
        Self
    }
}

/// Logs everything from now on.
fn listen() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        tracing_subscriber::fmt()
            .with_max_level(tracing_subscriber::filter::LevelFilter::TRACE)
            .with_writer(Log)
            .with_ansi(false)
            .init();
    });
}

fn logged() -> String {
    String::from_utf8_lossy(&LOG.lock().unwrap()).into_owned()
}

/// The token of a plugin, or its error with all causes. Neither the log nor the error nor `Debug` of
/// the plugin may hold a secret.
async fn log_in(plugin: &impl AuthPlugin, transport: &Transport) -> Result<String, String> {
    listen();
    let outcome = plugin.token(transport).await;
    let outcome = match outcome {
        Ok(token) => Ok(token.expose().replace(CANARY, "")),
        Err(error) => {
            hides(&format!("{error:?}"));
            Err(told(&error))
        }
    };
    hides(&format!("{plugin:?}"));
    hides(outcome.as_ref().err().map_or("", String::as_str));
    hides(&logged());
    outcome
}

/// An error with all its causes, as a program prints it.
fn told(error: &Error) -> String {
    let mut told = error.to_string();
    let mut cause = std::error::Error::source(error);
    while let Some(error) = cause {
        told.push_str(&format!(" <- {error}"));
        cause = error.source();
    }
    told
}

fn hides(text: &str) {
    let place = text.find(CANARY).map(|at| {
        let from = text[..at].rfind('\n').unwrap_or(0);
        text[from..].lines().nth(1).unwrap_or(text).to_owned()
    });
    assert_eq!(place, None);
}
