//! Logs in and prints a token and an endpoint: all that many a tool wants.

use keystone_sdk::Session;
use keystone_sdk::auth::v3::Password;
use keystone_sdk::catalog::EndpointFilter;

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let auth = Password::builder(std::env::var("OS_AUTH_URL")?)
        .username("demo")
        .password("secret")
        .user_domain_id("default")
        .project_name("demo")
        .project_domain_id("default")
        .build()?;
    let session = Session::new(auth)?;
    let endpoint = session.endpoint(&EndpointFilter::service_type("identity")).await?;
    println!("{} {}", session.token().await?.expose(), endpoint.url);
    Ok(())
}
