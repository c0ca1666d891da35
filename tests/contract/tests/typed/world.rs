//! A Keystone with a client of its administrator.

use std::hash::{BuildHasher, RandomState};

use keystone_sdk::auth::v3::Password;
use keystone_sdk::identity::v3::{
    Client, DomainCreate, DomainId, DomainUpdate, ProjectCreate, ProjectId, RoleId, User,
    UserCreate, UserId,
};
use keystone_sdk::{Error, Session};

/// A running Keystone.
pub struct World {
    pub client: Client,
    /// The administrator.
    pub user: UserId,
    /// The project to which the administrator's token is scoped.
    pub project: ProjectId,
    /// The bootstrapped role `member`.
    pub member: RoleId,
    tag: String,
}

/// The password of every user that a case makes.
pub const PASSWORD: &str = "a Password 4 tests";

impl World {
    pub async fn new(url: String, user: &str, password: &str, project: &str) -> Self {
        let auth = Password::builder(&url)
            .username(user)
            .password(password)
            .user_domain_id("default")
            .project_name(project)
            .project_domain_id("default")
            .build()
            .unwrap();
        let session = Session::new(auth).unwrap();
        let client = Client::new(&session);
        let access = session.access().await.unwrap();
        let member = client.roles().find_by_name("member").await.unwrap();
        let random = RandomState::new().hash_one(&url);
        Self {
            client,
            user: access.user.id.as_str().into(),
            project: access.project.as_ref().unwrap().id.as_str().into(),
            member: member.unwrap().id,
            tag: format!("{random:016x}"),
        }
    }

    /// A name that no other case uses.
    pub fn name(&self, what: &str) -> String {
        format!("{what}-{}", self.tag)
    }

    /// A user of the domain `default`.
    pub async fn make_user(&self, what: &str) -> User {
        let new = UserCreate::new(self.name(what)).password(PASSWORD);
        self.client.users().create(new).await.unwrap()
    }

    /// A project of the domain `default`.
    pub async fn make_project(&self, what: &str) -> ProjectId {
        let new = ProjectCreate::new(self.name(what)).domain_id("default");
        self.client.projects().create(new).await.unwrap().id
    }

    pub async fn make_domain(&self, what: &str) -> DomainId {
        let new = DomainCreate::new(self.name(what));
        self.client.domains().create(new).await.unwrap().id
    }

    pub async fn remove_domain(&self, id: &DomainId) {
        let domains = self.client.domains();
        let off = DomainUpdate::new().enabled(false);
        domains.update(id, off).await.unwrap();
        domains.delete(id).await.unwrap();
    }
}

/// The status that an error carries.
pub fn status<T: std::fmt::Debug>(result: Result<T, Error>) -> u16 {
    let error = result.unwrap_err();
    let status = error.status();
    status.unwrap_or_else(|| panic!("{error}")).as_u16()
}
