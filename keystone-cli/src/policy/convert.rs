//! `keystone policy convert`: an operator's file in JSON becomes YAML, comments included.

use std::path::PathBuf;

use clap::Args;

use crate::failure::Failure;
use crate::output::Output;
use crate::policy::files::{Defaults, Files};
use crate::policy::writing::{documentation, entry};

#[derive(Args)]
pub(crate) struct Options {
    /// The operator's file.
    file: PathBuf,
    #[command(flatten)]
    defaults: Defaults,
}

/// A comment of the file.
pub(super) struct Comment {
    /// Its line, counted from 1.
    pub(super) line: usize,
    /// Whether nothing else stands on its line.
    pub(super) alone: bool,
    pub(super) text: String,
}

/// Prints the file as YAML. With the defaults at hand each rule is documented, and commented out if it
/// says what the default says.
pub(super) fn run(options: &Options, output: &Output) -> Result<(), Failure> {
    let (files, text) = options.defaults.with_operator(&options.file)?;
    let comments = comments(&text);
    let mut lines = Vec::new();
    let mut next = comments.iter().peekable();
    for (given, (begin, end)) in files.overrides.iter().zip(spans(&files)) {
        while let Some(comment) = next.next_if(|comment| comment.line < begin) {
            lines.push(comment.text.clone());
        }
        let declared = files.declared.iter().find(|one| one.name == given.name);
        if let Some(declared) = declared {
            let text = documentation(declared, false);
            lines.extend(text.lines().map(str::to_owned));
        }
        let same = declared.is_some_and(|declared| declared.rule == given.rule);
        let mut line = format!(
            "{}{}",
            if same { "#" } else { "" },
            entry(&given.name, &given.value)
        );
        // What stands beside a rule stays there; what stands alone belongs to what follows.
        while let Some(comment) = next.next_if(|comment| comment.line < end && !comment.alone) {
            line.push_str(&format!("  {}", comment.text));
        }
        lines.push(line);
    }
    lines.extend(next.map(|comment| comment.text.clone()));
    output.print_text(&lines.join("\n"))
}

/// For each rule its line, and that of the next.
fn spans(files: &Files) -> impl Iterator<Item = (usize, usize)> {
    let begins = files.overrides.iter().map(|given| given.line);
    let after = begins.clone().skip(1).chain([usize::MAX]);
    begins.zip(after)
}

/// All comments outside of quotes.
pub(super) fn comments(text: &str) -> Vec<Comment> {
    let mut found = Vec::new();
    let mut quote = None;
    for (index, line) in text.lines().enumerate() {
        let mut before = ' ';
        let mut escaped = false;
        for (at, c) in line.char_indices() {
            match quote {
                Some('"') if escaped => escaped = false,
                Some('"') if c == '\\' => escaped = true,
                Some(open) if c == open => quote = None,
                Some(_) => {}
                None if matches!(c, '"' | '\'') => quote = Some(c),
                None if c == '#' && before.is_whitespace() => {
                    let (own, comment) = line.split_at(at);
                    found.push(Comment {
                        line: index + 1,
                        alone: own.trim().is_empty(),
                        text: comment.trim_end().to_owned(),
                    });
                    break;
                }
                None => {}
            }
            before = c;
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sign_in_quotes_begins_no_comment() {
        let text = "{ # one\n \"a#b\": \"x # \\\" y\", # two\n  # three\n 'c': 'd#' }\n";
        let found: Vec<(usize, bool, String)> = comments(text)
            .into_iter()
            .map(|comment| (comment.line, comment.alone, comment.text))
            .collect();
        assert_eq!(
            found,
            [
                (1, false, "# one".to_owned()),
                (2, false, "# two".to_owned()),
                (3, true, "# three".to_owned()),
            ]
        );
    }
}
