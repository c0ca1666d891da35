//! YAML and JSON by chance.

use crate::random::Random;

/// Plain scalars on both sides of every rule by which YAML 1.1 tells their kind.
const PLAIN: &[&str] = &[
    "a",
    "role:admin",
    "null",
    "Null",
    "nULL",
    "~",
    "yes",
    "Yes",
    "yEs",
    "y",
    "n",
    "no",
    "NO",
    "on",
    "Off",
    "true",
    "True",
    "TRUE",
    "tRue",
    "false",
    "0",
    "00",
    "08",
    "007",
    "0o7",
    "1",
    "-1",
    "+1",
    "1_000",
    "_1",
    "1_",
    "0b101",
    "0b12",
    "0x1F",
    "0xg",
    "-0x1f",
    "1:1",
    "1:60",
    "1:59:59",
    "-1:30",
    "0:1",
    "01:30",
    "1:1.5",
    "1:60.5",
    "190:20:30.15",
    "1.5",
    "1.",
    ".5",
    "-.5",
    "+.5",
    ".",
    "..",
    "1e5",
    "1e+5",
    "1.0e5",
    "1.0e+5",
    "1.5E-3",
    "1.5e",
    "1_0.5_0",
    ".inf",
    "-.INF",
    "+.Inf",
    ".NaN",
    ".nan",
    "nan",
    "inf",
    "2001-01-01",
    "2001-1-1",
    "2001-12-14t21:59:43.10-05:00",
    "2001-12-14 21:59:43.10 -5",
    "2001-12-15 2:59:43.10",
    "2001-12-14T21:59:43Z",
    "2001-12-14 21:59",
    "12345678901234567890",
    "1.2.3",
    "a b",
    "a: b",
    "a #b",
    "a#b",
    "<<",
    "=",
    "-",
    "--",
    "- a",
    "?",
    "? a",
    ":",
    ":a",
    "a:",
    "!",
    "@",
    "`a`",
    "%a",
    "&a",
    "*a",
    "|",
    ">",
    "{",
    "}",
    "[",
    "]",
    ",",
    "a,b",
    "'",
    "\"",
    "#",
    "\u{85}",
    "\u{2028}",
    "é",
    "😀",
    "\u{feff}",
    "%(x)s",
    "!vault x",
    "!!null x",
    "!!null ''",
    "!!str 1",
    "!!str",
    "!!int 1",
    "!!int '1'",
    "!!float 1",
    "!!bool yes",
    "! 1",
    "! a",
    "!a b",
    "!!binary aGk=",
    "!!set {a}",
    "!!omap [a: 1]",
    "!!python/name:os.system x",
    "&x 1",
    "*x",
    "&x [a]",
];
/// What is written between quotes.
const QUOTED: &[&str] = &[
    "",
    "a",
    "a b",
    "a''b",
    "\\n",
    "\\x41",
    "\\u00e9",
    "\\ud83d\\ude00",
    "\\ud83d",
    "\\U0001F600",
    "\\q",
    "\\",
    "\\\\",
    "\\\"",
    "a\n  b",
    "a\n\n  b",
    "a \\\n  b",
    "#",
    " a ",
    "\t",
    "\u{85}",
    "\u{2028}",
    "é",
    "1",
    "yes",
    "\\N",
    "\\_",
    "\\L",
    "\\P",
    "\\e",
    "\\0",
    "\\/",
    "\\\t",
    "'",
];
/// What one character more may do.
const MARKS: &[&str] = &[
    " ", "\n", "\n  ", "\n- ", "\t", "#", " #", ": ", ":", "-", "- ", ",", "[", "]", "{", "}", "'",
    "\"", "|\n", ">\n", "&a ", "*a", "!", "!!str ", "%", "@", "\\", "?", "? ", "<<: ", "---\n",
    "...\n", "\r\n", "\r", "\u{85}", "\u{2028}", "\u{feff}", "\u{0}", "\u{7f}", "\u{a0}", "é",
    "😀", "1", "0", "~",
];

/// A YAML document; half of them have one character or more changed.
pub fn yaml(random: &mut Random) -> String {
    let mut text = String::new();
    for number in 0..=random.below(3) {
        let key = if random.once_in(3) {
            flow(random, 2).replace('\n', " ")
        } else {
            format!("k{number}")
        };
        text += &format!("{key}: {}\n", value(random, 2));
        if random.once_in(4) {
            text += "# it's a comment\n";
        }
    }
    if random.once_in(2) {
        mutate(random, &mut text, MARKS);
    }
    text
}

/// A JSON document; half of them have one character or more changed.
pub fn json(random: &mut Random) -> String {
    let mut text = json_value(random, 3);
    if !text.starts_with(['{', '[']) {
        text = format!("[{text}]");
    }
    if random.once_in(2) {
        mutate(random, &mut text, MARKS);
    }
    text
}

fn mutate(random: &mut Random, text: &mut String, marks: &[&str]) {
    for _ in 0..=random.below(2) {
        let places: Vec<usize> = text.char_indices().map(|(at, _)| at).collect();
        let at = random.pick(&places);
        if random.once_in(3) {
            text.remove(at);
        } else {
            text.insert_str(at, random.pick(marks));
        }
        if text.is_empty() {
            return;
        }
    }
}

fn value(random: &mut Random, depth: usize) -> String {
    match random.below(8) {
        0..=2 => random.pick(PLAIN).to_owned(),
        3 => flow(random, depth),
        4 if depth > 0 => {
            let items = (0..=random.below(2)).map(|_| value(random, 0));
            items.map(|item| format!("\n- {item}")).collect()
        }
        5 if depth > 0 => {
            let names = ["a", "b", "<<"];
            let items = (0..=random.below(2)).map(|at| (names[at], value(random, 0)));
            items
                .map(|(name, item)| format!("\n  {name}: {item}"))
                .collect()
        }
        6 => format!(
            "{}{}\n  {}\n\n   b\n",
            random.pick(&["|", ">"]),
            random.pick(&["", "-", "+", "2", " # c"]),
            random.pick(PLAIN)
        ),
        _ => quoted(random),
    }
}

fn flow(random: &mut Random, depth: usize) -> String {
    let items = |random: &mut Random| -> Vec<String> {
        (0..random.below(3))
            .map(|_| flow(random, depth.saturating_sub(1)))
            .collect()
    };
    match random.below(6) {
        0 if depth > 0 => format!(
            "[{}]",
            items(random).join(random.pick(&[",", ", ", " , ", ",\n "]))
        ),
        1 if depth > 0 => {
            let items: Vec<_> = items(random).into_iter().enumerate().collect();
            let items = items.iter().map(|(at, item)| format!("f{at}: {item}"));
            format!("{{{}}}", items.collect::<Vec<_>>().join(", "))
        }
        2 => quoted(random),
        _ => random.pick(PLAIN).to_owned(),
    }
}

fn quoted(random: &mut Random) -> String {
    let quote = random.pick(&["'", "\""]);
    format!("{quote}{}{quote}", random.pick(QUOTED))
}

fn json_value(random: &mut Random, depth: usize) -> String {
    const NUMBERS: &[&str] = &[
        "0",
        "-0",
        "1",
        "-1",
        "01",
        "1.5",
        "1.",
        ".5",
        "1e5",
        "1E+5",
        "1e-5",
        "-1.5e3",
        "12345678901234567890",
        "true",
        "false",
        "null",
        "True",
        "NaN",
        "Infinity",
        "-Infinity",
        "1_0",
        "0x1",
        "+1",
        "yes",
    ];
    match random.below(5) {
        0 | 1 => random.pick(NUMBERS).to_owned(),
        2 if depth > 0 => {
            let items = (0..random.below(4)).map(|_| json_value(random, depth - 1));
            format!(
                "[{}]",
                items
                    .collect::<Vec<_>>()
                    .join(random.pick(&[",", ", ", "\n,\t"]))
            )
        }
        3 if depth > 0 => {
            let items = (0..random.below(4))
                .map(|at| format!("\"k{at}\": {}", json_value(random, depth - 1)));
            format!("{{{}}}", items.collect::<Vec<_>>().join(", "))
        }
        _ => format!("\"{}\"", random.pick(QUOTED)),
    }
}
