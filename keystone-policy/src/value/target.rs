//! Targets, whose attributes rules read with `%(name)s`.

use std::collections::{BTreeMap, HashMap};
use std::hash::BuildHasher;
use std::rc::Rc;
use std::sync::Arc;

use crate::value::{AttrValue, Value};

/// The object that a decision is about. `#[derive(PolicyTarget)]` implements it for a struct.
///
/// Attributes are flat: `%(a.b)s` reads the attribute called `a.b`. A check that reads an absent
/// attribute (`None`) is false. `()` is the target without attributes.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a policy target",
    label = "has no attributes that a policy could read",
    note = "put `#[derive(PolicyTarget)]` on the type"
)]
pub trait PolicyTarget {
    /// The value of the attribute called `name`.
    fn attr(&self, name: &str) -> Option<Value<'_>>;

    /// The text of an attribute that needs no formatting: a string itself, `None` for null, `True`
    /// and `False`. `Option::None` for anything else, and for an absent attribute.
    fn text(&self, name: &str) -> Option<&str> {
        self.attr(name)?.plain()
    }

    /// Calls `visit` with each attribute and its value, which remote checks send. By default,
    /// nothing is sent.
    fn each(&self, visit: &mut dyn FnMut(&str, Value<'_>)) {
        let _ = visit;
    }
}

/// Implemented by target types for each attribute, by the hash of its name (see [`attr_hash`]), so
/// that a policy which reads an attribute that the type lacks does not compile. The derive
/// implements it. Maps do not implement it, since their content is known at run time only: they are
/// targets for policies that are decided by name, as with [`Rules::decide`](crate::Rules::decide).
#[diagnostic::on_unimplemented(message = "`{Self}` lacks an attribute that the policy reads")]
pub trait HasAttr<const HASH: u64> {}

/// The hash of an attribute's name for [`HasAttr`]: FNV-1a, 64 bits.
pub const fn attr_hash(name: &str) -> u64 {
    let mut hash: u64 = 0xcbf2_9ce4_8422_2325;
    let mut rest = name.as_bytes();
    while let [byte, tail @ ..] = rest {
        hash = (hash ^ *byte as u64).wrapping_mul(0x0000_0100_0000_01b3);
        rest = tail;
    }
    hash
}

impl PolicyTarget for () {
    fn attr(&self, _name: &str) -> Option<Value<'_>> {
        None
    }
}

macro_rules! maps {
    ($([$($parameter:tt)*] $map:ty;)*) => {$(
        impl<T: AttrValue $($parameter)*> PolicyTarget for $map {
            fn attr(&self, name: &str) -> Option<Value<'_>> {
                self.get(name).map(AttrValue::attr_value)
            }

            fn each(&self, visit: &mut dyn FnMut(&str, Value<'_>)) {
                for (name, value) in self {
                    visit(name, value.attr_value());
                }
            }
        }
    )*};
}

maps! {
    [] BTreeMap<String, T>;
    [] BTreeMap<&str, T>;
    [, S: BuildHasher] HashMap<String, T, S>;
    [, S: BuildHasher] HashMap<&str, T, S>;
}

macro_rules! pointers {
    ($($pointer:ty)*) => {$(
        impl<T: PolicyTarget + ?Sized> PolicyTarget for $pointer {
            fn attr(&self, name: &str) -> Option<Value<'_>> {
                T::attr(self, name)
            }

            fn text(&self, name: &str) -> Option<&str> {
                T::text(self, name)
            }

            fn each(&self, visit: &mut dyn FnMut(&str, Value<'_>)) {
                T::each(self, visit);
            }
        }

        impl<const HASH: u64, T: HasAttr<HASH> + ?Sized> HasAttr<HASH> for $pointer {}
    )*};
}

pointers!(&T &mut T Arc<T> Box<T> Rc<T>);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_hash_is_fnv_1a() {
        assert_eq!(attr_hash(""), 0xcbf2_9ce4_8422_2325);
        assert_eq!(attr_hash("a"), 0xaf63_dc4c_8601_ec8c);
        assert_eq!(attr_hash("foobar"), 0x8594_4171_f739_67e8);
    }

    #[test]
    fn maps_are_targets() {
        let map = HashMap::from([("owner_id", Some(7_u32)), ("note", None)]);
        assert!(map.attr("owner_id").unwrap().is_text("7"));
        assert!(map.attr("note").unwrap().is_text("None"));
        assert!(map.attr("absent").is_none());
        assert!((&&map).attr("owner_id").is_some());
    }
}
