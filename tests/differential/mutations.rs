//! The fuzz targets on what grows out of their corpus, without a fuzzer.

use std::fs;
use std::path::Path;

use keystone_differential::fuzz::TARGETS;
use keystone_differential::random::Random;

/// The same inputs in every run.
const SEED: u64 = 11;
const ROUNDS: usize = 20_000;
/// No input grows beyond this.
const LONGEST: usize = 4_096;

/// What the formats are made of.
const PIECES: [&str; 40] = [
    " and ",
    " or ",
    "not ",
    "(",
    ")",
    "@",
    "!",
    ":",
    "role:",
    "rule:",
    "%(x)s",
    "%",
    "%(",
    "'",
    "\"",
    "\\",
    "\n",
    "  ",
    "- ",
    ": ",
    "{",
    "}",
    "[",
    "]",
    ",",
    "null",
    "true",
    "1e400",
    "-",
    "rules:",
    "policies:",
    "check:",
    "scope_types:",
    "&a ",
    "*a",
    "!!str ",
    "|\n",
    "\u{1c}",
    "\u{2028}",
    "é😀",
];

#[test]
fn every_target_takes_whatever_grows_out_of_its_corpus() {
    let corpora = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fuzz/corpus");
    for (name, target) in TARGETS {
        let mut inputs = read(&corpora.join(name));
        assert!(!inputs.is_empty(), "fuzz/corpus/{name} is empty");
        inputs.iter().for_each(|input| target(input));
        let mut random = Random::new(SEED);
        for _ in 0..ROUNDS {
            let mut input = inputs[random.below(inputs.len())].clone();
            for _ in 0..=random.below(4) {
                mutate(&mut random, &mut input, &inputs);
            }
            input.truncate(LONGEST);
            target(&input);
            if random.once_in(20) {
                inputs.push(input);
            }
        }
    }
}

#[test]
fn inputs_nested_without_end_are_taken_too() {
    for open in [
        "(", "[", "{", "not ", "{\"a\":", "- ", "[[", "'", "%(", "-", "a: {",
    ] {
        let deep = open.repeat(50_000);
        for (_, target) in TARGETS {
            target(deep.as_bytes());
            target(format!("{{\"id\": 1, \"parse\": {deep}").as_bytes());
        }
    }
}

fn read(folder: &Path) -> Vec<Vec<u8>> {
    let files = fs::read_dir(folder).unwrap();
    let mut paths: Vec<_> = files.map(|file| file.unwrap().path()).collect();
    // In an order that every machine agrees on.
    paths.sort();
    paths.iter().map(|path| fs::read(path).unwrap()).collect()
}

fn mutate(random: &mut Random, input: &mut Vec<u8>, others: &[Vec<u8>]) {
    let at = random.below(input.len() + 1);
    match random.below(6) {
        0 if at < input.len() => drop(input.remove(at)),
        1 if at < input.len() => input[at] = u8::try_from(random.below(128)).unwrap(),
        2 => {
            let end = (at + random.below(12)).min(input.len());
            let again = input[at..end].to_vec();
            input.splice(at..at, again);
        }
        3 => {
            let other = &others[random.below(others.len())];
            let from = random.below(other.len() + 1);
            input.splice(at.., other[from..].iter().copied());
        }
        _ => {
            let piece = random.pick(&PIECES);
            input.splice(at..at, piece.bytes());
        }
    }
}
