//! `keystone policy convert`: an operator's file in JSON becomes YAML, comments included.

use std::collections::HashMap;
use std::path::PathBuf;

use clap::Args;

use crate::failure::Failure;
use crate::output::Output;
use crate::policy::files::{Declared, Defaults, Files};
use crate::policy::redundant::redundant;
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
/// changes nothing.
pub(super) fn run(options: &Options, output: &Output) -> Result<(), Failure> {
    let (files, text) = options.defaults.with_operator(&options.file)?;
    let redundant = redundant(&files, options.defaults.old_defaults)?;
    let converted = converted(&files, &text, &redundant);
    let name = options.file.display().to_string();
    files.confirm(&options.defaults, &name, &converted)?;
    output.print_text(&converted)
}

/// The file as YAML, with those of its rules commented out that are `redundant`.
fn converted(files: &Files, text: &str, redundant: &[bool]) -> String {
    let declared: HashMap<&str, &Declared> = files
        .declared
        .iter()
        .map(|one| (one.name.as_str(), one))
        .collect();
    let comments = comments(text);
    let mut lines = Vec::new();
    let mut next = comments.iter().peekable();
    let given = files.overrides.iter().zip(redundant);
    for ((given, redundant), (begin, end)) in given.zip(spans(files)) {
        while let Some(comment) = next.next_if(|comment| comment.line < begin) {
            lines.push(comment.text.clone());
        }
        if let Some(declared) = declared.get(given.name.as_str()) {
            let text = documentation(declared, false);
            lines.extend(text.lines().map(str::to_owned));
        }
        let mut line = format!(
            "{}{}",
            if *redundant { "#" } else { "" },
            entry(&given.name, &given.value)
        );
        // What stands beside a rule stays there; what stands alone belongs to what follows.
        while let Some(comment) = next.next_if(|comment| comment.line < end && !comment.alone) {
            line.push_str(&format!("  {}", comment.text));
        }
        lines.push(line);
    }
    lines.extend(next.map(|comment| comment.text.clone()));
    lines.join("\n")
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
    use crate::policy::redundant::random::{assert_decide_alike, random_files};

    #[test]
    fn what_is_converted_decides_as_before() {
        for seed in 0..300 {
            let (service, operator) = random_files(seed);
            for old_defaults in [false, true] {
                let files = Files::of(&service, &operator);
                let redundant = redundant(&files, old_defaults).ok().unwrap();
                let after = converted(&files, &operator, &redundant);
                let after = Files::of(&service, &after);
                let told = format!("{service}\n{operator}");
                assert_decide_alike(&files, &after, old_defaults, &told);
            }
        }
    }

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
