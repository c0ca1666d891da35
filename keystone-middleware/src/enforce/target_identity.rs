//! The identity of the target of a decision.

use std::hash::{BuildHasher, RandomState};
use std::sync::OnceLock;

use keystone_policy::{PolicyTarget, Value};

/// A keyed digest of what identifies a target: its `id` and the attributes that the decision may
/// depend on, or else all of its attributes. `None` if the target lists none and so cannot be
/// distinguished from others.
///
/// The key is generated once per process, so nobody can construct two objects with the same digest.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct TargetIdentity(Option<u64>);

impl TargetIdentity {
    /// `reads` are the attributes that the decision may depend on; `None` for all.
    pub(crate) fn of(target: &dyn PolicyTarget, reads: Option<&[String]>) -> Self {
        static KEY: OnceLock<RandomState> = OnceLock::new();
        let key = KEY.get_or_init(RandomState::new);
        let mut digest = None;
        let mut add = |name: &str, value: Value<'_>| {
            // A sum, so that the order of the attributes makes no difference.
            let one = match value {
                Value::Str(text) => key.hash_one((name, text)),
                other => key.hash_one((name, &*other.text())),
            };
            digest = Some(one.wrapping_add(digest.unwrap_or_default()));
        };
        match (reads, target.attr(ID)) {
            // A change of any other attribute changes neither the object nor the decision.
            (Some(reads), Some(id)) => {
                add(ID, id);
                for name in reads.iter().filter(|name| *name != ID) {
                    if let Some(value) = target.attr(name) {
                        add(name, value);
                    }
                }
            }
            _ => target.each(&mut add),
        }
        Self(digest)
    }

    /// Whether both are known and the same.
    pub(crate) fn covers(self, other: Self) -> bool {
        self.0.is_some() && self == other
    }
}

/// The attribute that identifies objects of one type.
const ID: &str = "id";

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    fn of(attributes: &[(&str, &str)]) -> TargetIdentity {
        let map: BTreeMap<&str, &str> = attributes.iter().copied().collect();
        TargetIdentity::of(&map, None)
    }

    #[test]
    fn with_an_id_only_what_the_decision_may_depend_on_counts() {
        let reads = ["owner_id".to_owned(), "absent".to_owned()];
        let of = |id: &str, owner: &str, note: &str| {
            let map = BTreeMap::from([("id", id), ("owner_id", owner), ("note", note)]);
            TargetIdentity::of(&map, Some(&reads))
        };
        assert!(of("1", "u", "a").covers(of("1", "u", "b")));
        assert!(!of("1", "u", "a").covers(of("2", "u", "a")));
        assert!(!of("1", "u", "a").covers(of("1", "v", "a")));
        let nameless = |owner: &str, note: &str| {
            let map = BTreeMap::from([("owner_id", owner), ("note", note)]);
            TargetIdentity::of(&map, Some(&reads))
        };
        assert!(!nameless("u", "a").covers(nameless("u", "b")));
    }

    #[test]
    fn equal_attributes_are_the_same_target_and_nothing_else_is() {
        let one = of(&[("id", "1"), ("owner_id", "u")]);
        assert!(one.covers(of(&[("owner_id", "u"), ("id", "1")])));
        for other in [
            of(&[("id", "2"), ("owner_id", "u")]),
            of(&[("id", "1"), ("owner_id", "v")]),
            of(&[("id", "u"), ("owner_id", "1")]),
            of(&[("id", "1")]),
            of(&[("id", "1"), ("owner_id", "u"), ("x", "")]),
            of(&[]),
        ] {
            assert!(!one.covers(other) && !other.covers(one));
        }
    }

    #[test]
    fn a_target_that_lists_nothing_is_covered_by_nothing() {
        struct Silent;

        impl PolicyTarget for Silent {
            fn attr(&self, _: &str) -> Option<Value<'_>> {
                None
            }
        }

        let silent = TargetIdentity::of(&Silent, Some(&[]));
        assert!(!silent.covers(silent));
    }
}
