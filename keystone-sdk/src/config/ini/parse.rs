//! Parses lines into sections.

use super::{Entry, Lines};
use crate::error::ConfigurationError;
use crate::{Error, SecretString};

/// The section of keys before the first section.
const DEFAULT: &str = "DEFAULT";

pub(super) fn sections(path: &str, text: &str) -> Result<Vec<Lines>, Error> {
    let mut reader = Reader::default();
    // Some editors write a byte order mark.
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    for (index, line) in text.lines().enumerate() {
        let number = index + 1;
        reader.line(number, line.trim_end()).map_err(|fault| {
            ConfigurationError::new(fault.what)
                .at(format!("{path}, line {number}"))
                .remedy(fault.remedy)
        })?;
    }
    reader.end_of_value();
    Ok(reader.sections)
}

/// What is wrong with a line. It does not repeat the text, which may be secret.
struct Fault {
    what: &'static str,
    remedy: &'static str,
}

#[derive(Default)]
struct Reader {
    sections: Vec<Lines>,
    current: usize,
    open: Option<Open>,
}

/// An assignment that may continue in the next line.
struct Open {
    key: String,
    value: String,
    line: usize,
}

impl Reader {
    fn line(&mut self, number: usize, line: &str) -> Result<(), Fault> {
        if line.is_empty() {
            self.end_of_value();
        } else if line.starts_with([' ', '\t']) {
            let open = self.open.as_mut().ok_or(Fault {
                what: "an indented line has no value to continue",
                remedy: "remove the white space at its start",
            })?;
            open.value.push('\n');
            open.value.push_str(line.trim_start());
        } else {
            self.end_of_value();
            match line.as_bytes().first() {
                Some(b'#' | b';') => {}
                Some(b'[') => self.start_section(line)?,
                _ => self.open = Some(assignment(number, line)?),
            }
        }
        Ok(())
    }

    /// A repeated section continues the earlier one.
    fn start_section(&mut self, line: &str) -> Result<(), Fault> {
        let name = line
            .strip_prefix('[')
            .and_then(|rest| rest.strip_suffix(']'))
            .filter(|name| !name.is_empty())
            .ok_or(Fault {
                what: "the name of a section is incomplete",
                remedy: "write `[name]`, and nothing after it",
            })?;
        self.go_to(name);
        Ok(())
    }

    fn go_to(&mut self, name: &str) {
        let known = self.sections.iter().position(|it| it.name == name);
        self.current = known.unwrap_or_else(|| {
            self.sections.push(Lines {
                name: name.to_owned(),
                entries: Vec::new(),
            });
            self.sections.len() - 1
        });
    }

    fn end_of_value(&mut self) {
        let Some(open) = self.open.take() else {
            return;
        };
        if self.sections.is_empty() {
            self.go_to(DEFAULT);
        }
        if let Some(section) = self.sections.get_mut(self.current) {
            section.entries.push(Entry {
                key: open.key,
                value: SecretString::new(open.value),
                line: open.line,
            });
        }
    }
}

fn assignment(number: usize, line: &str) -> Result<Open, Fault> {
    let (key, value) = line.split_once(['=', ':']).ok_or(Fault {
        what: "neither a section, nor a comment, nor `key = value`",
        remedy: "put a `=` after the key, or indent a line that continues a value",
    })?;
    // oslo.config accepts both spellings of an option.
    let key = key.trim().replace('-', "_");
    if key.is_empty() {
        return Err(Fault {
            what: "a value without a key",
            remedy: "put a name before the `=`",
        });
    }
    Ok(Open {
        key,
        value: unquoted(value.trim()).to_owned(),
        line: number,
    })
}

fn unquoted(value: &str) -> &str {
    ['"', '\'']
        .iter()
        .find_map(|quote| value.strip_prefix(*quote)?.strip_suffix(*quote))
        .unwrap_or(value)
}
