//! Where we differ from oslo.policy, and why that will stay so.

use serde_json::Value;

/// A difference that is meant. `docs/differences.md` explains each under its name.
pub(crate) struct Difference {
    pub(crate) name: &'static str,
    /// Whether it explains our answer and that of oslo.policy.
    applies: fn(&Value, &Value) -> bool,
}

pub(crate) static DIFFERENCES: [Difference; 3] = [
    Difference {
        name: "Rare literals",
        applies: |ours, _| {
            [
                "it is a complex number",
                "it is a set",
                "it names a character",
            ]
            .iter()
            .any(|problem| left_side(ours).contains(problem))
        },
    },
    Difference {
        name: "Rare expressions",
        applies: |ours, theirs| !left_side(ours).is_empty() && theirs.get("result").is_some(),
    },
    Difference {
        name: "Huge numbers",
        applies: |ours, theirs| {
            let message = ours["error"]["message"].as_str().unwrap_or_default();
            message.ends_with("the value has a type that this conversion does not take")
                && theirs.get("result").is_some()
        },
    },
];

/// What we say of a left operand that we cannot read.
fn left_side(ours: &Value) -> &str {
    let message = ours["error"]["message"].as_str().unwrap_or_default();
    let parts = message.split_once("its left operand cannot be read: ");
    parts.map_or("", |(_, problem)| problem)
}

pub(crate) enum Verdict {
    Agree,
    Known(&'static str),
    Wrong,
}

pub(crate) fn judge(ours: &Value, theirs: &Value) -> Verdict {
    if agree(ours, theirs) {
        return Verdict::Agree;
    }
    let known = DIFFERENCES
        .iter()
        .find(|difference| (difference.applies)(ours, theirs));
    known.map_or(Verdict::Wrong, |difference| Verdict::Known(difference.name))
}

/// Exceptions agree by their class; those of oslo.policy itself by their message too.
fn agree(ours: &Value, theirs: &Value) -> bool {
    const OWN: [&str; 4] = [
        "DuplicatePolicyError",
        "InvalidScope",
        "PolicyNotAuthorized",
        "PolicyNotRegistered",
    ];
    let (Some(our), Some(their)) = (ours.get("error"), theirs.get("error")) else {
        return ours == theirs;
    };
    match their["class"].as_str() {
        // Which of the two it is depends on how deep in Python's stack the enforcer was called.
        Some("RecursionError") => our["class"] == "TypeError" || our["class"] == "RecursionError",
        Some(class) if OWN.contains(&class) => our == their,
        _ => our["class"] == their["class"],
    }
}
