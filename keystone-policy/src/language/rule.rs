//! The check tree of a rule and its canonical text.

use std::fmt;

use crate::language::template::Template;

/// A rule as a tree of checks.
///
/// `Display` writes the same canonical text as oslo.policy: parentheses around each `and` and each
/// `or`, none elsewhere. Parsing that text gives an equivalent tree.
///
/// ```
/// let rule = keystone_policy::parse_rule("role:admin OR (rule:owner and not role:guest)")?;
/// assert_eq!(rule.to_string(), "(role:admin or (rule:owner and not role:guest))");
/// # Ok::<(), keystone_policy::ParseError>(())
/// ```
#[non_exhaustive]
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
pub enum Rule {
    /// True if all are, evaluated from left to right with short circuit.
    And(Vec<Self>),
    /// `!`: never.
    False,
    /// `left:right`: compares a literal or a credential with a string.
    Generic {
        /// A literal (`'x'`, `True`, `42`) or a dotted path into the credentials.
        left: String,
        /// A string in which `%(name)s` stands for an attribute of the target.
        right: String,
    },
    /// True if the inner rule is false.
    Not(Box<Self>),
    /// True if at least one is, evaluated from left to right with short circuit.
    Or(Vec<Self>),
    /// `http:` or `https:`: calls another server.
    Remote {
        /// Whether the server is called over TLS.
        https: bool,
        /// What follows the colon, with `%(name)s` for attributes of the target.
        address: String,
    },
    /// `role:name`: the caller has the role; case does not matter.
    Role(String),
    /// `rule:name`: the rule of that name.
    RuleRef(String),
    /// `@` or the empty text: always.
    True,
}

impl Rule {
    /// The names in the `rule:` checks of this tree, in order, with duplicates.
    pub fn references(&self) -> Vec<&str> {
        let mut names = Vec::new();
        self.each_check(&mut |check| {
            if let Self::RuleRef(name) = check {
                names.push(name.as_str());
            }
        });
        names
    }

    /// Whether this tree itself has an `https:` check.
    pub fn asks_over_tls(&self) -> bool {
        let mut asks = false;
        self.each_check(&mut |check| asks |= matches!(check, Self::Remote { https: true, .. }));
        asks
    }

    /// The attributes of the target that this tree reads with `%(name)s`, without duplicates, in
    /// the order of their first use. Referenced rules are not included.
    pub fn attributes(&self) -> Vec<String> {
        let mut names: Vec<String> = Vec::new();
        self.each_check(&mut |check| {
            let text = match check {
                Self::Generic { right, .. } => right,
                Self::Role(name) => name,
                Self::Remote { address, .. } => address,
                _ => return,
            };
            for name in Template::parse(text).attributes() {
                if !names.iter().any(|known| known == name) {
                    names.push(name.to_owned());
                }
            }
        });
        names
    }

    /// Calls `visit` for each check of the tree (not for `and`, `or` and `not`), left to right.
    pub(crate) fn each_check<'a>(&'a self, visit: &mut dyn FnMut(&'a Self)) {
        match self {
            Self::And(parts) | Self::Or(parts) => {
                for part in parts {
                    part.each_check(visit);
                }
            }
            Self::Not(inner) => inner.each_check(visit),
            check => visit(check),
        }
    }
}

impl fmt::Display for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::And(parts) => join(f, parts, " and "),
            Self::False => f.write_str("!"),
            Self::Generic { left, right } => write!(f, "{left}:{right}"),
            Self::Not(inner) => write!(f, "not {inner}"),
            Self::Or(parts) => join(f, parts, " or "),
            Self::Remote {
                https: false,
                address,
            } => write!(f, "http:{address}"),
            Self::Remote {
                https: true,
                address,
            } => write!(f, "https:{address}"),
            Self::Role(name) => write!(f, "role:{name}"),
            Self::RuleRef(name) => write!(f, "rule:{name}"),
            Self::True => f.write_str("@"),
        }
    }
}

fn join(f: &mut fmt::Formatter<'_>, parts: &[Rule], between: &str) -> fmt::Result {
    f.write_str("(")?;
    for (index, part) in parts.iter().enumerate() {
        if index > 0 {
            f.write_str(between)?;
        }
        write!(f, "{part}")?;
    }
    f.write_str(")")
}

#[cfg(test)]
mod tests {
    use crate::parse_rule;

    #[test]
    fn references_and_attributes_are_found_under_and_or_not() {
        let rule =
            parse_rule("rule:a or not (rule:b and user_id:%(owner)s) or role:%(owner)s").unwrap();
        assert_eq!(rule.references(), ["a", "b"]);
        assert_eq!(rule.attributes(), ["owner"]);
    }

    #[test]
    fn a_doubled_percent_sign_is_no_attribute() {
        assert!(parse_rule("x:50%%").unwrap().attributes().is_empty());
    }
}
