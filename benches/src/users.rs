//! Ten thousand users, in one response and in pages of a thousand: our Identity client beside bare
//! reqwest with a structure of the same fields.

use std::error::Error;

use keystone_sdk::Session;
use keystone_sdk::auth::fixed::AdminToken;
use keystone_sdk::identity::v3::Client;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use crate::measure::alternate;
use crate::stub;

const USERS: usize = 10_000;
const PAGE: usize = 1_000;
const ROUNDS: usize = 20;

/// The fields of a user, as one would write them down by hand.
#[derive(Deserialize)]
#[expect(dead_code, reason = "reading is what is measured")]
struct User {
    id: String,
    name: String,
    domain_id: String,
    enabled: bool,
    password_expires_at: Option<String>,
    default_project_id: Option<String>,
    description: Option<String>,
    email: Option<String>,
    options: Option<Map<String, Value>>,
    links: Option<Links>,
}

#[derive(Deserialize)]
#[expect(dead_code, reason = "reading is what is measured")]
struct Links {
    #[serde(rename = "self")]
    this: String,
}

#[derive(Deserialize)]
struct Page {
    users: Vec<User>,
    links: Next,
}

#[derive(Deserialize)]
struct Next {
    next: Option<String>,
}

pub(crate) fn run() -> Result<(), Box<dyn Error>> {
    // Ours brings its own; bare reqwest wants one for the process.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    println!("\n{USERS} users, milliseconds of CPU time");
    println!("{:<24}{:>20}{:>20}", "", "bare reqwest", "keystone-sdk");
    for (name, size) in [("in one response", USERS), ("in pages of 1000", PAGE)] {
        let url = stub::serve(|url| pages(url, size))?;
        let times = alternate(
            ROUNDS,
            || check(runtime.block_on(typed(&url))),
            || check(runtime.block_on(bare(&url))),
        )?;
        let [ours, bare] = times.map(|time| 1e3 * time.as_secs_f64());
        let ours = format!("{ours:.1} (x {:.2})", ours / bare);
        println!("{name:<24}{bare:>20.1}{ours:>20}");
    }
    Ok(())
}

fn check(count: Result<usize, Box<dyn Error>>) -> Result<(), Box<dyn Error>> {
    assert_eq!(count?, USERS);
    Ok(())
}

async fn bare(url: &str) -> Result<usize, Box<dyn Error>> {
    let client = reqwest::Client::builder().no_proxy().build()?;
    let (mut count, mut next) = (0, Some(format!("{url}/users")));
    while let Some(url) = next {
        let response = client.get(url).header("x-auth-token", "t").send().await?;
        let page: Page = response.error_for_status()?.json().await?;
        count += page.users.iter().filter(|user| user.enabled).count();
        next = page.links.next;
    }
    Ok(count)
}

async fn typed(url: &str) -> Result<usize, Box<dyn Error>> {
    let session = Session::new(AdminToken::new(url, "t")?)?;
    let client = Client::at(&session, url.parse()?);
    let mut users = client.users().list().stream();
    let mut count = 0;
    while let Some(user) = users.next().await {
        count += usize::from(user?.enabled);
    }
    Ok(count)
}

/// All users, in pages of this size.
fn pages(url: &str, size: usize) -> Vec<Value> {
    let page = |number: usize| {
        let users: Vec<Value> = (number * size..(number + 1) * size)
            .map(|id| user(url, id))
            .collect();
        let last = (number + 1) * size == USERS;
        let next = (!last).then(|| format!("{url}/users?marker={}", number + 1));
        let links = json!({"self": format!("{url}/users"), "previous": null, "next": next});
        json!({"users": users, "links": links})
    };
    (0..USERS / size).map(page).collect()
}

fn user(url: &str, number: usize) -> Value {
    let id = format!("{number:032x}");
    json!({
        "id": id, "name": format!("user-{number}"), "domain_id": "default", "enabled": true,
        "password_expires_at": null, "email": format!("user-{number}@example.org"), "options": {},
        "description": "One of many", "links": {"self": format!("{url}/users/{id}")},
    })
}
