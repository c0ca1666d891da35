//! The storage on SQLite: in memory, and in a file.
#![expect(clippy::unwrap_used, reason = "a test fails where it unwraps")]

mod storage_cases;

mod in_memory {
    use proxy_service::store::Settings;

    /// Gone with its last user.
    struct Database;

    impl Database {
        async fn create() -> Self {
            Self
        }

        fn settings(&self) -> Settings {
            Settings::in_memory()
        }

        async fn remove(self) {}
    }

    crate::storage_cases::on!(Database);
}

mod in_a_file {
    use std::path::PathBuf;

    use proxy_service::store::{Db, Settings};
    use uuid::Uuid;

    /// A folder of its own.
    struct Database(PathBuf);

    impl Database {
        async fn create() -> Self {
            let folder = std::env::temp_dir().join(format!("proxies-{}", Uuid::new_v4()));
            std::fs::create_dir(&folder).unwrap();
            Self(folder)
        }

        fn settings(&self) -> Settings {
            // `?`, `#` and `%` mean something else in a URL.
            let url = format!("sqlite:///{}/50% proxies.sqlite", self.0.display());
            Settings::from_url(&url.into()).unwrap()
        }

        async fn remove(self) {
            std::fs::remove_dir_all(self.0).unwrap();
        }
    }

    crate::storage_cases::on!(Database);

    #[tokio::test]
    async fn what_was_stored_is_there_after_a_restart() {
        let database = Database::create().await;
        let db = Db::connect(&database.settings()).await.unwrap();
        let made = crate::storage_cases::create(&db, "a.example")
            .await
            .unwrap();
        db.close().await;
        let db = Db::connect(&database.settings()).await.unwrap();
        assert_eq!(db.get(&made.id).await.unwrap(), Some(made));
        db.close().await;
        database.remove().await;
    }

    #[tokio::test]
    async fn a_folder_that_does_not_exist_is_named_by_the_remedy_not_by_a_panic() {
        let url = "sqlite:////nowhere/at/all/proxies.sqlite".into();
        let error = Db::connect(&Settings::from_url(&url).unwrap())
            .await
            .unwrap_err();
        assert!(error.to_string().contains("check `connection`"), "{error}");
    }
}
