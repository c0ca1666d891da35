//! A Keystone inside this process, for trying the service and for its tests.

use keystone_middleware::Config;
use keystone_sdk::Session;
use keystone_sdk::auth::v3;
use keystone_sdk::identity::v3::{
    Client, EndpointCreate, EndpointInterface, ProjectCreate, ServiceCreate, UserCreate,
};
use keystone_testing::Keystone;
use uuid::Uuid;

type Failure = Box<dyn std::error::Error + Send + Sync>;

/// An Identity service that ends with this value.
#[derive(Debug)]
pub struct Cloud(Keystone);

impl Cloud {
    /// Starts it on a free port.
    ///
    /// # Errors
    ///
    /// When no port can be had.
    pub async fn start() -> Result<Self, Failure> {
        Ok(Self(Keystone::start().await?))
    }

    /// The settings of a service that validates tokens here. It logs in as the administrator, which
    /// outside such a process a user with the role `service` does.
    ///
    /// # Errors
    ///
    /// When the settings contradict each other.
    pub fn config(&self) -> Result<Config, Failure> {
        let config = Config::builder(self.0.v3_url(), self.administrator()?);
        Ok(config.service_type("dns").build()?)
    }

    /// The administrator, in the project `admin`.
    ///
    /// # Errors
    ///
    /// When the settings contradict each other.
    pub fn admin(&self) -> Result<Session, Failure> {
        Ok(Session::new(self.administrator()?)?)
    }

    /// A project.
    ///
    /// # Errors
    ///
    /// When Keystone refuses.
    pub async fn project(&self, name: &str) -> Result<String, Failure> {
        let identity = Client::new(&self.admin()?);
        let project = identity.projects().create(ProjectCreate::new(name)).await?;
        Ok(project.id.to_string())
    }

    /// A user with a role on a project.
    ///
    /// # Errors
    ///
    /// When Keystone refuses, or has no such role.
    pub async fn user(&self, name: &str, role: &str, project: &str) -> Result<Session, Failure> {
        let identity = Client::new(&self.admin()?);
        let password = Uuid::new_v4().to_string();
        let new = UserCreate::new(name).password(password.clone());
        let user = identity.users().create(new).await?;
        let role = identity.roles().list().name(role).send().await?;
        let role = role.into_iter().next().ok_or("Keystone has no such role")?;
        let roles = identity.project_user_roles(project, &user.id);
        roles.add(role.id).await?;
        let login = v3::Password::builder(self.0.v3_url())
            .user_id(user.id.as_str())
            .password(password)
            .project_id(project);
        Ok(Session::new(login.build()?)?)
    }

    /// Lists the service in the catalog.
    ///
    /// # Errors
    ///
    /// When Keystone refuses.
    pub async fn register(&self, url: &str) -> Result<(), Failure> {
        let identity = Client::new(&self.admin()?);
        let service = identity
            .services()
            .create(ServiceCreate::new("dns"))
            .await?;
        let endpoint = EndpointCreate::new(service.id, EndpointInterface::Public, url);
        identity.endpoints().create(endpoint).await?;
        Ok(())
    }

    fn administrator(&self) -> Result<v3::Password, Failure> {
        let admin = self.0.admin();
        let login = v3::Password::builder(self.0.v3_url())
            .username(admin.username())
            .password(admin.password())
            .user_domain_id(admin.domain_id())
            .project_name(admin.project_name())
            .project_domain_id(admin.domain_id());
        Ok(login.build()?)
    }
}
