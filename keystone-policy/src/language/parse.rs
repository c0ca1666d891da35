//! Parses rules, and the older form as a list of lists.

use crate::language::error::{Fault, ParseError};
use crate::language::rule::Rule;

/// The maximal depth of a tree. Some code recurses over trees, so they must be bounded; oslo.policy
/// can evaluate 328 nested `not`s.
const MAX_DEPTH: usize = 329;
pub(super) const TOO_DEEP: &str = "the rule is nested too deeply, split it with `rule:`";

/// Parses a rule.
///
/// The language is that of oslo.policy 6: checks (`role:admin`, `rule:owner`,
/// `user_id:%(owner_id)s`), `and`, `or` and `not` in any case, parentheses, `@` for always, `!` for
/// never, and the empty text for always.
///
/// # Errors
/// [`ParseError`] with the position, where oslo.policy would silently read "never": for an
/// unbalanced parenthesis, a missing operand, a quoted string, a blank text, and a word without a
/// colon (so oslo.policy reads `not admin` as "always"). Also for a tree that is deeper than 329.
///
/// ```
/// let error = keystone_policy::parse_rule("role:admin or").unwrap_err();
/// assert_eq!(error.offset(), 13);
/// assert!(keystone_policy::parse_rule("not admin").is_err());
/// ```
pub fn parse_rule(text: &str) -> Result<Rule, ParseError> {
    parse(text, &strict_check, MAX_DEPTH).map_err(|fault| ParseError::new(text, fault))
}

/// Parses a single check without operators, parentheses or surrounding spaces: an item of the list
/// form.
///
/// # Errors
/// [`ParseError`] for a text that has no colon and is not `@` or `!`.
pub fn parse_check(text: &str) -> Result<Rule, ParseError> {
    strict_check(text, 0).map_err(|fault| ParseError::new(text, fault))
}

/// Combines the older list form: the outer list is an `or`, each inner list an `and`. Empty
/// inner lists are skipped; an empty outer list is "always", one with only empty lists "never".
pub fn combine_lists(lists: Vec<Vec<Rule>>) -> Rule {
    if lists.is_empty() {
        return Rule::True;
    }
    let alternatives = lists
        .into_iter()
        .filter(|inner| !inner.is_empty())
        .map(|inner| single_or(inner, Rule::And));
    let alternatives: Vec<Rule> = alternatives.collect();
    if alternatives.is_empty() {
        Rule::False
    } else {
        single_or(alternatives, Rule::Or)
    }
}

pub(super) type ReadCheck<'a> = &'a dyn Fn(&str, usize) -> Result<Rule, Fault>;

fn single_or(mut parts: Vec<Rule>, join: fn(Vec<Rule>) -> Rule) -> Rule {
    match parts.pop() {
        Some(only) if parts.is_empty() => only,
        Some(last) => {
            parts.push(last);
            join(parts)
        }
        None => Rule::False,
    }
}

fn fault<T>(offset: usize, problem: impl Into<String>) -> Result<T, Fault> {
    Err(Fault {
        offset,
        problem: problem.into(),
    })
}

pub(super) fn strict_check(word: &str, offset: usize) -> Result<Rule, Fault> {
    match word {
        "!" => return Ok(Rule::False),
        "@" => return Ok(Rule::True),
        _ => {}
    }
    let Some((kind, right)) = word.split_once(':') else {
        let problem = match word.split_once("==") {
            Some((left, right)) => format!("compare with a colon: `{left}:{right}`"),
            None => format!("write `role:{word}` or `rule:{word}`"),
        };
        return fault(offset, format!("`{word}` is not a check, {problem}"));
    };
    let right = right.to_owned();
    Ok(match kind {
        "rule" => Rule::RuleRef(right),
        "role" => Rule::Role(right),
        "http" => Rule::Remote {
            https: false,
            address: right,
        },
        "https" => Rule::Remote {
            https: true,
            address: right,
        },
        _ => Rule::Generic {
            left: kind.to_owned(),
            right,
        },
    })
}

pub(super) fn parse(text: &str, check: ReadCheck<'_>, max_depth: usize) -> Result<Rule, Fault> {
    if text.is_empty() {
        return Ok(Rule::True);
    }
    let mut parser = Parser {
        open: Vec::new(),
        level: Level::default(),
        max_depth,
        glued: false,
        unfinished: None,
    };
    for (start, chunk) in chunks(text) {
        parser.chunk(start, chunk, check)?;
    }
    parser.finish(text.len())
}

/// The runs between whitespace, with their byte offsets.
pub(super) fn chunks(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let mut at = 0;
    std::iter::from_fn(move || {
        let start = at + text.get(at..)?.find(|c| !blank(c))?;
        let rest = text.get(start..)?;
        let length = rest.find(blank).unwrap_or(rest.len());
        at = start + length;
        Some((start, rest.get(..length)?))
    })
}

/// Whitespace as Python's `\s` sees it, which has four separators more than Unicode's property.
fn blank(c: char) -> bool {
    c.is_whitespace() || ('\u{1c}'..='\u{1f}').contains(&c)
}

#[derive(Clone, Copy, Eq, PartialEq)]
enum Operator {
    And,
    Or,
}

/// The shape of an unfinished expression. A parenthesised one counts as `Check`.
#[derive(Clone, Copy, Eq, PartialEq)]
enum Shape {
    And,
    Check,
    Or,
}

/// The part of an expression inside one pair of parentheses.
#[derive(Default)]
struct Level {
    value: Option<(Shape, Rule)>,
    /// The depth of the deepest operand.
    deepest: usize,
    operator: Option<Operator>,
    nots: usize,
    /// The position of the opening parenthesis.
    opened: usize,
}

struct Parser {
    open: Vec<Level>,
    level: Level,
    max_depth: usize,
    /// Whether the last word was `not(..` without a space.
    glued: bool,
    /// The last word, unless a parenthesis closed after it.
    unfinished: Option<String>,
}

impl Parser {
    fn chunk(&mut self, start: usize, chunk: &str, check: ReadCheck<'_>) -> Result<(), Fault> {
        let word = chunk.trim_start_matches('(');
        let lefts = chunk.len() - word.len();
        for index in 0..lefts {
            self.left(start + index)?;
        }
        let bare = word.trim_end_matches(')');
        let start = start + lefts;
        match bare.to_lowercase().as_str() {
            "" => {}
            "and" => self.operator(start, Operator::And)?,
            "or" => self.operator(start, Operator::Or)?,
            "not" => self.not(start)?,
            _ if quoted(word) => {
                let inner = word.get(1..word.len() - 1).unwrap_or_default();
                return fault(
                    start,
                    format!(
                        "{word} is a quoted string, not a check; write `!` to deny everybody as it \
                         does now, or `{inner}` if that is meant"
                    ),
                );
            }
            _ => {
                self.before_check(start, word)?;
                self.operand(start, check(bare, start)?, 1)?;
            }
        }
        self.glued = bare.to_lowercase().starts_with("not(");
        self.unfinished = (bare == word).then(|| bare.to_owned());
        for index in bare.len()..word.len() {
            self.right(start + index)?;
        }
        Ok(())
    }

    fn left(&mut self, at: usize) -> Result<(), Fault> {
        self.before_operand(at)?;
        let inner = Level {
            opened: at,
            ..Level::default()
        };
        self.open.push(std::mem::replace(&mut self.level, inner));
        Ok(())
    }

    fn right(&mut self, at: usize) -> Result<(), Fault> {
        let Some(outer) = self.open.pop() else {
            let problem = match self.glued {
                true => "this `)` has no matching `(`, write a space after `not`",
                false => "this `)` has no matching `(`",
            };
            return fault(at, problem);
        };
        let depth = self.level.depth();
        let inner = std::mem::replace(&mut self.level, outer);
        let rule = inner.complete(at)?;
        self.operand(at, rule, depth)
    }

    fn not(&mut self, at: usize) -> Result<(), Fault> {
        self.before_operand(at)?;
        self.level.nots += 1;
        Ok(())
    }

    fn operator(&mut self, at: usize, operator: Operator) -> Result<(), Fault> {
        if self.level.value.is_none() || self.level.operator.is_some() || self.level.nots > 0 {
            return fault(at, "expected a check before this operator");
        }
        self.level.operator = Some(operator);
        Ok(())
    }

    /// As `before_operand`, with a hint at what was probably meant by `word`.
    fn before_check(&self, at: usize, word: &str) -> Result<(), Fault> {
        let meant = |fault: Fault| {
            let last = self.unfinished.as_deref().unwrap_or_default();
            let hint = match word {
                "&&" | "&" => ", not `&`".to_owned(),
                "||" | "|" => ", not `|`".to_owned(),
                _ if last.ends_with(',') => " instead of the comma".to_owned(),
                _ if last.ends_with(':') => format!(
                    ", or no space after the colon: `{last}{}`",
                    word.trim_end_matches(')')
                ),
                _ => String::new(),
            };
            Fault {
                problem: fault.problem + &hint,
                ..fault
            }
        };
        self.before_operand(at).map_err(meant)
    }

    fn before_operand(&self, at: usize) -> Result<(), Fault> {
        if self.level.value.is_some() && self.level.operator.is_none() {
            return fault(at, "expected `and` or `or` here");
        }
        Ok(())
    }

    fn operand(&mut self, at: usize, rule: Rule, depth: usize) -> Result<(), Fault> {
        let level = &mut self.level;
        let depth = depth + level.nots;
        level.deepest = level.deepest.max(depth);
        if level.deepest > self.max_depth {
            return fault(at, TOO_DEEP);
        }
        let negated =
            (0..std::mem::take(&mut level.nots)).fold(rule, |inner, _| Rule::Not(Box::new(inner)));
        level.value = Some(match (level.value.take(), level.operator.take()) {
            (Some((shape, value)), Some(operator)) => attach(shape, value, operator, negated),
            _ => (Shape::Check, negated),
        });
        Ok(())
    }

    fn finish(self, end: usize) -> Result<Rule, Fault> {
        match self.open.is_empty() {
            true => self.level.complete(end),
            false => fault(self.level.opened, "this `(` is never closed"),
        }
    }
}

impl Level {
    /// The depth of the value. Operators add two at most: an `and` inside an `or`.
    fn depth(&self) -> usize {
        match self.value {
            Some((Shape::And | Shape::Or, _)) => self.deepest + 2,
            _ => self.deepest,
        }
    }

    fn complete(self, at: usize) -> Result<Rule, Fault> {
        match self.value {
            Some((_, rule)) if self.operator.is_none() && self.nots == 0 => Ok(rule),
            _ => fault(at, "expected a check here"),
        }
    }
}

/// Adds an operand: `and` binds tighter, so it takes the last operand of an `or`.
fn attach(shape: Shape, value: Rule, operator: Operator, operand: Rule) -> (Shape, Rule) {
    match (operator, shape, value) {
        (Operator::And, Shape::And, Rule::And(mut parts)) => {
            parts.push(operand);
            (Shape::And, Rule::And(parts))
        }
        (Operator::And, Shape::Or, Rule::Or(mut parts)) => {
            let joined = match parts.pop() {
                Some(Rule::And(mut inner)) => {
                    inner.push(operand);
                    Rule::And(inner)
                }
                Some(last) => Rule::And(vec![last, operand]),
                None => operand,
            };
            parts.push(joined);
            (Shape::Or, Rule::Or(parts))
        }
        (Operator::And, _, value) => (Shape::And, Rule::And(vec![value, operand])),
        (Operator::Or, Shape::Or, Rule::Or(mut parts)) => {
            parts.push(operand);
            (Shape::Or, Rule::Or(parts))
        }
        (Operator::Or, _, value) => (Shape::Or, Rule::Or(vec![value, operand])),
    }
}

fn quoted(word: &str) -> bool {
    word.len() >= 2
        && ['"', '\'']
            .iter()
            .any(|quote| word.starts_with(*quote) && word.ends_with(*quote))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tree(text: &str) -> String {
        parse_rule(text).map_or_else(|error| panic!("{error}"), |rule| rule.to_string())
    }

    #[test]
    fn trees_print_canonically() {
        let cases = [
            ("", "@"),
            ("@", "@"),
            ("!", "!"),
            ("role:admin", "role:admin"),
            ("a:b:c", "a:b:c"),
            ("role:", "role:"),
            (":x", ":x"),
            ("Role:x", "Role:x"),
            ("not role:a", "not role:a"),
            ("not not role:a", "not not role:a"),
            ("(role:a)", "role:a"),
            ("((role:a) )", "role:a"),
            (
                "role:a AND role:b oR role:c",
                "((role:a and role:b) or role:c)",
            ),
            ("a:1 or b:2 and c:3", "(a:1 or (b:2 and c:3))"),
            (
                "a:1 or (b:2 and c:3) and d:4",
                "(a:1 or (b:2 and c:3 and d:4))",
            ),
            ("a:1 and (b:2 and c:3)", "(a:1 and (b:2 and c:3))"),
            ("(a:1 and b:2) and c:3", "((a:1 and b:2) and c:3)"),
            ("(a:1 or b:2) and c:3", "((a:1 or b:2) and c:3)"),
            ("a:1 or b:2 or c:3", "(a:1 or b:2 or c:3)"),
            ("(a:1 or b:2) or c:3", "((a:1 or b:2) or c:3)"),
            ("not (a:1 or b:2)", "not (a:1 or b:2)"),
            ("a:1 and not b:2 and c:3", "(a:1 and not b:2 and c:3)"),
            ("not a:1 and b:2", "(not a:1 and b:2)"),
            ("role:a\u{1c}and\u{3000}role:b\u{85}", "(role:a and role:b)"),
            ("http://h/p/%(name)s", "http://h/p/%(name)s"),
            ("x:%(a(b)c)s", "x:%(a(b)c)s"),
            ("(a:b)and(c:d)", "a:b)and(c:d"),
        ];
        for (text, expected) in cases {
            assert_eq!(tree(text), expected, "{text:?}");
        }
    }

    #[test]
    fn the_canonical_text_reads_back_to_itself() {
        for text in [
            "a:1 or (b:2 and c:3) and not d:4",
            "not (a:1 or b:2)",
            "@",
            "!",
        ] {
            let printed = tree(text);
            assert_eq!(tree(&printed), printed);
        }
    }

    #[test]
    fn what_oslo_policy_reads_as_never_is_refused_where_it_goes_wrong() {
        let cases = [
            (" ", 1),
            ("\n", 1),
            ("role:a or", 9),
            ("or role:a", 0),
            ("role:a role:b", 7),
            ("(role:a", 0),
            ("role:a)", 6),
            ("()", 1),
            ("not", 3),
            ("role:a and or role:b", 11),
            ("not(role:a)", 10),
            ("\"role:admin\"", 0),
            ("'@'", 0),
            ("'a':'b'", 0),
            ("'a b':%(x)s", 0),
            ("role:a(b)", 8),
            ("x:%(y)", 5),
            ("admin", 0),
            ("not admin", 4),
            ("admin or @", 0),
            ("role:\u{200b}a b", 10),
        ];
        for (text, offset) in cases {
            let error = parse_rule(text).expect_err(text);
            assert_eq!(error.offset(), offset, "{text:?}: {error}");
        }
    }

    #[test]
    fn lists_are_an_or_of_ands() {
        let check = |text: &str| parse_check(text).unwrap();
        let printed = |lists: Vec<Vec<Rule>>| combine_lists(lists).to_string();
        assert_eq!(printed(vec![]), "@");
        assert_eq!(printed(vec![vec![]]), "!");
        assert_eq!(printed(vec![vec![check("@"), check("!")]]), "(@ and !)");
        assert_eq!(
            printed(vec![vec![check("a:1")], vec![check("b:2"), check("c:3")]]),
            "(a:1 or (b:2 and c:3))"
        );
        assert_eq!(check("role:a or role:b"), Rule::Role("a or role:b".into()));
        assert_eq!(
            check(" role:a"),
            Rule::Generic {
                left: " role".into(),
                right: "a".into()
            }
        );
        assert!(parse_check("not !").is_err());
    }

    #[test]
    fn parentheses_alone_may_nest_without_end() {
        let deep = format!("{}role:a{}", "(".repeat(100_000), ")".repeat(100_000));
        assert_eq!(tree(&deep), "role:a");
    }

    #[test]
    fn a_tree_too_deep_is_an_error_and_no_overflow() {
        let nots = format!("{}role:a", "not ".repeat(100_000));
        assert!(
            parse_rule(&nots)
                .unwrap_err()
                .to_string()
                .contains("too deeply")
        );
        let mixed = format!(
            "{}role:a{}",
            "role:x and (role:y or (".repeat(50_000),
            "))".repeat(50_000)
        );
        assert!(
            parse_rule(&mixed)
                .unwrap_err()
                .to_string()
                .contains("too deeply")
        );
        assert_eq!(
            tree(&format!("{}role:a", "not ".repeat(200)))
                .matches("not")
                .count(),
            200
        );
    }

    #[test]
    fn a_long_flat_rule_is_no_deep_one() {
        let long = vec!["role:a"; 10_000].join(" or ");
        assert!(parse_rule(&long).is_ok());
    }
}
