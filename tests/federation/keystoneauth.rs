//! Python's keystoneauth1 against the same servers.

use keystone_lab::{federation, table};

#[test]
fn keystoneauth_gets_what_it_should_by_each_method() {
    let logins = federation::keystoneauth(&[]).unwrap();
    table::add_keystoneauth(&logins);
    let failed: Vec<_> = logins
        .iter()
        .filter(|login| login.result == "failed")
        .collect();
    assert!(failed.is_empty(), "{failed:#?}");
    for method in [
        "v3oidcpassword",
        "v3oidcclientcredentials",
        "v3oidcauthcode",
        "v3oidcaccesstoken",
        "v3oidcdeviceauthz",
        "v3websso",
        "v3samlpassword",
        "v3adfspassword",
        "Keystone2Keystone",
    ] {
        let mut of_method = logins.iter().filter(|login| login.method == method);
        assert!(of_method.any(|login| login.result == "token"), "{method}");
    }
}
