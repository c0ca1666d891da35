//! Conditions on a target, for a query or for a filter in the program.

use std::fmt;

use crate::value::target::PolicyTarget;

/// A condition on the attributes of a target, see [`Rules::condition`](crate::Rules::condition).
///
/// ```
/// use std::collections::HashMap;
/// use keystone_policy::analysis::Condition;
///
/// let own = Condition::Equals { attribute: "owner_id".into(), value: "u-1".into() };
/// let condition = Condition::Not(Box::new(own));
/// assert!(condition.matches(&HashMap::from([("owner_id", "u-2")])));
/// assert_eq!(condition.to_string(), "owner_id is not u-1");
/// ```
#[non_exhaustive]
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Condition {
    /// All of these hold.
    And(Vec<Self>),
    /// The attribute is present and its text, as Python's `str` writes it, is this; null is `None`.
    Equals {
        /// The name of the attribute.
        attribute: String,
        /// The text.
        value: String,
    },
    /// As [`Condition::Equals`], with the attribute in lower case.
    EqualsLower {
        /// The name of the attribute.
        attribute: String,
        /// The text in lower case.
        value: String,
    },
    /// Never: no target meets it, so no query is needed.
    False,
    /// The inner condition does not hold. `Equals` does not hold for a missing attribute.
    Not(Box<Self>),
    /// At least one of these holds.
    Or(Vec<Self>),
    /// The target has the attribute; it may be null.
    Present {
        /// The name of the attribute.
        attribute: String,
    },
    /// Always.
    True,
}

impl Condition {
    /// Whether a target meets it.
    pub fn matches(&self, target: &dyn PolicyTarget) -> bool {
        match self {
            Self::And(parts) => parts.iter().all(|part| part.matches(target)),
            Self::Equals { attribute, value } => target
                .attr(attribute)
                .is_some_and(|found| found.is_text(value)),
            Self::EqualsLower { attribute, value } => target
                .attr(attribute)
                .is_some_and(|found| found.text().to_lowercase() == *value),
            Self::False => false,
            Self::Not(inner) => !inner.matches(target),
            Self::Or(parts) => parts.iter().any(|part| part.matches(target)),
            Self::Present { attribute } => target.attr(attribute).is_some(),
            Self::True => true,
        }
    }

    /// The condition as a closure, for `filter` and `retain`.
    ///
    /// ```
    /// use std::collections::HashMap;
    /// use keystone_policy::analysis::Condition;
    ///
    /// let own = Condition::Equals { attribute: "owner_id".into(), value: "u-1".into() };
    /// let mut proxies = vec![HashMap::from([("owner_id", "u-1")]), HashMap::from([("owner_id", "u-2")])];
    /// proxies.retain(own.into_filter());
    /// assert_eq!(proxies.len(), 1);
    /// ```
    pub fn into_filter<T: PolicyTarget>(self) -> impl Fn(&T) -> bool {
        move |target| self.matches(target)
    }

    /// The names of the attributes that it reads, without duplicates.
    pub fn attributes(&self) -> Vec<&str> {
        let mut names = Vec::new();
        self.collect(&mut names);
        names
    }

    fn collect<'a>(&'a self, names: &mut Vec<&'a str>) {
        match self {
            Self::And(parts) | Self::Or(parts) => {
                parts.iter().for_each(|part| part.collect(names));
            }
            Self::Not(inner) => inner.collect(names),
            Self::Equals { attribute, .. }
            | Self::EqualsLower { attribute, .. }
            | Self::Present { attribute } => {
                if !names.contains(&&**attribute) {
                    names.push(attribute);
                }
            }
            Self::False | Self::True => {}
        }
    }

    fn write(&self, f: &mut fmt::Formatter<'_>, inside: bool) -> fmt::Result {
        match self {
            Self::And(parts) => join(f, parts, " and ", inside),
            Self::Or(parts) => join(f, parts, " or ", inside),
            Self::Equals { attribute, value } => write!(f, "{attribute} is {value}"),
            Self::EqualsLower { attribute, value } => {
                write!(f, "{attribute} is {value} in any case")
            }
            Self::Present { attribute } => write!(f, "{attribute} is there"),
            Self::Not(inner) => match &**inner {
                Self::Equals { attribute, value } => write!(f, "{attribute} is not {value}"),
                Self::EqualsLower { attribute, value } => {
                    write!(f, "{attribute} is not {value} in any case")
                }
                Self::Present { attribute } => write!(f, "{attribute} is not there"),
                other => {
                    f.write_str("not ")?;
                    other.write(f, true)
                }
            },
            Self::False => f.write_str("never"),
            Self::True => f.write_str("always"),
        }
    }
}

fn join(
    f: &mut fmt::Formatter<'_>,
    parts: &[Condition],
    between: &str,
    inside: bool,
) -> fmt::Result {
    f.write_str(if inside { "(" } else { "" })?;
    for (index, part) in parts.iter().enumerate() {
        f.write_str(if index > 0 { between } else { "" })?;
        part.write(f, true)?;
    }
    f.write_str(if inside { ")" } else { "" })
}

impl fmt::Display for Condition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.write(f, false)
    }
}
