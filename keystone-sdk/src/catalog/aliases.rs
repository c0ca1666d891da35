//! The names by which a service type goes: official ones and their older aliases.

/// Official service types with their aliases, the preferred alias first. Source: OpenStack
/// service-types authority, data of 2024-05-08.
const ALIASES: &[(&str, &[&str])] = &[
    ("admin-logic", &["registration"]),
    ("alarm", &["alarming"]),
    ("application-container", &["container"]),
    ("application-deployment", &["application_deployment"]),
    ("baremetal", &["bare-metal"]),
    (
        "block-storage",
        &["volumev3", "volumev2", "volume", "block-store"],
    ),
    ("clustering", &["resource-cluster", "cluster"]),
    (
        "container-infrastructure-management",
        &["container-infrastructure", "container-infra"],
    ),
    ("event", &["events"]),
    ("instance-ha", &["ha"]),
    ("message", &["messaging"]),
    ("meter", &["metering", "telemetry"]),
    ("monitoring-logging", &["monitoring-log-api"]),
    ("multi-region-network-automation", &["tricircle"]),
    ("operator-policy", &["policy"]),
    ("resource-optimization", &["infra-optim"]),
    ("root-cause-analysis", &["rca"]),
    ("shared-file-system", &["sharev2", "share"]),
    ("workflow", &["workflowv2"]),
];

/// The types under which `requested` may stand in a catalog, the best first: itself, then the
/// official type that it is an alias of, or its own aliases. Two aliases of one type are not each
/// other's: `volumev3` must not find `volumev2`.
pub(super) fn acceptable(requested: &str) -> impl Iterator<Item = &str> {
    let related = ALIASES.iter().flat_map(move |(official, aliases)| {
        let is_alias = aliases.iter().any(|alias| same(alias, requested));
        let own = if same(official, requested) {
            aliases
        } else {
            &[][..]
        };
        is_alias
            .then_some(*official)
            .into_iter()
            .chain(own.iter().copied())
    });
    std::iter::once(requested).chain(related)
}

/// Whether two types are spelt alike; `_` and `-` are the same letter.
pub(super) fn same(one: &str, other: &str) -> bool {
    let letter = |byte: u8| if byte == b'_' { b'-' } else { byte };
    one.len() == other.len() && one.bytes().map(letter).eq(other.bytes().map(letter))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_alias_finds_the_official_type_and_back_but_no_other_alias() {
        assert_eq!(
            acceptable("volumev3").collect::<Vec<_>>(),
            ["volumev3", "block-storage"]
        );
        assert_eq!(
            acceptable("shared-file-system").collect::<Vec<_>>(),
            ["shared-file-system", "sharev2", "share"]
        );
        assert_eq!(acceptable("identity").collect::<Vec<_>>(), ["identity"]);
    }

    #[test]
    fn underscores_and_hyphens_are_alike() {
        assert!(same("application_deployment", "application-deployment"));
        assert!(!same("share", "sharev2"));
    }
}
