//! `keystone token`: issues, shows and revokes tokens.

use std::io::{self, Read};

use clap::Subcommand;
use http::{HeaderName, Method, StatusCode};
use keystone_sdk::auth::{AccessInfo, EndpointFilter};
use keystone_sdk::session::Call;
use keystone_sdk::{Error, SecretString, Session};
use serde_json::{Value, json};

use crate::failure::Failure;
use crate::login::{Login, LoginOptions};
use crate::output::{Listing, Output};

const SUBJECT: HeaderName = HeaderName::from_static("x-subject-token");

#[derive(Clone, Copy, Subcommand)]
pub(crate) enum Action {
    /// Log in and print the token; whoever has it can act as you until it expires. A cached token is printed
    /// if Keystone confirms that it is still valid.
    Issue,
    /// Show the user, scope, roles and lifetime of the token on stdin.
    Show,
    /// Revoke the token on stdin.
    Revoke,
    /// The cache of tokens between runs.
    Cache {
        #[command(subcommand)]
        action: CacheAction,
    },
}

#[derive(Clone, Copy, Subcommand)]
pub(crate) enum CacheAction {
    /// Remove all cached tokens, and their key.
    Clear,
    /// Show where tokens are cached, and how many there are.
    Show,
}

pub(crate) async fn run(
    action: Action,
    options: &LoginOptions,
    output: &Output,
) -> Result<(), Failure> {
    if let Action::Cache { action } = action {
        return cache(action, options, output);
    }
    // A token among the arguments could be read by every user of the machine.
    let login = options.session()?;
    match action {
        Action::Issue => output.print(issue(&login).await?),
        Action::Show => output.print(show(&login, &from_stdin()?).await?),
        Action::Revoke => {
            let subject = from_stdin()?;
            revoke(&login, &subject).await?;
            if login
                .auth()
                .auth_state()
                .is_some_and(|state| state.is_of(&subject))
            {
                login.forget();
            }
            Ok(())
        }
        Action::Cache { .. } => Ok(()),
    }
}

fn cache(action: CacheAction, options: &LoginOptions, output: &Output) -> Result<(), Failure> {
    let files = options.token_files().ok_or_else(|| {
        Failure::settings(
            "there is no home directory, so no token is cached; set the variable `HOME`",
        )
    })?;
    match action {
        CacheAction::Clear => {
            files.clear()?;
            Ok(())
        }
        CacheAction::Show => output.print(Listing::record(vec![
            ("directory", json!(files.directory().display().to_string())),
            ("tokens", json!(files.count()?)),
        ])),
    }
}

/// A printed token has to be valid. One from the cache may have been revoked since, or the password may
/// have changed: it is validated first, and a new one is issued if Keystone does not confirm it.
async fn issue(login: &Login) -> Result<Listing, Failure> {
    let session: &Session = login;
    let mut token = session.token().await?;
    if login.is_of_earlier_run() {
        let checked = session.send(about(Method::GET, &token.expose().into())?);
        if let Err(error) = checked.await {
            if !says_no(&error) {
                return Err(error.into());
            }
            session.auth().invalidate(&token);
            token = session.token().await?;
        }
    }
    let mut fields = describe(&session.access().await?);
    fields.insert(1, ("id", token.expose().into()));
    Ok(Listing::record(fields).whole("id"))
}

/// Whether this error means that a token is invalid, or that it can never be validated.
fn says_no(error: &Error) -> bool {
    match error {
        Error::Authentication(_) | Error::Discovery(_) => true,
        Error::Response(error) => matches!(
            error.status(),
            StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN | StatusCode::NOT_FOUND
        ),
        _ => false,
    }
}

async fn show(session: &Session, subject: &SecretString) -> Result<Listing, Failure> {
    let response = session.send(about(Method::GET, subject)?).await?;
    Ok(Listing::record(describe(&AccessInfo::from_json(
        &response.body,
    )?)))
}

async fn revoke(session: &Session, subject: &SecretString) -> Result<(), Failure> {
    session.send(about(Method::DELETE, subject)?).await?;
    Ok(())
}

fn about(method: Method, subject: &SecretString) -> Result<Call, Failure> {
    let identity = EndpointFilter::service_type("identity").major_version(3);
    let call = Call::new(method, "/auth/tokens").endpoint(identity);
    Ok(call.secret_header(SUBJECT, subject)?)
}

fn from_stdin() -> Result<SecretString, Failure> {
    let mut text = String::new();
    io::stdin().read_to_string(&mut text).map_err(|error| {
        Failure::settings("the token cannot be read from stdin").caused_by(&error)
    })?;
    let token = SecretString::new(text.trim());
    if token.is_blank() {
        return Err(Failure::settings(
            "there is no token on stdin; put one there, as in \
             `keystone token issue -f value -c id | keystone token show`",
        ));
    }
    Ok(token)
}

/// The fields of a token, under the names that openstackclient gives them.
fn describe(access: &AccessInfo) -> Vec<(&'static str, Value)> {
    let mut fields = vec![
        ("expires", json!(access.expires_at.to_string())),
        ("user_id", json!(access.user_id())),
        ("user_name", json!(access.username())),
    ];
    let scope = [
        ("project_id", access.project_id()),
        ("project_name", access.project_name()),
        ("domain_id", access.domain_id()),
        ("domain_name", access.domain_name()),
        ("system", access.is_system_scoped().then_some("all")),
    ];
    let named = scope
        .into_iter()
        .filter_map(|(name, value)| Some((name, json!(value?))));
    fields.extend(named);
    fields.push(("roles", json!(access.role_names().collect::<Vec<_>>())));
    fields
}
