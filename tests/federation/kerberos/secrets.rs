//! No token of an exchange is seen in logs of any level, in `Debug` or in errors.

use std::io;
use std::sync::{Arc, Mutex};

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use keystone_sdk::Error;
use keystone_sdk::auth::negotiate::{
    Gssapi, MutualAuth, NegotiateContext, NegotiateProvider, NegotiateStep,
};
use tracing_subscriber::fmt::layer;
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;

use super::{kerberos, mapped, session};

/// The system's library, with a note of every token.
#[derive(Clone, Debug, Default)]
struct Noting(Arc<Mutex<Vec<String>>>);

struct NotingContext {
    context: Box<dyn NegotiateContext>,
    noted: Arc<Mutex<Vec<String>>>,
}

impl NegotiateProvider for Noting {
    fn begin(&self, host: &str, mutual: bool) -> Result<Box<dyn NegotiateContext>, Error> {
        Ok(Box::new(NotingContext {
            context: Gssapi::new().begin(host, mutual)?,
            noted: Arc::clone(&self.0),
        }))
    }
}

impl NegotiateContext for NotingContext {
    fn step(&mut self, server: Option<&[u8]>) -> Result<NegotiateStep, Error> {
        let outcome = self.context.step(server);
        let made = outcome.as_ref().ok().and_then(|step| step.token.as_deref());
        let tokens = server.into_iter().chain(made);
        let mut noted = self.noted.lock().unwrap();
        noted.extend(tokens.map(|token| BASE64_STANDARD.encode(token)));
        outcome
    }
}

/// Everything that the process logs.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Log {
    fn start() -> Self {
        let log = Self::default();
        let writer = log.clone();
        let lines = layer().with_ansi(false).with_writer(move || writer.clone());
        tracing_subscriber::registry().with(lines).init();
        log
    }

    fn text(&self) -> String {
        String::from_utf8(self.0.lock().unwrap().clone()).unwrap()
    }
}

in_realm! {
    "alice" => async fn tokens_of_exchanges_are_seen_nowhere(lab) {
        let log = Log::start();
        let noting = Noting::default();
        let mut shown = String::new();
        for path in ["krb", "stale", "unproven", "forged", "plain"] {
            let login = kerberos(&lab, &lab.at(path)).mutual_auth(MutualAuth::Required);
            let session = session(&lab, login.negotiate_provider(noting.clone()).build().unwrap());
            match session.token().await {
                Ok(token) => shown += &format!("{token:?} {:?}", session.access().await.unwrap()),
                Err(error) => shown += &format!("{error} {error:?} {error:#?}"),
            }
            shown += &format!("{:?}", session.auth());
        }
        let plugin = mapped(&lab, &lab.at("fed")).negotiate_provider(noting.clone()).build().unwrap();
        shown += &format!("{:?} {plugin:?}", session(&lab, plugin.clone()).token().await.unwrap());

        let noted = noting.0.lock().unwrap().clone();
        // A ticket for each server that asks for one, and what three of them sent in return.
        assert!(noted.len() >= 8, "{}", noted.len());
        let log = log.text();
        assert!(log.contains("/krb/v3/auth/tokens") && log.contains("Negotiate"), "{log}");
        for token in &noted {
            // What all of them begin with is the name of the mechanism.
            let piece = token.get(token.len().saturating_sub(24)..).unwrap();
            assert!(!log.contains(piece), "{piece} in {log}");
            assert!(!shown.contains(piece), "{piece} in {shown}");
        }
    }
}
