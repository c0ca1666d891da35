//! `$name` in a value stands for the value of another option.

use super::{Ini, Lines};

/// The deepest chain of values that refer to each other.
const DEEPEST: usize = 10;

/// Why a value cannot be expanded. It does not repeat the value.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Fault {
    /// No option has the name that follows a `$`.
    NoSuchName,
    /// The chain of references is too long, or a circle.
    TooDeep,
}

/// Replaces names by the values of these options. A name is looked up in the value's own section, then
/// in `[DEFAULT]`; `section.name` in that section. `depth` counts the values that led here.
pub(super) fn substitute(
    ini: &Ini,
    home: &Lines,
    value: &str,
    depth: usize,
) -> Result<String, Fault> {
    if depth > DEEPEST {
        return Err(Fault::TooDeep);
    }
    let mut out = String::with_capacity(value.len());
    let mut rest = value;
    while let Some(at) = rest.find('$') {
        let (before, from) = rest.split_at(at);
        let after = from.strip_prefix('$').unwrap_or(from);
        let escaped = before.strip_suffix('\\');
        out.push_str(escaped.unwrap_or(before));
        if escaped.is_none()
            && let Some((name, after)) = name(after)
        {
            let (section, value) = look_up(ini, home, name).ok_or(Fault::NoSuchName)?;
            out.push_str(&substitute(ini, section, value, depth + 1)?);
            rest = after;
            continue;
        }
        out.push('$');
        rest = match escaped {
            Some(_) => after,
            None => after.strip_prefix('$').unwrap_or(after),
        };
    }
    out.push_str(rest);
    Ok(out)
}

/// The name at the start of `text`, in braces or not, and what follows it.
fn name(text: &str) -> Option<(&str, &str)> {
    if let Some(inside) = text.strip_prefix('{') {
        let (name, after) = inside.split_once('}')?;
        return (length(name) == name.len() && !name.is_empty()).then_some((name, after));
    }
    let length = length(text);
    (length > 0).then(|| text.split_at(length))
}

/// How many bytes at the start of `text` make a name.
fn length(text: &str) -> usize {
    let first = text.bytes().next();
    if !first.is_some_and(|byte| byte.is_ascii_alphabetic() || byte == b'_') {
        return 0;
    }
    let belongs = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.');
    text.bytes().take_while(belongs).count()
}

fn look_up<'a>(ini: &'a Ini, home: &'a Lines, name: &str) -> Option<(&'a Lines, &'a str)> {
    let section = |name: &str| ini.sections.iter().find(|section| section.name == name);
    let (section, name) = match name.split_once('.') {
        Some((section_name, name)) => (section(section_name)?, name),
        None if home.entry(name).is_some() => (home, name),
        None => (section("DEFAULT")?, name),
    };
    Some((section, section.entry(name)?.value.expose()))
}
