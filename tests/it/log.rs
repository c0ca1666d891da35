//! What one test logs, at every level.
//!
//! The subscriber is the process's, and tells tests apart by their threads: whether a place in the
//! code logs at all is remembered for the whole process, so that subscribers of single threads
//! lose events that another thread met first.

use std::cell::RefCell;
use std::io;
use std::sync::Once;

use tracing_subscriber::filter::dynamic_filter_fn;
use tracing_subscriber::fmt::layer;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;
use tracing_subscriber::{Layer, registry};

thread_local! {
    static TEXT: RefCell<Option<Vec<u8>>> = const { RefCell::new(None) };
}

/// Collects what this thread logs, until it is dropped: for tests on a runtime of one thread.
pub struct Log(());

impl Log {
    pub fn start() -> Self {
        static SUBSCRIBER: Once = Once::new();
        SUBSCRIBER.call_once(|| {
            let on = dynamic_filter_fn(|_, _| TEXT.with_borrow(Option::is_some));
            let lines = layer().with_ansi(false).with_writer(|| Writer);
            let subscriber = registry().with(lines.with_filter(on));
            // Brings the lines of the `log` crate too, by which reqwest and others write.
            subscriber.init();
        });
        TEXT.set(Some(Vec::new()));
        Self(())
    }

    pub fn text(&self) -> String {
        String::from_utf8(TEXT.with_borrow(|text| text.clone().unwrap())).unwrap()
    }
}

impl Drop for Log {
    fn drop(&mut self) {
        TEXT.set(None);
    }
}

struct Writer;

impl io::Write for Writer {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        TEXT.with_borrow_mut(|text| text.get_or_insert_default().extend_from_slice(bytes));
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
