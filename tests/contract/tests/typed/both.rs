//! Cases for both servers.

/// Declares the cases of a topic: a test on the embedded server for each, and
/// one on the real server behind the feature `real-servers`.
macro_rules! cases {
    ($($case:ident),+ $(,)?) => {
        mod embedded {
            $(
                #[tokio::test]
                async fn $case() {
                    let keystone = keystone_testing::Keystone::start().await.unwrap();
                    let admin = keystone.admin();
                    let world = crate::world::World::new(
                        keystone.v3_url(),
                        admin.username(),
                        admin.password(),
                        admin.project_name(),
                    )
                    .await;
                    super::$case(&world).await;
                }
            )+
        }

        #[cfg(feature = "real-servers")]
        mod real {
            $(
                #[tokio::test]
                async fn $case() {
                    super::$case(&crate::real::world().await).await;
                }
            )+
        }
    };
}

mod discovery;
mod grants;
mod roles;
mod shapes;
mod tags;
mod trusts;
