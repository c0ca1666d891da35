//! What a walk finds when it begins, and what it knows of both servers as it goes.

use std::collections::{BTreeMap, HashMap};
use std::time::{Duration, Instant};

use reqwest::Method;
use serde_json::{Value, json};

use crate::call::{Call, Response};
use crate::compare::Mask;
use crate::servers::{SIDES, Servers};
use crate::step::{NOBODY, Step};

pub const ROLES: [&str; 5] = ["admin", "manager", "member", "reader", "service"];
const SCOPES: [&str; 4] = ["system", "domain", "project", "child"];
/// Tokens live an hour.
const LOGIN_LIFE: Duration = Duration::from_mins(40);
const PASSWORD: &str = "a Password 4 walks";

/// The administrator in its project.
pub const CLOUD: &str = "cloud admin";
/// Callers beside those of each role and scope.
const OTHERS: [&str; 12] = [
    CLOUD,
    "anonymous",
    "nonsense",
    "unscoped none",
    "unscoped member",
    "other manager",
    "trust",
    "impersonating trust",
    "redelegable trust",
    "admin's trust",
    "restricted credential",
    "unrestricted credential",
];

/// All callers.
pub fn callers() -> Vec<String> {
    let by_role = ROLES
        .iter()
        .flat_map(|role| SCOPES.map(|scope| format!("{scope} {role}")));
    let others = OTHERS.iter().map(|name| (*name).to_owned());
    by_role.chain(others).collect()
}

/// What all names of a walk begin with.
const TAG: &str = "walk-";

/// Both servers as one walk knows them.
pub struct World {
    servers: Servers,
    /// The ids on both servers of what a name such as `user:3` stands for.
    ids: BTreeMap<String, [String; 2]>,
    names: [HashMap<String, String>; 2],
    /// By caller; empty where the login was refused.
    tokens: HashMap<String, [String; 2]>,
    /// The ids of the scene on the real server, which has them again after each reset.
    scene: BTreeMap<String, [String; 2]>,
    /// Logins at the real server that hold after each reset too, and when they began to.
    logins: HashMap<String, Response>,
    since: Instant,
}

/// The masked responses of both servers.
pub type Pair = [String; 2];

const REAL: usize = 0;
const EMBEDDED: usize = 1;

impl World {
    /// Two domains with a user for each role, projects, groups, roles and delegations.
    pub async fn new() -> Self {
        let mut world = Self {
            servers: Servers::start().await,
            ids: BTreeMap::new(),
            names: [HashMap::new(), HashMap::new()],
            tokens: HashMap::new(),
            scene: BTreeMap::new(),
            logins: HashMap::new(),
            since: Instant::now(),
        };
        world.set_scene(REAL).await;
        world.scene = world.ids.clone();
        world.servers.save();
        world
    }

    /// Puts both servers back to the beginning.
    pub async fn reset(&mut self) {
        self.servers.reset().await;
        self.ids = self.scene.clone();
        self.names = [HashMap::new(), HashMap::new()];
        self.tokens.clear();
        self.set_scene(EMBEDDED).await;
        for (name, ids) in &self.ids {
            for (names, id) in self.names.iter_mut().zip(ids) {
                names.insert(id.clone(), name.clone());
            }
        }
        self.tokens.clear();
        self.log_in().await;
    }

    /// Leaves the real server as it was found.
    pub fn leave(self) {
        self.servers.leave();
    }

    /// Makes on one server what every walk begins with.
    async fn set_scene(&mut self, side: usize) {
        self.find_roles(side).await;
        for step in scene() {
            let response = self.perform_at(side, &step).await;
            let (which, status) = (SIDES[side], response.status);
            assert!((200..300).contains(&status), "{which}: {status} to {step}");
        }
    }

    /// The names of all things of a kind, in a fixed order.
    pub fn known(&self, kind: &str) -> Vec<&str> {
        let all = self.ids.keys().map(String::as_str);
        all.filter(|name| name.split(':').next() == Some(kind))
            .collect()
    }

    /// Performs a step on both servers.
    pub async fn compare(&mut self, step: &Step) -> Pair {
        let calls = [REAL, EMBEDDED].map(|side| self.call(step, side));
        let (real, embedded) = tokio::join!(
            self.servers.send(REAL, &calls[0]),
            self.servers.send(EMBEDDED, &calls[1])
        );
        let responses = [real, embedded];
        for (side, response) in responses.iter().enumerate() {
            self.learn(side, step, response);
        }
        [REAL, EMBEDDED].map(|side| self.mask(side, &responses[side]))
    }

    async fn perform_at(&mut self, side: usize, step: &Step) -> Response {
        if !self.tokens.contains_key(&step.caller) {
            let login = self.login_at(side, &step.caller).await;
            let token = login.token();
            self.tokens
                .insert(step.caller.clone(), [token.clone(), token]);
        }
        let response = self.servers.send(side, &self.call(step, side)).await;
        self.learn(side, step, &response);
        response
    }

    /// Keeps the id of what a step made.
    fn learn(&mut self, side: usize, step: &Step, response: &Response) {
        let Some(name) = &step.makes else { return };
        let kind = name.split(':').next().unwrap_or_default();
        if let Some(id) = response.at(&format!("/{kind}/id")).as_str() {
            self.name(side, name, id);
        }
    }

    fn name(&mut self, side: usize, name: &str, id: &str) {
        self.names[side].insert(id.to_owned(), name.to_owned());
        let ids = self
            .ids
            .entry(name.to_owned())
            .or_insert_with(|| [NOBODY, NOBODY].map(str::to_owned));
        ids[side] = id.to_owned();
    }

    fn call(&self, step: &Step, side: usize) -> Call {
        let mut call = Call::new(step.method.clone(), self.fill(&step.path, side));
        match step.caller.as_str() {
            "anonymous" => {}
            "nonsense" => call = call.token("nonsense"),
            caller => {
                if let Some(tokens) = self.tokens.get(caller) {
                    call = call.token(&tokens[side]);
                }
            }
        }
        if let Some(subject) = &step.subject {
            let tokens = self.tokens.get(subject);
            call = call.subject(tokens.map_or("nonsense", |tokens| &tokens[side]));
        }
        match &step.body {
            Some(body) => call.json(&self.fill_body(body, side)),
            None => call,
        }
    }

    /// Puts ids in the place of names.
    fn fill(&self, text: &str, side: usize) -> String {
        let mut filled = String::new();
        let mut rest = text;
        while let Some((before, after)) = rest.split_once('{') {
            filled += before;
            let (name, after) = after.split_once('}').unwrap_or((after, ""));
            filled += match name {
                "tag" => TAG,
                name => self.ids.get(name).map_or(NOBODY, |ids| &ids[side]),
            };
            rest = after;
        }
        filled + rest
    }

    fn fill_body(&self, value: &Value, side: usize) -> Value {
        match value {
            Value::String(text) => self.fill(text, side).into(),
            Value::Array(items) => items
                .iter()
                .map(|item| self.fill_body(item, side))
                .collect(),
            Value::Object(members) => members
                .iter()
                .map(|(name, value)| (name.clone(), self.fill_body(value, side)))
                .collect(),
            other => other.clone(),
        }
    }

    fn mask(&self, side: usize, response: &Response) -> String {
        let mask = Mask {
            root: self.servers.root(side),
            tag: TAG,
            names: &self.names[side],
        };
        mask.response(response)
    }

    /// Logs all callers in, as long as nothing has changed; the same must come of it on both
    /// servers. At the real one a login is good for many walks.
    async fn log_in(&mut self) {
        if self.since.elapsed() > LOGIN_LIFE {
            self.logins.clear();
            self.since = Instant::now();
        }
        for caller in callers() {
            if matches!(caller.as_str(), "anonymous" | "nonsense") {
                continue;
            }
            if !self.logins.contains_key(&caller) {
                let login = self.login_at(REAL, &caller).await;
                self.logins.insert(caller.clone(), login);
            }
            let embedded = self.login_at(EMBEDDED, &caller).await;
            let responses = [&self.logins[&caller], &embedded];
            let [left, right] = [REAL, EMBEDDED].map(|side| self.mask(side, responses[side]));
            assert_eq!(left, right, "real and embedded, to the login of [{caller}]");
            self.tokens.insert(caller, responses.map(Response::token));
        }
    }

    async fn login_at(&self, side: usize, caller: &str) -> Response {
        let body = match caller {
            CLOUD => cloud_login(self.servers.admin(side)),
            _ => self.fill_body(&login(caller), side),
        };
        self.servers
            .send(side, &Call::post("/auth/tokens", &body))
            .await
    }

    /// Names what a server comes with.
    async fn find_roles(&mut self, side: usize) {
        for role in ROLES {
            self.find(
                side,
                &format!("role:{role}"),
                &format!("/roles?name={role}"),
                "/roles/0/id",
            )
            .await;
        }
        self.find(
            side,
            "user:cloud",
            "/users?name=admin&domain_id=default",
            "/users/0/id",
        )
        .await;
        self.find(
            side,
            "project:cloud",
            "/projects?name=admin&domain_id=default",
            "/projects/0/id",
        )
        .await;
        self.find(
            side,
            "service:identity",
            "/services?type=identity",
            "/services/0/id",
        )
        .await;
    }

    async fn find(&mut self, side: usize, name: &str, path: &str, pointer: &str) {
        let response = self.perform_at(side, &Step::get(CLOUD, path)).await;
        let id = response.text(pointer);
        self.name(side, name, &id);
    }
}

/// The steps that make what every walk begins with.
fn scene() -> Vec<Step> {
    let mut steps = Vec::new();
    let mut make = |kind: &str, name: &str, fields: Value| {
        let mut fields = fields;
        fields["name"] = format!("{{tag}}{name}").into();
        let body = json!({ kind: fields });
        let path = format!("/{kind}s");
        let step = Step::new(CLOUD, Method::POST, path).body(body);
        steps.push(step.makes(format!("{kind}:{name}")));
    };
    for domain in ["own", "other"] {
        make("domain", domain, json!({}));
        let id = format!("{{domain:{domain}}}");
        make("project", domain, json!({ "domain_id": id }));
        make("group", domain, json!({ "domain_id": id }));
        make("role", domain, json!({ "domain_id": id }));
        make(
            "user",
            domain,
            json!({ "domain_id": id, "password": PASSWORD }),
        );
    }
    make(
        "project",
        "child",
        json!({ "domain_id": "{domain:own}", "parent_id": "{project:own}" }),
    );
    make("role", "global", json!({}));
    for user in ROLES.into_iter().chain(["none"]) {
        make(
            "user",
            user,
            json!({ "domain_id": "{domain:own}", "password": PASSWORD }),
        );
    }
    for role in ROLES {
        for place in [
            "system",
            "domains/{domain:own}",
            "projects/{project:own}",
            "projects/{project:child}",
        ] {
            steps.push(grant(place, &format!("users/{{user:{role}}}"), role));
        }
    }
    steps.push(grant(
        "domains/{domain:other}",
        "users/{user:other}",
        "manager",
    ));
    steps.push(grant(
        "projects/{project:other}",
        "groups/{group:other}",
        "reader",
    ));
    steps.push(grant(
        "projects/{project:own}",
        "groups/{group:own}",
        "member",
    ));
    let member = Step::new(CLOUD, Method::PUT, "/groups/{group:own}/users/{user:own}");
    steps.push(member);
    steps.extend(delegations());
    steps
}

fn grant(place: &str, actor: &str, role: &str) -> Step {
    let path = format!("/{place}/{actor}/roles/{{role:{role}}}");
    Step::new(CLOUD, Method::PUT, path)
}

fn delegations() -> Vec<Step> {
    let trust = |name: &str, of: &str, impersonation: bool, redelegable: bool| {
        let body = json!({"trust": {
            "trustor_user_id": format!("{{user:{of}}}"), "trustee_user_id": "{user:none}",
            "project_id": "{project:own}", "impersonation": impersonation,
            "allow_redelegation": redelegable, "roles": [{"name": of}],
        }});
        Step::new(&format!("project {of}"), Method::POST, "/OS-TRUST/trusts")
            .body(body)
            .makes(format!("trust:{name}"))
    };
    let credential = |name: &str, of: &str, unrestricted: bool| {
        let path = format!("/users/{{user:{of}}}/application_credentials");
        let body = json!({"application_credential": {
            "name": format!("{{tag}}{name}"), "secret": PASSWORD, "unrestricted": unrestricted,
        }});
        Step::new(&format!("project {of}"), Method::POST, path)
            .body(body)
            .makes(format!("application_credential:{name}"))
    };
    vec![
        trust("plain", "member", false, false),
        trust("impersonating", "member", true, false),
        trust("redelegable", "member", true, true),
        trust("admin", "admin", true, false),
        credential("restricted", "member", false),
        credential("unrestricted", "admin", true),
    ]
}

fn cloud_login(admin: &Value) -> Value {
    let scope = json!({"project": {"name": "admin", "domain": {"id": "default"}}});
    json!({"auth": {"identity": {"methods": ["password"], "password": {"user": admin}}, "scope": scope}})
}

/// The body of a caller's login.
fn login(caller: &str) -> Value {
    let trust = |name: &str| {
        (
            "none",
            json!({"OS-TRUST:trust": {"id": format!("{{trust:{name}}}")}}),
        )
    };
    let (user, scope) = match caller {
        "unscoped none" => ("none", Value::Null),
        "unscoped member" => ("member", Value::Null),
        "other manager" => ("other", json!({"domain": {"id": "{domain:other}"}})),
        "trust" => trust("plain"),
        "impersonating trust" => trust("impersonating"),
        "redelegable trust" => trust("redelegable"),
        "admin's trust" => trust("admin"),
        "restricted credential" => return credential_login("restricted"),
        "unrestricted credential" => return credential_login("unrestricted"),
        scoped => {
            let (scope, user) = scoped.split_once(' ').unwrap_or_default();
            let scope = match scope {
                "system" => json!({"system": {"all": true}}),
                "domain" => json!({"domain": {"id": "{domain:own}"}}),
                "child" => json!({"project": {"id": "{project:child}"}}),
                _ => json!({"project": {"id": "{project:own}"}}),
            };
            (user, scope)
        }
    };
    password_login(&format!("{{user:{user}}}"), scope)
}

/// The body of a login by the password of all users that the scene makes.
pub fn password_login(user: &str, scope: Value) -> Value {
    let user = json!({"id": user, "password": PASSWORD});
    let mut auth = json!({"identity": {"methods": ["password"], "password": {"user": user}}});
    if !scope.is_null() {
        auth["scope"] = scope;
    }
    json!({ "auth": auth })
}

fn credential_login(name: &str) -> Value {
    let id = format!("{{application_credential:{name}}}");
    let credential = json!({"id": id, "secret": PASSWORD});
    json!({"auth": {"identity": {
        "methods": ["application_credential"], "application_credential": credential,
    }}})
}
