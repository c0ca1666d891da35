//! The storage on a real PostgreSQL server.
#![expect(clippy::unwrap_used, reason = "a test fails where it unwraps")]

use std::error::Error;
use std::time::Duration;

use keystone_lab::postgres::Postgres;
use keystone_middleware::sdk::SecretString;
use proxy_service::store::{Db, ListFilter, Settings, StoreError};
use sqlx::{AssertSqlSafe, Connection};
use tokio::io::copy_bidirectional;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use uuid::Uuid;

mod storage_cases;

/// A database of its own on the server.
struct Database {
    server: Postgres,
    name: String,
}

impl Database {
    async fn create() -> Self {
        let database = Self {
            server: Postgres::from_env().unwrap(),
            name: format!("proxies_{}", Uuid::new_v4().simple()),
        };
        database
            .run(&format!("CREATE DATABASE {}", database.name))
            .await;
        database
    }

    fn url(&self) -> SecretString {
        format!("{}/{}", self.server.url, self.name).into()
    }

    fn settings(&self) -> Settings {
        Settings::from_url(&self.url()).unwrap()
    }

    /// Runs a statement as the server's administrator.
    async fn run(&self, statement: &str) {
        sqlx::any::install_default_drivers();
        let url = format!("{}/postgres", self.server.url);
        let mut connection = sqlx::AnyConnection::connect(&url).await.unwrap();
        let statement = sqlx::raw_sql(AssertSqlSafe(statement.to_owned()));
        statement.execute(&mut connection).await.unwrap();
        connection.close().await.unwrap();
    }

    async fn remove(self) {
        self.run(&format!("DROP DATABASE {} WITH (FORCE)", self.name))
            .await;
    }
}

storage_cases::on!(Database);

/// Connections break and no new ones come about, until the server is back.
#[tokio::test]
async fn a_server_that_is_gone_is_unavailable_until_it_is_back() {
    let database = Database::create().await;
    let address = database.server.url.rsplit('@').next().unwrap();
    let between = Between::start(address).await;
    let url = database.url().expose().replace(address, &between.address);
    let db = Db::connect(&Settings::from_url(&url.into()).unwrap())
        .await
        .unwrap();
    let made = storage_cases::create(&db, "a.example").await.unwrap();

    between.open.send(false).unwrap();
    for error in [
        db.get(&made.id).await.unwrap_err(),
        db.list(&ListFilter::default(), None, 1).await.unwrap_err(),
        storage_cases::create(&db, "b.example").await.unwrap_err(),
    ] {
        assert!(matches!(error, StoreError::Unavailable), "{error:?}");
        assert_eq!(error.to_string(), "The service is temporarily unavailable.");
    }
    between.open.send(true).unwrap();
    assert_eq!(db.get(&made.id).await.unwrap(), Some(made));
    db.close().await;
    database.remove().await;
}

#[tokio::test]
async fn a_refused_login_shows_no_password() {
    let database = Database::create().await;
    let right = database.url();
    let (before, after) = right.expose().rsplit_once('@').unwrap();
    let wrong = format!("{before}-canary@{after}").into();
    let settings = Settings::from_url(&wrong).unwrap();
    let error = Db::connect(&settings).await.unwrap_err();
    let cause = error.source().unwrap().to_string();
    assert!(cause.contains("password authentication failed"), "{cause}");
    let db = Db::connect(&database.settings()).await.unwrap();
    let told = format!("{error} {error:?} {cause} {settings:?} {db:?}");
    let password = before.rsplit(':').next().unwrap();
    for secret in ["canary", password] {
        assert!(!told.contains(secret), "{told}");
    }
    db.close().await;
    database.remove().await;
}

/// Nobody listens on a port that is held, so connections are refused until the time is over.
#[tokio::test]
async fn a_server_that_never_was_there_is_an_error_at_the_start() {
    let held = tokio::net::TcpSocket::new_v4().unwrap();
    held.bind("127.0.0.1:0".parse().unwrap()).unwrap();
    let url = format!("postgresql://lab:canary@{}/x", held.local_addr().unwrap());
    let settings = Settings::from_url(&url.into()).unwrap();
    let settings = settings.pool_timeout(Duration::from_millis(10));
    let error = Db::connect(&settings).await.unwrap_err();
    assert!(error.to_string().contains("check `connection`"), "{error}");
    assert!(!format!("{error:?}").contains("canary"));
}

/// Stands between a client and the server; while it is not open, all connections are closed.
struct Between {
    address: String,
    open: watch::Sender<bool>,
}

impl Between {
    async fn start(server: &str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let (open, opened) = watch::channel(true);
        tokio::spawn(forward(listener, server.to_owned(), opened));
        Self { address, open }
    }
}

async fn forward(listener: TcpListener, server: String, opened: watch::Receiver<bool>) {
    loop {
        let (mut client, _) = listener.accept().await.unwrap();
        let mut opened = opened.clone();
        if !*opened.borrow_and_update() {
            continue;
        }
        let server = server.clone();
        tokio::spawn(async move {
            let mut server = TcpStream::connect(server).await.unwrap();
            tokio::select! {
                _ = copy_bidirectional(&mut client, &mut server) => {}
                _ = opened.changed() => {}
            }
        });
    }
}
