//! The files of a new service, with `@{name}` where a value goes.

use std::collections::BTreeMap;

/// What stands for each placeholder.
pub(super) type Values = BTreeMap<&'static str, String>;

/// Paths in the new directory, and what the files hold. The templates have other names: cargo leaves
/// directories with a `Cargo.toml` out of packages, and git would obey a `.gitignore`.
pub(super) const FILES: &[(&str, &str)] = &[
    (
        ".dockerignore",
        include_str!("../../templates/service/dockerignore.in"),
    ),
    (
        ".github/workflows/ci.yml",
        include_str!("../../templates/service/ci.yml.in"),
    ),
    (
        ".gitignore",
        include_str!("../../templates/service/gitignore.in"),
    ),
    (
        "Cargo.toml",
        include_str!("../../templates/service/Cargo.toml.in"),
    ),
    (
        "Dockerfile",
        include_str!("../../templates/service/Dockerfile.in"),
    ),
    (
        "README.md",
        include_str!("../../templates/service/README.md.in"),
    ),
    (
        "deploy/@{name}.service",
        include_str!("../../templates/service/unit.service.in"),
    ),
    (
        "etc/@{name}.conf",
        include_str!("../../templates/service/service.conf.in"),
    ),
    (
        "etc/demo.yaml",
        include_str!("../../templates/service/demo.yaml.in"),
    ),
    (
        "specs/policies.yaml",
        include_str!("../../templates/service/policies.yaml.in"),
    ),
    (
        "specs/service.yaml",
        include_str!("../../templates/service/service.yaml.in"),
    ),
    (
        "src/@{resources}.rs",
        include_str!("../../templates/service/resource.rs.in"),
    ),
    (
        "src/api.rs",
        include_str!("../../templates/service/api.rs.in"),
    ),
    (
        "src/demo.rs",
        include_str!("../../templates/service/demo.rs.in"),
    ),
    (
        "src/lib.rs",
        include_str!("../../templates/service/lib.rs.in"),
    ),
    (
        "src/main.rs",
        include_str!("../../templates/service/main.rs.in"),
    ),
    (
        "src/server.rs",
        include_str!("../../templates/service/server.rs.in"),
    ),
    (
        "src/store.rs",
        include_str!("../../templates/service/store.rs.in"),
    ),
    (
        "tests/service.rs",
        include_str!("../../templates/service/tests.rs.in"),
    ),
];

/// The text with all values in their places. Values are not looked at again, whatever they hold.
///
/// # Errors
///
/// When a placeholder is unknown or has no end, naming it.
pub(super) fn render(file: &str, text: &str, values: &Values) -> Result<String, String> {
    let mut rendered = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("@{") {
        let Some((name, after)) = after.split_once('}') else {
            return Err(format!(
                "the template of `{file}` has a placeholder without an end"
            ));
        };
        let Some(value) = values.get(name) else {
            return Err(format!(
                "the template of `{file}` has an unknown placeholder `{name}`"
            ));
        };
        rendered.push_str(before);
        rendered.push_str(value);
        rest = after;
    }
    rendered.push_str(rest);
    Ok(rendered)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_put_in_their_places_and_not_looked_at_again() {
        let values = Values::from([("a", "@{b}".to_owned()), ("b", "2".to_owned())]);
        let rendered = render("x", "@{a}-@{b} @ {a} ${a} user@host", &values);
        assert_eq!(rendered.unwrap(), "@{b}-2 @ {a} ${a} user@host");
    }

    #[test]
    fn a_placeholder_that_is_unknown_or_has_no_end_is_an_error() {
        for (text, problem) in [
            ("@{c}", "has an unknown placeholder `c`"),
            ("@{a", "has a placeholder without an end"),
        ] {
            let values = Values::from([("a", "1".to_owned())]);
            let error = render("src/x.rs", text, &values).unwrap_err();
            assert_eq!(error, format!("the template of `src/x.rs` {problem}"));
        }
    }
}
