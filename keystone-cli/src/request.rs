//! `keystone request`: any call of any service, with a token.

use std::io::{self, IsTerminal, Read, Write};
use std::process::ExitCode;

use bytes::Bytes;
use clap::Args;
use http::header::CONTENT_TYPE;
use http::{HeaderName, HeaderValue, Method};
use keystone_sdk::auth::{EndpointFilter, Interface};
use keystone_sdk::discovery::VersionRange;
use keystone_sdk::printable;
use keystone_sdk::session::Call;
use keystone_sdk::transport::Response;

use crate::failure::Failure;
use crate::login::{Login, LoginOptions};

#[derive(Args)]
pub(crate) struct Request {
    /// GET, POST, PUT, PATCH, DELETE, HEAD or any other.
    #[arg(value_name = "METHOD", value_parser = method)]
    method: Method,
    /// A path below the service's endpoint, or a URL, to which the token is sent whatever its host.
    #[arg(value_name = "PATH-OR-URL")]
    target: String,
    /// The type of the service, such as `compute`.
    #[arg(long, value_name = "TYPE", default_value = "identity")]
    service_type: String,
    /// The name of the service in the catalog.
    #[arg(long, value_name = "NAME")]
    service_name: Option<String>,
    /// The interface of the endpoint; several separated by commas, in order of preference.
    #[arg(long, value_name = "INTERFACE", value_delimiter = ',', value_parser = interface)]
    interface: Vec<Interface>,
    /// The region of the endpoint.
    #[arg(long, value_name = "NAME")]
    region_name: Option<String>,
    /// The endpoint URL, in place of that of the catalog; may contain `%(project_id)s`.
    #[arg(long, value_name = "URL")]
    endpoint_override: Option<String>,
    /// The version of the API, by discovery.
    #[arg(long = "api-version", value_name = "VERSION", conflicts_with_all = ["min_version", "max_version"])]
    api_version: Option<String>,
    /// The lowest acceptable version of the API.
    #[arg(long, value_name = "VERSION")]
    min_version: Option<String>,
    /// The highest acceptable version of the API.
    #[arg(long, value_name = "VERSION")]
    max_version: Option<String>,
    /// The microversion, such as `2.79`, or `latest`.
    #[arg(long, value_name = "VERSION")]
    microversion: Option<String>,
    /// A header, as in `x-name: value`; may be given several times.
    #[arg(long, short = 'H', value_name = "NAME: VALUE", value_parser = header)]
    header: Vec<(HeaderName, HeaderValue)>,
    /// A body of JSON: the text, `@FILE`, or `-` for stdin.
    #[arg(long, value_name = "JSON", conflicts_with = "data")]
    json: Option<String>,
    /// A body of any type: the text, `@FILE`, or `-` for stdin.
    #[arg(long, value_name = "DATA")]
    data: Option<String>,
    /// Print status and headers before the body.
    #[arg(long, short)]
    include: bool,
    /// Send no token.
    #[arg(long)]
    no_auth: bool,
}

pub(crate) async fn run(request: &Request, options: &LoginOptions) -> Result<ExitCode, Failure> {
    let login = options.session()?;
    let call = request.call(&login)?;
    let response = login.send(call.accept_any_status()).await?;
    print(&response, request.include)?;
    match response.error_for_status() {
        Ok(_) => Ok(ExitCode::SUCCESS),
        // The body, which says why, is on stdout.
        Err(error) => Err(error.into()),
    }
}

impl Request {
    fn call(&self, login: &Login) -> Result<Call, Failure> {
        let settings = login.service(&self.service_type)?;
        let version = self.api_version.as_deref();
        let (min, max) = (self.min_version.as_deref(), self.max_version.as_deref());
        let of_cloud = settings
            .api_version
            .filter(|_| min.is_none() && max.is_none());
        let versions = VersionRange::from_options(version.or(of_cloud.as_deref()), min, max)?;
        let service_type = settings.service_type.as_ref().unwrap_or(&self.service_type);
        let mut filter = EndpointFilter::service_type(service_type).versions(versions);
        filter.service_name = self.service_name.clone().or(settings.service_name);
        filter.region_name = self.region_name.clone().or(settings.region_name);
        filter.interfaces = if self.interface.is_empty() {
            settings.interfaces
        } else {
            self.interface.clone()
        };
        let mut call = Call::new(self.method.clone(), &self.target).endpoint(filter);
        if let Some(url) = self
            .endpoint_override
            .clone()
            .or(settings.endpoint_override)
        {
            call = call.endpoint_override(url);
        }
        if let Some(version) = self.microversion.clone().or(settings.default_microversion) {
            call = call.microversion(version);
        }
        call = call.retries(settings.retries);
        if self.no_auth {
            call = call.unauthenticated();
        }
        if let Some((kind, body)) = self.body()? {
            call = call.body(kind, body);
        }
        let headers = self.header.iter().cloned();
        Ok(headers.fold(call, |call, (name, value)| call.header(name, value)))
    }

    /// The body with its type.
    fn body(&self) -> Result<Option<(HeaderValue, Bytes)>, Failure> {
        if let Some(given) = &self.json {
            let bytes = read(given)?;
            serde_json::from_slice::<serde::de::IgnoredAny>(&bytes)
                .map_err(|error| Failure::settings("the body is not JSON").caused_by(&error))?;
            return Ok(Some((HeaderValue::from_static("application/json"), bytes)));
        }
        let Some(given) = &self.data else {
            return Ok(None);
        };
        let named = self.header.iter().find(|(name, _)| name == CONTENT_TYPE);
        let other = HeaderValue::from_static("application/octet-stream");
        let kind = named.map_or(other, |(_, value)| value.clone());
        Ok(Some((kind, read(given)?)))
    }
}

/// The text itself, a file, or stdin.
fn read(given: &str) -> Result<Bytes, Failure> {
    if given == "-" {
        let mut bytes = Vec::new();
        io::stdin().read_to_end(&mut bytes).map_err(|error| {
            Failure::settings("the body cannot be read from stdin").caused_by(&error)
        })?;
        return Ok(bytes.into());
    }
    match given.strip_prefix('@') {
        Some(path) => std::fs::read(path).map(Bytes::from).map_err(|error| {
            Failure::settings(format!("the file `{path}` cannot be read")).caused_by(&error)
        }),
        None => Ok(given.to_owned().into()),
    }
}

/// Prints the response: byte by byte as it came to a file or a program, as text to a terminal.
fn print(response: &Response, include: bool) -> Result<(), Failure> {
    let text = bytes(response, include);
    let mut stdout = io::stdout().lock();
    let text = if stdout.is_terminal() {
        for_terminal(&text)
    } else {
        text
    };
    match stdout.write_all(&text).and_then(|()| stdout.flush()) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
            Err(Failure::settings("the response cannot be written to stdout").caused_by(&error))
        }
        _ => Ok(()),
    }
}

fn bytes(response: &Response, include: bool) -> Vec<u8> {
    let mut text = Vec::new();
    if include {
        text.extend_from_slice(format!("HTTP {}\n", response.status).as_bytes());
        for (name, value) in &response.headers {
            text.extend_from_slice(format!("{name}: ").as_bytes());
            text.extend_from_slice(value.as_bytes());
            text.push(b'\n');
        }
        text.push(b'\n');
    }
    text.extend_from_slice(&response.body);
    text
}

/// Text without terminal control sequences.
fn for_terminal(text: &[u8]) -> Vec<u8> {
    let text = String::from_utf8_lossy(text).replace("\r\n", "\n");
    printable::lines(&text).into_owned().into_bytes()
}

fn method(text: &str) -> Result<Method, String> {
    let text = text.to_ascii_uppercase();
    Method::from_bytes(text.as_bytes()).map_err(|_| "this is not an HTTP method".to_owned())
}

fn interface(text: &str) -> Result<Interface, String> {
    let wanted = || "write `public`, `internal` or `admin`".to_owned();
    Interface::parse(text.trim()).ok_or_else(wanted)
}

/// Errors do not repeat the value: it may be secret.
fn header(text: &str) -> Result<(HeaderName, HeaderValue), String> {
    let (name, value) = text
        .split_once(':')
        .ok_or("write the name, a colon and the value")?;
    let name = HeaderName::from_bytes(name.trim().as_bytes())
        .map_err(|_| "the name contains characters that are not allowed in header names")?;
    let value = HeaderValue::from_str(value.trim())
        .map_err(|_| "the value contains characters that are not allowed in headers")?;
    Ok((name, value))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_body_does_not_steer_the_terminal() {
        let shown = for_terminal("{\r\n\t\"a\": \"\u{1b}[31m\u{202e}é\"\n}\u{9b}\r".as_bytes());
        let shown = String::from_utf8(shown).unwrap();
        assert_eq!(shown, "{\n\t\"a\": \"\\u{1b}[31m\\u{202e}é\"\n}\\u{9b}\\r");
        assert!(!for_terminal(b"\x9b31m\xff").contains(&0x9b));
    }
}
