//! Conditions as SQL with parameters.

use std::fmt;

use crate::analysis::condition::Condition;

/// What an attribute of a target is in a table.
#[non_exhaustive]
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Column {
    /// No target of this kind has the attribute.
    Absent,
    /// An SQL expression of type boolean.
    Boolean(String),
    /// An SQL expression of type integer.
    Integer(String),
    /// An SQL expression of type text. It must compare exactly: choose a binary collation if the
    /// default one ignores case or trailing blanks.
    Text(String),
}

/// How placeholders are written.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Placeholders {
    /// `$1`, `$2` and so on, starting at this number.
    Numbered(usize),
    /// `?`
    Questions,
}

/// The value of a parameter.
#[non_exhaustive]
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Parameter {
    /// A boolean.
    Boolean(bool),
    /// An integer.
    Integer(i64),
    /// A text.
    Text(String),
}

/// An expression for `WHERE`, with its parameters in order.
#[non_exhaustive]
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Sql {
    /// The expression. Values occur in it only as placeholders.
    pub text: String,
    /// The values of the placeholders, in order.
    pub parameters: Vec<Parameter>,
}

/// A condition that cannot be written in SQL.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct SqlError {
    attribute: String,
    problem: &'static str,
}

impl SqlError {
    /// The attribute that cannot be translated.
    pub fn attribute(&self) -> &str {
        &self.attribute
    }
}

impl fmt::Display for SqlError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "attribute `{}` {}", self.attribute, self.problem)
    }
}

impl std::error::Error for SqlError {}

impl Condition {
    /// The condition in portable SQL. `column` maps an attribute to the expression for it.
    ///
    /// As in rules, a null column equals null and the string `None` and differs from anything else,
    /// so the selected rows are exactly those that [`Condition::matches`]. Use it under `WHERE` or
    /// `AND` as it is. Negate it with [`Condition::Not`] rather than with SQL's `NOT`, which drops
    /// rows with nulls.
    ///
    /// ```
    /// use keystone_policy::analysis::{Column, Condition, Parameter, Placeholders};
    ///
    /// let own = Condition::Equals { attribute: "owner_id".into(), value: "u-1".into() };
    /// let column = |name: &str| (name == "owner_id").then(|| Column::Text("p.owner".into()));
    /// let sql = own.to_sql(Placeholders::Numbered(1), column)?;
    /// assert_eq!(sql.text, "p.owner = $1");
    /// assert_eq!(sql.parameters, [Parameter::Text("u-1".into())]);
    /// # Ok::<(), keystone_policy::analysis::SqlError>(())
    /// ```
    ///
    /// # Errors
    /// [`SqlError`] when `column` returns `None` for an attribute, and for a case-insensitive
    /// comparison, which is not portable.
    pub fn to_sql(
        &self,
        placeholders: Placeholders,
        column: impl Fn(&str) -> Option<Column>,
    ) -> Result<Sql, SqlError> {
        let mut writer = Writer {
            placeholders,
            column: &column,
            sql: Sql {
                text: String::new(),
                parameters: Vec::new(),
            },
        };
        writer.write(self, true, false)?;
        Ok(writer.sql)
    }
}

struct Writer<'a> {
    placeholders: Placeholders,
    column: &'a dyn Fn(&str) -> Option<Column>,
    sql: Sql,
}

impl Writer<'_> {
    /// Writes `condition` if `wanted`, else its negation, which is pushed down to the comparisons,
    /// since SQL's NOT keeps unknown as unknown.
    fn write(&mut self, condition: &Condition, wanted: bool, inside: bool) -> Result<(), SqlError> {
        match condition {
            Condition::And(parts) => self.join(parts, wanted, wanted, inside),
            Condition::Or(parts) => self.join(parts, wanted, !wanted, inside),
            Condition::Not(inner) => self.write(inner, !wanted, inside),
            Condition::True => self.constant(wanted),
            Condition::False => self.constant(!wanted),
            Condition::Present { attribute } => {
                let present = self.column(attribute)? != Column::Absent;
                self.constant(present == wanted)
            }
            Condition::Equals { attribute, value } => {
                let column = self.column(attribute)?;
                self.compare(column, value, wanted)
            }
            Condition::EqualsLower { attribute, .. } => Err(SqlError {
                attribute: attribute.clone(),
                problem: "is compared without regard to case; filter with `Condition::matches` instead",
            }),
        }
    }

    fn join(
        &mut self,
        parts: &[Condition],
        wanted: bool,
        and: bool,
        inside: bool,
    ) -> Result<(), SqlError> {
        if parts.is_empty() {
            return self.constant(and);
        }
        self.push(if inside { "(" } else { "" });
        for (index, part) in parts.iter().enumerate() {
            if index > 0 {
                self.push(if and { " AND " } else { " OR " });
            }
            self.write(part, wanted, true)?;
        }
        self.push(if inside { ")" } else { "" });
        Ok(())
    }

    fn compare(&mut self, column: Column, value: &str, wanted: bool) -> Result<(), SqlError> {
        let (name, parameter) = match column {
            Column::Absent => return self.constant(!wanted),
            Column::Boolean(name) => {
                let value = match value {
                    "True" => Some(true),
                    "False" => Some(false),
                    _ => None,
                };
                (name, value.map(Parameter::Boolean))
            }
            Column::Integer(name) => {
                let number = value.parse::<i64>().ok();
                // `007` and `+7` are not the canonical text of a number.
                let number = number.filter(|number| number.to_string() == value);
                (name, number.map(Parameter::Integer))
            }
            Column::Text(name) => (name, Some(Parameter::Text(value.to_owned()))),
        };
        let null = value == "None";
        let Some(parameter) = parameter else {
            return if null {
                self.push(&name);
                self.push(if wanted { " IS NULL" } else { " IS NOT NULL" });
                Ok(())
            } else {
                self.constant(!wanted)
            };
        };
        let (before, operator) = match (null, wanted) {
            (false, true) => ("", " = "),
            (false, false) => (" IS NULL OR ", " <> "),
            (true, true) => (" IS NULL OR ", " = "),
            (true, false) => (" IS NOT NULL AND ", " <> "),
        };
        if before.is_empty() {
            self.operator(&name, operator, parameter);
        } else {
            self.push("(");
            self.push(&name);
            self.push(before);
            self.operator(&name, operator, parameter);
            self.push(")");
        }
        Ok(())
    }

    fn operator(&mut self, name: &str, operator: &str, parameter: Parameter) {
        self.push(name);
        self.push(operator);
        let place = match self.placeholders {
            Placeholders::Numbered(first) => format!("${}", first + self.sql.parameters.len()),
            Placeholders::Questions => "?".to_owned(),
        };
        self.push(&place);
        self.sql.parameters.push(parameter);
    }

    fn constant(&mut self, holds: bool) -> Result<(), SqlError> {
        self.push(if holds { "1 = 1" } else { "1 = 0" });
        Ok(())
    }

    fn column(&self, attribute: &str) -> Result<Column, SqlError> {
        (self.column)(attribute).ok_or_else(|| SqlError {
            attribute: attribute.to_owned(),
            problem: "has no column; name one or declare it absent",
        })
    }

    fn push(&mut self, text: &str) {
        self.sql.text.push_str(text);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn equals(attribute: &str, value: &str) -> Condition {
        let (attribute, value) = (attribute.to_owned(), value.to_owned());
        Condition::Equals { attribute, value }
    }

    fn not(condition: Condition) -> Condition {
        Condition::Not(Box::new(condition))
    }

    fn sql(condition: &Condition) -> String {
        let column = |name: &str| match name {
            "owner" => Some(Column::Text("owner".to_owned())),
            "size" => Some(Column::Integer("size".to_owned())),
            "shared" => Some(Column::Boolean("shared".to_owned())),
            "gone" => Some(Column::Absent),
            _ => None,
        };
        match condition.to_sql(Placeholders::Questions, column) {
            Ok(sql) => sql.text,
            Err(error) => error.to_string(),
        }
    }

    #[test]
    fn a_null_is_compared_as_rules_compare_it() {
        assert_eq!(sql(&equals("owner", "u")), "owner = ?");
        assert_eq!(
            sql(&not(equals("owner", "u"))),
            "(owner IS NULL OR owner <> ?)"
        );
        assert_eq!(
            sql(&equals("owner", "None")),
            "(owner IS NULL OR owner = ?)"
        );
        assert_eq!(
            sql(&not(equals("owner", "None"))),
            "(owner IS NOT NULL AND owner <> ?)"
        );
        assert_eq!(sql(&equals("size", "None")), "size IS NULL");
    }

    #[test]
    fn a_value_that_a_column_cannot_have_is_never_equal() {
        assert_eq!(sql(&equals("size", "7")), "size = ?");
        assert_eq!(sql(&equals("size", "07")), "1 = 0");
        assert_eq!(sql(&not(equals("size", "seven"))), "1 = 1");
        assert_eq!(sql(&equals("shared", "True")), "shared = ?");
        assert_eq!(sql(&equals("shared", "true")), "1 = 0");
        assert_eq!(sql(&not(equals("gone", "None"))), "1 = 1");
    }

    #[test]
    fn not_is_written_down_to_the_comparisons() {
        let both = Condition::And(vec![
            equals("owner", "u"),
            Condition::Or(vec![equals("size", "1"), equals("shared", "False")]),
        ]);
        assert_eq!(sql(&both), "owner = ? AND (size = ? OR shared = ?)");
        assert_eq!(
            sql(&not(both)),
            "(owner IS NULL OR owner <> ?) OR \
             ((size IS NULL OR size <> ?) AND (shared IS NULL OR shared <> ?))"
        );
    }

    #[test]
    fn parameters_are_numbered_in_their_order() {
        let both = Condition::Or(vec![equals("a", "x"), equals("b", "y")]);
        let column = |name: &str| Some(Column::Text(name.to_owned()));
        let sql = both.to_sql(Placeholders::Numbered(3), column).unwrap();
        assert_eq!(sql.text, "a = $3 OR b = $4");
        let texts = ["x", "y"].map(|text| Parameter::Text(text.to_owned()));
        assert_eq!(sql.parameters, texts);
    }

    #[test]
    fn an_attribute_without_a_column_is_an_error_not_a_guess() {
        assert_eq!(
            sql(&not(equals("other", "x"))),
            "attribute `other` has no column; name one or declare it absent"
        );
    }
}
