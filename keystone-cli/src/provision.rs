//! `keystone provision`: brings Keystone to the state that a file declares.

use std::fs;
use std::io;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;
use keystone_provision::{Apply, Error, File, Plan, PlanOptions, Stop, Variables};
use keystone_sdk::identity::v3::Client;
use keystone_sdk::printable;
use serde_json::{Value, json};

use crate::failure::Failure;
use crate::login::LoginOptions;
use crate::output::Output;

mod journal;
mod passwords;
mod progress;

use journal::Journal;
use passwords::Passwords;
use progress::Progress;

pub(crate) const HELP: &str = "\
The plan is printed, and then applied: `+` is created, `~` is updated, `-` is deleted. A second run changes
nothing. Completed changes are recorded beside the file, so that the same command resumes an interrupted
run. docs/provision.md describes the file.";

/// Which file, and how it is applied.
#[derive(Args)]
pub(crate) struct Request {
    /// The provisioning file.
    file: PathBuf,
    /// Print what would be done and change nothing; the exit code is 1 if there is anything to do.
    #[arg(long)]
    dry_run: bool,
    /// Delete what exists in declared domains, groups and services and is not declared.
    #[arg(long)]
    prune: bool,
    /// A value for `${NAME}` in the file; may be given several times.
    #[arg(long = "set", value_name = "NAME=VALUE", value_parser = pair)]
    variables: Vec<(String, String)>,
    /// Where to record completed changes; FILE.state by default.
    #[arg(long, value_name = "FILE")]
    state: Option<PathBuf>,
    /// Start over: look up again what an interrupted run has done.
    #[arg(long)]
    fresh: bool,
    /// How many requests are in flight at a time.
    #[arg(long, value_name = "COUNT", default_value_t = 8)]
    concurrency: usize,
}

fn pair(text: &str) -> Result<(String, String), String> {
    let (name, value) = text.split_once('=').ok_or("write NAME=VALUE")?;
    Ok((name.to_owned(), value.to_owned()))
}

/// The exit code of a dry run that has found something to do.
const DRIFT: u8 = 1;
/// The exit code of a program that was interrupted.
const INTERRUPTED: u8 = 130;

pub(crate) async fn run(
    request: &Request,
    options: &LoginOptions,
    output: &Output,
) -> Result<ExitCode, Failure> {
    let path = &request.file;
    let name = path.display().to_string();
    let text = fs::read(path)
        .and_then(|bytes| keystone_document::decode(&name, bytes).map_err(io::Error::other))
        .map_err(|error| {
            Failure::settings(format!("the file `{name}` cannot be read")).caused_by(&error)
        })?;
    let variables: Variables = request.variables.iter().cloned().collect();
    let file = File::read(&name, &text, &variables)?;
    let session = options.session()?;
    let identity = Client::new(&session);
    let address = identity.service().base_url().await?.to_string();
    let mut options = PlanOptions::new()
        .concurrency(request.concurrency)
        .prune(request.prune);
    if request.dry_run {
        let plan = file.plan(&identity, &options).await?;
        print(&plan, output)?;
        let drift = if plan.is_empty() { 0 } else { DRIFT };
        return Ok(ExitCode::from(drift));
    }
    let journal = Journal::beside(path, request.state.as_deref());
    if let Some(state) = journal.read(&address).filter(|_| !request.fresh) {
        if state.digest == file.digest() {
            eprintln!("resuming after {} completed changes", state.done.len());
        }
        options = options.resume(state);
    }
    let plan = file.plan(&identity, &options).await?;
    print(&plan, output)?;
    apply(
        &plan,
        &identity,
        &journal,
        &address,
        &Passwords::beside(path),
    )
    .await
}

fn print(plan: &Plan, output: &Output) -> Result<(), Failure> {
    if output.is_json() {
        return output.print_json(&as_json(plan));
    }
    output.print_text(&printable::short_lines(&plan.to_string()))
}

fn as_json(plan: &Plan) -> Value {
    let things = plan.planned().map(|planned| {
        use keystone_provision::Action;
        let (action, changes) = match &planned.action {
            Action::Create => ("create", Vec::new()),
            Action::Delete => ("delete", Vec::new()),
            Action::Update(differences) => {
                let changes = differences.iter().map(|difference| {
                    json!({
                        "attribute": difference.attribute,
                        "before": difference.before,
                        "after": difference.after,
                    })
                });
                ("update", changes.collect())
            }
            _ => ("unchanged", Vec::new()),
        };
        json!({"what": planned.what, "place": planned.place, "action": action, "changes": changes})
    });
    things.collect()
}

async fn apply(
    plan: &Plan,
    identity: &Client,
    journal: &Journal,
    address: &str,
    passwords: &Passwords,
) -> Result<ExitCode, Failure> {
    if plan.is_empty() {
        journal.forget();
        return Ok(ExitCode::SUCCESS);
    }
    let stop = Stop::default();
    let listener = tokio::spawn(stop_on_interrupt(stop.clone()));
    let progress = Progress::new(plan, journal.begin(address, &plan.state())?);
    let how = Apply::new(passwords).observer(&progress).stop(&stop);
    let result = plan.apply(identity, &how).await;
    listener.abort();
    progress.end();
    match result {
        Ok(_) => {
            journal.forget();
            Ok(ExitCode::SUCCESS)
        }
        Err(Error::Stopped { done, all }) => {
            eprintln!(
                "interrupted: {done} of {all} changes are done and recorded in `{}`; the same command resumes from there",
                journal.path().display()
            );
            Ok(ExitCode::from(INTERRUPTED))
        }
        Err(error) => Err(error.into()),
    }
}

/// The first Ctrl-C waits for the requests in flight, the second does not.
async fn stop_on_interrupt(stop: Stop) {
    if tokio::signal::ctrl_c().await.is_err() {
        return;
    }
    stop.ask();
    eprintln!("stopping once the requests in flight are done; Ctrl-C again to stop at once");
    if tokio::signal::ctrl_c().await.is_ok() {
        std::process::exit(INTERRUPTED.into());
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        match error {
            Error::Identity {
                what,
                place,
                verb,
                source,
            } => {
                let about = format!("{what} ({place}) {verb}");
                Self::from(*source).about(&printable::line(&about))
            }
            // A line for each mistake.
            Error::File(error) => Self::settings(error.to_string()),
            error => {
                let failure = Self::settings(printable::line(&error.to_string()));
                match std::error::Error::source(&error) {
                    Some(source) => failure.caused_by(source),
                    None => failure,
                }
            }
        }
    }
}
