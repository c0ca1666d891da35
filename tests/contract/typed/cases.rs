//! Cases by topic.

/// Declares the cases of a topic, those for `both` servers and those for the `real` one alone: a
/// test on the embedded server, one on the real server behind the feature `real-servers`, and one
/// on the tape of the real server.
macro_rules! cases {
    ($topic:literal, both: [$($both:ident),* $(,)?], real: [$($real:ident),* $(,)?] $(,)?) => {
        mod embedded {
            $(
                #[tokio::test]
                async fn $both() {
                    let keystone = keystone_testing::Keystone::start().await.unwrap();
                    let admin = keystone.admin();
                    let world = crate::world::World::of_server(
                        keystone.v3_url(),
                        admin.username(),
                        admin.password(),
                        admin.project_name(),
                    )
                    .await;
                    super::$both(&world).await;
                }
            )*
        }

        mod recorded {
            cases!(@recorded $topic: $($both)* $($real)*);
        }

        #[cfg(feature = "real-servers")]
        mod real {
            cases!(@real $topic: $($both)* $($real)*);
        }
    };
    (@recorded $topic:literal: $($case:ident)*) => {
        $(
            #[tokio::test]
            async fn $case() {
                let world = crate::world::World::of_tape(concat!($topic, "/", stringify!($case)));
                let world = world.await;
                super::$case(&world).await;
                world.finish();
            }
        )*
    };
    (@real $topic:literal: $($case:ident)*) => {
        $(
            #[tokio::test]
            async fn $case() {
                let real = keystone_lab::RealKeystone::from_env().unwrap();
                let world = crate::world::World::of_server(
                    real.url,
                    &real.username,
                    &real.password,
                    &real.project,
                )
                .await;
                super::$case(&world).await;
                world.record(concat!($topic, "/", stringify!($case)));
            }
        )*
    };
}

mod application_credentials;
mod assignments;
mod credentials;
mod discovery;
mod domain_configs;
mod domains;
mod endpoint_filters;
mod endpoints;
mod federation;
mod grants;
mod groups;
mod limits;
mod oauth;
mod policies;
mod projects;
mod regions;
mod revocations;
mod roles;
mod services;
mod tags;
mod tokens;
mod trusts;
mod users;
