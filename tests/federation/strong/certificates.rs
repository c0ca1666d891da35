//! Logins that the client's certificate proves, at a real Keystone behind a real Apache.

use std::fs;

use keystone_lab::Certificates;
use keystone_lab::table::{self, Outcome};
use keystone_sdk::auth::{PluginOptions, v3};
use keystone_sdk::identity::v3::{
    Client, GroupCreate, IdentityProviderCreate, MappingCreate, ProjectCreate, ProjectId,
    ProtocolCreate, UserCreate,
};
use keystone_sdk::transport::TransportBuilder;
use keystone_sdk::{Error, SecretString, Session, config};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use tokio::sync::OnceCell;

use super::{BEHIND_APACHE, admin, real, session};

/// What the certificates are mapped to.
struct World {
    certificates: Certificates,
    project: ProjectId,
    /// The user that the certificate `oauth2` stands for.
    oauth2_user: String,
}

/// Keystone has one mapping for OAuth 2.0, so all cases share one world.
async fn world() -> &'static World {
    static WORLD: OnceCell<World> = OnceCell::const_new();
    WORLD.get_or_init(make_world).await
}

async fn make_world() -> World {
    let certificates = Certificates::from_env().unwrap();
    let client = Client::new(&session(admin(&real()).build().unwrap()));
    let new = ProjectCreate::new("certificates").domain_id("default");
    let project = client.projects().create(new).await.unwrap().id;
    let role = |name: &'static str| {
        let roles = client.roles();
        async move { roles.find_by_name(name).await.unwrap().unwrap().id }
    };
    let (service, member) = (role("service").await, role("member").await);

    let user = |name: &str| {
        UserCreate::new(name)
            .domain_id("default")
            .default_project_id(&project)
    };
    let local = client.users().create(user("certificate-user"));
    let local = local.await.unwrap().id;
    let roles = client.project_user_roles(&project, &local);
    roles.add(&service).await.unwrap();
    let oauth2 = client.users().create(user("oauth2-client"));
    let oauth2 = oauth2.await.unwrap().id;
    let roles = client.project_user_roles(&project, &oauth2);
    roles.add(&member).await.unwrap();
    let group = GroupCreate::new("ghosts").domain_id("default");
    let group = client.groups().create(group).await.unwrap().id;
    let roles = client.project_group_roles(&project, &group);
    roles.add(&service).await.unwrap();

    let mappings = client.mappings();
    let rules = x509_rules(group.as_str());
    mappings
        .create("x509", MappingCreate::new(rules))
        .await
        .unwrap();
    let rules = MappingCreate::new([oauth2_rule()]);
    mappings.create("oauth2_mapping", rules).await.unwrap();
    // Keystone finds the identity provider of a certificate by the digest of its issuer.
    let provider = hex(&Sha256::digest(certificates.issuer.as_bytes()));
    let providers = client.identity_providers();
    let new = IdentityProviderCreate::new().enabled(true);
    providers.create(&provider, new).await.unwrap();
    let protocols = client.protocols(&provider);
    let x509 = ProtocolCreate::new("x509");
    protocols.create("x509", x509).await.unwrap();
    World {
        certificates,
        project,
        oauth2_user: oauth2.to_string(),
    }
}

fn x509_rules(group: &str) -> [Value; 2] {
    let name = json!({"type": "SSL_CLIENT_S_DN_CN"});
    let unit = |unit: &str| json!({"type": "SSL_CLIENT_S_DN_OU", "any_one_of": [unit]});
    let local = json!({"name": "{0}", "domain": {"name": "{1}"}, "type": "local"});
    let ephemeral = json!({"name": "{0}", "type": "ephemeral"});
    [
        json!({
            "local": [{"user": local}],
            "remote": [name, {"type": "SSL_CLIENT_S_DN_O"}, unit("service")],
        }),
        json!({
            "local": [{"user": ephemeral, "group": {"id": group}}],
            "remote": [name, unit("ephemeral")],
        }),
    ]
}

fn oauth2_rule() -> Value {
    json!({
        "local": [{"user": {"name": "{0}", "domain": {"name": "{1}"}}}],
        "remote": [
            {"type": "SSL_CLIENT_SUBJECT_DN_CN"},
            {"type": "SSL_CLIENT_SUBJECT_DN_O"},
            {"type": "SSL_CLIENT_ISSUER_DN_CN", "any_one_of": ["oauth2 authority"]},
        ],
    })
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

impl World {
    /// Trusts the server, and shows it this client's certificate.
    fn wire(
        &self,
        client: Option<&str>,
    ) -> impl FnOnce(TransportBuilder) -> Result<TransportBuilder, Error> {
        let authority = fs::read(self.certificates.authority()).unwrap();
        let pair = client.map(|name| {
            let (certificate, key) = self.certificates.client(name);
            (
                fs::read(certificate).unwrap(),
                SecretString::from(fs::read_to_string(key).unwrap()),
            )
        });
        move |wire| {
            let wire = wire.ca_certificates(&authority)?;
            match pair {
                Some((certificate, key)) => wire.client_certificate(&certificate, &key),
                None => Ok(wire),
            }
        }
    }

    fn tokenless(&self, client: Option<&str>) -> Session {
        let auth = v3::Tokenless::builder(&self.certificates.url).project_id(self.project.as_str());
        let session = Session::builder(auth.build().unwrap());
        session
            .try_wire(self.wire(client))
            .unwrap()
            .build()
            .unwrap()
    }

    fn oauth2(&self, client: &str) -> Session {
        let options = PluginOptions::new()
            .with("auth_url", &*self.certificates.url)
            .with(
                "oauth2_endpoint",
                format!("{}/OS-OAUTH2/token", self.certificates.url),
            )
            .with("oauth2_client_id", &*self.oauth2_user);
        let auth = config::load("v3oauth2mtlsclientcredential", &options).unwrap();
        let session = Session::builder(auth);
        session
            .try_wire(self.wire(Some(client)))
            .unwrap()
            .build()
            .unwrap()
    }
}

/// A token for these clients to look at.
async fn someones_token() -> SecretString {
    let token = session(admin(&real()).build().unwrap())
        .token()
        .await
        .unwrap();
    token.expose().into()
}

#[tokio::test]
async fn certificates_of_the_trusted_issuer_need_no_token() {
    let world = world().await;
    for (name, case) in [("local", "local user"), ("ephemeral", "mapped user")] {
        let _row = table::row("v3tokenlessauth", case, BEHIND_APACHE, Outcome::Token);
        let session = world.tokenless(Some(name));
        let tokens = Client::new(&session).tokens();
        let shown = tokens.validate(someones_token().await).await.unwrap();
        assert_eq!(shown.username(), real().username);
        assert!(session.token().await.is_err());
    }
}

#[tokio::test]
async fn other_certificates_and_none_are_refused() {
    let world = world().await;
    for (name, case) in [
        (Some("unmapped"), "unmapped certificate"),
        (Some("foreign"), "certificate of another issuer"),
        (None, "no certificate"),
    ] {
        let _row = table::row("v3tokenlessauth", case, BEHIND_APACHE, Outcome::Refused);
        let tokens = Client::new(&world.tokenless(name)).tokens();
        let error = tokens.validate(someones_token().await).await.unwrap_err();
        let status = error
            .status()
            .unwrap_or_else(|| panic!("{error:?}"))
            .as_u16();
        assert!([400, 401].contains(&status), "{name:?}: {error}");
    }
}

#[tokio::test]
async fn a_certificate_gets_a_token_of_oauth2_that_is_bound_to_it() {
    let world = world().await;
    let method = "v3oauth2mtlsclientcredential";
    let row = table::row(method, "", BEHIND_APACHE, Outcome::Token);
    let session = world.oauth2("oauth2");
    let access = session.access().await.unwrap();
    assert_eq!(access.username(), "oauth2-client");
    let headers = session.token().await.unwrap().headers().clone();
    let bearer = headers["authorization"].to_str().unwrap();
    assert!(bearer.starts_with("Bearer "));
    assert!(!format!("{headers:?}").contains(bearer));

    drop(row);
    let case = "certificate of another issuer";
    let _row = table::row(method, case, BEHIND_APACHE, Outcome::Refused);
    let error = world.oauth2("foreign").token().await.unwrap_err();
    assert!(matches!(error, Error::Authentication(_)), "{error:?}");
}
