//! Where the identity comes from.

use std::fs;

use super::{PASSWORD, file, keystone, start, variables};

/// A home directory of one test's own, with a file of clouds.
pub(crate) fn home(name: &str, clouds: &str) -> String {
    let home = std::path::PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name);
    let _ = fs::remove_dir_all(&home);
    let directory = home.join(".config/openstack");
    fs::create_dir_all(&directory).unwrap();
    fs::write(directory.join("clouds.yaml"), clouds).unwrap();
    home.to_str().unwrap().to_owned()
}

fn clouds(server: &keystone_testing::Keystone) -> String {
    let admin = server.admin();
    format!(
        "clouds:\n  lab:\n    auth:\n      auth_url: {}\n      username: {}\n      \
         user_domain_id: default\n      project_name: {}\n      project_domain_id: default\n      \
         password: {PASSWORD}\n    regions: [RegionOne, other]\n    interface: public\n",
        server.url(),
        admin.username(),
        admin.project_name(),
    )
}

fn with(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
    let pairs = pairs.iter();
    pairs
        .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn options_take_the_place_of_variables_before_or_after_the_command() {
    let server = start().await;
    let admin = server.admin();
    let url = server.v3_url();
    let before = ["--os-auth-url", &url, "--os-username", admin.username()];
    let after = [
        "token",
        "issue",
        "--os-password",
        PASSWORD,
        "--os-user-domain-id=default",
        "--os-project-name",
        admin.project_name(),
        "--os-project-domain-id=default",
    ];
    let arguments = [&before[..], &after].concat();
    let ran = keystone(&arguments, &with(&[("OS_USERNAME", "nobody")]), "");
    assert_eq!(ran.code, 0, "{}", ran.stderr);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cloud_is_named_or_the_only_one() {
    let server = start().await;
    let home = home("cloud", &clouds(&server));
    let home = ("HOME", home.as_str());
    let issue = ["token", "issue", "-f", "json"];
    for variables in [with(&[home]), with(&[home, ("OS_CLOUD", "lab")])] {
        let ran = keystone(&issue, &variables, "");
        assert_eq!(ran.json()["user_id"], server.admin().user_id());
    }
    let ran = keystone(
        &[&issue[..], &["--os-cloud=labb"]].concat(),
        &with(&[home]),
        "",
    );
    assert_eq!(ran.code, 2);
    assert!(ran.stderr.contains("did you mean `lab`?"), "{}", ran.stderr);
    let region = ["--os-cloud=lab", "--os-region-name=RegionTwo"];
    let ran = keystone(&[&issue[..], &region].concat(), &with(&[home]), "");
    assert_eq!(ran.code, 2);
    assert!(
        ran.stderr.contains("has no region `RegionTwo`"),
        "{}",
        ran.stderr
    );
    let open = "can be read by every user of this system";
    assert!(keystone(&issue, &with(&[home]), "").stderr.contains(open));
}

#[tokio::test(flavor = "multi_thread")]
async fn options_and_variables_count_more_than_a_cloud() {
    let server = start().await;
    let home = home("overlay", &clouds(&server).replace(PASSWORD, "wrong"));
    let cloud = [("HOME", home.as_str()), ("OS_CLOUD", "lab")];
    assert_eq!(keystone(&["token", "issue"], &with(&cloud), "").code, 3);
    let right = [cloud[0], cloud[1], ("OS_PASSWORD", PASSWORD)];
    assert_eq!(keystone(&["token", "issue"], &with(&right), "").code, 0);
    let option = ["token", "issue", "--os-password", PASSWORD];
    assert_eq!(keystone(&option, &with(&cloud), "").code, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_broken_file_of_clouds_is_told_with_line_and_column() {
    let home = home("broken", "clouds:\n  lab: {auth: {auth_url: http://h\n");
    let ran = keystone(&["token", "issue"], &with(&[("HOME", &home)]), "");
    assert_eq!(ran.code, 2);
    assert!(
        ran.stderr.contains("this is not YAML") && ran.stderr.contains("clouds.yaml:3:1"),
        "{}",
        ran.stderr
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_plugin_does_not_take_is_told_by_its_option() {
    let server = start().await;
    let variables = variables(&server, PASSWORD);
    let ran = keystone(
        &["token", "issue", "--os-passcode", "123456"],
        &variables,
        "",
    );
    assert_eq!(ran.code, 2, "{}", ran.stderr);
    let says = "the plugin `password` has no option `--os-passcode`";
    assert!(ran.stderr.contains(says), "{}", ran.stderr);
    let ran = keystone(
        &["token", "issue", "--os-auth-type=v3pasword"],
        &variables,
        "",
    );
    assert_eq!(ran.code, 2);
    let says = "there is no authentication plugin `v3pasword` (the option `--os-auth-type`); \
                did you mean `v3password`?";
    assert!(ran.stderr.contains(says), "{}", ran.stderr);
    let both = ["--os-system-scope=all", "token", "issue"];
    let ran = keystone(&both, &variables, "");
    assert_eq!(ran.code, 2);
    assert!(ran.stderr.contains("has two scopes"), "{}", ran.stderr);
}

#[test]
fn a_file_and_options_contradict_one_another() {
    let path = file("both.conf", "[keystone_authtoken]\nauth_type = none\n");
    let path = path.to_str().unwrap();
    let ran = keystone(
        &["token", "issue", "--config", path, "--os-username=a"],
        &[],
        "",
    );
    assert_eq!(ran.code, 2);
    assert!(ran.stderr.contains("remove one of them"), "{}", ran.stderr);
}

#[test]
fn secrets_that_are_missing_are_not_asked_for_where_nobody_sits() {
    let variables = with(&[("OS_AUTH_URL", "http://h"), ("OS_USER_ID", "u")]);
    let ran = keystone(&["token", "issue"], &variables, "");
    assert_eq!(ran.code, 2);
    assert!(
        ran.stderr.contains("needs the option `password`"),
        "{}",
        ran.stderr
    );
}

#[test]
fn all_options_are_listed_by_the_long_help_alone() {
    let long = keystone(&["token", "issue", "--help"], &[], "").stdout;
    assert!(
        long.contains("--os-application-credential-secret"),
        "{long}"
    );
    assert!(long.contains("[variable: OS_USER_DOMAIN_ID]"), "{long}");
    let short = keystone(&["token", "issue", "-h"], &[], "").stdout;
    assert!(!short.contains("--os-"), "{short}");
}

#[test]
fn shells_learn_the_commands() {
    for shell in ["bash", "zsh", "fish"] {
        let ran = keystone(&["completion", shell], &[], "");
        assert!(ran.stdout.contains("os-user-domain-id"), "{shell}");
    }
}

#[test]
fn programs_can_read_all_options_of_all_plugins() {
    let listed = keystone(&["plugins", "--json"], &[], "").json();
    let secret = listed["v3password"]["options"].as_array().unwrap().iter();
    let secret: Vec<_> = secret.filter(|option| option["secret"] == true).collect();
    assert_eq!(secret.len(), 1);
    let mut keys: Vec<_> = secret[0].as_object().unwrap().keys().collect();
    keys.sort();
    assert_eq!(
        keys,
        [
            "default", "dest", "env", "help", "name", "required", "secret"
        ]
    );
    assert_eq!(
        listed,
        keystone(&["plugins", "list", "-f", "json"], &[], "").json()
    );

    let schemas = keystone(&["plugins", "--schema"], &[], "").json();
    let schema = &schemas["v3totp"];
    assert_eq!(schema["properties"]["passcode"]["writeOnly"], true);
    assert!(
        schema["required"]
            .as_array()
            .unwrap()
            .contains(&"passcode".into())
    );
    let yaml = keystone(&["plugins", "list", "-f", "yaml"], &[], "").stdout;
    assert!(
        yaml.contains("- name: passcode") || yaml.contains("name: passcode"),
        "{yaml}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_blank_secret_is_refused_wherever_it_stands() {
    let server = start().await;
    let issue = ["token", "issue", "--no-cache"];
    let blank = "  \t";
    let ran = keystone(&issue, &variables(&server, blank), "");
    assert_eq!(ran.code, 2, "{}", ran.stderr);
    assert!(
        ran.stderr
            .contains("`password` for `password` is blank (the variable `OS_PASSWORD`)"),
        "{}",
        ran.stderr
    );
    let option = [&issue[..], &["--os-password", blank]].concat();
    let ran = keystone(&option, &variables(&server, PASSWORD), "");
    assert_eq!(ran.code, 2, "{}", ran.stderr);
    assert!(
        ran.stderr.contains("is blank (the option `--os-password`)"),
        "{}",
        ran.stderr
    );
    let ran = keystone(
        &["token", "show"],
        &variables(&server, PASSWORD),
        " \n\u{a0}\n",
    );
    assert_eq!(ran.code, 2, "{}", ran.stderr);
    assert!(ran.stderr.contains("no token on stdin"), "{}", ran.stderr);
    assert_eq!(server.requests().count("POST", "/v3/auth/tokens"), 0);
}
