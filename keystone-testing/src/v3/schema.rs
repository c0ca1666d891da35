//! The JSON schemas of request bodies, with the error messages of the real service.

use serde_json::Value;

use crate::api_error::ApiError;
use crate::store::Object;

/// How many tags a project may have.
const MOST_TAGS: usize = 80;

/// What one field may hold.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Field {
    /// Rules of method, path and service.
    AccessRules,
    Bool,
    /// True, false or null.
    MaybeBool,
    /// A whole number from 1, or null.
    MaybeCount,
    /// A whole number from 0, or null.
    MaybeCountFromZero,
    /// A string or null.
    MaybeText,
    /// A string of 1 to 255 characters, not all of them blank.
    Name,
    /// A field that may not be set.
    Never,
    /// A list of objects.
    Objects,
    /// One of these strings.
    OneOf(&'static [&'static str]),
    /// Resource options: only those named.
    Options(&'static [&'static str]),
    /// A name of at most 64 characters.
    ShortName,
    /// A string of 1 to 255 characters without `,` and `/`.
    Tag,
    /// Any number of tags, also the same ones.
    TagList,
    /// Up to 80 distinct tags.
    Tags,
    Text,
    /// `scheme:rest`.
    Url,
}

/// The body of a request about one kind of resource. Fields that are not listed may hold
/// anything, unless it is closed.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Shape {
    pub(crate) kind: &'static str,
    pub(crate) required: &'static [&'static str],
    pub(crate) fields: &'static [(&'static str, Field)],
    /// Unknown fields are refused.
    pub(crate) closed: bool,
    /// An empty object is refused.
    pub(crate) filled: bool,
}

impl Shape {
    /// For a create: these fields must be there.
    pub(crate) const fn create(
        kind: &'static str,
        required: &'static [&'static str],
        fields: &'static [(&'static str, Field)],
    ) -> Self {
        Self {
            kind,
            required,
            fields,
            closed: false,
            filled: false,
        }
    }

    /// For an update: something must be there.
    pub(crate) const fn update(
        kind: &'static str,
        fields: &'static [(&'static str, Field)],
    ) -> Self {
        Self {
            kind,
            required: &[],
            fields,
            closed: false,
            filled: true,
        }
    }

    pub(crate) const fn closed(mut self) -> Self {
        self.closed = true;
        self
    }

    /// The checked object under the kind's name; 400 says what is wrong with it.
    pub(crate) fn read(&self, body: &Object) -> Result<Object, ApiError> {
        let Some(value) = body.get(self.kind) else {
            return Err(missing_at_top(self.kind));
        };
        if let Some(stranger) = body.keys().find(|name| *name != self.kind) {
            return Err(unexpected(stranger));
        }
        let Value::Object(object) = value else {
            return Err(self.invalid(self.kind, "it is not of type 'object'"));
        };
        if self.filled && object.is_empty() {
            return Err(self.invalid(self.kind, "{} should be non-empty"));
        }
        if let Some(name) = self
            .required
            .iter()
            .find(|name| !object.contains_key(**name))
        {
            return Err(self.invalid(self.kind, &format!("'{name}' is a required property")));
        }
        for (name, value) in object {
            self.check(name, value)?;
        }
        Ok(object
            .iter()
            .map(|(name, value)| (clean(name), value.clone()))
            .collect())
    }

    fn check(&self, name: &str, value: &Value) -> Result<(), ApiError> {
        match self.fields.iter().find(|(known, _)| *known == name) {
            Some((_, field)) => field
                .check(value)
                .map_err(|reason| self.invalid(name, &reason)),
            None if self.closed => {
                Err(self.invalid(self.kind, &format!("'{name}' was unexpected")))
            }
            None => Ok(()),
        }
    }

    /// The value itself is not repeated: it may be a secret.
    fn invalid(&self, name: &str, reason: &str) -> ApiError {
        ApiError::bad(format!(
            "Invalid input for field/attribute {name}. {reason}"
        ))
    }
}

/// 400 for a query parameter or top-level name that does not belong.
pub(crate) fn unexpected(name: &str) -> ApiError {
    ApiError::bad(format!(
        "Additional properties are not allowed ('{name}' was unexpected)"
    ))
}

impl Field {
    /// Checks a parameter of the query.
    pub(crate) fn check_query(self, name: &str, value: &str) -> Result<(), ApiError> {
        self.check_value(name, &value.into())
    }

    /// Checks a value that was put together.
    pub(crate) fn check_value(self, name: &str, value: &Value) -> Result<(), ApiError> {
        self.check(value).map_err(|reason| {
            ApiError::bad(format!(
                "Invalid input for field/attribute {name}. {reason}"
            ))
        })
    }

    fn check(self, value: &Value) -> Result<(), String> {
        let fits = match self {
            Self::AccessRules => return check_access_rules(value),
            Self::Bool => value.is_boolean(),
            Self::MaybeBool => value.is_null() || value.is_boolean(),
            Self::MaybeCount => value.is_null() || value.as_u64().is_some_and(|count| count > 0),
            Self::MaybeCountFromZero => value.is_null() || value.is_u64(),
            Self::MaybeText => value.is_null() || value.is_string(),
            Self::Name => return check_name(value, 255),
            Self::Never => false,
            Self::Objects => value
                .as_array()
                .is_some_and(|list| list.iter().all(Value::is_object)),
            Self::OneOf(allowed) => value.as_str().is_some_and(|text| allowed.contains(&text)),
            Self::Options(known) => return check_options(value, known),
            Self::ShortName => return check_name(value, 64),
            Self::Tag => return check_tag(value),
            Self::TagList => return check_each_tag(value),
            Self::Tags => return check_tags(value),
            Self::Text => value.is_string(),
            Self::Url => value.as_str().is_some_and(is_url),
        };
        if fits {
            Ok(())
        } else {
            Err(self.expectation())
        }
    }

    fn expectation(self) -> String {
        match self {
            Self::Bool => "it is not of type 'boolean'".into(),
            Self::AccessRules | Self::Objects | Self::TagList | Self::Tags => {
                "it is not of type 'array'".into()
            }
            Self::MaybeBool => "it is not of type 'boolean', 'null'".into(),
            Self::MaybeCount => "it is not null or an integer from 1".into(),
            Self::MaybeCountFromZero => "it is not null or an integer from 0".into(),
            Self::MaybeText => "it is not of type 'string', 'null'".into(),
            Self::Name | Self::ShortName | Self::Tag | Self::Text => {
                "it is not of type 'string'".into()
            }
            Self::Never => "it cannot be set".into(),
            Self::Options(_) => "it is not of type 'object'".into(),
            Self::OneOf(allowed) => format!("it is not one of {allowed:?}"),
            Self::Url => "it does not match '^[a-zA-Z0-9+.-]+:.+'".into(),
        }
    }
}

fn check_name(value: &Value, longest: usize) -> Result<(), String> {
    match value.as_str() {
        None => Err(Field::Name.expectation()),
        Some("") => Err("'' should be non-empty".into()),
        Some(name) if name.trim().is_empty() => Err("it does not match '[\\S]+'".into()),
        Some(name) if name.chars().count() > longest => Err("it is too long".into()),
        Some(_) => Ok(()),
    }
}

fn check_options(value: &Value, known: &'static [&'static str]) -> Result<(), String> {
    let options = value
        .as_object()
        .ok_or_else(|| Field::Options(known).expectation())?;
    match options.keys().find(|name| !known.contains(&name.as_str())) {
        Some(name) => Err(format!(
            "Additional properties are not allowed ('{name}' was unexpected)"
        )),
        None => Ok(()),
    }
}

fn check_access_rules(value: &Value) -> Result<(), String> {
    let rules = value
        .as_array()
        .ok_or_else(|| Field::AccessRules.expectation())?;
    for rule in rules.iter().filter(|rule| rule.get("id").is_none()) {
        let field = |name: &str| rule.get(name).and_then(Value::as_str).unwrap_or_default();
        if !["DELETE", "GET", "HEAD", "PATCH", "POST", "PUT"].contains(&field("method")) {
            return Err(
                "the method of a rule is not one of DELETE, GET, HEAD, PATCH, POST, PUT".into(),
            );
        }
        if !field("path").starts_with('/') {
            return Err("the path of a rule does not begin with '/'".into());
        }
        let named = |character: char| character.is_ascii_alphanumeric() || character == '-';
        if field("service").is_empty() || !field("service").chars().all(named) {
            return Err("the service of a rule does not match '^[a-zA-Z0-9-]+$'".into());
        }
    }
    Ok(())
}

fn check_tags(value: &Value) -> Result<(), String> {
    let tags = value.as_array().ok_or_else(|| Field::Tags.expectation())?;
    if tags.len() > MOST_TAGS {
        return Err(format!("it has more than {MOST_TAGS} elements"));
    }
    for (place, tag) in tags.iter().enumerate() {
        check_tag(tag)?;
        if tags.iter().take(place).any(|earlier| earlier == tag) {
            return Err("it has non-unique elements".into());
        }
    }
    Ok(())
}

fn check_each_tag(value: &Value) -> Result<(), String> {
    let tags = value.as_array().ok_or_else(|| Field::Tags.expectation())?;
    tags.iter().try_for_each(check_tag)
}

fn check_tag(value: &Value) -> Result<(), String> {
    match value.as_str() {
        None => Err(Field::Tag.expectation()),
        Some(tag) if tag.chars().count() > 255 => Err("a tag is too long".into()),
        Some(tag) if tag.is_empty() || tag.contains([',', '/']) => {
            Err(format!("'{tag}' does not match '^[^,/]*$'"))
        }
        Some(_) => Ok(()),
    }
}

fn is_url(text: &str) -> bool {
    let scheme = |character: char| character.is_ascii_alphanumeric() || "+.-".contains(character);
    text.split_once(':').is_some_and(|(before, after)| {
        !before.is_empty() && before.chars().all(scheme) && !after.is_empty()
    })
}

fn missing_at_top(name: &str) -> ApiError {
    ApiError::bad(format!("'{name}' is a required property"))
}

/// Names that a Python attribute could not have are changed, as the real service does.
fn clean(name: &str) -> String {
    name.replace([':', '-'], "_")
}
