//! `keystone catalog`: the services in the catalog of a token.

use clap::Subcommand;
use keystone_sdk::catalog::{CatalogEndpoint, CatalogService};
use serde_json::{Value, json};

use crate::failure::Failure;
use crate::login::LoginOptions;
use crate::output::{Listing, Output};

const COLUMNS: [&str; 5] = ["type", "name", "interface", "region", "url"];

#[derive(Clone, Copy, Subcommand)]
pub(crate) enum Action {
    /// List the endpoints of all services.
    List,
}

pub(crate) async fn run(
    action: Action,
    options: &LoginOptions,
    output: &Output,
) -> Result<(), Failure> {
    match action {
        Action::List => list(options, output).await,
    }
}

async fn list(options: &LoginOptions, output: &Output) -> Result<(), Failure> {
    let access = options.session()?.access().await?;
    let Some(catalog) = &access.catalog else {
        return Err(Failure::settings(
            "the token has no catalog, because it has no scope; name a project, as in \
             `OS_PROJECT_NAME` and `OS_PROJECT_DOMAIN_ID`",
        ));
    };
    let rows = catalog.iter().flat_map(|service| {
        let endpoints = service.endpoints.iter();
        endpoints.map(move |endpoint| row(service, endpoint))
    });
    output.print(Listing::list(&COLUMNS, rows.collect()))
}

fn row(service: &CatalogService, endpoint: &CatalogEndpoint) -> Vec<Value> {
    vec![
        json!(service.service_type),
        json!(service.name),
        json!(endpoint.interface),
        json!(endpoint.region_name()),
        json!(endpoint.url),
    ]
}
