//! Files that declare what a Keystone shall hold, on whatever Keystone the session is of.

use std::sync::Mutex;

use keystone_provision::{
    Action, Apply, Error, File, Finished, Observer, PasswordSource, Plan, PlanOptions, State, Stop,
    Variables,
};
use keystone_sdk::identity::v3::{Client, UserCreate, UserUpdate};
use keystone_sdk::{SecretString, Session};

const LAB: &str = include_str!("provision/lab.yaml");

/// All cases in domains of their own, which are removed in the end.
pub(crate) async fn all(session: &Session) {
    let identity = Client::new(session);
    let file = lab("present", "first");
    let all = file.plan(&identity, &PlanOptions::new()).await.unwrap();
    let counts = all.counts();
    assert_eq!((counts.update, counts.delete), (0, 0), "{all}");
    assert!(counts.create > 15, "{all}");

    let nothing = identity.domains().find_by_name("provision-lab").await;
    assert!(nothing.unwrap().is_none(), "a plan changes nothing");
    let state = stopped(&identity, &all).await;
    resumed(&identity, &file, state).await;
    unchanged(&identity, &file).await;
    drift(&identity).await;
    prune(&identity).await;
    removed(&identity).await;
}

fn lab(state: &str, description: &str) -> File {
    let variables = [("state", state), ("description", description)];
    let variables = variables.map(|(name, value)| (name.to_owned(), value.to_owned()));
    File::read("lab.yaml", LAB, &Variables::from(variables)).unwrap()
}

fn passwords(source: &PasswordSource) -> Result<SecretString, String> {
    match source {
        PasswordSource::Env(name) if name == "ALICE_PASSWORD" => Ok("canary-Aa1".into()),
        other => Err(format!("{other:?} is not known")),
    }
}

async fn apply(identity: &Client, plan: &Plan) {
    plan.apply(identity, &Apply::new(&passwords)).await.unwrap();
}

/// Notes what is done, and asks to stop when `last` things are.
struct Notes {
    state: Mutex<State>,
    stop: Stop,
    last: usize,
}

impl Observer for Notes {
    fn finished(
        &self,
        finished: &Finished,
    ) -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
        let mut state = self.state.lock().unwrap();
        state
            .done
            .insert(finished.what.clone(), finished.id.clone());
        if finished.done >= self.last {
            self.stop.ask();
        }
        Ok(())
    }
}

/// Ends a run in its middle, and tells how far it came.
async fn stopped(identity: &Client, plan: &Plan) -> State {
    let notes = Notes {
        state: Mutex::new(plan.state()),
        stop: Stop::default(),
        last: 6,
    };
    let how = Apply::new(&passwords).observer(&notes).stop(&notes.stop);
    let error = plan.apply(identity, &how).await.unwrap_err();
    let Error::Stopped { done, all } = error else {
        panic!("expected to be stopped, got {error}");
    };
    assert!(done >= 6 && done < all, "{done} of {all}");
    let state = notes.state.into_inner().unwrap();
    assert_eq!(state.done.len(), plan.state().done.len() + done);
    state
}

/// Goes on where it stopped: what is done is not even looked at.
async fn resumed(identity: &Client, file: &File, state: State) {
    let options = PlanOptions::new().resume(state.clone());
    let rest = file.plan(identity, &options).await.unwrap();
    for planned in rest.planned() {
        let is_done = state.done.contains_key(&planned.what);
        assert_eq!(planned.action == Action::Done, is_done, "{planned:?}");
    }
    apply(identity, &rest).await;
}

async fn unchanged(identity: &Client, file: &File) {
    let plan = file.plan(identity, &PlanOptions::new()).await.unwrap();
    assert!(plan.is_empty(), "{plan}");
    let bob = identity
        .users()
        .find_by_name("provision-bob")
        .await
        .unwrap();
    let project = bob.unwrap().default_project_id.unwrap();
    assert_eq!(identity.projects().get(project).await.unwrap().name, "shop");
}

/// What others have changed is told, and put right.
async fn drift(identity: &Client) {
    let file = lab("present", "second");
    let alice = identity.users().find_by_name("provision-alice").await;
    let alice = alice.unwrap().unwrap();
    let change = UserUpdate::new().enabled(false).email("else@x");
    identity.users().update(&alice.id, change).await.unwrap();
    let plan = file.plan(identity, &PlanOptions::new()).await.unwrap();
    let text = plan.to_string();
    let counts = plan.counts();
    assert_eq!(
        (counts.create, counts.update, counts.delete),
        (0, 2, 0),
        "{text}"
    );
    for line in [
        "~ domain provision-lab",
        "    description: \"first\" -> \"second\"",
        "~ user provision-lab/provision-alice",
        "    email: \"else@x\" -> \"alice@x\"",
        "    enabled: false -> true",
    ] {
        assert!(text.lines().any(|found| found == line), "{line}\n{text}");
    }
    apply(identity, &plan).await;
    unchanged(identity, &file).await;
}

/// What is not declared stays, unless it is asked to go.
async fn prune(identity: &Client) {
    let domain = identity.domains().find_by_name("provision-lab").await;
    let domain = domain.unwrap().unwrap().id;
    let mallory = UserCreate::new("provision-mallory").domain_id(&domain);
    let mallory = identity.users().create(mallory).await.unwrap();
    let ops = identity.groups().list().domain_id(&domain).name("ops");
    let ops = ops.at_most_one().await.unwrap().unwrap();
    identity
        .group_users(&ops.id)
        .add(&mallory.id)
        .await
        .unwrap();
    let reader = identity.roles().find_by_name("reader").await.unwrap();
    let grants = identity.domain_group_roles(&domain, &ops.id);
    grants.add(reader.unwrap().id).await.unwrap();

    let file = lab("present", "second");
    let plan = file.plan(identity, &PlanOptions::new()).await.unwrap();
    assert!(plan.is_empty(), "{plan}");
    let plan = file
        .plan(identity, &PlanOptions::new().prune(true))
        .await
        .unwrap();
    let text = plan.to_string();
    let deleted: Vec<&str> = text.lines().filter(|line| line.starts_with("- ")).collect();
    assert_eq!(
        deleted,
        [
            "- member provision-lab/provision-mallory of group provision-lab/ops",
            "- role reader for group provision-lab/ops on domain provision-lab",
            "- user provision-lab/provision-mallory",
        ]
    );
    assert_eq!(plan.counts().create + plan.counts().update, 0, "{text}");
    apply(identity, &plan).await;
    let plan = file
        .plan(identity, &PlanOptions::new().prune(true))
        .await
        .unwrap();
    assert!(plan.is_empty(), "{plan}");
}

async fn removed(identity: &Client) {
    let gone = lab("absent", "");
    let plan = gone.plan(identity, &PlanOptions::new()).await.unwrap();
    assert_eq!(plan.counts().create + plan.counts().update, 0, "{plan}");
    apply(identity, &plan).await;
    let plan = gone.plan(identity, &PlanOptions::new()).await.unwrap();
    assert!(plan.is_empty(), "{plan}");
    let nothing = identity.domains().find_by_name("provision-lab").await;
    assert!(nothing.unwrap().is_none());
}
