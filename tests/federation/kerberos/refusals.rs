//! What goes wrong, and what the error says of it: the step, the reason and the remedy.

use keystone_lab::kerberos::Kerberos;
use keystone_lab::table::Outcome;
use keystone_sdk::Error;
use keystone_sdk::auth::AuthPlugin;
use keystone_sdk::auth::negotiate::MutualAuth;

use super::{kerberos, mapped, refusal, row};

/// A login of this plugin, whose case the table names, has to fail with an error that says all of this.
async fn says(
    lab: &Kerberos,
    (method, case): (&str, &str),
    plugin: impl AuthPlugin + 'static,
    parts: &[&str],
) {
    let _row = row(method, case, Outcome::Refused);
    let (error, text) = refusal(lab, plugin).await;
    assert!(matches!(error, Error::Authentication(_)), "{error:?}");
    for part in parts {
        assert!(text.contains(part), "{part:?} is not in {text:?}");
    }
}

in_realm! {
    "none" => async fn without_a_ticket_the_cache_is_named(lab) {
        let login = kerberos(&lab, &lab.at("krb"));
        let cache = format!("(default cache: {})", lab.caches["none"]);
        let parts = ["no Kerberos ticket for `HTTP@localhost`", &cache, "get one by `kinit`"];
        says(&lab, ("v3kerberos", "no ticket"), login.build().unwrap(), &parts).await;
        says(&lab, ("v3fedkerb", "no ticket"), mapped(&lab, &lab.at("fed")).build().unwrap(), &parts).await;
    }

    "expired" => async fn an_expired_ticket_is_told_from_none(lab) {
        let login = kerberos(&lab, &lab.at("krb"));
        let parts = ["Ticket expired", "get a new one by `kinit`"];
        says(&lab, ("v3kerberos", "expired ticket"), login.build().unwrap(), &parts).await;
    }

    "foreigner" => async fn a_ticket_of_another_realm_names_both_realms(lab) {
        let server = format!("krbtgt/{}@{}", lab.realm, lab.foreign_realm);
        let parts = [server.as_str(), "the ticket is of a realm that the service's realm does not trust"];
        says(&lab, ("v3kerberos", "ticket of another realm"), kerberos(&lab, &lab.at("krb")).build().unwrap(), &parts).await;
    }

    "alice" => async fn an_unknown_service_is_named(lab) {
        let url = lab.at("krb").replace("localhost", "127.0.0.1");
        let server = format!("HTTP/127.0.0.1@{}", lab.realm);
        let parts = ["`HTTP@127.0.0.1`", server.as_str(), "the realm has no such service"];
        says(&lab, ("v3kerberos", "unknown service principal"), kerberos(&lab, &url).build().unwrap(), &parts).await;
    }

    "alice" => async fn a_server_that_asks_for_no_ticket_is_shown_none(lab) {
        for (path, scheme) in [("plain", "`Keystone`"), ("basic", "`Basic`")] {
            let parts = ["does not ask for a Kerberos ticket", scheme];
            says(&lab, ("v3kerberos", &format!("server that asks for {scheme} instead")), kerberos(&lab, &lab.at(path)).build().unwrap(), &parts).await;
        }
    }

    "alice" => async fn a_server_with_an_old_key_refuses_the_ticket(lab) {
        let failed = "the exchange of tokens with `HTTP@localhost` failed";
        let parts = [failed, "Key version is not available", "make a new keytab", "responded with 401"];
        says(&lab, ("v3kerberos", "server with an old key"), kerberos(&lab, &lab.at("stale")).build().unwrap(), &parts).await;
    }

    "alice" => async fn a_server_that_does_not_prove_itself_is_refused(lab) {
        let login = |path, mutual| kerberos(&lab, &lab.at(path)).mutual_auth(mutual).build().unwrap();
        let parts = ["the server did not prove itself (POST"];
        says(&lab, ("v3kerberos", "server that does not prove itself"), login("unproven", MutualAuth::Required), &parts).await;
        for mutual in [MutualAuth::Required, MutualAuth::Optional] {
            says(&lab, ("v3kerberos", "server with a forged proof"), login("forged", mutual), &["the exchange of tokens with `HTTP@localhost` failed"]).await;
        }
        // As far as the setting goes, and no further.
        for (path, mutual) in [("unproven", MutualAuth::Optional), ("forged", MutualAuth::Disabled)] {
            super::session(&lab, login(path, mutual)).token().await.unwrap();
        }
    }

    "fedalice" => async fn another_host_gets_no_ticket(lab) {
        let parts = ["redirects to http://127.0.0.1:", "to which no token of HTTP Negotiate is sent"];
        says(&lab, ("v3fedkerb", "redirect to another host"), mapped(&lab, &lab.at("moved")).build().unwrap(), &parts).await;
    }

    "stranger" => async fn a_user_whom_keystone_does_not_know_is_refused_by_keystone(lab) {
        let parts = ["Keystone refused the login by `kerberos`", "responded with 401"];
        says(&lab, ("v3kerberos", "user unknown to Keystone"), kerberos(&lab, &lab.at("krb")).build().unwrap(), &parts).await;
        let parts = ["Keystone refused the user of the identity provider", "mapping", "responded with 401"];
        says(&lab, ("v3fedkerb", "user unknown to the mapping"), mapped(&lab, &lab.at("fed")).build().unwrap(), &parts).await;
    }
}
