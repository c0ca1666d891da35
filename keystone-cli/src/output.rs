//! What commands print: tables for people, JSON, YAML or bare values for scripts.

use std::io::{self, Write};

use clap::{Args, ValueEnum};
use comfy_table::presets::ASCII_FULL_CONDENSED;
use comfy_table::{ContentArrangement, Table};
use keystone_sdk::printable;
use serde_json::{Map, Value};

use crate::failure::Failure;

mod yaml;

/// How results are printed.
#[derive(Args)]
pub(crate) struct Output {
    /// The format of the output.
    #[arg(long, short, global = true, value_enum, default_value_t = Format::Table)]
    format: Format,
    /// Print only this column; may be given several times.
    #[arg(long = "column", short, global = true, value_name = "NAME")]
    columns: Vec<String>,
}

#[derive(Clone, Copy, ValueEnum)]
enum Format {
    /// JSON.
    Json,
    /// A table.
    Table,
    /// Values without names: one per line, or a line for each row of a list.
    Value,
    /// YAML.
    Yaml,
}

/// The result of a command.
pub(crate) struct Listing {
    columns: Vec<&'static str>,
    rows: Vec<Vec<Value>>,
    one: bool,
    /// The column that is never cut, because it is meant to be copied.
    whole: Option<&'static str>,
    /// The JSON in place of the rows.
    json: Option<Value>,
}

impl Listing {
    /// A list, with a row for each item.
    pub(crate) fn list(columns: &[&'static str], rows: Vec<Vec<Value>>) -> Self {
        let columns = columns.to_vec();
        Self {
            columns,
            rows,
            one: false,
            whole: None,
            json: None,
        }
    }

    /// A single item, with a name for each value.
    pub(crate) fn record(fields: Vec<(&'static str, Value)>) -> Self {
        let (columns, row) = fields.into_iter().unzip();
        Self {
            columns,
            rows: vec![row],
            one: true,
            whole: None,
            json: None,
        }
    }

    /// Names the column that is never cut.
    pub(crate) fn whole(mut self, column: &'static str) -> Self {
        self.whole = Some(column);
        self
    }

    /// Sets the JSON in place of the rows, for when no columns are chosen.
    pub(crate) fn with_json(mut self, json: Value) -> Self {
        self.json = Some(json);
        self
    }

    /// Keeps the columns with these names.
    fn keep(mut self, wanted: &[String]) -> Result<Self, Failure> {
        if wanted.is_empty() {
            return Ok(self);
        }
        let unknown = wanted
            .iter()
            .find(|name| !self.columns.contains(&name.as_str()));
        if let Some(name) = unknown {
            let known = self.columns.join("`, `");
            let message = format!("there is no column `{name}`; expected one of `{known}`");
            return Err(Failure::settings(message));
        }
        let is_wanted = |name: &&str| wanted.iter().any(|wanted| wanted == name);
        for row in &mut self.rows {
            let cells = self.columns.iter().zip(std::mem::take(row));
            let wanted = cells.filter(|(name, _)| is_wanted(name));
            *row = wanted.map(|(_, cell)| cell).collect();
        }
        self.columns.retain(is_wanted);
        self.json = None;
        Ok(self)
    }

    /// The JSON of the listing.
    fn data(self) -> Value {
        if let Some(json) = self.json {
            return json;
        }
        let object = |row: Vec<Value>| {
            let names = self.columns.iter().map(|name| (*name).to_owned());
            Value::Object(names.zip(row).collect::<Map<_, _>>())
        };
        let mut objects = self.rows.into_iter().map(object);
        match self.one {
            true => objects.next().unwrap_or_default(),
            false => Value::Array(objects.collect()),
        }
    }

    fn table(self) -> String {
        let mut table = Table::new();
        table.load_style(ASCII_FULL_CONDENSED);
        if self.one {
            table.set_header(["field", "value"]);
            let cells = self.columns.iter().zip(self.rows.iter().flatten());
            table.add_rows(cells.map(|(name, value)| {
                let is_whole = self.whole == Some(name);
                let value = if is_whole { bare(value) } else { cell(value) };
                [(*name).to_owned(), value]
            }));
        } else {
            // A list may be wider than the terminal; a single value is there to be copied whole.
            table.set_content_arrangement(ContentArrangement::Dynamic);
            table.set_header(self.columns);
            table.add_rows(self.rows.iter().map(|row| row.iter().map(cell)));
        }
        table.to_string()
    }

    fn values(self) -> String {
        let between = if self.one { "\n" } else { " " };
        let line = |row: &Vec<Value>| row.iter().map(bare).collect::<Vec<_>>().join(between);
        let lines: Vec<_> = self.rows.iter().map(line).collect();
        lines.join("\n")
    }
}

impl Output {
    /// Whether the output is JSON.
    pub(crate) fn is_json(&self) -> bool {
        matches!(self.format, Format::Json)
    }

    /// Prints a listing to stdout.
    pub(crate) fn print(&self, listing: Listing) -> Result<(), Failure> {
        let listing = listing.keep(&self.columns)?;
        self.print_text(&match self.format {
            Format::Json => printable::json(&format!("{:#}", listing.data())).into_owned(),
            Format::Table => listing.table(),
            Format::Value => listing.values(),
            Format::Yaml => yaml::text(&listing.data()),
        })
    }

    /// Prints a JSON document to stdout.
    pub(crate) fn print_json(&self, value: &Value) -> Result<(), Failure> {
        self.print_text(&printable::json(&format!("{value:#}")))
    }

    /// Prints a text to stdout as it is, whatever the format of the output.
    #[expect(
        clippy::unused_self,
        reason = "all that goes to stdout goes through the one `Output`"
    )]
    pub(crate) fn print_text(&self, text: &str) -> Result<(), Failure> {
        match writeln!(io::stdout().lock(), "{text}") {
            // Whoever reads has enough, as `head` does.
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
            result => result.map_err(|error| {
                Failure::settings("the output cannot be written to stdout").caused_by(&error)
            }),
        }
    }
}

/// A value as text, at its full length.
fn text(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        Value::Array(items) => items
            .iter()
            .map(text_of_item)
            .collect::<Vec<_>>()
            .join(", "),
        other => other.to_string(),
    }
}

/// A value in a table: without control sequences, and cut.
fn cell(value: &Value) -> String {
    printable::line(&text(value)).into_owned()
}

/// A value on a line for scripts: as in a table, but not cut.
fn bare(value: &Value) -> String {
    printable::whole(&text(value)).into_owned()
}

fn text_of_item(value: &Value) -> String {
    value
        .as_str()
        .map_or_else(|| value.to_string(), str::to_owned)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn list() -> Listing {
        let rows = vec![
            vec![json!("nova"), json!(["a", "b"])],
            vec![json!("glance"), json!(null)],
        ];
        Listing::list(&["name", "tags"], rows)
    }

    fn record() -> Listing {
        Listing::record(vec![("id", json!("x")), ("enabled", json!(true))])
    }

    #[test]
    fn json_has_an_object_for_one_thing_and_an_array_for_many() {
        let one: Value = serde_json::from_str(&record().data().to_string()).unwrap();
        assert_eq!(one, json!({"id": "x", "enabled": true}));
        let many: Value = serde_json::from_str(&list().data().to_string()).unwrap();
        assert_eq!(many[0], json!({"name": "nova", "tags": ["a", "b"]}));
    }

    #[test]
    fn values_stand_on_lines_of_their_own_or_in_rows() {
        assert_eq!(record().values(), "x\ntrue");
        assert_eq!(list().values(), "nova a, b\nglance ");
    }

    #[test]
    fn a_table_names_fields_or_columns() {
        assert!(
            record().table().contains("| enabled | true  |"),
            "{}",
            record().table()
        );
        assert!(
            list().table().contains("| name   | tags |"),
            "{}",
            list().table()
        );
    }

    #[test]
    fn columns_are_chosen_by_name_and_unknown_ones_are_told() {
        let kept = list().keep(&["tags".to_owned()]).map(Listing::values);
        assert_eq!(kept.ok().as_deref(), Some("a, b\n"));
        let error = list().keep(&["tag".to_owned()]).err().unwrap().to_string();
        assert_eq!(
            error,
            "error: there is no column `tag`; expected one of `name`, `tags`"
        );
    }

    #[test]
    fn a_server_cannot_steer_the_terminal() {
        let hostile = json!(["a\u{1b}[31mb\nc", "\u{202e}\u{9b}"]);
        let shown = r"a\u{1b}[31mb\nc, \u{202e}\u{9b}";
        assert_eq!(cell(&hostile), shown);
        assert_eq!(bare(&hostile), shown);
        let long = json!("x".repeat(5_000_000));
        assert!(cell(&long).len() <= printable::LONGEST);
        assert_eq!(bare(&long).len(), 5_000_000);
        let token = json!("x".repeat(10_000));
        let token = Listing::record(vec![("id", token)]).whole("id");
        assert!(token.table().len() > 10_000);
    }
}
