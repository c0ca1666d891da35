//! Compares a struct with its entry in an auth-methods file, and takes its options from there.

use std::fmt::Display;

use keystone_document::{Node, hint};
use syn::LitStr;

use super::model::{Model, ModelField, PluginOption};
use super::parse::{FieldKind, Subject};
use crate::diag::Errors;

const METHOD_KEYS: &[&str] = &[
    "alone", "fields", "generic", "help", "once", "payload", "plugin", "scope", "user",
];
const PLUGIN_KEYS: &[&str] = &["auth_url", "help", "options", "scope", "user"];
const OPTION_KEYS: &[&str] = &[
    "aliases",
    "default",
    "env",
    "flag",
    "help",
    "required",
    "secret",
    "underscored",
];
const FIELD_KEYS: &[&str] = &[
    "aliases",
    "default",
    "env",
    "flag",
    "header",
    "help",
    "option",
    "required",
    "secret",
    "underscored",
];

/// The entry of a method or a plugin.
struct Entry {
    /// Its position, as `file:line:column`.
    place: String,
    plugin: String,
    help: String,
    nested: bool,
    /// Whether code creates the payload instead of the fields.
    own_payload: bool,
    auth_url: bool,
    /// Whether a plugin accepts any scope.
    any_scope: bool,
    own_scope: bool,
    no_scope: bool,
    alone: bool,
    once: bool,
    user: Presence,
    fields: Vec<EntryField>,
}

struct EntryField {
    place: String,
    wire: String,
    secret: bool,
    flag: bool,
    required: bool,
    header: Option<String>,
    default: Option<String>,
    option: PluginOption,
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Presence {
    Absent,
    Optional,
    Required,
}

/// Reads the entry from `text` and compares the model with it.
pub(crate) fn hold(model: &mut Model, file: &LitStr, text: &str, errors: &mut Errors) {
    let root = match keystone_document::read(&file.value(), text) {
        Ok(root) => root,
        Err(error) => return errors.at(file, error),
    };
    let (subject, noun) = (model.subject, model.subject.noun());
    let entries = root
        .get(&format!("{noun}s"))
        .and_then(Node::mapping)
        .unwrap_or_default();
    let name = model.name.value();
    let Some(found) = entries.iter().find(|entry| entry.name() == name) else {
        let known: Vec<&str> = entries.iter().map(keystone_document::Entry::name).collect();
        let message = format!(
            "`{}` has no {noun} `{name}`{}",
            file.value(),
            hint(&name, &known)
        );
        return errors.at(&model.name, message);
    };
    let reader = Reader { file: file.value() };
    match reader.entry(subject, &name, &found.value) {
        Ok(entry) => compare(model, entry, errors),
        Err(message) => errors.at(file, message),
    }
}

fn compare(model: &mut Model, entry: Entry, errors: &mut Errors) {
    let place = &entry.place;
    let flags = [
        ("alone", model.alone, entry.alone),
        ("once", model.once, entry.once),
    ];
    for (argument, here, there) in flags {
        if here != there {
            let verb = if there { "write" } else { "leave out" };
            let message = format!("{verb} `{argument}`, as the spec does ({place})");
            errors.at(&model.name, message);
        }
    }
    if (model.own_scope, model.no_scope) != (entry.own_scope, entry.no_scope) {
        let message = match (entry.own_scope, entry.no_scope) {
            (_, true) => "write `scope = none`",
            (true, false) => "write `scope = own`",
            (false, false) => "leave out `scope`",
        };
        let message = format!("{message}, as the spec does ({place})");
        errors.at(&model.name, message);
    }
    compare_user(model, &entry, errors);
    compare_shared(model, &entry, errors);
    if model.data.is_some() != entry.own_payload {
        let message = if entry.own_payload {
            format!("the spec says that code writes the payload ({place}); write `data = path`")
        } else {
            format!("the fields are the payload in the spec ({place}); leave out `data`")
        };
        errors.at(&model.name, message);
    }
    if model.nested != entry.nested && model.user().is_some() {
        let message = if entry.nested {
            format!("fields stand inside `user` in the spec ({place}); leave out `payload = flat`")
        } else {
            format!("fields stand beside `user` in the spec ({place}); write `payload = flat`")
        };
        errors.at(&model.name, message);
    }
    let known: Vec<&str> = entry
        .fields
        .iter()
        .map(|field| field.wire.as_str())
        .collect();
    let noun = match model.subject {
        Subject::Method => "field",
        Subject::Plugin => "option",
    };
    for field in model.values() {
        let wire = field.wire.clone().unwrap_or_default();
        match entry.fields.iter().find(|one| one.wire == wire) {
            Some(there) => compare_field(field, there, errors),
            None => {
                let hint = hint(&wire, &known);
                let message = format!("the spec has no {noun} `{wire}` ({place}){hint}");
                errors.at(&field.ident, message);
            }
        }
    }
    for missing in entry.fields.iter().filter(|one| !model.has(&one.wire)) {
        let message = format!(
            "the {noun} `{}` of the spec is missing ({})",
            missing.wire, missing.place
        );
        errors.at(&model.ident, message);
    }
    take_options(model, entry);
}

/// Compares the shared options of a plugin.
fn compare_shared(model: &Model, entry: &Entry, errors: &mut Errors) {
    if model.subject == Subject::Method {
        return;
    }
    let place = &entry.place;
    let shared = [
        (model.auth_url(), entry.auth_url, "auth_url: Url"),
        (
            model.scope(),
            entry.any_scope,
            "#[auth(scope)] scope: Scope",
        ),
    ];
    for (here, there, field) in shared {
        match (here, there) {
            (None, true) => {
                let message = format!("the spec wants a field `{field}` ({place})");
                errors.at(&model.ident, message);
            }
            (Some(here), false) => {
                let message = format!("the spec has no such option ({place}); remove the field");
                errors.at(&here.ident, message);
            }
            _ => {}
        }
    }
}

fn compare_user(model: &Model, entry: &Entry, errors: &mut Errors) {
    let here = match model.user() {
        None => Presence::Absent,
        Some(user) if user.optional => Presence::Optional,
        Some(_) => Presence::Required,
    };
    let message = match entry.user {
        there if there == here => return,
        Presence::Absent => "the spec has no user",
        Presence::Optional => "the user is optional in the spec: a field `Option<UserIdentity>`",
        Presence::Required => "the user is required in the spec: a field `UserIdentity`",
    };
    let message = format!("{message} ({})", entry.place);
    match model.user() {
        Some(user) => errors.at(&user.ty, message),
        None => errors.at(&model.ident, message),
    }
}

fn compare_field(field: &ModelField, there: &EntryField, errors: &mut Errors) {
    let (wire, place) = (&there.wire, &there.place);
    if (field.kind == FieldKind::Secret) != there.secret {
        let message = if there.secret {
            format!("`{wire}` is secret in the spec ({place}); write `#[auth(secret)]`")
        } else {
            format!("`{wire}` is not secret in the spec ({place})")
        };
        errors.at(&field.ident, message);
    }
    if (field.kind == FieldKind::Flag) != there.flag {
        errors.at(
            &field.ident,
            format!("`{wire}` is a flag either in the spec or here ({place})"),
        );
    }
    if field.is_required() != there.required {
        let message = if there.required {
            format!("`{wire}` is required in the spec ({place}), so it must not be an `Option`")
        } else {
            format!("`{wire}` is not required in the spec ({place}), so it must be an `Option`")
        };
        errors.at(&field.ty, message);
    }
    if field.header.as_ref().map(LitStr::value) != there.header {
        let header = there.header.as_deref().unwrap_or("none");
        errors.at(
            &field.ident,
            format!("the header of `{wire}` is `{header}` in the spec ({place})"),
        );
    }
    if field.default_text() != there.default {
        let default = there.default.as_deref().unwrap_or("none");
        let message = format!("the default of `{wire}` is `{default}` in the spec ({place})");
        errors.at(&field.ident, message);
    }
    if let Some(key) = field.describes_option {
        let message =
            format!("the spec describes the option of `{wire}` ({place}); remove `{key}`");
        errors.at(&field.ident, message);
    }
}

fn take_options(model: &mut Model, entry: Entry) {
    model.loader = entry.plugin;
    model.help = entry.help;
    for there in entry.fields {
        let wire = Some(there.wire);
        if let Some(field) = model.fields.iter_mut().find(|field| field.wire == wire) {
            field.option = there.option;
        }
    }
}

impl Model {
    fn has(&self, wire: &str) -> bool {
        self.values()
            .any(|field| field.wire.as_deref() == Some(wire))
    }
}

/// Reads nodes; errors have their position.
struct Reader {
    file: String,
}

impl Reader {
    fn entry(&self, subject: Subject, name: &str, node: &Node) -> Result<Entry, String> {
        let (keys, fields, scopes, loader): (_, _, &[&str], _) = match subject {
            Subject::Method => (
                METHOD_KEYS,
                "fields",
                &["none", "own"],
                "v3".to_owned() + &name.replace('_', ""),
            ),
            Subject::Plugin => (PLUGIN_KEYS, "options", &["any", "own"], name.to_owned()),
        };
        self.keys(node, keys)?;
        let fields = match node.get(fields) {
            None => &[],
            Some(fields) => self.mapping(fields)?,
        };
        let fields: Result<Vec<_>, _> = fields
            .iter()
            .map(|field| self.field(subject, field.name(), &field.value))
            .collect();
        let user = self.choice(node, "user", &["optional", "required"])?;
        let payload = self.choice(node, "payload", &["flat", "own", "user"])?;
        let scope = self.choice(node, "scope", scopes)?;
        Ok(Entry {
            place: node.position.place(&self.file),
            plugin: self.text(node, "plugin")?.unwrap_or(loader),
            help: self.text(node, "help")?.unwrap_or_default(),
            nested: payload == Some("user"),
            own_payload: payload == Some("own"),
            auth_url: self.choice(node, "auth_url", &["none"])?.is_none(),
            any_scope: scope == Some("any"),
            own_scope: matches!(scope, Some("none" | "own")),
            no_scope: scope == Some("none"),
            alone: self.flag(node, "alone")?,
            once: self.flag(node, "once")?,
            user: match user {
                None => Presence::Absent,
                Some("required") => Presence::Required,
                Some(_) => Presence::Optional,
            },
            fields: fields?,
        })
    }

    fn field(&self, subject: Subject, wire: &str, node: &Node) -> Result<EntryField, String> {
        let keys = match subject {
            Subject::Method => FIELD_KEYS,
            Subject::Plugin => OPTION_KEYS,
        };
        self.keys(node, keys)?;
        let option = self
            .text(node, "option")?
            .unwrap_or_else(|| wire.to_owned());
        Ok(EntryField {
            place: node.position.place(&self.file),
            wire: wire.to_owned(),
            secret: self.flag(node, "secret")?,
            flag: self.flag(node, "flag")?,
            required: self.flag(node, "required")?,
            header: self.text(node, "header")?,
            default: self.text(node, "default")?,
            option: PluginOption {
                env: self
                    .text(node, "env")?
                    .unwrap_or_else(|| PluginOption::env(&option)),
                help: self.text(node, "help")?.unwrap_or_default(),
                aliases: self.texts(node, "aliases")?,
                underscored: self.flag(node, "underscored")?,
                name: option,
            },
        })
    }

    fn keys(&self, node: &Node, known: &[&str]) -> Result<(), String> {
        for entry in self.mapping(node)? {
            if !known.contains(&entry.name()) {
                let hint = hint(entry.name(), known);
                return Err(self.fault(&entry.key, format!("unknown key `{}`{hint}", entry.name())));
            }
        }
        Ok(())
    }

    fn mapping<'a>(&self, node: &'a Node) -> Result<&'a [keystone_document::Entry], String> {
        node.mapping()
            .ok_or_else(|| self.fault(node, "expected names with values"))
    }

    fn text(&self, node: &Node, key: &str) -> Result<Option<String>, String> {
        let Some(value) = node.get(key) else {
            return Ok(None);
        };
        let text = value
            .text()
            .ok_or_else(|| self.fault(value, "expected a text"))?;
        Ok(Some(text.to_owned()))
    }

    fn texts(&self, node: &Node, key: &str) -> Result<Vec<String>, String> {
        let Some(value) = node.get(key) else {
            return Ok(Vec::new());
        };
        let texts: Option<Vec<_>> = value.sequence().and_then(|items| {
            items
                .iter()
                .map(|item| Some(item.text()?.to_owned()))
                .collect()
        });
        texts.ok_or_else(|| self.fault(value, "expected a list of strings"))
    }

    fn flag(&self, node: &Node, key: &str) -> Result<bool, String> {
        Ok(self.choice(node, key, &["false", "true"])? == Some("true"))
    }

    fn choice<'a>(
        &self,
        node: &Node,
        key: &str,
        known: &[&'a str],
    ) -> Result<Option<&'a str>, String> {
        let Some(value) = node.get(key) else {
            return Ok(None);
        };
        let text = value.text().unwrap_or_default();
        let found = known.iter().find(|one| **one == text);
        found.copied().map(Some).ok_or_else(|| {
            let expected = known.join("` or `");
            self.fault(value, format!("`{key}` is `{expected}`"))
        })
    }

    fn fault(&self, node: &Node, message: impl Display) -> String {
        format!("{}: {message}", node.position.place(&self.file))
    }
}

#[cfg(test)]
mod tests;
