//! Lists the projects of a cloud: one of `clouds.yaml`, that of the `OS_*` variables, or a Keystone
//! inside this process.

use std::error::Error;

use keystone_sdk::Session;
use keystone_sdk::auth::v3;
use keystone_sdk::identity::v3::{Client, ProjectCreate};
use keystone_testing::Keystone;

type Failure = Box<dyn Error + Send + Sync>;

/// What the program prints, given its argument.
///
/// # Errors
///
/// When no session can be made of what the argument names, or the call fails.
pub async fn run(argument: Option<&str>) -> Result<Vec<String>, Failure> {
    match argument {
        None => {
            let keystone = Keystone::start().await?;
            list(&embedded(&keystone).await?).await
        }
        Some("--env") => list(&Session::from_env()?).await,
        Some(cloud) => list(&Session::from_cloud(cloud)?).await,
    }
}

/// A line for each project, as pages of them come in.
async fn list(session: &Session) -> Result<Vec<String>, Failure> {
    let mut projects = Client::new(session)
        .projects()
        .list()
        .enabled(true)
        .stream();
    let mut lines = Vec::new();
    while let Some(project) = projects.next().await {
        let project = project?;
        let description = project.description.unwrap_or_default();
        lines.push(
            format!("{:<12} {description}", project.name)
                .trim_end()
                .to_owned(),
        );
    }
    lines.sort();
    Ok(lines)
}

/// A session at the Keystone inside this process, where there is something to list.
async fn embedded(keystone: &Keystone) -> Result<Session, Failure> {
    let admin = keystone.admin();
    let auth = v3::Password::builder(keystone.v3_url())
        .username(admin.username())
        .password(admin.password())
        .user_domain_id(admin.domain_id())
        .project_name(admin.project_name())
        .project_domain_id(admin.domain_id())
        .build()?;
    let session = Session::new(auth)?;
    let projects = Client::new(&session).projects();
    for (name, description) in [("lab", "Where things are tried"), ("shop", "What is sold")] {
        let new = ProjectCreate::new(name).domain_id(admin.domain_id());
        projects.create(new.description(description)).await?;
    }
    Ok(session)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn without_an_argument_the_projects_of_the_embedded_keystone_are_listed() {
        let lines = run(None).await.unwrap();
        let [admin, lab, shop] = lines.as_slice() else {
            panic!("{lines:?}")
        };
        assert!(admin.starts_with("admin "), "{admin}");
        assert_eq!(lab, "lab          Where things are tried");
        assert_eq!(shop, "shop         What is sold");
    }

    #[tokio::test]
    async fn a_cloud_that_nobody_described_is_named() {
        let error = run(Some("no-such-cloud")).await.unwrap_err();
        assert!(error.to_string().contains("no-such-cloud"), "{error}");
    }
}
