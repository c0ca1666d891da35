//! Where the database is: the section `[database]` of the configuration, as oslo.db reads it.

use std::fmt;
use std::path::Path;
use std::time::Duration;

use keystone_middleware::sdk::SecretString;
use keystone_middleware::sdk::config::ini::{Ini, Section};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use url::Url;

type Failure = Box<dyn std::error::Error + Send + Sync>;

/// How many connections are kept at most.
const POOL_SIZE: u32 = 5;
/// How long a request waits for a connection.
const POOL_TIMEOUT: Duration = Duration::from_secs(5);
const OPTIONS: [&str; 3] = ["connection", "max_pool_size", "pool_timeout"];
/// What a path keeps in a URL.
const IN_PATHS: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'/')
    .remove(b'.')
    .remove(b'-')
    .remove(b'_');
/// The query parameters of a `postgresql://` URL that are understood; the driver would log the
/// value of any other.
#[cfg(feature = "postgres")]
const PARAMETERS: [&str; 8] = [
    "application_name",
    "dbname",
    "host",
    "options",
    "password",
    "port",
    "sslmode",
    "user",
];

/// Where the database is, and how patiently it is called.
#[derive(Clone)]
pub struct Settings {
    pub(super) location: Location,
    pool_size: u32,
    pub(super) pool_timeout: Duration,
}

/// The kinds of databases.
#[derive(Clone)]
pub(super) enum Location {
    /// SQLite, in memory.
    Memory,
    /// SQLite, in a file; the URL is the driver's.
    File(Url),
    /// A PostgreSQL server. The URL holds its password.
    #[cfg(feature = "postgres")]
    Postgres(SecretString),
}

impl Settings {
    /// A database in memory, which is gone with the last [`Db`](super::Db) on it.
    pub fn in_memory() -> Self {
        Self::at(Location::Memory)
    }

    /// The database at this URL, written as for SQLAlchemy: `sqlite://` is in memory,
    /// `sqlite:///proxies.sqlite` a file in the working directory, `sqlite:////var/lib/proxies.sqlite`
    /// one elsewhere, and `postgresql://USER:PASSWORD@HOST/DATABASE` a server.
    ///
    /// # Errors
    ///
    /// When the URL is none of these. The message does not repeat it: it may hold a password.
    pub fn from_url(url: &SecretString) -> Result<Self, Failure> {
        Location::from_url(url).map(Self::at)
    }

    /// What the section `[database]` says; without one, [`in_memory`](Self::in_memory).
    ///
    /// # Errors
    ///
    /// When an option is unknown or wrong, naming it and its line.
    pub fn from_ini(ini: &Ini) -> Result<Self, Failure> {
        let Some(section) = ini.find("database") else {
            return Ok(Self::in_memory());
        };
        section.refuse_unknown(&OPTIONS)?;
        let mut settings = match section.secret("connection")? {
            Some(url) => Self::from_url(&url)
                .map_err(|why| section.fault("connection", format!("`connection` {why}")))?,
            None => Self::in_memory(),
        };
        if let Some(size) = section.integer("max_pool_size")? {
            settings.pool_size = pool_size(&section, size)?;
        }
        if let Some(timeout) = section.seconds("pool_timeout")? {
            settings.pool_timeout = timeout;
        }
        Ok(settings)
    }

    /// How long a call waits for a connection before it fails.
    #[must_use]
    pub fn pool_timeout(self, pool_timeout: Duration) -> Self {
        Self {
            pool_timeout,
            ..self
        }
    }

    fn at(location: Location) -> Self {
        Self {
            location,
            pool_size: POOL_SIZE,
            pool_timeout: POOL_TIMEOUT,
        }
    }

    /// How many connections are kept at most.
    pub(super) fn connections(&self) -> u32 {
        match self.location {
            // A second connection would be to another memory.
            Location::Memory => 1,
            _ => self.pool_size,
        }
    }
}

/// The URL is left out: it may hold a password.
impl fmt::Debug for Settings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Settings")
            .field("database", &self.location.kind())
            .field("pool_size", &self.pool_size)
            .field("pool_timeout", &self.pool_timeout)
            .finish()
    }
}

impl Location {
    fn from_url(url: &SecretString) -> Result<Self, Failure> {
        let (scheme, rest) = url.expose().split_once("://").ok_or(FORMS)?;
        // SQLAlchemy names a driver there, such as `postgresql+psycopg2`.
        match scheme.split('+').next() {
            Some("sqlite") => sqlite(rest),
            Some("postgresql" | "postgres") => postgres(rest),
            _ => Err(FORMS.into()),
        }
    }

    fn kind(&self) -> &'static str {
        match self {
            Self::Memory => "SQLite in memory",
            Self::File(_) => "SQLite",
            #[cfg(feature = "postgres")]
            Self::Postgres(_) => "PostgreSQL",
        }
    }
}

const FORMS: &str =
    "must have the form `sqlite:///PATH` or `postgresql://USER:PASSWORD@HOST/DATABASE`";

/// The driver takes `sqlite://PATH`, where oslo.db has a third slash before the path.
fn sqlite(rest: &str) -> Result<Location, Failure> {
    let Some(path) = rest.strip_prefix('/') else {
        return match rest {
            "" => Ok(Location::Memory),
            _ => Err("has no host for SQLite: write `sqlite:///PATH`, with three slashes".into()),
        };
    };
    match path {
        "" | ":memory:" => return Ok(Location::Memory),
        _ if path.contains(['?', '#']) => return Err("has no parameters for SQLite".into()),
        _ => {}
    }
    let absolute = std::path::absolute(Path::new(path))?;
    let absolute = absolute.to_str().ok_or("is no path in Unicode")?;
    let path = utf8_percent_encode(absolute, IN_PATHS);
    Ok(Location::File(format!("sqlite://{path}?mode=rwc").parse()?))
}

#[cfg(not(feature = "postgres"))]
fn postgres(_: &str) -> Result<Location, Failure> {
    Err("names PostgreSQL, which this program was built without: build it with the feature `postgres`".into())
}

#[cfg(feature = "postgres")]
fn postgres(rest: &str) -> Result<Location, Failure> {
    let url = format!("postgresql://{rest}");
    let parsed: Url = url.parse()?;
    for (name, _) in parsed.query_pairs() {
        if !PARAMETERS.contains(&&*name) {
            let known = PARAMETERS.join("`, `");
            return Err(format!("has no parameter `{name}`, only `{known}`").into());
        }
    }
    Ok(Location::Postgres(url.into()))
}

fn pool_size(section: &Section<'_>, size: i64) -> Result<u32, Failure> {
    let size = u32::try_from(size).ok().filter(|size| *size > 0);
    let wrong = || section.fault("max_pool_size", "`max_pool_size` must be at least 1");
    Ok(size.ok_or_else(wrong)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn url(text: &str) -> Result<String, String> {
        let settings = Settings::from_url(&text.into()).map_err(|why| why.to_string())?;
        Ok(match settings.location {
            Location::Memory => "memory".to_owned(),
            Location::File(url) => url.to_string(),
            #[cfg(feature = "postgres")]
            Location::Postgres(url) => url.expose().to_owned(),
        })
    }

    fn ini(text: &str) -> Result<Settings, String> {
        let ini = Ini::parse("proxy.conf", text).unwrap();
        Settings::from_ini(&ini).map_err(|why| why.to_string())
    }

    #[test]
    fn sqlite_is_written_as_for_oslo_db() {
        for memory in ["sqlite://", "sqlite:///", "sqlite:///:memory:"] {
            assert_eq!(url(memory).unwrap(), "memory");
        }
        assert_eq!(
            url("sqlite:////var/lib/a b%.sqlite").unwrap(),
            "sqlite:///var/lib/a%20b%25.sqlite?mode=rwc"
        );
        let relative = url("sqlite:///proxies.sqlite").unwrap();
        let here = std::env::current_dir().unwrap();
        assert_eq!(
            relative.replace("%20", " "),
            format!("sqlite://{}/proxies.sqlite?mode=rwc", here.display())
        );
    }

    #[test]
    fn what_is_no_url_of_a_database_is_refused_and_not_repeated() {
        for (text, why) in [
            ("", "must have the form"),
            ("/var/lib/canary.sqlite", "must have the form"),
            ("mysql+pymysql://u:canary@h/d", "must have the form"),
            ("sqlite://canary.sqlite", "with three slashes"),
            ("sqlite:///canary?mode=ro", "has no parameters for SQLite"),
        ] {
            let error = url(text).unwrap_err();
            assert!(error.contains(why), "{text}: {error}");
            assert!(!error.contains("canary"), "{error}");
        }
    }

    #[cfg(feature = "postgres")]
    #[test]
    fn postgresql_is_taken_with_and_without_the_driver_of_sqlalchemy() {
        let plain = "postgresql://u:canary@h:5433/d?sslmode=disable";
        for text in [
            plain,
            "postgres://u:canary@h:5433/d?sslmode=disable",
            "postgresql+psycopg2://u:canary@h:5433/d?sslmode=disable",
        ] {
            assert_eq!(url(text).unwrap(), plain);
            let settings = Settings::from_url(&text.into()).unwrap();
            assert!(!format!("{settings:?}").contains("canary"));
        }
        for (text, why) in [
            ("postgresql://u:canary@h:port/d", "invalid port number"),
            ("postgresql://u:can#ary@h/d", "invalid port number"),
            (
                "postgresql://h/d?passwd=canary",
                "has no parameter `passwd`, only `application_name`",
            ),
        ] {
            let error = url(text).unwrap_err();
            assert!(error.contains(why), "{error}");
            assert!(!error.contains("can"), "{error}");
        }
    }

    #[cfg(not(feature = "postgres"))]
    #[test]
    fn without_the_feature_postgresql_is_refused_with_the_remedy() {
        let error = url("postgresql://u:canary@h/d").unwrap_err();
        assert!(
            error.contains("build it with the feature `postgres`"),
            "{error}"
        );
        assert!(!error.contains("canary"), "{error}");
    }

    #[test]
    fn the_section_names_what_is_wrong_and_where() {
        assert!(ini("").is_ok());
        let settings = ini("[database]\nmax_pool_size = 9\npool_timeout = 0.5").unwrap();
        assert_eq!(settings.connections(), 1, "a memory has one connection");
        assert_eq!(settings.pool_timeout, Duration::from_millis(500));
        let file = ini("[database]\nconnection = sqlite:///x\nmax_pool_size = 9").unwrap();
        assert_eq!(file.connections(), 9);
        for (text, why) in [
            ("conection = sqlite://", "there is no option `conection`"),
            ("connection = canary", "`connection` must have the form"),
            ("max_pool_size = 0", "`max_pool_size` must be at least 1"),
            ("max_pool_size = many", "max_pool_size"),
            ("pool_timeout = -1", "pool_timeout"),
        ] {
            let error = ini(&format!("[database]\n{text}")).unwrap_err();
            assert!(error.contains(why), "{error}");
            assert!(error.contains("proxy.conf, line 2"), "{error}");
            assert!(!error.contains("canary"), "{error}");
        }
    }
}
