//! The SQL of a condition finds the rows that the condition matches, nulls included.

#![expect(clippy::indexing_slicing, reason = "a test fails by panicking")]

use std::collections::BTreeMap;

use keystone_policy::analysis::{Column, Condition, Parameter, Placeholders, Sql};

use crate::analysis::Random;

/// The value of a column in a row.
type Cell = Option<Parameter>;

/// Reads the expressions that are written, with SQL's three truth values.
struct Evaluation<'a> {
    tokens: Vec<&'a str>,
    at: usize,
    parameters: std::slice::Iter<'a, Parameter>,
    row: &'a BTreeMap<&'static str, Cell>,
}

impl<'a> Evaluation<'a> {
    fn of(sql: &'a Sql, row: &'a BTreeMap<&'static str, Cell>) -> Option<bool> {
        let mut evaluation = Self {
            tokens: sql
                .text
                .split_inclusive(['(', ')'])
                .flat_map(tokens)
                .collect(),
            at: 0,
            parameters: sql.parameters.iter(),
            row,
        };
        let found = evaluation.any();
        assert_eq!(evaluation.at, evaluation.tokens.len(), "{}", sql.text);
        assert_eq!(evaluation.parameters.len(), 0, "{}", sql.text);
        found
    }

    fn next(&mut self) -> &'a str {
        self.at += 1;
        self.tokens[self.at - 1]
    }

    fn skip(&mut self, token: &str) -> bool {
        let found = self.tokens.get(self.at) == Some(&token);
        self.at += usize::from(found);
        found
    }

    fn any(&mut self) -> Option<bool> {
        let mut found = self.all();
        while self.skip("OR") {
            found = match (found, self.all()) {
                (Some(true), _) | (_, Some(true)) => Some(true),
                (Some(false), Some(false)) => Some(false),
                _ => None,
            };
        }
        found
    }

    fn all(&mut self) -> Option<bool> {
        let mut found = self.one();
        while self.skip("AND") {
            found = match (found, self.one()) {
                (Some(false), _) | (_, Some(false)) => Some(false),
                (Some(true), Some(true)) => Some(true),
                _ => None,
            };
        }
        found
    }

    fn one(&mut self) -> Option<bool> {
        if self.skip("(") {
            let found = self.any();
            assert_eq!(self.next(), ")");
            return found;
        }
        let left = self.next();
        match self.next() {
            "IS" => {
                let wanted = !self.skip("NOT");
                assert_eq!(self.next(), "NULL");
                Some(self.row[left].is_none() == wanted)
            }
            operator => {
                let right = self.next();
                let equal = if right == "?" {
                    let parameter = self.parameters.next().unwrap();
                    self.row[left].as_ref().map(|cell| cell == parameter)
                } else {
                    Some(left == right)
                };
                equal.map(|equal| equal == (operator == "="))
            }
        }
    }
}

fn tokens(piece: &str) -> Vec<&str> {
    let (text, bracket) = match piece.strip_suffix(['(', ')']) {
        Some(text) => (text, Some(&piece[text.len()..])),
        None => (piece, None),
    };
    text.split_whitespace().chain(bracket).collect()
}

fn condition(random: &mut Random, depth: usize) -> Condition {
    let parts = |random: &mut Random| (0..2).map(|_| condition(random, depth - 1)).collect();
    match random.below(if depth == 0 { 5 } else { 9 }) {
        0..4 => Condition::Equals {
            attribute: random.of(&["owner", "size", "shared", "gone"]).to_owned(),
            value: random
                .of(&["u", "None", "1", "01", "True", "False"])
                .to_owned(),
        },
        4 => Condition::Present {
            attribute: random.of(&["owner", "gone"]).to_owned(),
        },
        5 => Condition::And(parts(random)),
        6 => Condition::Or(parts(random)),
        _ => Condition::Not(Box::new(condition(random, depth - 1))),
    }
}

#[test]
fn sql_finds_exactly_what_the_condition_matches() {
    let mut random = Random(5);
    let column = |name: &str| {
        Some(match name {
            "owner" => Column::Text("owner".to_owned()),
            "size" => Column::Integer("size".to_owned()),
            "shared" => Column::Boolean("shared".to_owned()),
            _ => Column::Absent,
        })
    };
    let mut found = [0; 2];
    for _ in 0..5_000 {
        let condition = condition(&mut random, 4);
        let sql = condition.to_sql(Placeholders::Questions, column).unwrap();
        let owner = random.of(&["u", "v", "None", ""]);
        let size = i64::try_from(random.below(3)).unwrap();
        let cells = [
            ("owner", Parameter::Text(owner.to_owned())),
            ("size", Parameter::Integer(size)),
            ("shared", Parameter::Boolean(random.below(2) == 0)),
        ];
        let row: BTreeMap<&'static str, Cell> = cells
            .into_iter()
            .map(|(name, value)| (name, (random.below(3) > 0).then_some(value)))
            .collect();
        let target: BTreeMap<String, serde_json::Value> = row
            .iter()
            .map(|(name, cell)| {
                let value = match cell {
                    Some(Parameter::Text(text)) => serde_json::json!(text),
                    Some(Parameter::Integer(number)) => serde_json::json!(number),
                    Some(Parameter::Boolean(value)) => serde_json::json!(value),
                    _ => serde_json::Value::Null,
                };
                ((*name).to_owned(), value)
            })
            .collect();
        let matches = condition.matches(&target);
        assert_eq!(
            // WHERE takes what is unknown for false.
            Evaluation::of(&sql, &row) == Some(true),
            matches,
            "{condition}: {} on {row:?}",
            sql.text
        );
        found[usize::from(matches)] += 1;
    }
    assert!(found.iter().all(|count| *count > 1_000), "{found:?}");
}
