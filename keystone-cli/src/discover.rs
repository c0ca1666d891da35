//! `keystone discover`: the versions that a service has, and where.

use clap::Args;
use keystone_sdk::discovery::ApiVersion;
use keystone_sdk::printable;
use keystone_sdk::transport::Transport;
use serde_json::{Value, json};
use url::Url;

use crate::failure::Failure;
use crate::log::warn;
use crate::login::LoginOptions;
use crate::output::{Listing, Output};

const COLUMNS: [&str; 5] = [
    "version",
    "status",
    "min_microversion",
    "max_microversion",
    "url",
];

#[derive(Args)]
pub(crate) struct Discover {
    /// The URL to ask; that of Keystone by default. No token is sent.
    url: Option<String>,
    /// Ask the services of the catalog instead, all of them or those of this type.
    #[arg(long, value_name = "TYPE", num_args = 0..=1, default_missing_value = "", conflicts_with = "url")]
    services: Option<String>,
}

pub(crate) async fn run(
    discover: &Discover,
    options: &LoginOptions,
    output: &Output,
) -> Result<(), Failure> {
    if let Some(service_type) = &discover.services {
        return services(service_type, options, output).await;
    }
    let url = match &discover.url {
        Some(url) => Some(url.clone()),
        None => options.auth_url()?,
    };
    let url = url.ok_or_else(|| {
        Failure::settings("there is no URL; pass one, or set the variable `OS_AUTH_URL`")
    })?;
    let url = Url::parse(&url)
        .map_err(|error| Failure::settings(format!("`{url}` is not a URL")).caused_by(&error))?;
    let found = options.transport()?.discover(&url).await?;
    let rows = found.versions().iter().map(row);
    output.print(Listing::list(&COLUMNS, rows.collect()))
}

/// The versions of the services of the catalog, one after the other. One that does not respond is reported and
/// left out.
async fn services(wanted: &str, options: &LoginOptions, output: &Output) -> Result<(), Failure> {
    let login = options.session()?;
    let access = login.access().await?;
    let mut rows = Vec::new();
    for service in access.catalog.iter().flatten() {
        if !wanted.is_empty() && service.service_type != wanted {
            continue;
        }
        for endpoint in service
            .endpoints
            .iter()
            .filter(|one| one.interface == "public")
        {
            let found = versions(login.transport(), &endpoint.url).await;
            let lead = [json!(service.service_type), json!(endpoint.region_name())];
            match found {
                Ok(found) => {
                    rows.extend(found.iter().map(|one| [lead.to_vec(), row(one)].concat()));
                }
                Err(failure) => {
                    let kind = printable::line(&service.service_type);
                    warn(&format!("`{kind}` has no version document: {failure}"));
                }
            }
        }
    }
    let columns = [&["type", "region"], &COLUMNS[..]].concat();
    output.print(Listing::list(&columns, rows))
}

async fn versions(transport: &Transport, url: &str) -> Result<Vec<ApiVersion>, Failure> {
    let url = Url::parse(url).map_err(|error| {
        let message = format!("`{}` is not a URL", printable::line(url));
        Failure::settings(message).caused_by(&error)
    })?;
    Ok(transport.discover(&url).await?.versions().to_vec())
}

fn row(version: &ApiVersion) -> Vec<Value> {
    let pair = |pair: Option<(u16, u16)>| pair.map(|(major, minor)| format!("{major}.{minor}"));
    vec![
        json!(pair(Some(version.version))),
        json!(version.status.as_str()),
        json!(pair(version.min_microversion)),
        json!(pair(version.max_microversion)),
        json!(version.url.as_str()),
    ]
}
