//! What the tickets bring.

use keystone_lab::kerberos::Kerberos;
use keystone_lab::table::Outcome;
use keystone_sdk::auth::negotiate::MutualAuth;
use keystone_sdk::auth::{AuthPlugin, PluginOptions};
use keystone_sdk::identity::v3::{Client, UserId};
use keystone_sdk::{Session, config};

use super::{admin, kerberos, mapped, row, session, validated};

async fn is_alice_on_the_project(lab: &Kerberos, case: &str, plugin: impl AuthPlugin + 'static) {
    let _row = row("v3kerberos", case, Outcome::Token);
    let access = validated(lab, &session(lab, plugin)).await;
    assert_eq!(access.username(), "alice");
    assert_eq!(access.methods, ["kerberos"]);
    assert_eq!(access.project_name(), Some(lab.project.as_str()));
}

in_realm! {
    "alice" => async fn a_ticket_is_a_token_by_http_and_https(lab) {
        for (case, url) in [
            ("", lab.at("krb")),
            ("address with `/v3`", lab.at("krb/v3")),
            ("HTTPS", lab.at_tls("krb")),
        ] {
            is_alice_on_the_project(&lab, case, kerberos(&lab, &url).build().unwrap()).await;
        }
    }

    "alice" => async fn the_server_proves_itself_where_it_has_to(lab) {
        for (word, mutual) in [
            ("required", MutualAuth::Required),
            ("optional", MutualAuth::Optional),
            ("disabled", MutualAuth::Disabled),
        ] {
            for (scheme, url) in [("HTTP", lab.at("krb")), ("HTTPS", lab.at_tls("krb"))] {
                let case = format!("{scheme}, mutual authentication {word}");
                let plugin = kerberos(&lab, &url).mutual_auth(mutual).build().unwrap();
                is_alice_on_the_project(&lab, &case, plugin).await;
            }
        }
    }

    "alice" => async fn a_token_without_a_scope_is_to_be_had(lab) {
        let _row = row("v3kerberos", "no scope", Outcome::Token);
        let login = keystone_sdk::auth::v3::Kerberos::builder(lab.at("krb")).unscoped();
        let access = validated(&lab, &session(&lab, login.build().unwrap())).await;
        assert_eq!(access.username(), "alice");
        assert!(access.project_name().is_none() && access.domain_name().is_none());
    }

    "alice" => async fn the_plugin_is_loaded_by_its_name(lab) {
        let options = PluginOptions::new()
            .with("auth_url", lab.at("krb"))
            .with("mutual_auth", "required")
            .with("project_name", &*lab.project)
            .with("project_domain_id", "default");
        let plugin = config::load("v3kerberos", &options).unwrap();
        let access = validated(&lab, &session(&lab, plugin)).await;
        assert_eq!(access.username(), "alice");
    }

    "alice" => async fn a_refused_token_is_replaced_by_another_ticket(lab) {
        let _row = row("v3kerberos", "renewal of a revoked token", Outcome::Token);
        let session = session(&lab, kerberos(&lab, &lab.at("krb")).build().unwrap());
        is_replaced(&lab, &session).await;
    }

    "fedalice" => async fn a_mapped_user_gets_an_unscoped_token(lab) {
        for (case, url) in [
            ("no scope", lab.at("fed")),
            ("address with `/v3`", lab.at("fed/v3")),
            ("no scope, HTTPS", lab.at_tls("fed")),
        ] {
            let _row = row("v3fedkerb", case, Outcome::Token);
            let plugin = mapped(&lab, &url).mutual_auth(MutualAuth::Required).build().unwrap();
            let access = validated(&lab, &session(&lab, plugin)).await;
            assert_eq!(access.username(), "fedalice");
            assert_eq!(access.methods, [lab.protocol.as_str()]);
            assert!(access.project_name().is_none());
        }
    }

    "fedalice" => async fn a_mapped_user_gets_a_token_for_a_project(lab) {
        for (case, url) in [("", lab.at("fed")), ("HTTPS", lab.at_tls("fed"))] {
            let _row = row("v3fedkerb", case, Outcome::Token);
            let login = mapped(&lab, &url).project_name(&lab.project).project_domain_id("default");
            let access = validated(&lab, &session(&lab, login.build().unwrap())).await;
            assert_eq!(access.username(), "fedalice");
            assert_eq!(access.project_name(), Some(lab.project.as_str()));
        }
    }

    "fedalice" => async fn a_refused_token_of_a_mapped_user_is_replaced(lab) {
        let _row = row("v3fedkerb", "renewal of a revoked token", Outcome::Token);
        let login = mapped(&lab, &lab.at("fed")).project_name(&lab.project).project_domain_id("default");
        let session = session(&lab, login.build().unwrap());
        is_replaced(&lab, &session).await;
    }
}

/// Revokes the token in use, and sees that the next call gets another one.
async fn is_replaced(lab: &Kerberos, session: &Session) {
    let first = session.token().await.unwrap();
    let user = UserId::from(session.access().await.unwrap().user_id());
    admin(lab)
        .tokens()
        .revoke(first.expose())
        .send()
        .await
        .unwrap();
    let read = Client::new(session)
        .users()
        .get(user.clone())
        .await
        .unwrap();
    assert_eq!(read.id, user);
    assert!(!first.is_same(&session.token().await.unwrap()));
}
