//! What each check says, compared with results written out by hand: the code of a policy and the
//! compiled rules are compared with each other elsewhere, which would not show a fault of both.

use super::*;
use crate::value::List;
use crate::value::credentials::PlainCredentials;

/// Texts of which no two are the same to oslo.policy, though some are to other programs.
const APART: [&str; 12] = [
    "u-1", "U-1", "u-2", "u-1 ", " u-1", "u-", "u-11", "", "None", "none", "é", "e\u{301}",
];

struct Words(&'static [&'static str]);

impl List for Words {
    fn at(&self, index: usize) -> Option<Value<'_>> {
        self.0.get(index).map(|word| Value::Str(word))
    }
}

fn checks(marks: Marks) -> Vec<(usize, bool, bool)> {
    marks.checks().collect()
}

#[test]
fn a_credential_is_the_same_text_and_no_other() {
    for (index, own) in APART.iter().enumerate() {
        for (other, text) in APART.iter().enumerate() {
            let same = index == other;
            for name in CredentialName::ALL {
                let creds = PlainCredentials::new().attr(name.as_str(), *own);
                let mut marks = Marks::new();
                let right = Some(Value::Str(text));
                assert_eq!(
                    marks.standard::<3>(&creds, name, right),
                    same,
                    "{own} {text}"
                );
                assert_eq!(checks(marks), [(3, same, false)]);
            }
            let mut marks = Marks::new();
            let right = Some(Value::Str(text));
            assert_eq!(marks.same::<0>(|| Some(Value::Str(own)), right), same);
            assert_eq!(marks.literal::<1>(own, right), same, "{own} {text}");
            assert_eq!(checks(marks), [(0, same, false), (1, same, false)]);
        }
    }
}

#[test]
fn what_is_no_text_is_compared_as_python_writes_it() {
    for (value, text) in [
        (Value::Bool(true), "True"),
        (Value::Bool(false), "False"),
        (Value::Null, "None"),
        (Value::Int(16), "16"),
        (Value::Float(1.5), "1.5"),
    ] {
        for right in [text.to_owned(), text.to_lowercase(), format!("{text} ")] {
            let yes = right == text;
            let mut marks = Marks::new();
            let right = Some(Value::Str(&right));
            assert_eq!(marks.same::<0>(|| Some(value), right), yes, "{text}");
            assert!(marks.literal::<1>(text, Some(value)), "{text}");
            assert!(!marks.literal::<2>(&format!("{text}x"), Some(value)));
        }
    }
}

#[test]
fn a_list_has_each_of_its_items_and_nothing_else() {
    for (wanted, yes) in [
        ("g-1", true),
        ("g-2", true),
        ("G-2", false),
        ("g-1, g-2", false),
    ] {
        let mut marks = Marks::new();
        let list = Words(&["g-1", "g-2"]);
        let left = || Some(Value::List(&list));
        assert_eq!(
            marks.same::<0>(left, Some(Value::Str(wanted))),
            yes,
            "{wanted}"
        );
        let found = marks.below::<1>(left, &[], Some(Value::Str(wanted)));
        assert_eq!(found, Some(yes), "{wanted}");
    }
}

#[test]
fn what_the_target_lacks_is_missing_and_the_credential_is_not_asked_for() {
    let creds = PlainCredentials::new().attr("user_id", "None");
    let never = || -> Option<Value<'_>> { unreachable!("there is nothing to compare with") };
    let mut marks = Marks::new();
    assert!(!marks.standard::<0>(&creds, CredentialName::UserId, None));
    assert!(!marks.same::<1>(never, None));
    assert!(!marks.literal::<2>("None", None));
    assert!(!marks.role_of::<3>(&RoleSet::new(["None"]), None));
    assert_eq!(marks.below::<63>(never, &["a"], None), Some(false));
    let missing = [0, 1, 2, 3, 63].map(|at| (at, false, true));
    assert_eq!(checks(marks), missing);
}

#[test]
fn what_the_caller_lacks_is_false_and_not_missing() {
    let creds = PlainCredentials::new();
    let right = Some(Value::Str("None"));
    let mut marks = Marks::new();
    assert!(!marks.standard::<0>(&creds, CredentialName::UserId, right));
    assert!(!marks.same::<1>(|| None, right));
    assert_eq!(marks.below::<2>(|| None, &["a"], right), Some(false));
    assert_eq!(checks(marks), [0, 1, 2].map(|at| (at, false, false)));
}

#[test]
fn a_path_that_goes_deeper_than_the_credential_is_no_decision() {
    let right = Some(Value::Str("x"));
    let mut marks = Marks::new();
    let found = marks.below::<0>(|| Some(Value::Str("x")), &["a"], right);
    assert_eq!(found, None);
    let found = marks.below::<1>(|| Some(Value::Str("x")), &[], right);
    assert_eq!(found, Some(true));
}

#[test]
fn roles_alone_are_compared_in_any_case() {
    let roles = RoleSet::new(["Admin", "member"]);
    for (name, yes) in [
        ("ADMIN", true),
        ("Member", true),
        ("adm", false),
        ("", false),
    ] {
        let mut marks = Marks::new();
        let lower = name.to_lowercase();
        assert_eq!(marks.role::<0>(&roles, &lower), yes, "{name}");
        let found = marks.role_of::<1>(&roles, Some(Value::Str(name)));
        assert_eq!(found, yes, "{name}");
        assert_eq!(checks(marks), [(0, yes, false), (1, yes, false)]);
    }
}

#[test]
fn a_check_that_was_true_once_stays_noted() {
    let mut marks = Marks::new();
    assert!(checks(marks).is_empty());
    assert!(marks.note::<62>(true));
    assert!(!marks.note::<62>(false));
    assert_eq!(checks(marks), [(62, true, false)]);
}

#[test]
fn the_credential_system_is_the_system_scope_when_set() {
    let asked =
        |creds: PlainCredentials| system_of(&creds).is_some_and(|value| value.is_text("all"));
    assert!(asked(PlainCredentials::new().attr("system_scope", "all")));
    assert!(asked(
        PlainCredentials::new()
            .attr("system_scope", "")
            .attr("system", "all")
    ));
    assert!(!asked(PlainCredentials::new().attr("project_id", "all")));
}
