//! Logs in and lists projects by openstack_sdk.

use openstack_sdk::AsyncOpenStack;
use openstack_sdk::api::QueryAsync;
use openstack_sdk::api::identity::v3::project::list;
use openstack_sdk::config::ConfigFile;

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let config = ConfigFile::new()?;
    let profile = config.get_cloud_config("demo")?.ok_or("no such cloud")?;
    let session = AsyncOpenStack::new(&profile).await?;
    let request = list::Request::builder().build()?;
    let projects: Vec<serde_json::Value> = request.query_async(&session).await?;
    for project in projects {
        println!("{}", project["name"]);
    }
    Ok(())
}
