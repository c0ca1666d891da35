//! Logs in and lists projects by the typed Identity client.

use keystone_sdk::Session;
use keystone_sdk::auth::v3::Password;
use keystone_sdk::identity::v3::Client;

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let auth = Password::builder(std::env::var("OS_AUTH_URL")?)
        .username("demo")
        .password("secret")
        .user_domain_id("default")
        .project_name("demo")
        .project_domain_id("default")
        .build()?;
    let identity = Client::new(&Session::new(auth)?);
    for project in identity.projects().list().all().await? {
        println!("{}", project.name);
    }
    Ok(())
}
