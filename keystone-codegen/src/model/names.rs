//! Names in Rust for names on the wire.

/// `application_credential` as the name of a type, and `PENDING_CREATE` as that of a variant. Characters that are not
/// allowed in names separate words.
pub fn camel(name: &str) -> String {
    words(name)
        .map(|word| {
            let is_small = |letter: char| letter.is_ascii_lowercase();
            let mut letters = word.chars();
            let first = letters.next().map(|letter| letter.to_ascii_uppercase());
            let rest = letters.as_str();
            let rest = match word.contains(is_small) {
                true => rest.to_owned(),
                false => rest.to_ascii_lowercase(),
            };
            first.into_iter().chain(rest.chars()).collect::<String>()
        })
        .collect()
}

/// `scope.OS-INHERIT:inherited_to` as the name of a field or a method.
pub fn snake(name: &str) -> String {
    let words: Vec<String> = words(name).map(str::to_ascii_lowercase).collect();
    words.join("_")
}

fn words(name: &str) -> impl Iterator<Item = &str> {
    name.split(|letter: char| !letter.is_ascii_alphanumeric())
        .filter(|word| !word.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_on_the_wire_become_names_in_rust() {
        assert_eq!(camel("application_credential"), "ApplicationCredential");
        assert_eq!(camel("PENDING_CREATE"), "PendingCreate");
        assert_eq!(camel("rbacPolicy"), "RbacPolicy");
        assert_eq!(snake("tags-any"), "tags_any");
        assert_eq!(
            snake("scope.OS-INHERIT:inherited_to"),
            "scope_os_inherit_inherited_to"
        );
    }
}
