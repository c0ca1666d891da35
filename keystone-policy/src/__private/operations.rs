//! Holds the policies of `policies!` against the operations of a service, while constants are evaluated.

use std::cmp::Ordering;

use keystone_document::suggest::{closest, is_similar};

use super::message::Message;

/// A policy of `policies!`, as far as the service's description of its API is concerned.
#[derive(Clone, Copy, Debug)]
pub struct DeclaredPolicy {
    name: &'static str,
    place: &'static str,
    internal: bool,
    operations: bool,
    target: bool,
}

impl DeclaredPolicy {
    /// A policy with this name, written at `file:line:column`.
    pub const fn new(name: &'static str, place: &'static str) -> Self {
        Self {
            name,
            place,
            internal: false,
            operations: false,
            target: false,
        }
    }

    /// It says `internal: true`.
    #[must_use]
    pub const fn internal(mut self) -> Self {
        self.internal = true;
        self
    }

    /// It lists its `operations` itself.
    #[must_use]
    pub const fn with_operations(mut self) -> Self {
        self.operations = true;
        self
    }

    /// Its rule reads attributes of the target.
    #[must_use]
    pub const fn with_target(mut self) -> Self {
        self.target = true;
        self
    }
}

/// Whether the rule of the policy `name` reads attributes of its target. False for an unknown name,
/// which is an error of its own. The policies are sorted by name.
pub const fn reads_target(policies: &[DeclaredPolicy], name: &str) -> bool {
    match find(policies, name) {
        Some((_, policy)) => policy.target,
        None => false,
    }
}

/// Holds policies, sorted by name, against what the operations of a service use: pairs of a policy and
/// an operation, such as `("proxy:index", "GET /v1/proxies")`.
///
/// # Panics
/// With a line for each operation whose policy is not declared, each policy that lists its operations
/// itself or is internal although an operation uses it, and each policy that no operation uses,
/// unless it is internal or lists its operations. The macros call this in constants only, where that is
/// a compile error.
#[track_caller]
pub const fn check_operations<const N: usize>(
    policies: &[DeclaredPolicy; N],
    used: &[(&str, &str)],
) {
    let mut message = Message::new();
    let mut is_used = [false; N];
    let mut rest = used;
    while let [(policy, operation), tail @ ..] = rest {
        message = match find(policies, policy) {
            None => undeclared(message, policies, policy, operation),
            Some((index, declared)) => {
                if let Some(is_used) = is_used.split_at_mut(index).1.first_mut() {
                    *is_used = true;
                }
                message_of(message, declared, operation)
            }
        };
        rest = tail;
    }
    let (mut rest, mut rest_used) = (policies.as_slice(), is_used.as_slice());
    while let ([policy, tail @ ..], [is_used, tail_used @ ..]) = (rest, rest_used) {
        if !policy.internal && !policy.operations && !*is_used {
            message = unused(message, policy);
        }
        (rest, rest_used) = (tail, tail_used);
    }
    if !message.is_empty() {
        message.panic();
    }
}

const fn undeclared(
    message: Message,
    policies: &[DeclaredPolicy],
    policy: &str,
    operation: &str,
) -> Message {
    let message = message
        .line()
        .text("operation `")
        .text(operation)
        .text("` has policy `")
        .text(policy)
        .text("`, which is not declared in `policies!`");
    match similar(policies, policy) {
        Some(similar) => message.text("; did you mean `").text(similar).text("`?"),
        None => message.text("; declare it there, or name another one"),
    }
}

/// What is wrong with a declared policy that an operation uses.
const fn message_of(message: Message, policy: &DeclaredPolicy, operation: &str) -> Message {
    let remedy = match (policy.operations, policy.internal) {
        (true, _) => {
            "lists `operations`, which come from the description of the service, remove them; it is \
             the policy of `"
        }
        (false, true) => "is `internal: true`, remove that; it is the policy of `",
        (false, false) => return message,
    };
    place(message, policy)
        .text(remedy)
        .text(operation)
        .text("`")
}

const fn unused(message: Message, policy: &DeclaredPolicy) -> Message {
    place(message, policy)
        .text("is used by no operation; name it in one, remove it, or write `internal: true`")
}

const fn place(message: Message, policy: &DeclaredPolicy) -> Message {
    message
        .line()
        .text(policy.place)
        .text(": policy `")
        .text(policy.name)
        .text("` ")
}

/// Looks a name up by halves: the compiler limits the steps of a constant, and a large service has
/// hundreds of policies and operations.
const fn find<'a>(
    policies: &'a [DeclaredPolicy],
    name: &str,
) -> Option<(usize, &'a DeclaredPolicy)> {
    let mut rest = policies;
    let mut skipped = 0;
    while let (before, [middle, after @ ..]) = rest.split_at(rest.len() / 2) {
        match order(name, middle.name) {
            Ordering::Less => rest = before,
            Ordering::Equal => return Some((skipped + before.len(), middle)),
            Ordering::Greater => {
                skipped += before.len() + 1;
                rest = after;
            }
        }
    }
    None
}

/// The declared name that was probably meant.
const fn similar(policies: &[DeclaredPolicy], name: &str) -> Option<&'static str> {
    let mut best: Option<(&'static str, usize)> = None;
    let mut rest = policies;
    while let [policy, tail @ ..] = rest {
        if let Some((_, distance)) = closest(&[policy.name], name)
            && is_similar(distance, name)
            && is_better(distance, best)
        {
            best = Some((policy.name, distance));
        }
        rest = tail;
    }
    match best {
        Some((name, _)) => Some(name),
        None => None,
    }
}

const fn is_better(distance: usize, best: Option<(&str, usize)>) -> bool {
    match best {
        Some((_, best)) => distance < best,
        None => true,
    }
}

/// As `Ord` of texts, which constants lack.
const fn order(a: &str, b: &str) -> Ordering {
    let (mut a, mut b) = (a.as_bytes(), b.as_bytes());
    loop {
        match (a, b) {
            ([], []) => return Ordering::Equal,
            ([], _) => return Ordering::Less,
            (_, []) => return Ordering::Greater,
            ([x, ..], [y, ..]) if *x < *y => return Ordering::Less,
            ([x, ..], [y, ..]) if *x > *y => return Ordering::Greater,
            ([_, rest_a @ ..], [_, rest_b @ ..]) => (a, b) = (rest_a, rest_b),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const POLICIES: &[DeclaredPolicy; 4] = &[
        DeclaredPolicy::new("proxy:audit", "p.yaml:4:3").internal(),
        DeclaredPolicy::new("proxy:create", "p.yaml:3:3").with_target(),
        DeclaredPolicy::new("proxy:index", "p.yaml:2:3"),
        DeclaredPolicy::new("proxy:old", "p.yaml:5:3").with_operations(),
    ];
    const INDEX: (&str, &str) = ("proxy:index", "GET /v1/proxies");
    const CREATE: (&str, &str) = ("proxy:create", "POST /v1/proxies");

    /// What the compiler would say.
    fn message(used: &[(&str, &str)]) -> String {
        let used = used.to_vec();
        let panicked = std::panic::catch_unwind(|| check_operations(POLICIES, &used));
        match panicked {
            Ok(()) => String::new(),
            Err(panic) => *panic.downcast::<String>().unwrap(),
        }
    }

    #[test]
    fn policies_and_operations_that_fit_are_checked_in_a_constant() {
        const _: () = check_operations(POLICIES, &[INDEX, CREATE, INDEX]);
        const _: () = assert!(reads_target(POLICIES, "proxy:create"));
        const _: () = assert!(!reads_target(POLICIES, "proxy:index"));
        assert!(!reads_target(POLICIES, "proxy:drop"));
    }

    #[test]
    fn an_operation_with_an_undeclared_policy_is_told_a_similar_one() {
        assert_eq!(
            message(&[
                INDEX,
                CREATE,
                ("proxy:craete", "PUT /v1/proxies/{proxy_id}")
            ]),
            "operation `PUT /v1/proxies/{proxy_id}` has policy `proxy:craete`, which is not declared \
             in `policies!`; did you mean `proxy:create`?"
        );
        let text = message(&[INDEX, CREATE, ("zzz", "GET /v1")]);
        assert!(
            text.ends_with("; declare it there, or name another one"),
            "{text}"
        );
    }

    #[test]
    fn a_policy_that_no_operation_uses_is_told_with_its_place() {
        assert_eq!(
            message(&[INDEX]),
            "p.yaml:3:3: policy `proxy:create` is used by no operation; name it in one, remove it, or \
             write `internal: true`"
        );
    }

    #[test]
    fn a_policy_whose_operations_stand_in_two_places_is_told() {
        assert_eq!(
            message(&[INDEX, CREATE, ("proxy:old", "GET /v1/old")]),
            "p.yaml:5:3: policy `proxy:old` lists `operations`, which come from the description of \
             the service, remove them; it is the policy of `GET /v1/old`"
        );
    }

    #[test]
    fn an_internal_policy_of_an_operation_is_told() {
        assert_eq!(
            message(&[INDEX, CREATE, ("proxy:audit", "GET /v1/audit")]),
            "p.yaml:4:3: policy `proxy:audit` is `internal: true`, remove that; it is the policy of \
             `GET /v1/audit`"
        );
    }

    #[test]
    fn names_are_found_where_they_are_and_nowhere_else() {
        for length in 0..=POLICIES.len() {
            let (policies, rest) = POLICIES.split_at(length);
            for (index, policy) in policies.iter().enumerate() {
                assert_eq!(find(policies, policy.name).unwrap().0, index);
            }
            for name in rest
                .iter()
                .map(|policy| policy.name)
                .chain(["", "a", "proxy:", "zzz"])
            {
                assert!(find(policies, name).is_none(), "{name}");
            }
        }
        for (a, b) in [
            ("", ""),
            ("a", ""),
            ("a", "ab"),
            ("b", "ab"),
            ("ab", "ab"),
            ("é", "z"),
        ] {
            assert_eq!((order(a, b), order(b, a)), (a.cmp(b), b.cmp(a)));
        }
    }

    #[test]
    fn every_mistake_has_a_line() {
        let text = message(&[("proxy:audit", "GET /a"), ("proxy:nidex", "GET /b")]);
        assert_eq!(text.lines().count(), 4, "{text}");
    }

    /// The digits of the numbers below [`MANY`], one after the other.
    const DIGITS: &[u8] = &{
        let mut digits = [b'0'; 3 * MANY];
        let mut number = 0;
        while number < MANY {
            digits[3 * number] += (number / 100) as u8;
            digits[3 * number + 1] += (number / 10 % 10) as u8;
            digits[3 * number + 2] += (number % 10) as u8;
            number += 1;
        }
        digits
    };
    const MANY: usize = 1000;

    const fn name(number: usize) -> &'static str {
        match std::str::from_utf8(DIGITS.split_at(3 * number).1.split_at(3).0) {
            Ok(name) => name,
            Err(_) => "",
        }
    }

    #[test]
    fn a_thousand_policies_are_not_too_many_for_a_constant() {
        static POLICIES: [DeclaredPolicy; MANY] = {
            let mut policies = [DeclaredPolicy::new("", ""); MANY];
            let mut number = 0;
            while number < MANY {
                policies[number] = DeclaredPolicy::new(name(number), "");
                number += 1;
            }
            policies
        };
        static USED: [(&str, &str); MANY] = {
            let mut used = [("", ""); MANY];
            let mut number = 0;
            while number < MANY {
                used[number] = (name(MANY - 1 - number), "GET /v1");
                number += 1;
            }
            used
        };
        const _: () = check_operations(&POLICIES, &USED);
        assert_eq!(POLICIES[MANY - 1].name, "999");
    }
}
