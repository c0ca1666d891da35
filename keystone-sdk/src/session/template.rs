//! URL templates with placeholders for ids of the token.

use url::Url;

use super::address::{encoded, shown, whole};
use crate::Error;
use crate::auth::AccessInfo;
use crate::error::ConfigurationError;
use crate::transport::refuse_without_tls;

/// A URL with placeholders such as `%(project_id)s` or `$(user_id)s`.
#[derive(Debug)]
pub(super) struct Template<'a> {
    text: &'a str,
    parts: Vec<Part<'a>>,
}

#[derive(Debug)]
enum Part<'a> {
    Text(&'a str),
    Id(Id),
}

#[derive(Clone, Copy, Debug)]
enum Id {
    Project,
    User,
}

impl<'a> Template<'a> {
    /// Parses a template.
    pub(super) fn read(text: &'a str) -> Result<Self, Error> {
        let mut parts = Vec::new();
        let mut rest = text;
        while let Some(start) = rest.find("%(").into_iter().chain(rest.find("$(")).min() {
            let (before, place) = rest.split_at(start);
            let (name, behind) = place
                .get(2..)
                .and_then(|place| place.split_once(")s"))
                .ok_or_else(|| wrong(text, "has an unterminated placeholder"))?;
            let id = match name {
                "project_id" | "tenant_id" => Id::Project,
                "user_id" => Id::User,
                _ => return Err(wrong(text, &format!("has an unknown placeholder `{name}`"))),
            };
            parts.extend([Part::Text(before), Part::Id(id)]);
            rest = behind;
        }
        parts.push(Part::Text(rest));
        let template = Self { text, parts };
        template.with(|_| Some("id"))?;
        Ok(template)
    }

    /// Whether there are placeholders.
    pub(super) fn wants_ids(&self) -> bool {
        self.parts.iter().any(|part| matches!(part, Part::Id(_)))
    }

    /// The URL, with the ids of a token.
    pub(super) fn fill(&self, access: Option<&AccessInfo>) -> Result<Url, Error> {
        self.with(|id| match id {
            Id::Project => access?.project.as_ref().map(|project| project.id.as_str()),
            Id::User => access.map(|access| access.user.id.as_str()),
        })
    }

    fn with<'b>(&'b self, id: impl Fn(Id) -> Option<&'b str>) -> Result<Url, Error> {
        let mut address = String::new();
        for part in &self.parts {
            match part {
                Part::Text(text) => address.push_str(text),
                // The id comes from the server: it has to stay one segment.
                Part::Id(which) => {
                    let id = id(*which).ok_or_else(|| self.lacks(*which))?;
                    address.extend(encoded(id));
                }
            }
        }
        let url = whole(&address).ok();
        let url = url.filter(|url| matches!(url.scheme(), "http" | "https"));
        let url = url.ok_or_else(|| wrong(self.text, "is not an HTTP URL"))?;
        refuse_without_tls(&url, "the endpoint override")?;
        if !url.username().is_empty() || url.password().is_some() {
            return Err(wrong(self.text, "contains a user"));
        }
        Ok(url)
    }

    fn lacks(&self, id: Id) -> Error {
        let what = match id {
            Id::Project => "a project id, but the token has no project",
            Id::User => "a user id, but the token has no user",
        };
        let text = shown(self.text);
        ConfigurationError::new(format!("the endpoint override `{text}` needs {what}"))
            .remedy("use a project-scoped token, or a URL without placeholders")
            .into()
    }
}

fn wrong(text: &str, what: &str) -> Error {
    let text = shown(text);
    ConfigurationError::new(format!("the endpoint override `{text}` {what}"))
        .remedy(
            "write a URL such as `http://127.0.0.1:8776/v3/%(project_id)s`, with no placeholders but \
             `project_id` and `user_id`",
        )
        .into()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn filled(text: &str) -> Result<String, String> {
        let template = Template::read(text).map_err(|error| error.to_string())?;
        let url = template.with(|id| {
            Some(match id {
                Id::Project => "p1",
                Id::User => "u1",
            })
        });
        url.map(Into::into).map_err(|error| error.to_string())
    }

    #[test]
    fn ids_are_put_into_their_places() {
        for (text, url) in [
            ("http://h/v3", "http://h/v3"),
            ("http://h/%(project_id)s", "http://h/p1"),
            ("http://h/$(tenant_id)s/x", "http://h/p1/x"),
            ("http://h/%(user_id)s/$(project_id)s", "http://h/u1/p1"),
            ("http://h/a%2Fb", "http://h/a%2Fb"),
        ] {
            assert_eq!(filled(text).as_deref(), Ok(url));
        }
    }

    #[test]
    fn an_id_stays_one_segment() {
        for (id, url) in [
            ("a/b", Some("http://h/a%2Fb/x")),
            ("a?b#c", Some("http://h/a%3Fb%23c/x")),
            ("a\tb", Some("http://h/a%09b/x")),
            ("..", None),
            (".", None),
        ] {
            let template = Template::read("http://h/%(project_id)s/x").unwrap();
            let filled = template.with(|_| Some(id)).ok().map(String::from);
            assert_eq!(filled.as_deref(), url, "{id:?}");
        }
    }

    #[test]
    fn what_makes_no_address_is_refused() {
        for (text, says) in [
            (
                "http://h/%(projekt_id)s",
                "has an unknown placeholder `projekt_id`",
            ),
            ("http://h/%(project_id", "has an unterminated placeholder"),
            ("h/v3", "is not an HTTP URL"),
            ("ftp://h", "is not an HTTP URL"),
        ] {
            let error = filled(text).unwrap_err();
            assert!(error.contains(says) && error.contains(text), "{error}");
        }
    }

    #[test]
    fn an_address_with_a_user_is_refused_without_repeating_it() {
        for text in [
            "http://u:canary@h/v3",
            "http://u:canary@[",
            "http://u:canary@h/%(x)s",
        ] {
            let error = filled(text).unwrap_err();
            assert!(
                !error.contains("canary") && error.contains("***@"),
                "{error}"
            );
        }
    }

    #[test]
    fn an_id_that_the_token_does_not_have_is_named() {
        let template = Template::read("http://h/%(project_id)s").unwrap();
        assert!(template.wants_ids());
        let error = template.fill(None).unwrap_err().to_string();
        assert!(error.contains("the token has no project"), "{error}");
    }
}
