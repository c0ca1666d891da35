//! Used by the code that `policies!` generates for rules. Not part of the public API.

use crate::decide::right_operand::{RightOperand, descend};
use crate::value::Value;
use crate::value::credentials::{CredentialName, Credentials, RoleSet, system};

/// How many checks such code may have, including those of referenced rules.
pub const MOST_CHECKS: usize = 64;

/// The results of the checks of a decision, by their position in the policy's default rule with
/// references inlined.
#[derive(Clone, Copy, Debug, Default)]
pub struct Marks {
    asked: u64,
    missing: u64,
    yes: u64,
}

impl Marks {
    /// Begins a decision.
    #[inline]
    pub fn new() -> Self {
        Self::default()
    }

    /// Records the result of the check at position `K` and returns it. `policies!` numbers checks
    /// in the order of the text, with references inlined; `Reason` finds their texts by that
    /// number.
    #[inline]
    pub fn note<const K: u32>(&mut self, yes: bool) -> bool {
        self.asked |= 1 << K;
        self.yes |= u64::from(yes) << K;
        yes
    }

    #[inline]
    fn missing<const K: u32>(&mut self) -> bool {
        self.asked |= 1 << K;
        self.missing |= 1 << K;
        false
    }

    /// `role:name`, with the name in lower case.
    #[inline]
    pub fn role<const K: u32>(&mut self, roles: &RoleSet, lower: &str) -> bool {
        self.note::<K>(roles.contains_lower(lower))
    }

    /// `role:%(name)s`.
    #[inline]
    pub fn role_of<const K: u32>(&mut self, roles: &RoleSet, name: Option<Value<'_>>) -> bool {
        match name {
            Some(name) => self.note::<K>(RightOperand::Value(name).is_role(roles)),
            None => self.missing::<K>(),
        }
    }

    /// A literal compared with an attribute of the target.
    #[inline]
    pub fn literal<const K: u32>(&mut self, left: &str, right: Option<Value<'_>>) -> bool {
        match right {
            Some(right) => self.note::<K>(right.is_text(left)),
            None => self.missing::<K>(),
        }
    }

    /// A standard credential compared with a text, or with an attribute of the target.
    #[inline]
    pub fn standard<const K: u32>(
        &mut self,
        creds: &dyn Credentials,
        name: CredentialName,
        right: Option<Value<'_>>,
    ) -> bool {
        // Comparing strings directly avoids copying values, which costs more than all else.
        if let Some(text) = right.and_then(Value::plain)
            && let Some(left) = creds.standard_text(name)
        {
            return self.note::<K>(left == text);
        }
        self.same::<K>(|| creds.standard(name), right)
    }

    /// A credential compared with the right operand; `left` is called only if there is one.
    #[inline]
    pub fn same<'a, const K: u32>(
        &mut self,
        left: impl FnOnce() -> Option<Value<'a>>,
        right: Option<Value<'_>>,
    ) -> bool {
        match (right, left) {
            (None, _) => self.missing::<K>(),
            (Some(right), left) => {
                let yes =
                    left().is_some_and(|left| RightOperand::Value(right).is_or_is_among(left));
                self.note::<K>(yes)
            }
        }
    }

    /// As [`Marks::same`], for the value at `path` in the credential. `None` if the credential is
    /// not as deep as the path: then the decision fails.
    #[inline]
    pub fn below<'a, const K: u32>(
        &mut self,
        left: impl FnOnce() -> Option<Value<'a>>,
        path: &[&str],
        right: Option<Value<'_>>,
    ) -> Option<bool> {
        let Some(right) = right else {
            return Some(self.missing::<K>());
        };
        let yes = match left() {
            Some(left) => {
                let right = RightOperand::Value(right);
                descend(left, path, &mut |value| right.equals(value)).ok()?
            }
            None => false,
        };
        Some(self.note::<K>(yes))
    }

    /// The positions of the checks that were evaluated, in order, each with whether it was true,
    /// and whether the target lacked its attribute.
    pub(crate) fn checks(self) -> impl Iterator<Item = (usize, bool, bool)> {
        let has = |bits: u64, at: usize| bits >> at & 1 == 1;
        (0..MOST_CHECKS)
            .filter(move |at| has(self.asked, *at))
            .map(move |at| (at, has(self.yes, at), has(self.missing, at)))
    }
}

/// The credential `system`.
#[inline]
pub fn system_of(creds: &dyn Credentials) -> Option<Value<'_>> {
    system(creds)
}

#[cfg(test)]
mod tests;
