//! An admin, a member and nobody try everything, and a table says what came of it.

use std::future::IntoFuture;

use axum::Router;
use axum::extract::{Request, State};
use axum::middleware::{self, Next};
use axum::response::Response;
use comfy_table::{ColumnConstraint, ContentArrangement, Table, presets};
use http::HeaderName;
use keystone_middleware::sdk::{Error, Session, client::Url};
use tokio::sync::mpsc;

use crate::client::{self, Client, ProxyCreate, ProxyUpdate};
use crate::operator_log::OperatorLog;
use crate::policies;
use crate::world::World;

type Failure = Box<dyn std::error::Error + Send + Sync>;

/// The statuses that the service gave, as they leave it.
pub type Statuses = mpsc::UnboundedReceiver<u16>;

/// Puts a tap on the service that notes the status of each answer.
pub fn tap(app: Router) -> (Router, Statuses) {
    let (notes, statuses) = mpsc::unbounded_channel();
    (
        app.layer(middleware::from_fn_with_state(notes, note_status)),
        statuses,
    )
}

async fn note_status(
    State(notes): State<mpsc::UnboundedSender<u16>>,
    request: Request,
    next: Next,
) -> Response {
    let response = next.run(request).await;
    // Nobody listens any more when the demo is over.
    let _ = notes.send(response.status().as_u16());
    response
}

/// The same everywhere, so that two runs can be compared line by line.
const WIDTH: u16 = 140;

/// Drives the service and tells what came of each call.
///
/// # Errors
///
/// When the service cannot be found or reached; a refusal is no error but a line of the table.
pub async fn run(world: &World, statuses: Statuses, log: OperatorLog) -> Result<Table, Failure> {
    let mut story = Story {
        statuses,
        log,
        table: table(),
    };
    let alice = world.session(world.admin())?;
    let url: Url = world.find_service(&alice).await?.parse()?;
    let at = |session: &Session| Client::at(session, url.clone());
    let admin = at(&alice);
    let member = at(&world.session(world.member())?);
    let nobody = admin.anonymous();

    let new = || ProxyCreate::new("www.example.org", ["http://10.0.0.5:8080"]);
    let change = || ProxyUpdate::new().note("moved");
    let proxy = story
        .tell(
            "alice (admin)",
            "proxy.create",
            admin.proxies().create(new()),
        )
        .await?;
    let id = proxy.ok_or("the admin could not create a proxy")?.id;

    story
        .tell("alice (admin)", "proxy.list", admin.proxies().list().send())
        .await?;
    story
        .tell("bob (member)", "proxy.list", member.proxies().list().send())
        .await?;
    story
        .tell("bob (member)", "proxy.get", member.proxies().get(&id))
        .await?;
    story
        .tell(
            "bob (member)",
            "proxy.create",
            member.proxies().create(new()),
        )
        .await?;
    story
        .tell(
            "bob (member)",
            "proxy.update",
            member.proxies().update(&id, change()),
        )
        .await?;
    story
        .tell("bob (member)", "proxy.delete", member.proxies().delete(&id))
        .await?;
    story
        .tell(
            "nobody (no token)",
            "proxy.list",
            nobody.proxies().list().send(),
        )
        .await?;
    story
        .tell(
            "nobody (no token)",
            "proxy.create",
            nobody.proxies().create(new()),
        )
        .await?;

    let revoked = revoked_token(world).await?;
    let list = nobody
        .proxies()
        .list()
        .header(HeaderName::from_static("x-auth-token"), revoked);
    story
        .tell("bob (token revoked)", "proxy.list", list.send())
        .await?;
    let in_domain = at(&world.session_in_domain(world.admin())?);
    let create = in_domain.proxies().create(new());
    story
        .tell("alice (admin of the domain)", "proxy.create", create)
        .await?;

    let elsewhere = at(&world.session_elsewhere(world.admin())?);
    story
        .tell(
            "alice (admin of another project)",
            "proxy.update",
            elsewhere.proxies().update(&id, change()),
        )
        .await?;
    let editable = admin.proxies().list().editable(true);
    story
        .tell("alice (admin)", "proxy.list", editable.send())
        .await?;
    story
        .tell(
            "alice (admin)",
            "proxy.update",
            admin.proxies().update(&id, change()),
        )
        .await?;
    story
        .tell("alice (admin)", "proxy.delete", admin.proxies().delete(&id))
        .await?;
    story
        .tell("alice (admin)", "proxy.get", admin.proxies().get(&id))
        .await?;
    story
        .tell("alice (admin)", "proxy.purge", admin.proxies().purge())
        .await?;
    let operator = at(&world.session_on_system(world.operator())?);
    story
        .tell(
            "carol (admin of the system)",
            "proxy.purge",
            operator.proxies().purge(),
        )
        .await?;
    Ok(story.table)
}

/// A token of the member that is not valid any more.
async fn revoked_token(world: &World) -> Result<http::HeaderValue, Failure> {
    let session = world.session(world.member())?;
    let token = session.token().await?;
    let identity = keystone_middleware::sdk::identity::v3::Client::new(&session);
    identity.tokens().revoke(token.expose()).await?;
    Ok(token.header())
}

struct Story {
    statuses: Statuses,
    log: OperatorLog,
    table: Table,
}

impl Story {
    /// Makes a call and writes a line about it.
    async fn tell<T>(
        &mut self,
        who: &str,
        operation: &str,
        call: impl IntoFuture<Output = Result<T, Error>>,
    ) -> Result<Option<T>, Failure> {
        self.log.take();
        let answer = match call.await {
            Ok(answer) => Some(answer),
            Err(error) if error.status().is_some() => None,
            Err(error) => return Err(error.into()),
        };
        let status = self
            .statuses
            .recv()
            .await
            .ok_or("the service has stopped")?;
        let operation = client::OPERATIONS
            .iter()
            .find(|known| known.name == operation)
            .ok_or_else(|| format!("the API has no operation `{operation}`"))?;
        let policy = operation.policies.join(", ");
        let mut why = self.log.take().join("; ");
        if why.is_empty() {
            why = allowed(&policy, status);
        }
        let call = format!("{} {}", operation.method, operation.path);
        self.table
            .add_row([who, &call, &policy, &status.to_string(), &why]);
        Ok(answer)
    }
}

/// What to say of an answer about which the service logged nothing: the policy held.
fn allowed(policy: &str, status: u16) -> String {
    let known = policies::DEFAULTS
        .policies
        .iter()
        .find(|known| known.name == policy);
    let by = match known.map(|known| known.check) {
        None => "without a policy".to_owned(),
        Some("" | "@") => "to anyone with a token".to_owned(),
        Some(check) => format!("by `{check}`"),
    };
    match status {
        404 => format!("allowed {by}, but there is no such proxy"),
        _ => format!("allowed {by}"),
    }
}

fn table() -> Table {
    let mut table = Table::new();
    table
        .load_style(presets::UTF8_FULL_CONDENSED)
        .set_content_arrangement(ContentArrangement::Dynamic)
        .set_width(WIDTH)
        .set_header(["who", "call", "policy", "status", "why"]);
    for column in table.column_iter_mut().take(4) {
        column.set_constraint(ColumnConstraint::ContentWidth);
    }
    table
}
