//! The cases, by topic; each runs on its own.

/// Declares the cases of a topic: a test on the embedded server for each, and
/// one on the real server behind the feature `real-servers`.
macro_rules! cases {
    ($($case:ident),+ $(,)?) => {
        const TOPIC: &str = module_path!();

        mod embedded {
            $(
                #[tokio::test]
                async fn $case() {
                    crate::golden::embedded(super::TOPIC, stringify!($case), super::$case).await;
                }
            )+
        }

        #[cfg(feature = "real-servers")]
        mod real {
            $(
                #[tokio::test]
                async fn $case() {
                    crate::golden::real(super::TOPIC, stringify!($case), super::$case).await;
                }
            )+
        }
    };
}

mod application_credentials;
mod assignments;
mod bounds;
mod delegated_tokens;
mod discovery;
mod domain_managers;
mod domain_projects;
mod domain_roles;
mod domains;
mod endpoints;
mod multi_method;
mod oauth1;
mod oauth2;
mod paging;
mod password;
mod projects;
mod refusals;
mod regions;
mod roles;
mod services;
mod token_method;
mod trusts;
mod unknown_ids;
mod users;
mod validation;
mod walked;
