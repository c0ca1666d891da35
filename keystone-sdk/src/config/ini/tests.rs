//! The dialect of oslo.config, and errors that name place and remedy.

use super::*;

const FILE: &str = "\u{feff}# A comment\n\
stray = default\n\
[one]\n\
password = \"pa ss#;=\\n\"\n\
url: http://h:5000/v3\n\
list = a, b,\n    c,,d\n\
\n\
; another\n\
auth-type = password\n\
on = Yes\n\
number = 15\n\
wait = 1.5\n\
price = 3$$ and \\$4, 5$ and $6\n\
joined = <${list}> $stray $two.word\n\
twice = first\n\
twice = last\n\
[two]\n\
word = w\n\
[one]\n\
again = 'yes'\n";

fn ini() -> Ini {
    Ini::parse("a.conf", FILE).unwrap()
}

fn text(key: &str) -> String {
    ini().section("one").unwrap().get(key).unwrap().unwrap()
}

#[test]
fn values_are_read_as_oslo_config_reads_them() {
    assert_eq!(text("password"), "pa ss#;=\\n");
    assert_eq!(text("url"), "http://h:5000/v3");
    assert_eq!(text("auth_type"), "password");
    assert_eq!(text("twice"), "last");
    assert_eq!(text("again"), "yes");
    assert_eq!(text("list"), "a, b,\nc,,d");
}

#[test]
fn names_stand_for_other_values_and_doubled_dollars_for_themselves() {
    assert_eq!(text("price"), "3$ and $4, 5$ and $6");
    assert_eq!(text("joined"), "<a, b,\nc,,d> default w");
}

#[test]
fn typed_values_are_read() {
    let ini = ini();
    let one = ini.section("one").unwrap();
    assert_eq!(one.list("list").unwrap().unwrap(), ["a", "b", "c", "d"]);
    assert_eq!(one.boolean("on").unwrap(), Some(true));
    assert_eq!(one.integer("number").unwrap(), Some(15));
    assert_eq!(one.seconds("wait").unwrap().unwrap().as_millis(), 1500);
    assert_eq!(one.boolean("absent").unwrap(), None);
}

#[test]
fn default_is_a_section_like_any_other() {
    let ini = ini();
    assert!(!ini.section("one").unwrap().has("stray"));
    assert!(ini.section("DEFAULT").unwrap().has("stray"));
}

#[test]
fn a_malformed_line_is_named_by_number_without_its_text() {
    for (text, line, says) in [
        ("[one]\ncanary\n", 2, "nor `key = value`"),
        ("  canary = 1\n", 1, "no value to continue"),
        ("\n\n[canary\n", 3, "section is incomplete"),
        ("[] \n", 1, "section is incomplete"),
        ("= canary\n", 1, "without a key"),
    ] {
        let error = Ini::parse("a.conf", text).unwrap_err().to_string();
        assert!(error.contains(says), "{error}");
        assert!(error.contains(&format!("(a.conf, line {line})")), "{error}");
        assert!(!error.contains("canary"), "{error}");
    }
}

#[test]
fn a_wrong_value_is_named_with_its_line_and_what_it_should_be() {
    let ini = Ini::parse("a.conf", "[one]\n\ninsecure = maybe\nwait = -1\n").unwrap();
    let one = ini.section("one").unwrap();
    assert_eq!(
        one.boolean("insecure").unwrap_err().to_string(),
        "`insecure` is `maybe`, which is not `true` or `false` (a.conf, line 3, section [one])"
    );
    assert!(one.seconds("wait").is_err());
    assert!(one.integer("wait").unwrap() == Some(-1));
}

#[test]
fn a_dollar_that_names_nothing_is_refused_without_the_value() {
    let file = "[one]\npassword = se$canary\nround = $about\nabout = $round\n";
    let ini = Ini::parse("a.conf", file).unwrap();
    let one = ini.section("one").unwrap();
    let error = one.get("password").unwrap_err().to_string();
    assert!(
        error.contains("line 2") && error.contains("`$$`"),
        "{error}"
    );
    assert!(!error.contains("canary"), "{error}");
    assert!(
        one.get("round")
            .unwrap_err()
            .to_string()
            .contains("in a circle")
    );
}

#[test]
fn an_unknown_key_or_section_gets_the_near_name() {
    let ini = Ini::parse("a.conf", "[keystone_authtoken]\nusernam = x\n").unwrap();
    let section = ini.section("keystone_authtoken").unwrap();
    let error = section
        .refuse_unknown(&["username", "password"])
        .unwrap_err();
    assert_eq!(
        error.to_string(),
        "there is no option `usernam` (a.conf, line 2, section [keystone_authtoken]); \
         did you mean `username`?"
    );
    let error = ini.section("keystone_authtokens").unwrap_err().to_string();
    assert!(
        error.ends_with("did you mean `keystone_authtoken`?"),
        "{error}"
    );
}

#[test]
fn a_file_that_is_not_there_is_named() {
    let error = Ini::read("no/such/file.conf").unwrap_err().to_string();
    assert!(error.contains("no/such/file.conf"), "{error}");
}

#[test]
fn debug_shows_no_values() {
    let ini = Ini::parse("a.conf", "[one]\npassword = canary\n").unwrap();
    let shown = format!("{ini:?} {:?}", ini.section("one").unwrap());
    assert!(
        shown.contains("password") == shown.contains("keys"),
        "{shown}"
    );
    assert!(!shown.contains("canary"), "{shown}");
}
