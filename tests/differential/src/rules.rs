//! Texts of rules: of every check the language knows, well and badly put together.

use crate::random::Random;

/// Left sides of generic checks: names, paths, Python's literals, and what Python cannot read.
pub const LEFTS: [&str; 118] = [
    "user_id",
    "project_id",
    "domain_id",
    "system",
    "system_scope",
    "is_admin",
    "is_admin_project",
    "roles",
    "token.user.id",
    "token.domain.id",
    "token.project.domain.id",
    "token.roles.name",
    "token.roles.id",
    "token",
    "a",
    "a.b",
    "a.b.c",
    "a.b.c.d.e",
    "a.b.d",
    "x",
    "x.a",
    "x.a.c",
    "n",
    "big",
    "absent",
    "absent.b",
    "foo-bar",
    "a@b",
    "x[0]",
    "f()",
    "match",
    "type",
    "true",
    "none",
    "_is",
    "Class",
    "self",
    "ключ",
    "naïve",
    "nai\u{308}ve",
    "\u{308}a",
    "名前",
    "'x'",
    "\"x\"",
    "'Member'",
    "'admin'",
    "''",
    "True",
    "False",
    "None",
    "1",
    "0",
    "-1",
    "+1",
    "--1",
    "-0",
    "1.0",
    "1.50",
    ".5",
    "5.",
    "1e3",
    "1e16",
    "1e400",
    "-1e400",
    "0x10",
    "0o17",
    "0b11",
    "1_000",
    "00",
    "10000000000000000000000",
    "...",
    "[]",
    "{}",
    "()",
    "[1]",
    "(1,)",
    "1,2",
    "{1}",
    "['x']",
    "set()",
    "1j",
    "1+2j",
    "-1.5-2j",
    "b'x'",
    "b'\\xff'",
    "u'x'",
    "r'a\\b'",
    "f'x'",
    "'a''b'",
    "'\\x41'",
    "'\\u00e9'",
    "'\\N{BULLET}'",
    "'it\\'s'",
    "007",
    "3fa",
    "1__0",
    "0x",
    "1.a",
    "a.1",
    "a..b",
    ".a",
    "a.",
    "",
    "$x",
    "%(x)s",
    "a=b",
    "a==b",
    "'a",
    "class",
    "from",
    "in",
    "a.is.b",
    "not",
    "lambda",
    "Role",
    "RULE",
    "a#b",
    "😀",
];

/// Right sides: fixed texts, attributes of the target, and all that Python's `%` can do.
pub const RIGHTS: [&str; 62] = [
    "x",
    "u1",
    "p1",
    "d1",
    "d2",
    "all",
    "admin",
    "None",
    "True",
    "False",
    "1",
    "1.0",
    "1.5",
    "16",
    "1000",
    "5",
    "",
    "значение",
    "%(user_id)s",
    "%(project_id)s",
    "%(domain_id)s",
    "%(x)s",
    "%(a.b)s",
    "%(role)s",
    "%(absent)s",
    "%()s",
    "%(a(b)c)s",
    "%(target.user.id)s",
    "%(target.domain.id)s",
    "a%(x)s",
    "%(x)s%(user_id)s",
    "%(x)s:%(absent)s",
    "100%%",
    "%%(x)s",
    "50%",
    "%s",
    "%d",
    "%(x)d",
    "%(user_id)d",
    "%(x)5s",
    "%(x)-5s|",
    "%(x).1s",
    "%(x)r",
    "%(user_id)r",
    "%(x)a",
    "%(a.b)05d",
    "%(a.b)+.2f",
    "%(a.b)e",
    "%(a.b)g",
    "%(user_id)x",
    "%(user_id)#o",
    "%(user_id)c",
    "%(x)z",
    "%(x)",
    "%(x",
    "%(absent)d",
    "%(absent)z",
    "%s%s",
    "%(x)s%s",
    "%(x)%",
    "%5%",
    "%(user_id)ls",
];

/// What follows `role:`.
pub const ROLES: [&str; 20] = [
    "admin",
    "Admin",
    "member",
    "reader",
    "manager",
    "",
    "ärzte",
    "οδος",
    "οδοσ",
    "K",
    "k",
    "i̇",
    "İ",
    "STRASSE",
    "АДМИН",
    "%(role)s",
    "%(absent)s",
    "a",
    "%(x)d",
    "a:b",
];

/// Names of rules, some of them seldom defined.
pub const NAMES: [&str; 9] = [
    "alpha", "beta", "gamma", "delta", "default", "absent", "%(x)s", "a:b", "",
];

/// Words that are no checks.
const WORDS: [&str; 14] = [
    "admin",
    "'role:admin'",
    "\"@\"",
    "'a':'b'",
    "not(x)",
    "(a:b)and(c:d)",
    "@@",
    "!!",
    "and",
    "or",
    "not",
    "()",
    ")",
    "''",
];

/// Characters to spoil a text with.
const SPOILERS: [&str; 34] = [
    " ", "  ", "\t", "\n", "(", ")", "((", "))", "'", "\"", ":", "@", "!", "%", "not ", " and ",
    " or ", " AND ", " Or ", "\u{a0}", "\u{1c}", "\u{85}", "\u{2028}", "\u{3000}", "\u{200b}",
    "\u{feff}", "\u{180e}", "\0", "é", "#", "\\", "{", "[", "s",
];

/// One check.
pub fn check(random: &mut Random) -> String {
    match random.below(16) {
        0 => "@".to_owned(),
        1 => "!".to_owned(),
        2..=4 => format!("role:{}", random.pick(&ROLES)),
        5..=7 => format!("rule:{}", random.pick(&NAMES)),
        8 if random.once_in(6) => random.pick(&WORDS).to_owned(),
        _ => format!("{}:{}", random.pick(&LEFTS), random.pick(&RIGHTS)),
    }
}

/// A tidy check, which always parses and never fails to be decided.
pub fn tidy_check(random: &mut Random) -> String {
    const TIDY: [&str; 8] = [
        "user_id:%(user_id)s",
        "project_id:%(project_id)s",
        "a.b:%(x)s",
        "'x':%(x)s",
        "True:%(a.b)s",
        "is_admin:True",
        "system_scope:all",
        "None:%(absent)s",
    ];
    match random.below(8) {
        0 => "@".to_owned(),
        1 => "!".to_owned(),
        2 | 3 => format!(
            "role:{}",
            random.pick(&["admin", "Member", "reader", "%(role)s"])
        ),
        4 | 5 => format!(
            "rule:{}",
            random.pick(&["alpha", "beta", "gamma", "delta", "absent"])
        ),
        _ => random.pick(&TIDY).to_owned(),
    }
}

/// A rule of `depth` levels of operators at most, of checks that `check` makes.
pub fn nested(random: &mut Random, depth: usize, check: fn(&mut Random) -> String) -> String {
    if depth == 0 || random.once_in(8) {
        return check(random);
    }
    match random.below(6) {
        0 => {
            let word = random.pick(&["not", "NOT", "not", "nOt"]);
            format!("{word} {}", operand(random, depth - 1, check))
        }
        1 => format!("({})", nested(random, depth - 1, check)),
        _ => {
            let mut text = operand(random, depth - 1, check);
            // One operand is as deep as can be; the others are small, or the rule would be huge.
            for _ in 0..=random.below(3) {
                let depth = depth.min(3);
                let word = random.pick(&["and", "or", "and", "or", "AND", "Or"]);
                let blank = random.pick(&[" ", " ", " ", "\t", "  ", "\u{2003}"]);
                text.push_str(&format!(
                    "{blank}{word} {}",
                    operand(random, depth - 1, check)
                ));
            }
            text
        }
    }
}

/// A rule that can stand beside an operator; without parentheses now and then, which regroups it.
fn operand(random: &mut Random, depth: usize, check: fn(&mut Random) -> String) -> String {
    let inner = nested(random, depth, check);
    if random.once_in(4) {
        inner
    } else {
        format!("({inner})")
    }
}

/// A text with some characters put in, taken out or doubled.
pub fn spoiled(random: &mut Random, text: &str) -> String {
    let mut chars: Vec<String> = text.chars().map(String::from).collect();
    for _ in 0..=random.below(3) {
        let at = random.below(chars.len() + 1);
        match random.below(4) {
            0 if at < chars.len() => drop(chars.remove(at)),
            1 if at < chars.len() => {
                let again = chars.get(at).cloned().unwrap_or_default();
                chars.insert(at, again);
            }
            _ => chars.insert(at, random.pick(&SPOILERS).to_owned()),
        }
    }
    chars.concat()
}
