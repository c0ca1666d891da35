//! What the service's operator would read in its log, kept so that the demo can show it.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use tracing::field::{Field, Visit};
use tracing::{Event, Subscriber};
use tracing_subscriber::layer::{Context, Layer};

/// Collects what `keystone-middleware` says of its decisions, but not the explanations: they hold
/// ids, which differ from run to run. Cheap to clone.
#[derive(Clone, Debug, Default)]
pub struct OperatorLog(Arc<Mutex<Vec<String>>>);

impl OperatorLog {
    /// Takes all lines since the last time.
    pub fn take(&self) -> Vec<String> {
        std::mem::take(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl<S: Subscriber> Layer<S> for OperatorLog {
    fn on_event(&self, event: &Event<'_>, _: Context<'_, S>) {
        let metadata = event.metadata();
        let explains = metadata.target().ends_with("::explain");
        if explains
            || !metadata.target().starts_with("keystone_middleware")
            || *metadata.level() > tracing::Level::DEBUG
        {
            return;
        }
        let mut message = Message(String::new());
        event.record(&mut message);
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push(message.0);
    }
}

struct Message(String);

impl Visit for Message {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        if field.name() == "message" {
            self.0 = format!("{value:?}");
        }
    }
}
