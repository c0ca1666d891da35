//! The typed client has an operation for each route of the real Keystone, and no other.
//!
//! `routes.tsv` holds those routes with the policies that they enforce, as `tests/lab/routes.py`
//! reads them off an installed Keystone, and the phantoms: what its URL map lists though no handler
//! serves it, with the reason.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use keystone_sdk::identity::v3::OPERATIONS;
use keystone_testing::Keystone;
use serde_json::Value;

type Routes<'a> = BTreeMap<(&'a str, &'a str), BTreeSet<&'a str>>;

fn file() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("routes.tsv")
}

/// The routes of a table by method and path, and its phantoms.
fn read(table: &str) -> (Routes<'_>, Vec<(&str, &str)>) {
    let mut routes = Routes::new();
    let mut phantoms = Vec::new();
    for line in table.lines() {
        let cells: Vec<&str> = line.split('\t').collect();
        let [method, path, policies, phantom] = cells.as_slice() else {
            panic!("`{line}` has not four cells")
        };
        if *phantom == "-" {
            let policies = policies.split(',').filter(|policy| *policy != "-");
            routes.insert((method, path), policies.collect());
        } else {
            phantoms.push((*method, *path));
        }
    }
    (routes, phantoms)
}

/// A check by `HEAD` is the `GET` of its path.
fn operations() -> Routes<'static> {
    let mut routes = Routes::new();
    for operation in OPERATIONS {
        let method = match operation.method {
            "HEAD" => "GET",
            method => method,
        };
        let policies = routes.entry((method, operation.path)).or_default();
        policies.extend(operation.policies);
    }
    routes
}

#[test]
fn every_route_is_an_operation_and_every_operation_a_route() {
    let table = fs::read_to_string(file()).unwrap();
    let (routes, phantoms) = read(&table);
    let operations = operations();
    let missing: Vec<_> = routes
        .keys()
        .filter(|route| !operations.contains_key(*route))
        .collect();
    let invented: Vec<_> = operations
        .keys()
        .filter(|route| !routes.contains_key(*route))
        .collect();
    assert!(missing.is_empty(), "no operations for {missing:?}");
    assert!(invented.is_empty(), "no routes for {invented:?}");
    assert_eq!((routes.len(), phantoms.len()), (237, 21));
}

#[test]
fn operations_name_the_policies_that_keystone_enforces() {
    let table = fs::read_to_string(file()).unwrap();
    let (routes, _) = read(&table);
    for (operation, policies) in operations() {
        assert_eq!(routes.get(&operation), Some(&policies), "{operation:?}");
    }
}

/// What the documentation of the embedded Keystone says that it does not serve.
const UNSERVED: &str = include_str!("../../../keystone-testing/src/unserved.md");

#[tokio::test]
async fn the_embedded_server_returns_501_where_its_documentation_says_so_and_nowhere_else() {
    let keystone = Keystone::start().await.unwrap();
    let table = fs::read_to_string(file()).unwrap();
    let (routes, _) = read(&table);
    let mut unserved = Vec::new();
    for (method, path) in routes.keys() {
        let asked = path.replace(['{', '}'], "");
        let (status, body) = ask(&keystone, method, &asked).await;
        match status {
            501 => {
                assert_eq!(body["error"]["title"], "Not Implemented", "{method} {path}");
                let message = body["error"]["message"].as_str().unwrap_or_default();
                assert!(message.contains(&format!("{method} {asked}")), "{message}");
                unserved.push(format!("{method} {path}\n"));
            }
            // Those that Keystone does not have get the same, but in HTML.
            404 | 405 => {
                assert!(
                    body.get("error").is_some(),
                    "{method} {path}: {status}, unlisted"
                );
            }
            _ => {}
        }
    }
    let listed = format!("```text\n{}```\n", unserved.concat());
    assert_eq!(UNSERVED, listed, "of {} routes", routes.len());
    for unknown in ["/v3/nothing", "/v3/limits/1/2", "/v3/OS-KSADM/roles"] {
        assert_eq!(ask(&keystone, "GET", unknown).await.0, 404, "{unknown}");
    }
}

async fn ask(keystone: &Keystone, method: &str, path: &str) -> (u16, Value) {
    // A second test finds it installed already.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    let method = reqwest::Method::from_bytes(method.as_bytes()).unwrap();
    let url = format!("{}{path}", keystone.url());
    let response = client.request(method, url).send().await.unwrap();
    let status = response.status().as_u16();
    (status, response.json().await.unwrap_or_default())
}

#[cfg(feature = "real-servers")]
mod real {
    use super::file;

    #[test]
    fn the_table_lists_what_the_installed_keystone_serves() {
        let output = keystone_lab::python("routes.py").unwrap().output().unwrap();
        let errors = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{errors}");
        let table = String::from_utf8(output.stdout).unwrap();
        if keystone_lab::bless() {
            std::fs::write(file(), &table).unwrap();
        }
        assert_eq!(std::fs::read_to_string(file()).unwrap(), table);
    }
}
