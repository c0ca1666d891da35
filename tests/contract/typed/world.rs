//! A Keystone with a client of its administrator, between which everything is noted.

use std::fmt::Debug;
use std::future::IntoFuture;
use std::hash::{BuildHasher, RandomState};
use std::sync::Mutex;

use keystone_sdk::auth::v3::Password;
use keystone_sdk::auth::{AccessInfo, AuthPlugin, EndpointFuture, Token, TokenFuture};
use keystone_sdk::catalog::EndpointFilter;
use keystone_sdk::client::Url;
use keystone_sdk::error::DiscoveryError;
use keystone_sdk::identity::v3::{
    Client, DomainCreate, DomainId, DomainUpdate, ProjectCreate, ProjectId, RoleId, User,
    UserCreate, UserId,
};
use keystone_sdk::transport::Transport;
use keystone_sdk::{Error, SecretString, Session};
use schemars::JsonSchema;
use serde::Serialize;

use crate::mask;
use crate::proxy::{Origin, Proxy};
use crate::strict::Typed;
use crate::tape::Player;

/// A running Keystone, or the tape of one.
pub struct World {
    pub client: Client,
    /// The administrator.
    pub user: UserId,
    /// The project to which the administrator's token is scoped.
    pub project: ProjectId,
    /// The bootstrapped role `member`.
    pub member: RoleId,
    proxy: Proxy,
    address: Url,
    /// The address for logins, which are not noted; none for a tape.
    logins: Option<String>,
    tag: String,
}

/// The password of every user that a case makes.
pub const PASSWORD: &str = "a Password 4 tests";

impl World {
    /// A server and its administrator.
    pub async fn of_server(url: String, user: &str, password: &str, project: &str) -> Self {
        let login = Password::builder(&url)
            .username(user)
            .password(password)
            .user_domain_id("default")
            .project_name(project)
            .project_domain_id("default");
        let session = Session::new(login.build().unwrap()).unwrap();
        let access = session.access().await.unwrap();
        let origin = Origin::Server {
            root: url.trim_end_matches("/v3").to_owned(),
            wire: Transport::builder().build().unwrap(),
        };
        let random = RandomState::new().hash_one(&url);
        let ids = (access.user_id(), access.project_id().unwrap());
        Self::new(session, origin, Some(url), format!("{random:016x}"), ids).await
    }

    /// What the real Keystone said when the tape of this case was made.
    pub async fn of_tape(case: &str) -> Self {
        let session = Session::new(NoLogin { renews: true }).unwrap();
        let origin = Origin::Tape(Mutex::new(Player::new(case)));
        let ids = (mask::USER, mask::PROJECT);
        Self::new(session, origin, None, mask::TAG.to_owned(), ids).await
    }

    async fn new(
        session: Session,
        origin: Origin,
        logins: Option<String>,
        tag: String,
        (user, project): (&str, &str),
    ) -> Self {
        let (proxy, address) = Proxy::start(origin).await;
        let client = Client::at(&session, address.clone());
        let member = client.roles().find_by_name("member").await.unwrap();
        Self {
            client,
            user: user.into(),
            project: project.into(),
            member: member.unwrap().id,
            proxy,
            address,
            logins,
            tag,
        }
    }

    /// The result of a call that must succeed. Its type must know, and keep, all of the response.
    pub async fn ok<T: Serialize + JsonSchema>(
        &self,
        call: impl IntoFuture<Output = Result<T, Error>>,
    ) -> T {
        self.held(call, |response| Some(Typed::of(response))).await
    }

    /// The same for a call whose response is the body of a token.
    pub async fn ok_token<T>(
        &self,
        call: impl IntoFuture<Output = Result<T, Error>>,
        access: fn(&T) -> &AccessInfo,
    ) -> T {
        self.held(call, |response| Some(Typed::token(access(response))))
            .await
    }

    /// A call that must be refused with this status.
    pub async fn refused<T: Debug>(
        &self,
        status: u16,
        call: impl IntoFuture<Output = Result<T, Error>>,
    ) -> Error {
        let from = self.proxy.count();
        let error = call.into_future().await.unwrap_err();
        let seen = self.proxy.heard(from).pop().map(|last| last.status);
        assert_eq!(seen, Some(status), "{error}");
        assert_eq!(error.status().map(|s| s.as_u16()), Some(status), "{error}");
        error
    }

    async fn held<T>(
        &self,
        call: impl IntoFuture<Output = Result<T, Error>>,
        typed: impl FnOnce(&T) -> Option<Typed>,
    ) -> T {
        let from = self.proxy.count();
        let result = call.into_future().await;
        let exchanges = self.proxy.heard(from);
        let last = exchanges
            .last()
            .map(|e| format!("{} {}", e.method, e.target));
        let place = last.unwrap_or_default();
        let response = result.unwrap_or_else(|error| panic!("{place}: {error}"));
        if let Some(typed) = typed(&response) {
            let faults = typed.faults(&exchanges);
            assert!(faults.is_empty(), "{place}: {faults:?} in {exchanges:#?}");
        }
        response
    }

    /// A client of somebody with a password, whose logins are not noted.
    pub fn client_of(&self, user: &UserId, password: &str, project: Option<&ProjectId>) -> Client {
        let session = match &self.logins {
            None => Session::new(NoLogin { renews: true }),
            Some(url) => {
                let mut login = Password::builder(url)
                    .user_id(user.as_str())
                    .password(password);
                if let Some(project) = project {
                    login = login.project_id(project.as_str());
                }
                Session::new(login.build().unwrap())
            }
        };
        Client::at(&session.unwrap(), self.address.clone())
    }

    /// A client whose token nobody issued.
    pub fn stranger(&self) -> Client {
        let session = Session::new(NoLogin { renews: false });
        Client::at(&session.unwrap(), self.address.clone())
    }

    /// The address that Keystone itself knows.
    pub fn keystone(&self) -> Url {
        let url = self.logins.as_deref().unwrap_or("http://keystone/v3");
        url.parse().unwrap()
    }

    /// Whether there is a server, and no tape.
    pub fn is_live(&self) -> bool {
        self.logins.is_some()
    }

    /// A name that no other case uses.
    pub fn name(&self, what: &str) -> String {
        format!("{what}-{}", self.tag)
    }

    /// A user of the domain `default`.
    pub async fn make_user(&self, what: &str) -> User {
        let new = UserCreate::new(self.name(what)).password(PASSWORD);
        self.ok(self.client.users().create(new)).await
    }

    /// A project of the domain `default`.
    pub async fn make_project(&self, what: &str) -> ProjectId {
        let new = ProjectCreate::new(self.name(what)).domain_id("default");
        self.ok(self.client.projects().create(new)).await.id
    }

    pub async fn make_domain(&self, what: &str) -> DomainId {
        let new = DomainCreate::new(self.name(what));
        self.ok(self.client.domains().create(new)).await.id
    }

    pub async fn remove_domain(&self, id: &DomainId) {
        let domains = self.client.domains();
        let off = DomainUpdate::new().enabled(false);
        self.ok(domains.update(id, off)).await;
        self.ok(domains.delete(id)).await;
    }

    /// After the case: a tape must have been played to its end.
    pub fn finish(self) {
        assert_eq!(self.proxy.unplayed(), 0, "exchanges are left on the tape");
    }

    /// After the case: holds what was said against the tape, or writes it.
    #[cfg(feature = "real-servers")]
    pub fn record(self, case: &str) {
        use crate::recording::Recording;
        use crate::tape;

        let root = self.logins.unwrap();
        let root = root.trim_end_matches("/v3");
        let (user, project) = (self.user.as_str(), self.project.as_str());
        let mask = mask::Mask::new(root, &self.tag, user, project);
        let mut recording = Recording::new(mask, &self.tag);
        let heard = self.proxy.heard(0);
        let said: Vec<_> = heard.iter().map(|e| recording.exchange(e)).collect();
        let file = tape::file(case);
        if keystone_lab::bless() {
            std::fs::create_dir_all(file.parent().unwrap()).unwrap();
            std::fs::write(&file, tape::write(&said)).unwrap();
        }
        let recorded = tape::read(&file);
        for (said, recorded) in said.iter().zip(&recorded) {
            assert_eq!(said, recorded, "- said, + recorded in `{}`", file.display());
        }
        assert_eq!(said.len(), recorded.len(), "in `{}`", file.display());
    }
}

/// A plugin with a token that nobody issued, and no catalog.
#[derive(Debug)]
pub struct NoLogin {
    /// Whether it has another one after a refusal, as a password would bring.
    pub renews: bool,
}

impl AuthPlugin for NoLogin {
    fn token<'a>(&'a self, _: &'a Transport) -> TokenFuture<'a> {
        TokenFuture::ready(Token::new(SecretString::from("token-of-nobody"), None))
    }

    fn endpoint<'a>(&'a self, _: &'a Transport, _: &'a EndpointFilter) -> EndpointFuture<'a> {
        EndpointFuture::ready(Err(DiscoveryError::new("there is no catalog").into()))
    }

    fn invalidate(&self, _: &Token) -> bool {
        self.renews
    }
}
