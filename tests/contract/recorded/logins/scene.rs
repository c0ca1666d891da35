//! A Keystone with an administrator, and the people who log in.

use std::hash::{BuildHasher, RandomState};

use keystone_sdk::Session;
use keystone_sdk::auth::v3::{Password, PasswordMethod};
use keystone_sdk::auth::{PluginOptions, UserIdentity};
use keystone_sdk::identity::v3::{
    Client, CredentialCreate, ProjectCreate, ProjectId, UserCreate, UserId,
};
use serde_json::json;

/// 20 bytes, and what Keystone keeps of them.
const SEED: &[u8] = b"twenty bytes of seed";
const SEED_IN_BASE_32: &str = "OR3WK3TUPEQGE6LUMVZSA33GEBZWKZLE";

pub struct Scene {
    pub url: String,
    /// Of the administrator, in its project.
    pub client: Client,
    pub project: String,
    tag: String,
}

/// A user with the role `member` on a project.
pub struct Person {
    pub id: UserId,
    pub name: String,
    pub project: ProjectId,
    pub project_name: String,
}

/// What the user's device shows now.
pub fn passcode() -> String {
    let device = totp_rs::Builder::new().with_secret(SEED.to_vec());
    device.build().unwrap().generate_current().to_string()
}

impl Scene {
    pub async fn new(url: String, user: &str, password: &str, project: &str) -> Self {
        let auth = Password::builder(&url)
            .username(user)
            .password(password)
            .user_domain_id("default")
            .project_name(project)
            .project_domain_id("default");
        let session = Session::new(auth.build().unwrap()).unwrap();
        let project = session
            .access()
            .await
            .unwrap()
            .project_id()
            .unwrap()
            .to_owned();
        let random = RandomState::new().hash_one(&url);
        Self {
            client: Client::new(&session),
            project,
            tag: format!("{random:016x}"),
            url,
        }
    }

    /// A name that no other case uses.
    pub fn name(&self, what: &str) -> String {
        format!("{what}-{}", self.tag)
    }

    pub async fn person(&self, what: &str) -> Person {
        self.make(UserCreate::new(self.name(what)), self.name(what))
            .await
    }

    /// Who has to prove a password and a device.
    pub async fn person_with_two_factors(&self) -> Person {
        let name = self.name("factors");
        let options = json!({
            "multi_factor_auth_enabled": true,
            "multi_factor_auth_rules": [["password", "totp"]],
        });
        let options = serde_json::from_value(options).unwrap();
        let person = self
            .make(UserCreate::new(&*name).options(options), name)
            .await;
        self.give_device(&person).await;
        person
    }

    /// Gives a device that shows passcodes.
    pub async fn give_device(&self, person: &Person) {
        let device = CredentialCreate::new("totp", SEED_IN_BASE_32, &person.id);
        self.client.credentials().create(device).await.unwrap();
    }

    /// A client that acts as this person.
    pub async fn client_of(&self, person: &Person) -> Client {
        let options = person.options(&self.url).with("password", Person::PASSWORD);
        Client::new(&super::login("v3password", options).await.unwrap())
    }

    /// The role `member`, given to a person on something else than its project.
    pub async fn member(&self) -> keystone_sdk::identity::v3::RoleId {
        let role = self.client.roles().find_by_name("member").await.unwrap();
        role.unwrap().id
    }

    async fn make(&self, user: UserCreate, name: String) -> Person {
        let project_name = format!("{name}-project");
        let project = ProjectCreate::new(&*project_name).domain_id("default");
        let project = self.client.projects().create(project).await.unwrap().id;
        let user = user.domain_id("default").password(Person::PASSWORD);
        let id = self.client.users().create(user).await.unwrap().id;
        let roles = self.client.project_user_roles(&project, &id);
        roles.add(self.member().await).await.unwrap();
        Person {
            id,
            name,
            project,
            project_name,
        }
    }
}

impl Person {
    pub const PASSWORD: &str = "a Password 4 tests";

    /// Of a login by id to the person's project, without what proves it.
    pub fn options(&self, url: &str) -> PluginOptions {
        PluginOptions::new()
            .with("auth_url", url)
            .with("user_id", self.id.as_str())
            .with("project_id", self.project.as_str())
    }

    pub fn password_method(&self) -> PasswordMethod {
        PasswordMethod::new(UserIdentity::id(self.id.as_str()), Self::PASSWORD)
    }
}
