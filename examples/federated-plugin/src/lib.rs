//! A federated login of one's own: the plugin in `build_job.rs`, and what can be done with it.

use std::error::Error;

use keystone_sdk::Session;
use keystone_sdk::auth::PluginOptions;
use keystone_sdk::config::Registry;

use crate::build_job::BuildJob;

pub mod build_job;
mod stub;

/// Logs in as a build job, by the plugin's builder and by its name, and with a wrong key, and reports
/// the result of each.
///
/// # Errors
///
/// Whatever keeps one of the first two from logging in.
pub async fn tour() -> Result<Vec<String>, Box<dyn Error>> {
    let url = stub::start().await?;
    let builder = BuildJob::builder(format!("{url}/v3"))
        .identity_provider("builds")
        .protocol("openid")
        .id_tokens(format!("{url}/id_tokens"))
        .project_name("nightly")
        .project_domain_name("Default");
    let by_builder = builder.clone().job_key("s3cr3t").build()?;
    let options = PluginOptions::new()
        .with("auth_url", format!("{url}/v3"))
        .with("identity_provider", "builds")
        .with("protocol", "openid")
        .with("id_tokens", format!("{url}/id_tokens"))
        .with("job_key", "s3cr3t");
    let by_name = Registry::builtin()
        .with(BuildJob::loader())
        .load("v3buildjob", &options)?;
    let wrong = builder.job_key("guessed").build()?;

    let refused = Session::new(wrong)?.token().await.err();
    Ok(vec![
        format!("by builder: {}", whoami(Session::new(by_builder)?).await?),
        format!("by name: {}", whoami(Session::new(by_name)?).await?),
        refused.map_or_else(
            || "wrong key: accepted".to_owned(),
            |error| format!("wrong key: {}", error.status().unwrap_or_default()),
        ),
    ])
}

async fn whoami(session: Session) -> Result<String, keystone_sdk::Error> {
    let access = session.access().await?;
    let project = access.project_name().unwrap_or("no project");
    Ok(format!("{} in {project}", access.username()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_build_job_logs_in_by_its_id_token() {
        assert_eq!(
            tour().await.unwrap(),
            [
                "by builder: job 17 in nightly",
                "by name: job 17 in no project",
                "wrong key: 401 Unauthorized",
            ]
        );
    }
}
