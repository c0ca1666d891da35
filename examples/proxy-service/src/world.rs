//! What the example needs in Keystone: a domain of its own with a project, an admin, a member and
//! the service's user, and the service in the catalog. `etc/world.yaml` and `etc/service.yaml`
//! declare it; it is made, and removed, by applying them.

use std::error::Error;
use std::iter::successors;

use keystone_middleware::sdk::auth::v3;
use keystone_middleware::sdk::catalog::Interface;
use keystone_middleware::sdk::identity::v3::{Client, EndpointInterface};
use keystone_middleware::sdk::{SecretString, Session};
use keystone_provision::{Apply, File, PasswordSource, Plan, PlanOptions, Variables};
use uuid::Uuid;

use crate::cloud::Cloud;

type Failure = Box<dyn std::error::Error + Send + Sync>;

/// The type under which the service stands in the catalog.
pub const SERVICE_TYPE: &str = "proxy";

/// The example's part of a Keystone.
#[derive(Debug)]
pub struct World {
    identity: Client,
    auth_url: String,
    /// The name of the domain and of the service.
    name: String,
    admin: Person,
    member: Person,
    operator: Person,
    service_user: Person,
}

/// Somebody with a password.
#[derive(Clone, Debug)]
pub struct Person {
    name: &'static str,
    password: SecretString,
}

const WORLD: (&str, &str) = ("etc/world.yaml", include_str!("../etc/world.yaml"));
const SERVICE: (&str, &str) = ("etc/service.yaml", include_str!("../etc/service.yaml"));

/// The project in which admin and member work.
pub const PROJECT: &str = "demo";
/// Another project.
const OTHER_PROJECT: &str = "other";
/// The project of service users.
const SERVICE_PROJECT: &str = "service";

impl World {
    /// Makes a domain with a name that nobody has, and all that goes into it. When something
    /// fails on the way, what was made is removed.
    ///
    /// # Errors
    ///
    /// When Keystone refuses: the administrator needs the role `admin`.
    pub async fn create(cloud: &Cloud) -> Result<Self, Failure> {
        let identity = Client::new(cloud.admin());
        let name = format!("proxy-demo-{}", Uuid::new_v4().simple());
        let world = Self {
            identity,
            auth_url: cloud.auth_url().to_owned(),
            name,
            admin: Person::new("alice"),
            member: Person::new("bob"),
            operator: Person::new("carol"),
            service_user: Person::new("proxy"),
        };
        // Nothing is made yet when this fails.
        let plan = world.plan(WORLD, "present", "").await?;
        match world.apply(&plan).await {
            Ok(()) => Ok(world),
            Err(failure) => {
                world.remove().await?;
                Err(failure)
            }
        }
    }

    /// Lists the service in the catalog, at `url`, for everybody.
    ///
    /// # Errors
    ///
    /// When Keystone refuses.
    pub async fn register(&self, url: &str) -> Result<(), Failure> {
        let plan = self.plan(SERVICE, "present", url).await?;
        self.apply(&plan).await
    }

    /// Finds the service as the article does: by its type, then its public endpoint, through the
    /// Identity API. Keystone has no filter for endpoints that are enabled, so that is looked at
    /// here.
    ///
    /// # Errors
    ///
    /// When there is no such service, or it has no public endpoint.
    pub async fn find_service(&self, session: &Session) -> Result<String, Failure> {
        let identity = Client::new(session);
        let services = identity
            .services()
            .list()
            .r#type(SERVICE_TYPE)
            .name(self.name.as_str());
        let service = services.send().await?.into_iter().next();
        let service = service.ok_or("the catalog has no service of type `proxy`")?;
        let endpoints = identity
            .endpoints()
            .list()
            .service_id(service.id)
            .interface(EndpointInterface::Public)
            .send()
            .await?;
        let endpoint = endpoints.into_iter().find(|endpoint| endpoint.enabled);
        Ok(endpoint
            .ok_or("the service `proxy` has no enabled public endpoint")?
            .url)
    }

    /// The name of the domain of users and projects, and of the service.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Who holds the role `admin` on the project.
    pub fn admin(&self) -> &Person {
        &self.admin
    }

    /// Who holds the role `member` on the project.
    pub fn member(&self) -> &Person {
        &self.member
    }

    /// Who holds the role `admin` on the system.
    pub fn operator(&self) -> &Person {
        &self.operator
    }

    /// A login without a scope yet.
    pub fn login(&self, person: &Person) -> v3::PasswordBuilder {
        v3::Password::builder(&self.auth_url)
            .username(person.name)
            .password(person.password.clone())
            .user_domain_name(&self.name)
    }

    /// A session of somebody in the project.
    ///
    /// # Errors
    ///
    /// When the settings contradict each other.
    pub fn session(&self, person: &Person) -> Result<Session, Failure> {
        self.session_in(person, PROJECT)
    }

    /// A session of somebody in the other project.
    ///
    /// # Errors
    ///
    /// When the settings contradict each other.
    pub fn session_elsewhere(&self, person: &Person) -> Result<Session, Failure> {
        self.session_in(person, OTHER_PROJECT)
    }

    /// A session of somebody in the domain, in no project.
    ///
    /// # Errors
    ///
    /// When the settings contradict each other.
    pub fn session_in_domain(&self, person: &Person) -> Result<Session, Failure> {
        Ok(Session::new(
            self.login(person).domain_name(&self.name).build()?,
        )?)
    }

    /// A session of somebody on the system.
    ///
    /// # Errors
    ///
    /// When the settings contradict each other.
    pub fn session_on_system(&self, person: &Person) -> Result<Session, Failure> {
        Ok(Session::new(self.login(person).system_scope().build()?)?)
    }

    /// The service's configuration, in the form of `etc/proxy-service.conf`.
    pub fn service_configuration(&self) -> String {
        format!(
            "[keystone_authtoken]\n\
             www_authenticate_uri = {auth_url}\n\
             auth_type = password\n\
             auth_url = {auth_url}\n\
             username = {user}\n\
             password = {password}\n\
             project_name = {SERVICE_PROJECT}\n\
             user_domain_name = {domain}\n\
             project_domain_name = {domain}\n\
             interface = {interface}\n\
             service_type = {SERVICE_TYPE}\n\
             http_connect_timeout = 5\n\
             delay_auth_decision = false\n",
            auth_url = self.auth_url,
            user = self.service_user.name,
            password = self.service_user.password.expose(),
            domain = self.name,
            interface = Interface::Public,
        )
    }

    /// Removes everything that was made.
    ///
    /// # Errors
    ///
    /// When Keystone refuses; the message names what is left.
    pub async fn remove(self) -> Result<(), Failure> {
        let left = |failure: Failure| {
            let why = told(&*failure);
            format!("the domain `{}` could not be removed: {why}", self.name)
        };
        for file in [SERVICE, WORLD] {
            let plan = self.plan(file, "absent", "").await.map_err(left)?;
            self.apply(&plan).await.map_err(left)?;
        }
        Ok(())
    }

    /// What is missing of what a file declares, or left of it.
    async fn plan(&self, file: (&str, &str), state: &str, url: &str) -> Result<Plan, Failure> {
        let values = [("name", self.name.as_str()), ("state", state), ("url", url)];
        let variables: Variables = values
            .into_iter()
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .collect();
        let (name, text) = file;
        let file = File::read(name, text, &variables)?;
        Ok(file.plan(&self.identity, &PlanOptions::new()).await?)
    }

    async fn apply(&self, plan: &Plan) -> Result<(), Failure> {
        let passwords = |source: &PasswordSource| self.password(source);
        plan.apply(&self.identity, &Apply::new(&passwords)).await?;
        Ok(())
    }

    fn password(&self, source: &PasswordSource) -> Result<SecretString, String> {
        let people = [
            &self.admin,
            &self.member,
            &self.operator,
            &self.service_user,
        ];
        let wanted = |person: &&&Person| {
            let variable = format!("{}_PASSWORD", person.name.to_uppercase());
            matches!(source, PasswordSource::Env(name) if *name == variable)
        };
        let person = people.iter().find(wanted);
        person
            .map(|person| person.password.clone())
            .ok_or_else(|| "nobody of this name is known".to_owned())
    }

    fn session_in(&self, person: &Person, project: &str) -> Result<Session, Failure> {
        let login = self
            .login(person)
            .project_name(project)
            .project_domain_name(&self.name);
        Ok(Session::new(login.build()?)?)
    }
}

/// An error in one line, with what is behind it.
fn told(error: &(dyn Error + 'static)) -> String {
    let chain = successors(Some(error), |error: &&dyn Error| (**error).source());
    let told: Vec<String> = chain.map(ToString::to_string).collect();
    told.join(": ")
}

impl Person {
    fn new(name: &'static str) -> Self {
        Self {
            name,
            password: SecretString::new(Uuid::new_v4().to_string()),
        }
    }

    /// The name, unique in the example's domain.
    pub fn name(&self) -> &'static str {
        self.name
    }

    /// The password, made up anew for each world.
    pub fn password(&self) -> &SecretString {
        &self.password
    }
}
