//! Official service types and their aliases.

/// The version of the service-types-authority data in this crate.
pub const SERVICE_TYPES_VERSION: &str = "2024-05-08T19:22:13.804707";

/// Official service types with their aliases, the preferred alias first. From
/// `specs/service-types.yaml`, which says where the data comes from.
const SERVICE_TYPES: &[(&str, &[&str])] = &[
    ("accelerator", &[]),
    ("admin-logic", &["registration"]),
    ("alarm", &["alarming"]),
    ("application-catalog", &[]),
    ("application-container", &["container"]),
    ("application-deployment", &["application_deployment"]),
    ("backup", &[]),
    ("baremetal", &["bare-metal"]),
    ("baremetal-introspection", &[]),
    (
        "block-storage",
        &["volumev3", "volumev2", "volume", "block-store"],
    ),
    ("clustering", &["resource-cluster", "cluster"]),
    ("compute", &[]),
    (
        "container-infrastructure-management",
        &["container-infrastructure", "container-infra"],
    ),
    ("data-processing", &[]),
    ("data-protection-orchestration", &[]),
    ("database", &[]),
    ("dns", &[]),
    ("ec2-api", &[]),
    ("event", &["events"]),
    ("function-engine", &[]),
    ("identity", &[]),
    ("image", &[]),
    ("instance-ha", &["ha"]),
    ("key-manager", &[]),
    ("load-balancer", &[]),
    ("log-management", &[]),
    ("message", &["messaging"]),
    ("meter", &["metering", "telemetry"]),
    ("monitoring", &[]),
    ("monitoring-events", &[]),
    ("monitoring-logging", &["monitoring-log-api"]),
    ("multi-region-network-automation", &["tricircle"]),
    ("network", &[]),
    ("nfv-orchestration", &[]),
    ("object-store", &[]),
    ("operator-policy", &["policy"]),
    ("orchestration", &[]),
    ("placement", &[]),
    ("rating", &[]),
    ("reservation", &[]),
    ("resource-optimization", &["infra-optim"]),
    ("root-cause-analysis", &["rca"]),
    ("search", &[]),
    ("shared-file-system", &["sharev2", "share"]),
    ("workflow", &["workflowv2"]),
];

/// The official service types with their aliases, the preferred alias first.
///
/// ```
/// use keystone_sdk::catalog::service_types;
///
/// let (_, aliases) = service_types().find(|(name, _)| *name == "shared-file-system").expect("Manila");
/// assert_eq!(aliases, ["sharev2", "share"]);
/// ```
pub fn service_types() -> impl Iterator<Item = (&'static str, &'static [&'static str])> {
    SERVICE_TYPES.iter().copied()
}

/// The major version that a known service type such as `volumev3` implies.
pub(super) fn implied_version(service_type: &str) -> Option<u16> {
    let (name, digit) = service_type.split_at_checked(service_type.len().checked_sub(1)?)?;
    let known = SERVICE_TYPES
        .iter()
        .flat_map(|(name, aliases)| aliases.iter().chain([name]));
    let is_known = || known.into_iter().any(|known| same(known, service_type));
    let version = name.ends_with('v').then(|| digit.parse().ok()).flatten()?;
    is_known().then_some(version)
}

/// The types under which `requested` may be in a catalog, the best match first: itself, then the
/// official type that it is an alias of, or its own aliases. Two aliases of one type do not match
/// each other: `volumev3` must not find `volumev2`.
pub(super) fn acceptable(requested: &str) -> impl Iterator<Item = &str> {
    let related = SERVICE_TYPES.iter().flat_map(move |(official, aliases)| {
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

/// Whether two types are equal; `_` and `-` count as the same character.
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
    fn only_known_types_stand_for_a_version() {
        assert_eq!(implied_version("volumev3"), Some(3));
        assert_eq!(implied_version("workflowv2"), Some(2));
        for other in ["block-storage", "mineralv2", "v2", "2", "", "ec2-apiv"] {
            assert_eq!(implied_version(other), None, "{other}");
        }
    }

    #[test]
    fn underscores_and_hyphens_are_alike() {
        assert!(same("application_deployment", "application-deployment"));
        assert!(!same("share", "sharev2"));
    }
}
