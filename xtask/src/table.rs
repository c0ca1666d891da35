//! The table of logins on real servers: printed after the tests, and held against `docs/federation.md`.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use keystone_lab::table::{Client, Outcome, Row};

use crate::failure::Failure;
use crate::workspace::Workspace;

/// The page, in the workspace.
const PAGE: &str = "docs/federation.md";
/// The lines in the page between which the table stands.
const BEGIN: &str = "<!-- table: cargo xtask lab test --bless -->";
const END: &str = "<!-- end of the table -->";
const HEAD: &str = "| method | login | servers | real? | client | result | seconds |\n|---|---|---|---|---|---|---|\n";

/// Where the rows of one run of the tests are.
pub(crate) struct Table {
    rows: PathBuf,
    page: PathBuf,
}

impl Table {
    /// An empty one.
    pub(crate) fn begin(workspace: &Workspace) -> Result<Self, Failure> {
        let rows = workspace.target().join("lab/table.jsonl");
        match fs::remove_file(&rows) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(Failure::at(
                format!("cannot remove `{}`", rows.display()),
            )(error)),
            _ => Ok(Self {
                rows,
                page: Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(PAGE),
            }),
        }
    }

    /// What the tests append their rows to.
    pub(crate) fn test_variable(&self) -> (&'static str, &Path) {
        (keystone_lab::table::TABLE, &self.rows)
    }

    /// Prints the rows of the tests that have run.
    pub(crate) fn print(&self) -> Result<(), Failure> {
        print!("\n{HEAD}{}", lines(&self.read()?));
        Ok(())
    }

    /// Holds the rows of all tests against the page, or writes them there. Only times may differ.
    pub(crate) fn check(&self, bless: bool) -> Result<(), Failure> {
        let rows = self.read()?;
        let text = read(&self.page)?;
        let (before, kept, after) = split(&text)
            .ok_or_else(|| Failure::new(format!("`{}` has no table", self.page.display())))?;
        if bless {
            let text = format!("{before}{BEGIN}\n\n{HEAD}{}\n{END}{after}", lines(&rows));
            return fs::write(&self.page, text).map_err(Failure::at(format!(
                "cannot write `{}`",
                self.page.display()
            )));
        }
        let fresh = lines(&rows);
        let (missing, new) = (without(kept, &fresh), without(&fresh, kept));
        if missing.is_empty() && new.is_empty() {
            return Ok(());
        }
        Err(Failure::new(format!(
            "the logins that the tests made are not those of `{PAGE}`; run `cargo xtask lab test --bless` \
             if that is meant\nmissing: {missing:#?}\nnew: {new:#?}"
        )))
    }

    fn read(&self) -> Result<Vec<Row>, Failure> {
        if !self.rows.exists() {
            return Ok(Vec::new());
        }
        let text = read(&self.rows)?;
        let mut rows = BTreeMap::new();
        for line in text.lines() {
            let row: Row = serde_json::from_str(line)
                .map_err(Failure::at(format!("`{}`", self.rows.display())))?;
            let key = (
                row.method.clone(),
                row.case.clone(),
                row.server.clone(),
                row.client,
            );
            rows.insert(key, row);
        }
        Ok(rows.into_values().collect())
    }
}

fn read(path: &Path) -> Result<String, Failure> {
    fs::read_to_string(path).map_err(Failure::at(format!("cannot read `{}`", path.display())))
}

/// The page around its table.
fn split(text: &str) -> Option<(&str, &str, &str)> {
    let (before, rest) = text.split_once(BEGIN)?;
    let (table, after) = rest.split_once(END)?;
    Some((before, table, after))
}

fn lines(rows: &[Row]) -> String {
    rows.iter().map(line).collect()
}

fn line(row: &Row) -> String {
    let Row {
        method,
        case,
        server,
        seconds,
        ..
    } = row;
    let real = if row.stand_in { "stand-in" } else { "real" };
    let client = match row.client {
        Client::Ours => "ours",
        Client::Keystoneauth => "keystoneauth1",
    };
    let outcome = match row.outcome {
        Outcome::Token => "token",
        Outcome::Refused => "refused",
    };
    format!("| `{method}` | {case} | {server} | {real} | {client} | {outcome} | {seconds:.1} |\n")
}

/// The rows of `some` that `others` lacks, whatever time they took.
fn without<'a>(some: &'a str, others: &str) -> Vec<&'a str> {
    let key = |line: &str| line.rsplit_once(" | ").map(|(row, _)| row.to_owned());
    let others: Vec<_> = others.lines().filter_map(key).collect();
    let rows = some.lines().filter(|line| line.starts_with("| `"));
    rows.filter(|line| key(line).is_some_and(|key| !others.contains(&key)))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const ONE: &str = "| `v3totp` |  | Keystone | real | ours | token | 0.1 |\n";
    const OTHER: &str = "| `v3totp` | used passcode | Keystone | real | ours | refused | 0.1 |\n";

    #[test]
    fn rows_differ_by_all_but_their_time() {
        let both = format!("{HEAD}{ONE}{OTHER}");
        assert!(without(&both, &both.replace("0.1", "9.9")).is_empty());
        assert_eq!(without(&both, ONE), [OTHER.trim_end()]);
        assert_eq!(
            without(ONE, &ONE.replace("token", "refused")),
            [ONE.trim_end()]
        );
    }

    #[test]
    fn a_page_without_both_marks_has_no_table() {
        let page = format!("Before\n{BEGIN}\n{ONE}{END}\nafter");
        let (before, table, after) = split(&page).unwrap();
        assert_eq!(
            (before, table.trim(), after),
            ("Before\n", ONE.trim(), "\nafter")
        );
        assert!(split(BEGIN).is_none() && split(END).is_none());
    }
}
