//! `v3websso` in a real Chromium, by the pages of an OpenID Provider and of a SAML identity provider.

use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::RawQuery;
use axum::response::Html;
use axum::routing::get;
use jiff::Timestamp;
use keystone_lab::chromium::Chromium;
use keystone_lab::federation::Federation;
use keystone_lab::table::{self, Outcome, Pending};
use keystone_sdk::auth::AccessInfo;
use keystone_sdk::auth::federation::{WebSso, WebSsoBuilder};
use keystone_sdk::clock::{Clock, Sleep, SystemClock};
use keystone_sdk::error::ConfigurationError;
use keystone_sdk::{Error, Session, Url};
use tokio::net::TcpListener;
use tokio::sync::{Notify, mpsc};

/// A clock by which nobody waits too long until the test says so.
#[derive(Debug, Default)]
struct Patience(Arc<Notify>);

impl Clock for Patience {
    fn now(&self) -> Timestamp {
        SystemClock::default().now()
    }

    fn sleep(&self, _: Duration) -> Sleep<'_> {
        Box::pin(self.0.notified())
    }
}

/// A login that waits for its person.
struct Login {
    session: Session,
    opened: mpsc::UnboundedReceiver<Url>,
    too_late: Arc<Notify>,
}

impl Login {
    fn new(builder: WebSsoBuilder) -> Self {
        let (open, opened) = mpsc::unbounded_channel();
        let plugin = builder.browser(move |url: &Url| {
            let opened = open.send(url.clone());
            opened.map_err(|_| ConfigurationError::new("nobody is there").into())
        });
        let patience = Patience::default();
        let too_late = Arc::clone(&patience.0);
        let session = Session::builder(plugin.build().unwrap());
        Self {
            session: session.clock(Arc::new(patience)).build().unwrap(),
            opened,
            too_late,
        }
    }

    /// Logs in, while a person does something with the address that opens.
    async fn by<T>(mut self, person: impl AsyncFnOnce(Url) -> T) -> (Result<AccessInfo, Error>, T) {
        let Self {
            session,
            opened,
            too_late,
        } = &mut self;
        let mut access = pin!(session.access());
        let url = tokio::select! {
            url = opened.recv() => url.unwrap(),
            outcome = &mut access => panic!("nothing opened: {outcome:?}"),
        };
        let person = async {
            let done = person(url).await;
            // Whoever still waits has waited long enough.
            too_late.notify_waiters();
            done
        };
        tokio::join!(access, person)
    }
}

fn builder(lab: &Federation, port: u16) -> WebSsoBuilder {
    WebSso::builder(&lab.keystone.url)
        .identity_provider(&lab.openid.identity_provider)
        .protocol(&lab.openid.protocol)
        .redirect_host("localhost")
        .redirect_port(port)
        .project_name(&lab.keystone.projects[0])
        .project_domain_name(&lab.keystone.domain)
}

/// A row of the table of logins.
fn row(case: &str, server: &str, outcome: Outcome) -> Pending {
    let server = format!("{server}, in Chromium");
    table::row("v3websso", case, &server, outcome)
}

const OPENID: &str = "mod_auth_openidc";

fn hold(access: &AccessInfo, lab: &Federation) {
    assert_eq!(access.user.name, "alice");
    assert_eq!(
        access.project_name(),
        Some(lab.keystone.projects[0].as_str())
    );
    assert!(access.catalog.is_some());
}

#[tokio::test]
async fn a_person_logs_in_and_consents_at_an_openid_provider() {
    let _row = row("OpenID Connect", OPENID, Outcome::Token);
    let lab = Federation::from_env().unwrap();
    let port = lab.websso_ports[0];
    let chromium = Chromium::start().await;
    let login = Login::new(builder(&lab, port));
    let session = login.session.clone();
    let (access, page) = login
        .by(async |url: Url| {
            chromium.open(url.as_str()).await;
            chromium.log_in(lab.user("alice").unwrap()).await;
            chromium.press("Continue").await;
            chromium.page("Login received").await
        })
        .await;
    hold(&access.unwrap(), &lab);
    assert!(page.contains("You can close this page."), "{page}");
    let address = format!("http://localhost:{port}/auth/websso/");
    assert_eq!(chromium.address().await, address);
    assert!(!page.contains("gAAAA"), "{page}");
    let projects = session.send(keystone_sdk::session::Call::get(format!(
        "{}/auth/projects",
        lab.keystone.url
    )));
    let projects = String::from_utf8(projects.await.unwrap().body.to_vec()).unwrap();
    assert!(projects.contains(&lab.keystone.projects[0]), "{projects}");
}

#[tokio::test]
async fn a_person_logs_in_at_a_saml_identity_provider() {
    let _row = row("SAML", "mod_shib", Outcome::Token);
    let lab = Federation::from_env().unwrap();
    let port = lab.websso_ports[1];
    let chromium = Chromium::start().await;
    let builder = builder(&lab, port)
        .identity_provider(&lab.saml.identity_provider)
        .protocol(&lab.saml.shibboleth_protocol)
        .redirect_host("127.0.0.1");
    let (access, _) = Login::new(builder)
        .by(async |url: Url| {
            chromium.open(url.as_str()).await;
            chromium.log_in(lab.user("alice").unwrap()).await;
            chromium.page("Login received").await
        })
        .await;
    hold(&access.unwrap(), &lab);
}

#[tokio::test]
async fn who_denies_the_consent_brings_no_token() {
    let _row = row("consent denied", OPENID, Outcome::Refused);
    let lab = Federation::from_env().unwrap();
    let port = lab.websso_ports[2];
    let chromium = Chromium::start().await;
    let (access, ()) = Login::new(builder(&lab, port))
        .by(async |url: Url| {
            chromium.open(url.as_str()).await;
            chromium.press("Deny").await;
            // That of mod_auth_openidc.
            chromium.page("Error").await;
        })
        .await;
    let error = access.unwrap_err();
    assert!(matches!(error, Error::Authentication(_)), "{error:?}");
    let says = format!("brought no token to `http://localhost:{port}/auth/websso/`");
    assert!(error.to_string().contains(&says), "{error}");
}

#[tokio::test]
async fn keystone_sends_no_token_to_an_address_that_it_does_not_list() {
    let _row = row("address not in trusted_dashboard", OPENID, Outcome::Refused);
    let lab = Federation::from_env().unwrap();
    let chromium = Chromium::start().await;
    let (access, ()) = Login::new(builder(&lab, 0))
        .by(async |url: Url| {
            chromium.open(url.as_str()).await;
            chromium.log_in(lab.user("alice").unwrap()).await;
            chromium.press("Continue").await;
            // Keystone tells its log alone that this is no trusted dashboard.
            chromium
                .text("The request you have made requires authentication")
                .await;
        })
        .await;
    let error = access.unwrap_err().to_string();
    let says = "check that Keystone lists this address in `trusted_dashboard`";
    assert!(error.contains(says), "{error}");
}

/// A page of somebody else, which sends a token of its own to the listener.
async fn hostile() -> String {
    let page = |RawQuery(query): RawQuery| async move {
        let query = query.unwrap_or_default();
        let (how, to) = query.split_once('&').unwrap();
        Html(match how {
            "script" => format!(
                "<script>fetch('{to}', {{method: 'POST', mode: 'no-cors', \
                 body: new URLSearchParams({{token: 'stolen'}})}})\
                 .finally(() => document.title = 'sent')</script>"
            ),
            how => format!(
                "<iframe name=inside></iframe>\
                 <form id=form method=post action='{to}' target={how}>\
                 <input name=token value=stolen></form>\
                 <script>document.querySelector('iframe').onload = () => document.title = 'sent';\
                 document.getElementById('form').submit()</script>"
            ),
        })
    };
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let app = Router::new().route("/", get(page));
    tokio::spawn(async move { axum::serve(listener, app).await });
    format!("http://{address}")
}

#[tokio::test]
async fn no_script_frame_foreign_page_or_other_name_gets_its_token_in() {
    let _row = row("beside hostile pages", OPENID, Outcome::Token);
    let lab = Federation::from_env().unwrap();
    let port = lab.websso_ports[3];
    let chromium = Chromium::start().await;
    let hostile = hostile().await;
    let (access, _) = Login::new(builder(&lab, port))
        .by(async |url: Url| {
            let callback = format!("http://localhost:{port}/auth/websso/");
            // Browsers take every name below `localhost` for this machine, as a name whose owner
            // changes its address would be.
            let rebound = format!("http://rebound.localhost:{port}/auth/websso/");
            for (how, to, title) in [
                ("script", &callback, "sent"),
                ("inside", &callback, "sent"),
                ("_self", &callback, "Request refused"),
                ("_self", &rebound, "Request refused"),
            ] {
                chromium.open(&format!("{hostile}/?{how}&{to}")).await;
                chromium.page(title).await;
            }
            chromium.open(url.as_str()).await;
            chromium.log_in(lab.user("alice").unwrap()).await;
            chromium.press("Continue").await;
            chromium.page("Login received").await
        })
        .await;
    hold(&access.unwrap(), &lab);
}
