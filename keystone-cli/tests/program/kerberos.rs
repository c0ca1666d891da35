//! Logins by Kerberos tickets, as far as they come without a KDC.

use super::{keystone, start};

#[tokio::test(flavor = "multi_thread")]
async fn a_keystone_that_asks_for_no_ticket_is_shown_none() {
    let server = start().await;
    let url = server.v3_url();
    let arguments = [
        "token",
        "issue",
        "--os-auth-type",
        "v3kerberos",
        "--os-auth-url",
        &url,
    ];
    let ran = keystone(&arguments, &[], "");
    let expected = "does not ask for a Kerberos ticket, but for `Keystone`";
    assert!(
        ran.code != 0 && ran.stderr.contains(expected),
        "{}",
        ran.stderr
    );
}

#[test]
fn a_word_that_mutual_auth_does_not_have_is_refused() {
    let arguments = [
        "token",
        "issue",
        "--os-auth-type=v3kerberos",
        "--os-auth-url=http://h/v3",
        "--os-mutual-auth=maybe",
    ];
    let ran = keystone(&arguments, &[], "");
    let expected = "write `required`, `optional` or `disabled`";
    assert!(
        ran.code != 0 && ran.stderr.contains(expected),
        "{}",
        ran.stderr
    );
}

#[test]
fn both_plugins_are_listed_with_their_options() {
    let listed = keystone(&["plugins", "--json"], &[], "").json();
    for plugin in ["v3fedkerb", "v3kerberos"] {
        let options = listed[plugin]["options"].as_array().unwrap();
        assert!(
            options.iter().any(|option| option["name"] == "mutual-auth"),
            "{options:?}"
        );
    }
}
