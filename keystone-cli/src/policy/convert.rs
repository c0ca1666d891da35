//! `keystone policy convert`: an operator's file in JSON becomes YAML, comments included.

use std::collections::HashMap;
use std::path::PathBuf;

use clap::Args;
use keystone_document::Comment;

use crate::failure::Failure;
use crate::output::Output;
use crate::policy::files::{Declared, Defaults, Files};
use crate::policy::format::{documentation, entry};
use crate::policy::redundant::redundant;

#[derive(Args)]
pub(crate) struct ConvertOptions {
    /// The operator's file.
    file: PathBuf,
    #[command(flatten)]
    defaults: Defaults,
}

/// Prints the file as YAML. With the defaults at hand each rule is documented, and commented out if it
/// changes nothing.
pub(super) fn run(options: &ConvertOptions, output: &Output) -> Result<(), Failure> {
    let (mut files, document) = options.defaults.with_operator(&options.file)?;
    files.describe_operations()?;
    let redundant = redundant(&files, options.defaults.old_defaults)?;
    let converted = converted(&files, &document.comments, &redundant);
    files.confirm(&options.defaults, &document.name, &converted)?;
    output.print_text(&converted)
}

/// The file as YAML, with those of its rules commented out that are `redundant`. Each comment is a line
/// of its own, or stands at the end of one that has no other.
fn converted(files: &Files, comments: &[Comment], redundant: &[bool]) -> String {
    let declared: HashMap<&str, &Declared> = files
        .declared
        .iter()
        .map(|one| (one.name.as_str(), one))
        .collect();
    let mut lines = Vec::new();
    let mut rest = comments.iter().peekable();
    let begins = files.overrides.iter().map(|given| given.span.start);
    let nexts = begins.skip(1).chain([usize::MAX]);
    let given = files.overrides.iter().zip(redundant);
    for ((given, redundant), next) in given.zip(nexts) {
        while let Some(comment) = rest.next_if(|comment| comment.offset < given.span.start) {
            lines.push(comment.text.clone());
        }
        if let Some(declared) = declared.get(given.name.as_str()) {
            let text = documentation(declared, false);
            lines.extend(text.lines().map(str::to_owned));
        }
        // What stands beside a rule stays there; what stands alone behind it belongs to what follows.
        let belongs =
            |one: &&Comment| one.offset < given.span.end || (!one.alone && one.offset < next);
        let mut own = Vec::new();
        while let Some(comment) = rest.next_if(belongs) {
            own.push(comment);
        }
        let line = entry(&given.name, &given.value);
        match own.as_slice() {
            [one] if !one.alone && !redundant => lines.push(format!("{line}  {}", one.text)),
            own => {
                lines.extend(own.iter().map(|one| one.text.clone()));
                lines.push(format!("{}{line}", if *redundant { "#" } else { "" }));
            }
        }
    }
    lines.extend(rest.map(|comment| comment.text.clone()));
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::files::Document;
    use crate::policy::redundant::random::{assert_decide_alike, random_files};

    #[test]
    fn what_is_converted_decides_as_before() {
        for seed in 0..300 {
            let (service, operator) = random_files(seed);
            for old_defaults in [false, true] {
                let files = Files::of(&service, &operator);
                let redundant = redundant(&files, old_defaults).ok().unwrap();
                let document = Document::scan("operator.yaml", &operator).unwrap();
                let after = converted(&files, &document.comments, &redundant);
                let after = Files::of(&service, &after);
                let case = format!("{service}\n{operator}");
                assert_decide_alike(&files, &after, old_defaults, &case);
            }
        }
    }
}
