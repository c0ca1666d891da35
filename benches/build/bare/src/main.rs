//! Logs in and lists projects on bare reqwest.

use serde::Deserialize;
use serde_json::json;

#[derive(Deserialize)]
struct Projects {
    projects: Vec<Project>,
}

#[derive(Deserialize)]
struct Project {
    name: String,
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let url = std::env::var("OS_AUTH_URL")?;
    let client = reqwest::Client::new();
    let user = json!({"name": "demo", "password": "secret", "domain": {"id": "default"}});
    let identity = json!({"methods": ["password"], "password": {"user": user}});
    let scope = json!({"project": {"name": "demo", "domain": {"id": "default"}}});
    let login = client
        .post(format!("{url}/auth/tokens"))
        .json(&json!({"auth": {"identity": identity, "scope": scope}}))
        .send()
        .await?
        .error_for_status()?;
    let token = login.headers()["x-subject-token"].to_str()?.to_owned();
    let answer = client
        .get(format!("{url}/projects"))
        .header("x-auth-token", token)
        .send()
        .await?
        .error_for_status()?;
    for project in answer.json::<Projects>().await?.projects {
        println!("{}", project.name);
    }
    Ok(())
}
