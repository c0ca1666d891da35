//! Ten thousand users, in one answer and in pages of a thousand: our Identity client beside bare
//! reqwest with a structure of the same fields.

use std::error::Error;
use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::thread;
use std::time::{Duration, Instant};

use keystone_sdk::Session;
use keystone_sdk::auth::fixed::AdminToken;
use keystone_sdk::identity::v3::Client;
use serde::Deserialize;
use serde_json::{Map, Value, json};

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
    println!("\n{USERS} users, milliseconds");
    println!(
        "{:<24}{:>20}{:>20}",
        "", "in one answer", "in pages of 1000"
    );
    let whole = serve(USERS)?;
    let paged = serve(PAGE)?;
    let theirs = [&whole, &paged].map(|url| best(|| runtime.block_on(bare(url))));
    let ours = [&whole, &paged].map(|url| best(|| runtime.block_on(typed(url))));
    for (name, times) in [("bare reqwest", &theirs), ("stream of keystone-sdk", &ours)] {
        print!("{name:<24}");
        for (time, base) in times.iter().zip(&theirs) {
            let milliseconds = 1e3 * time.as_secs_f64();
            let ratio = time.as_secs_f64() / base.as_secs_f64();
            print!("{:>20}", format!("{milliseconds:.1} (x {ratio:.2})"));
        }
        println!();
    }
    Ok(())
}

fn best(mut read: impl FnMut() -> Result<usize, Box<dyn Error>>) -> Duration {
    let times = (0..ROUNDS).map(|_| {
        let start = Instant::now();
        let count = read().unwrap_or_default();
        assert_eq!(count, USERS);
        start.elapsed()
    });
    times.min().unwrap_or_default()
}

async fn bare(url: &str) -> Result<usize, Box<dyn Error>> {
    let client = reqwest::Client::builder().no_proxy().build()?;
    let (mut count, mut next) = (0, Some(format!("{url}/users")));
    while let Some(url) = next {
        let answer = client.get(url).header("x-auth-token", "t").send().await?;
        let page: Page = answer.error_for_status()?.json().await?;
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

/// A server that hands out all users in pages of this size. Its address ends in `/v3`.
fn serve(page: usize) -> Result<String, Box<dyn Error>> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let url = format!("http://{}/v3", listener.local_addr()?);
    let pages: Vec<String> = (0..USERS / page)
        .map(|number| answer(&url, number, page))
        .collect();
    let pages: &'static [String] = pages.leak();
    thread::spawn(move || {
        for connection in listener.incoming().map_while(Result::ok) {
            thread::spawn(move || hand_out(connection, pages));
        }
    });
    Ok(url)
}

fn hand_out(connection: TcpStream, pages: &[String]) -> std::io::Result<()> {
    let mut writer = connection.try_clone()?;
    let mut lines = BufReader::new(connection).lines();
    while let Some(request) = lines.next().transpose()? {
        while lines
            .next()
            .transpose()?
            .is_some_and(|line| !line.is_empty())
        {}
        let marker = request.split_once("marker=").map(|(_, rest)| rest);
        let number = marker.and_then(|rest| rest.split([' ', '&']).next()?.parse().ok());
        let number: usize = number.unwrap_or_default();
        let page = pages.get(number).map_or("", String::as_str);
        writer.write_all(page.as_bytes())?;
    }
    Ok(())
}

fn answer(url: &str, number: usize, page: usize) -> String {
    let users: Vec<Value> = (number * page..(number + 1) * page)
        .map(|id| user(url, id))
        .collect();
    let last = (number + 1) * page == USERS;
    let next = (!last).then(|| format!("{url}/users?marker={}", number + 1));
    let links = json!({"self": format!("{url}/users"), "previous": null, "next": next});
    let body = json!({"users": users, "links": links}).to_string();
    let length = body.len();
    format!(
        "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {length}\r\n\r\n{body}"
    )
}

fn user(url: &str, number: usize) -> Value {
    let id = format!("{number:032x}");
    json!({
        "id": id, "name": format!("user-{number}"), "domain_id": "default", "enabled": true,
        "password_expires_at": null, "email": format!("user-{number}@example.org"), "options": {},
        "description": "One of many", "links": {"self": format!("{url}/users/{id}")},
    })
}
