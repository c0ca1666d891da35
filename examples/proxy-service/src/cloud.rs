//! The Keystone that the example runs on: one inside this process, or a real one.

use keystone_middleware::sdk::Session;
use keystone_middleware::sdk::auth::v3;
use keystone_middleware::sdk::config::env::{self, Variables};
use keystone_middleware::sdk::config::registry::Registry;
use keystone_middleware::sdk::config::{conf, ini::Ini};
use keystone_testing::Keystone;

type Failure = Box<dyn std::error::Error + Send + Sync>;

/// A Keystone, and an administrator of it who sets up what the example needs.
#[derive(Debug)]
pub struct Cloud {
    embedded: Option<Keystone>,
    auth_url: String,
    admin: Session,
}

impl Cloud {
    /// Starts an Identity service inside this process.
    ///
    /// # Errors
    ///
    /// When no port can be had.
    pub async fn embedded() -> Result<Self, Failure> {
        let keystone = Keystone::start().await?;
        let admin = keystone.admin();
        let auth = v3::Password::builder(keystone.v3_url())
            .username(admin.username())
            .password(admin.password())
            .user_domain_id(admin.domain_id())
            .project_name(admin.project_name())
            .project_domain_id(admin.domain_id())
            .build()?;
        let (auth_url, admin) = (keystone.v3_url(), Session::new(auth)?);
        Ok(Self {
            embedded: Some(keystone),
            auth_url,
            admin,
        })
    }

    /// Uses the Keystone at `auth_url`, with the administrator that the `OS_*` variables name.
    ///
    /// # Errors
    ///
    /// When a variable is missing or wrong, naming it.
    pub fn real(auth_url: &str) -> Result<Self, Failure> {
        let variables = Variables::of_process().with("OS_AUTH_URL", auth_url);
        let admin = env::builder(&variables, &Registry::builtin())?.build()?;
        Ok(Self {
            embedded: None,
            auth_url: auth_url.to_owned(),
            admin,
        })
    }

    /// Uses the Keystone of a configuration file, with the administrator whom its section
    /// `[admin]` describes in the same options as `[keystone_authtoken]`.
    ///
    /// # Errors
    ///
    /// When the section or an option in it is missing or wrong, naming it.
    pub fn configured(ini: &Ini) -> Result<Self, Failure> {
        let section = ini.section("admin")?;
        let auth_url = section
            .get("auth_url")?
            .ok_or_else(|| section.missing("auth_url"))?;
        let admin = conf::builder(
            &section,
            &[],
            &Variables::of_process(),
            &Registry::builtin(),
        )?;
        Ok(Self {
            embedded: None,
            auth_url,
            admin: admin.build()?,
        })
    }

    /// Where to get tokens.
    pub fn auth_url(&self) -> &str {
        &self.auth_url
    }

    /// The administrator's session.
    pub fn admin(&self) -> &Session {
        &self.admin
    }

    /// Whether its tokens are worth nothing outside this process, and may be printed.
    pub fn is_embedded(&self) -> bool {
        self.embedded.is_some()
    }
}
