//! An admin, a member and nobody try everything, and a table says what came of it.

use std::future::IntoFuture;

use axum::extract::{Request, State};
use axum::middleware::{self, Next};
use axum::response::Response;
use comfy_table::{ColumnConstraint, ContentArrangement, Table, presets};
use http::HeaderName;
use keystone_middleware::sdk::{Error, Session, client::Url};
use tokio::sync::mpsc;

use crate::client::{self, Client, ProxyCreate, ProxyId, ProxyUpdate};
use crate::operator_log::OperatorLog;
use crate::policies;
use crate::server::App;
use crate::world::World;

type Failure = Box<dyn std::error::Error + Send + Sync>;

/// The statuses that the service gave, as they leave it.
pub type Statuses = mpsc::UnboundedReceiver<u16>;

/// Puts a tap on the service that notes the status of each response.
pub fn tap(app: App) -> (App, Statuses) {
    let (notes, statuses) = mpsc::unbounded_channel();
    let tap = middleware::from_fn_with_state(notes, note_status);
    (app.wrapped(|router| router.layer(tap)), statuses)
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

/// Drives the service and reports the result of each call.
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
    let stage = Stage { world, url };
    let id = by_role(&mut story, &stage).await?;
    without_a_token(&mut story, &stage).await?;
    by_target_and_scope(&mut story, &stage, &id).await?;
    Ok(story.table)
}

/// The service, and who calls it.
struct Stage<'a> {
    world: &'a World,
    url: Url,
}

impl Stage<'_> {
    fn client(&self, session: &Session) -> Client {
        Client::at(session, self.url.clone())
    }

    fn admin(&self) -> Result<Client, Failure> {
        Ok(self.client(&self.world.session(self.world.admin())?))
    }
}

fn new() -> ProxyCreate {
    ProxyCreate::new("www.example.org", ["http://10.0.0.5:8080"])
}

fn change() -> ProxyUpdate {
    ProxyUpdate::new().note("moved")
}

/// An admin may what a member may not. Returns the id of a proxy.
async fn by_role(story: &mut Story, stage: &Stage<'_>) -> Result<ProxyId, Failure> {
    let (alice, bob) = ("alice (admin)", "bob (member)");
    let admin = stage.admin()?.proxies();
    let member = stage.world.session(stage.world.member())?;
    let member = stage.client(&member).proxies();
    let made = story.tell(alice, "proxy.create", admin.create(new()));
    let id = made.await?.ok_or("the admin could not create a proxy")?.id;
    story.tell(alice, "proxy.list", admin.list().send()).await?;
    story.tell(bob, "proxy.list", member.list().send()).await?;
    story.tell(bob, "proxy.get", member.get(&id)).await?;
    story
        .tell(bob, "proxy.create", member.create(new()))
        .await?;
    story
        .tell(bob, "proxy.update", member.update(&id, change()))
        .await?;
    story.tell(bob, "proxy.delete", member.delete(&id)).await?;
    Ok(id)
}

/// Nobody may anything, and neither may who shows a token that is over.
async fn without_a_token(story: &mut Story, stage: &Stage<'_>) -> Result<(), Failure> {
    let nobody = stage.admin()?.anonymous().proxies();
    let who = "nobody (no token)";
    story.tell(who, "proxy.list", nobody.list().send()).await?;
    story
        .tell(who, "proxy.create", nobody.create(new()))
        .await?;
    let revoked = revoked_token(stage.world).await?;
    let list = nobody
        .list()
        .header(HeaderName::from_static("x-auth-token"), revoked);
    story
        .tell("bob (token revoked)", "proxy.list", list.send())
        .await?;
    Ok(())
}

/// What a role allows depends on what it is on, and on whose the proxy is.
async fn by_target_and_scope(
    story: &mut Story,
    stage: &Stage<'_>,
    id: &ProxyId,
) -> Result<(), Failure> {
    let world = stage.world;
    let in_domain = stage.client(&world.session_in_domain(world.admin())?);
    let create = in_domain.proxies().create(new());
    story
        .tell("alice (admin of the domain)", "proxy.create", create)
        .await?;
    let elsewhere = stage.client(&world.session_elsewhere(world.admin())?);
    let update = elsewhere.proxies().update(id, change());
    story
        .tell("alice (admin of another project)", "proxy.update", update)
        .await?;

    let alice = "alice (admin)";
    let admin = stage.admin()?.proxies();
    let editable = admin.list().editable(true);
    story.tell(alice, "proxy.list", editable.send()).await?;
    story
        .tell(alice, "proxy.update", admin.update(id, change()))
        .await?;
    story.tell(alice, "proxy.delete", admin.delete(id)).await?;
    story.tell(alice, "proxy.get", admin.get(id)).await?;
    story.tell(alice, "proxy.purge", admin.purge()).await?;
    let operator = stage.client(&world.session_on_system(world.operator())?);
    let purge = operator.proxies().purge();
    story
        .tell("carol (admin of the system)", "proxy.purge", purge)
        .await?;
    Ok(())
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
        let response = match call.await {
            Ok(response) => Some(response),
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
        Ok(response)
    }
}

/// What to say of a response about which the service logged nothing: the policy held.
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
