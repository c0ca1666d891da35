//! One typed call, a list of 1 and of 100 projects: our Identity client beside bare reqwest with a
//! structure of the same fields. Both keep their connection, and both give up after a minute: ours
//! by default, and a program that sets no timeout waits forever.

use std::error::Error;
use std::time::Duration;

use keystone_sdk::Session;
use keystone_sdk::auth::fixed::AdminToken;
use keystone_sdk::identity::v3::Client;
use serde::Deserialize;
use serde_json::{Map, Value, json};
use tokio::runtime::Runtime;

use crate::measure::alternate;
use crate::stub;

const CALLS: u32 = 200;
const ROUNDS: usize = 50;

/// The fields of a project, as one would write them down by hand.
#[derive(Deserialize)]
#[expect(dead_code, reason = "reading is what is measured")]
struct Project {
    id: String,
    name: String,
    domain_id: Option<String>,
    parent_id: Option<String>,
    description: Option<String>,
    enabled: bool,
    is_domain: bool,
    tags: Vec<String>,
    options: Option<Map<String, Value>>,
    parents: Option<Value>,
    subtree: Option<Value>,
    links: Option<Links>,
}

#[derive(Deserialize)]
#[expect(dead_code, reason = "reading is what is measured")]
struct Links {
    #[serde(rename = "self")]
    this: String,
}

#[derive(Deserialize)]
struct Projects {
    projects: Vec<Project>,
}

pub(crate) fn run() -> Result<(), Box<dyn Error>> {
    // Ours brings its own; bare reqwest wants one for the process.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    println!("\na list of projects, microseconds of CPU time a call");
    println!("{:<24}{:>20}{:>20}", "", "bare reqwest", "keystone-sdk");
    for count in [1, 100] {
        let [ours, bare] = measure(&runtime, count)?;
        let ours = format!("{ours:.1} (x {:.2})", ours / bare);
        println!("{:<24}{bare:>20.1}{ours:>20}", format!("projects: {count}"));
    }
    Ok(())
}

/// Microseconds a call of ours and of bare reqwest.
fn measure(runtime: &Runtime, count: usize) -> Result<[f64; 2], Box<dyn Error>> {
    let url = stub::serve(|url| vec![projects(url, count)])?;
    let session = Session::new(AdminToken::new(&url, "t")?)?;
    let client = Client::at(&session, url.parse()?);
    let reqwest = reqwest::Client::builder()
        .no_proxy()
        .timeout(Duration::from_secs(60))
        .build()?;
    let times = alternate(
        ROUNDS,
        || runtime.block_on(repeat(count, async || typed(&client).await)),
        || runtime.block_on(repeat(count, async || untyped(&reqwest, &url).await)),
    )?;
    Ok(times.map(|time| 1e6 * time.as_secs_f64() / f64::from(CALLS)))
}

async fn repeat(
    count: usize,
    call: impl AsyncFn() -> Result<usize, Box<dyn Error>>,
) -> Result<(), Box<dyn Error>> {
    for _ in 0..CALLS {
        assert_eq!(call().await?, count);
    }
    Ok(())
}

async fn typed(client: &Client) -> Result<usize, Box<dyn Error>> {
    let projects = client.projects().list().send().await?;
    Ok(projects.iter().filter(|project| project.enabled).count())
}

async fn untyped(client: &reqwest::Client, url: &str) -> Result<usize, Box<dyn Error>> {
    let request = client
        .get(format!("{url}/projects"))
        .header("x-auth-token", "t");
    let response = request.send().await?.error_for_status()?;
    let Projects { projects } = response.json().await?;
    Ok(projects.iter().filter(|project| project.enabled).count())
}

fn projects(url: &str, count: usize) -> Value {
    let projects: Vec<Value> = (0..count).map(|number| project(url, number)).collect();
    let links = json!({"self": format!("{url}/projects"), "previous": null, "next": null});
    json!({"projects": projects, "links": links})
}

fn project(url: &str, number: usize) -> Value {
    let id = format!("{number:032x}");
    json!({
        "id": id, "name": format!("project-{number}"), "domain_id": "default", "enabled": true,
        "parent_id": "default", "is_domain": false, "tags": ["one", "two"], "options": {},
        "description": "One of many", "links": {"self": format!("{url}/projects/{id}")},
    })
}
