//! Credentials and targets, as JSON.

use crate::random::Random;

/// Credentials of every shape: those of real callers, and those that no service should make.
pub const CREDS: [&str; 24] = [
    "{}",
    r#"{"roles": ["admin"], "user_id": "u1", "project_id": "p1", "domain_id": null, "system_scope": null}"#,
    r#"{"roles": ["Member", "READER"], "user_id": "u2", "project_id": "p2", "is_admin": true, "is_admin_project": true}"#,
    r#"{"roles": [], "user_id": null, "project_id": null, "domain_id": "d1", "domain": {"id": "d1"}}"#,
    r#"{"roles": ["reader"], "system_scope": "all", "user_id": "u3"}"#,
    r#"{"roles": ["admin"], "system_scope": "", "system": "own", "domain_id": ""}"#,
    r#"{"token": {"user": {"id": "u1", "domain": {"id": "d1"}}, "domain": null, "project": {"id": "p1", "domain": {"id": "d1"}}, "roles": [{"id": "r1", "name": "admin"}, {"id": "r2", "name": "reader"}]}, "roles": ["admin", "reader"], "user_id": "u1", "project_id": "p1"}"#,
    r#"{"token": {"domain": {"id": "d2"}}, "roles": ["manager"], "domain_id": "d2", "user_id": "u4"}"#,
    r#"{"token": "abc", "roles": ["ADMIN"], "a": {"b": {"c": "x"}}}"#,
    r#"{"a": {"b": [{"c": "y"}, {"c": "x"}, "s", {"d": 1}]}, "x": ["x", "y", 1, null, true, 1.5]}"#,
    r#"{"a": {"b": ["s", {"c": "x"}]}, "x": [["x"], {"b": 1, "a": "it's"}]}"#,
    r#"{"a": {"b": []}, "x": [], "user_id": "", "roles": [""]}"#,
    r#"{"a": [[{"b": "x"}]], "x": {"z": 1, "a": [1, "b", {"c": null}]}}"#,
    r#"{"a": {"b": {"c": {"d": {"e": "x"}}}}, "a.b": "x", "a.b.c": "x"}"#,
    r#"{"x": 1, "user_id": 1.0, "a": {"b": 1e16}, "project_id": 0.00001, "n": -0.0, "big": 100000000000000000000000}"#,
    r#"{"x": true, "user_id": false, "a": 5, "foo-bar": "x", "a@b": "x", "x[0]": "x", "f()": "x", "match": "x", "true": "x", "none": "x"}"#,
    r#"{"roles": "admin", "user_id": "u1"}"#,
    r#"{"roles": {"admin": 1, "b": 2}, "user_id": "u1"}"#,
    r#"{"roles": null, "user_id": "u1"}"#,
    r#"{"roles": 5, "user_id": "u1"}"#,
    r#"{"roles": ["admin", 5], "user_id": "u1"}"#,
    r#"{"roles": ["ÄRZTE", "ΟΔΟΣ", "K", "İ", "straße", "админ"], "ключ": "значение", "naïve": "x", "nai\u0308ve": "x", "名前": "x", "user_id": "ü"}"#,
    r#"{"user_id": "tab\tnew\nline\u0000\u200b\u00a0é😀\\'\"", "x": ["tab\tnew\nline\u0000\u200b\u00a0é😀\\'\"", "\u007f\u0085\u00ad\ud83d\ude00\ue000"], "roles": ["a b"]}"#,
    r#"{"_is": "x", "Class": "x", "self": "x", "domain_id": {"id": "d"}, "system": [], "system_scope": ["all"], "roles": [" admin", "admin "]}"#,
];

/// Targets: flat, as services make them, and with values of every type.
pub const TARGETS: [&str; 10] = [
    "{}",
    r#"{"user_id": "u1", "project_id": "p1", "target.user.id": "u1", "target.project.domain_id": "d1", "domain_id": "d1", "role": "admin"}"#,
    r#"{"user_id": "u2", "project_id": "p2", "x": "x", "a.b": "x", "": "x", "a(b)c": "x", "role": "MEMBER"}"#,
    r#"{"user_id": null, "project_id": null, "x": null, "role": null, "domain_id": null}"#,
    r#"{"user_id": 1, "x": 1, "a.b": 1.5, "project_id": true, "role": 5, "a(b)c": -7, "domain_id": 1e16}"#,
    r#"{"x": ["x", 1, null], "user_id": {"b": 1, "a": [2.0, "it's"]}, "a": {"b": "x"}, "project_id": []}"#,
    r#"{"x": "é😀\t'", "user_id": "значение", "a.b": "ärzte", "role": "οδοσ", "project_id": "tab\tnew\nline\u0000\u200b\u00a0é😀\\'\""}"#,
    r#"{"x": "%(x)s", "user_id": "%", "role": "i̇", "project_id": "None", "a.b": "True", "domain_id": "1"}"#,
    r#"{"target.role.name": "manager", "target.token.user_id": "u1", "target.domain.id": "d2", "target.credential.user_id": "u1", "target.project.id": "p1", "target.user.domain_id": "d2"}"#,
    r#"{"x": "", "user_id": "", "role": "", "project_id": "", "a.b": 0, "domain_id": false}"#,
];

/// Credentials by chance.
pub fn creds(random: &mut Random) -> &'static str {
    random.pick(&CREDS)
}

/// A target by chance.
pub fn target(random: &mut Random) -> &'static str {
    random.pick(&TARGETS)
}
