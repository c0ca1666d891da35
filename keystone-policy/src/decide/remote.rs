//! Remote checks (`http:` and `https:`): the call that a decision needs.

use std::fmt::{self, Write};
use std::sync::Arc;

use crate::decide::problem::Problem;
use crate::language::template::{Part, Template};
use crate::value::Value;
use crate::value::credentials::{CredentialName, Credentials};
use crate::value::json_text::{push_object, push_text};
use crate::value::target::PolicyTarget;

/// The data of a call, the same for all calls of a decision.
pub(crate) struct RemoteBody {
    rule: String,
    target: String,
    credentials: String,
}

impl RemoteBody {
    pub(crate) fn new(policy: &str, creds: &dyn Credentials, target: &dyn PolicyTarget) -> Self {
        let mut body = Self {
            rule: String::new(),
            target: String::new(),
            credentials: String::new(),
        };
        push_text(policy, &mut body.rule);
        push_object(&mut |visit| target.each(visit), &mut body.target);
        push_object(&mut |visit| each(creds, visit), &mut body.credentials);
        body
    }
}

/// Visits all credentials. As in oslo.policy, `system` is the system scope where that is set.
fn each(creds: &dyn Credentials, visit: &mut dyn FnMut(&str, Value<'_>)) {
    let scope = creds.standard(CredentialName::SystemScope);
    let mut scope = scope.filter(|scope| scope.is_truthy());
    creds.each(&mut |name, value| match name {
        "system" => visit(name, scope.take().unwrap_or(value)),
        _ => visit(name, value),
    });
    if let Some(scope) = scope {
        visit("system", scope);
    }
}

/// The call of an `http:` or `https:` check to another server. It owns its data, so it does not
/// borrow the credentials and the target.
#[derive(Clone)]
pub struct RemoteCall {
    pub(super) url: String,
    pub(super) body: Arc<RemoteBody>,
}

impl RemoteCall {
    /// The URL. Values of the target are percent-encoded in it and cannot change the server or the
    /// number of path segments.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// The body as a form (`application/x-www-form-urlencoded`): the fields `rule`, `target` and
    /// `credentials`, each of them JSON.
    pub fn form_body(&self) -> String {
        let RemoteBody {
            rule,
            target,
            credentials,
        } = &*self.body;
        let mut body = String::new();
        for (name, value) in [
            ("rule=", rule),
            ("&target=", target),
            ("&credentials=", credentials),
        ] {
            body.push_str(name);
            encode(value, Space::Plus, &mut body);
        }
        body
    }

    /// The body as one JSON object (`application/json`) with `rule`, `target` and `credentials`.
    pub fn json_body(&self) -> String {
        let RemoteBody {
            rule,
            target,
            credentials,
        } = &*self.body;
        format!("{{\"rule\": {rule}, \"target\": {target}, \"credentials\": {credentials}}}")
    }

    /// Whether a response with status 200 and this body means true: exactly `True` does, with or
    /// without double quotes; anything else means false.
    pub fn reads_as_yes(body: &[u8]) -> bool {
        let mut text = body;
        while let [b'"', rest @ ..] = text {
            text = rest;
        }
        while let [rest @ .., b'"'] = text {
            text = rest;
        }
        text == b"True"
    }
}

impl fmt::Debug for RemoteCall {
    /// The address and the body contain values of the target and the credentials.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RemoteCall").finish_non_exhaustive()
    }
}

/// The address of a remote check, split when the rules are compiled.
pub(crate) enum Address {
    Good {
        scheme: &'static str,
        template: Template,
    },
    Bad(&'static str),
}

impl Address {
    pub(crate) fn parse(https: bool, text: &str, template: fn(&str) -> Template) -> Self {
        match problem(text) {
            Some(problem) => Self::Bad(problem),
            None => Self::Good {
                scheme: if https { "https:" } else { "http:" },
                template: template(text),
            },
        }
    }

    /// The URL for a target; `None` if the target lacks an attribute.
    pub(crate) fn url(&self, target: &dyn PolicyTarget) -> Result<Option<String>, Problem> {
        let (scheme, template) = match self {
            Self::Good { scheme, template } => (*scheme, template),
            Self::Bad(problem) => return Err(Problem::Remote(problem)),
        };
        let single;
        let parts: &[Part] = match template {
            Template::Fixed(text) => return Ok(Some(format!("{scheme}{text}"))),
            Template::Attribute(name) => {
                single = [Part::Attribute(name.clone())];
                &single
            }
            Template::Mixed(parts) => parts,
        };
        let mut url = scheme.to_owned();
        for part in parts {
            match part {
                Part::Text(text) => url.push_str(text),
                Part::Attribute(name) => {
                    let Some(value) = target.attr(name) else {
                        return Ok(None);
                    };
                    let text = value.text();
                    // Percent-encoding does not escape dots, and `..` would leave the path.
                    if text.chars().all(|c| c == '.') {
                        return Err(Problem::Remote(
                            "a value that is empty or of dots alone would change its path",
                        ));
                    }
                    encode(&text, Space::Percent, &mut url);
                }
                #[cfg(feature = "oslo")]
                Part::Formatted { .. } => {
                    return Err(Problem::Remote("only `%(name)s` can stand in its address"));
                }
                Part::Fault { fault, .. } => return Err(Problem::Template(*fault)),
            }
        }
        Ok(Some(url))
    }
}

/// What is wrong with the address of a remote check.
pub(crate) fn problem(text: &str) -> Option<&'static str> {
    let Some(rest) = text.strip_prefix("//") else {
        return Some("an address begins with `http://` or `https://`");
    };
    let server = rest.split(['/', '?', '#']).next().unwrap_or_default();
    if server.is_empty() {
        return Some("its address names no server");
    }
    if server.contains('%') {
        return Some("the target must not choose the server that is asked");
    }
    if rest.contains('#') {
        return Some("its address must not have a fragment (`#`), which would not be sent");
    }
    None
}

#[derive(Clone, Copy, Eq, PartialEq)]
enum Space {
    Percent,
    Plus,
}

/// Percent-encodes all but letters, digits and `-._~`.
fn encode(text: &str, space: Space, out: &mut String) {
    for byte in text.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => {
                out.push(char::from(byte));
            }
            b' ' if space == Space::Plus => out.push('+'),
            _ => {
                // Writing to a String cannot fail.
                let _ = write!(out, "%{byte:02X}");
            }
        }
    }
}
