//! Grants in words.

use keystone_policy::analysis::{Grant, TokenScope};

/// What a check of another server is called: its address may contain a password.
const REMOTE: &str = "another server agrees";

/// Who is allowed by a grant, such as `callers with the role admin, if the object belongs to the
/// token's project`.
pub(super) fn sentence(grant: &Grant) -> String {
    let mut text = match grant.roles().as_slice() {
        [] => "every caller with a valid token".to_owned(),
        [role] => format!("callers with the role {role}"),
        roles => format!("callers with the roles {}", roles.join(" and ")),
    };
    for role in grant.excluded_roles() {
        text.push_str(&format!(", without the role {role}"));
    }
    let conditions: Vec<String> = grant
        .conditions()
        .iter()
        .map(|condition| words(condition))
        .collect();
    if !conditions.is_empty() {
        text.push_str(&format!(", if {}", conditions.join(" and ")));
    }
    text.push_str(&scopes(grant));
    text
}

/// The scopes, unless tokens of all scopes are accepted. Unscoped tokens, which hold no roles, are
/// mentioned only if there is nothing else.
fn scopes(grant: &Grant) -> String {
    let accepted = grant.scopes();
    let names: Vec<&str> = [TokenScope::System, TokenScope::Domain, TokenScope::Project]
        .into_iter()
        .filter(|scope| accepted.contains(scope))
        .map(TokenScope::name)
        .collect();
    match names.as_slice() {
        [_, _, _] => String::new(),
        [] => " (unscoped token)".to_owned(),
        names => format!(" ({} token)", names.join(" or ")),
    }
}

/// A condition of a grant. What is said of a target is said of "the object".
fn words(condition: &str) -> String {
    let remote = ["`http:", "`https:"]
        .iter()
        .any(|kind| condition.starts_with(kind));
    if remote {
        return match condition.ends_with("does not agree") {
            true => REMOTE.replace("agrees", "does not agree"),
            false => REMOTE.to_owned(),
        };
    }
    let Some((credential, attribute)) = condition.split_once(" is target.") else {
        return condition.replace("target.", "the object's ");
    };
    match (credential, attribute) {
        ("project_id" | "tenant_id", "project_id" | "tenant_id" | "project.id") => {
            "the object belongs to the token's project".to_owned()
        }
        ("domain_id", "domain_id" | "domain.id") => {
            "the object belongs to the token's domain".to_owned()
        }
        ("user_id", "user_id" | "owner_id" | "user.id") => {
            "the object belongs to the caller".to_owned()
        }
        _ => format!(
            "{credential} is the object's {}",
            attribute.replace("target.", "the object's ")
        ),
    }
}

#[cfg(test)]
mod tests {
    use keystone_policy::analysis::Analysis;
    use keystone_policy::{Rules, parse_rule};

    use super::*;

    fn sentences(rule: &str) -> Vec<String> {
        let rules = Rules::new([("p", parse_rule(rule).unwrap())]);
        let analysis = Analysis::new(&rules).default_roles().null_matches(false);
        analysis
            .who_can("p")
            .unwrap()
            .iter()
            .map(sentence)
            .collect()
    }

    #[test]
    fn a_grant_says_who_and_about_which_objects() {
        for (rule, expected) in [
            ("@", "every caller with a valid token"),
            ("role:admin", "callers with the role admin"),
            (
                "role:admin and project_id:%(project_id)s",
                "callers with the role admin, if the object belongs to the token's project (project token)",
            ),
            (
                "user_id:%(owner_id)s",
                "every caller with a valid token, if the object belongs to the caller",
            ),
            (
                "role:a and role:b and not role:c",
                "callers with the roles a and b, without the role c",
            ),
            (
                "role:a and user_id:%(target.trust.trustor_id)s",
                "callers with the role a, if user_id is the object's trust.trustor_id",
            ),
            (
                "role:a and system_scope:all",
                "callers with the role a (system token)",
            ),
            (
                "role:a and 'public':%(visibility)s",
                "callers with the role a, if the object's visibility is public",
            ),
        ] {
            assert_eq!(sentences(rule), [expected], "{rule}");
        }
    }

    #[test]
    fn the_address_of_another_server_is_not_told() {
        for rule in [
            "https://me:secret@checks.example/%(id)s",
            "not http://me:secret@x/",
        ] {
            let sentences = sentences(rule).join("; ");
            assert!(sentences.contains("another server"), "{sentences}");
            assert!(!sentences.contains("secret"), "{sentences}");
        }
    }
}
