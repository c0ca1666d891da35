//! Tokens by the system's GSSAPI library, which reads the tickets that `kinit` got.

use std::fmt::Write as _;

use super::{NegotiateContext, NegotiateProvider, NegotiateStep};
use crate::error::{AuthenticationError, ConfigurationError};
use crate::{Error, printable};

#[expect(
    unsafe_code,
    reason = "the system's library is called by its C interface, without its headers at build time"
)]
mod library;

use library::{Context, Failure, Library, Name};

/// Where the library comes from.
const PACKAGE: &str = "Debian: apt-get install libgssapi-krb5-2";

/// The system's GSSAPI library of MIT Kerberos, opened when it is first needed. It takes tickets from
/// where `kinit` put them, and reads `KRB5_CONFIG`, `KRB5CCNAME` and the other variables of Kerberos
/// from the process's environment.
#[derive(Clone, Copy, Debug, Default)]
#[non_exhaustive]
pub struct Gssapi;

impl Gssapi {
    /// Opens nothing yet.
    pub fn new() -> Self {
        Self
    }
}

impl NegotiateProvider for Gssapi {
    fn begin(&self, host: &str, mutual: bool) -> Result<Box<dyn NegotiateContext>, Error> {
        let library = Library::get().map_err(|reason| unusable(&reason))?;
        let service = format!("HTTP@{host}");
        let name = Name::of_service(library, &service)
            .map_err(|failure| explain(&format!("`{service}` names no service"), &failure))?;
        Ok(Box::new(SystemContext {
            context: Context::new(library, name, mutual),
            service,
        }))
    }
}

/// An exchange by the library.
struct SystemContext {
    context: Context,
    service: String,
}

impl NegotiateContext for SystemContext {
    fn step(&mut self, server: Option<&[u8]>) -> Result<NegotiateStep, Error> {
        let state = self.context.step(server).map_err(|failure| {
            let service = &self.service;
            let step = match server {
                None => format!("no Kerberos ticket for `{service}`"),
                Some(_) => format!("the exchange of tokens with `{service}` failed"),
            };
            explain(&step, &failure)
        })?;
        Ok(NegotiateStep {
            token: state.token,
            proven: state.complete && state.mutual,
        })
    }
}

fn unusable(reason: &str) -> Error {
    let message = format!("the system's Kerberos library cannot be used: {reason}");
    let error = ConfigurationError::new(message);
    error
        .remedy(format!(
            "install it ({PACKAGE}), or bring a `NegotiateProvider`"
        ))
        .into()
}

/// The step that failed, the library's reason, and what can be done about it.
fn explain(step: &str, failure: &Failure) -> Error {
    let mut message = step.to_owned();
    for text in &failure.texts {
        let _ = write!(message, ": {}", printable::line(text));
    }
    if let Some(remedy) = remedy(failure) {
        let _ = write!(message, "; {remedy}");
    }
    AuthenticationError::new(message).into()
}

/// By the words of the library: its numbers are its own, and another each time it is loaded.
fn remedy(failure: &Failure) -> Option<&'static str> {
    const REMEDIES: [(&str, &str); 8] = [
        ("expired", "get a new one by `kinit`"),
        (
            "No Kerberos credentials",
            "get one by `kinit`, or name the ticket cache in KRB5CCNAME",
        ),
        (
            "Server krbtgt/",
            "the ticket is of a realm that the service's realm does not trust: check `klist` and the \
             `domain_realm` of krb5.conf",
        ),
        (
            "not found in Kerberos database",
            "the realm has no such service: check the host in `auth_url`, and ask for a keytab of \
             that name on the server",
        ),
        ("Cannot find KDC", "name the realm's KDC in krb5.conf"),
        (
            "Cannot contact any KDC",
            "see that the realm's KDC runs, and where krb5.conf says it is",
        ),
        (
            "Key version",
            "the server's keytab holds another key than the KDC: make a new keytab",
        ),
        ("Clock skew", "set the clocks of client, server and KDC"),
    ];
    let says = |words: &str| failure.texts.iter().any(|text| text.contains(words));
    let found = REMEDIES.iter().find(|(words, _)| says(words));
    found.map(|(_, remedy)| *remedy)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn explained(texts: &[&str]) -> String {
        let texts = texts.iter().map(|text| (*text).to_owned()).collect();
        explain("no ticket", &Failure { texts }).to_string()
    }

    #[test]
    fn a_missing_library_is_a_setting_that_names_its_package() {
        let error = unusable("libgssapi_krb5.so.2: cannot open shared object file");
        assert!(matches!(error, Error::Configuration(_)));
        assert_eq!(
            error.to_string(),
            "the system's Kerberos library cannot be used: libgssapi_krb5.so.2: cannot open shared \
             object file; install it (Debian: apt-get install libgssapi-krb5-2), or bring a \
             `NegotiateProvider`"
        );
    }

    #[test]
    fn an_error_has_the_step_the_reason_and_the_remedy() {
        let error = explained(&["Unspecified GSS failure", "Clock skew too great"]);
        assert_eq!(
            error,
            "no ticket: Unspecified GSS failure: Clock skew too great; set the clocks of client, \
             server and KDC"
        );
    }

    #[test]
    fn a_ticket_of_another_realm_is_told_from_an_unknown_service() {
        let other = "Server krbtgt/A.TEST@B.TEST not found in Kerberos database";
        assert!(explained(&[other]).contains("realm that the service's realm does not trust"));
        let unknown = "Server HTTP/h@A.TEST not found in Kerberos database";
        assert!(explained(&[unknown]).contains("the realm has no such service"));
    }

    #[test]
    fn what_is_not_known_is_told_as_it_is() {
        assert_eq!(explained(&["the\nreason"]), "no ticket: the\\nreason");
    }
}
