//! The operations that walks are made of.

mod assignments;
mod delegations;
mod identities;
mod projects;
mod roles;
mod tokens;

use reqwest::Method;
use serde_json::{Map, Value};

use crate::chance::Chance;
use crate::step::{NOBODY, Step};
use crate::world::{CLOUD, World, callers};

/// The next step. Numbers make names, so that the same seed makes the same.
pub fn choose(chance: &mut Chance, world: &World, number: u64) -> Step {
    let caller = if chance.percent(30) {
        CLOUD.to_owned()
    } else {
        chance.of(&callers()).clone()
    };
    let mut choice = Choice {
        chance,
        world,
        number,
        caller,
    };
    match choice.chance.below(100) {
        0..24 => identities::choose(&mut choice),
        24..46 => projects::choose(&mut choice),
        46..58 => roles::choose(&mut choice),
        58..78 => assignments::choose(&mut choice),
        78..92 => delegations::choose(&mut choice),
        _ => tokens::choose(&mut choice),
    }
}

/// What the choice of one step goes by.
struct Choice<'a> {
    chance: &'a mut Chance,
    world: &'a World,
    number: u64,
    caller: String,
}

impl Choice<'_> {
    fn step(&self, method: Method, path: impl Into<String>) -> Step {
        Step::new(&self.caller, method, path)
    }

    fn get(&self, path: impl Into<String>) -> Step {
        self.step(Method::GET, path)
    }

    /// Something of this kind; now and then of another, or something that does not exist.
    fn some(&mut self, kind: &str) -> String {
        let kind = match kind {
            "project" if self.chance.percent(8) => "domain",
            "domain" if self.chance.percent(3) => "project",
            kind => kind,
        };
        let known = self.world.known(kind);
        if known.is_empty() || self.chance.percent(6) {
            return NOBODY.to_owned();
        }
        format!("{{{}}}", self.chance.of(&known))
    }

    /// Something of this kind that the walk itself made, if it did.
    fn own(&mut self, kind: &str) -> String {
        let known = self.world.known(kind);
        let own: Vec<_> = known
            .into_iter()
            .filter(|name| name.ends_with(|c: char| c.is_ascii_digit()))
            .collect();
        if own.is_empty() || self.chance.percent(6) {
            return NOBODY.to_owned();
        }
        format!("{{{}}}", self.chance.of(&own))
    }

    /// A new name, or now and then one of few, so that there are conflicts.
    fn name(&mut self) -> Value {
        let number = match self.chance.percent(20) {
            true => self.chance.below(3) as u64,
            false => self.number + 10,
        };
        let blanks = if self.chance.percent(4) { " " } else { "" };
        format!("{{tag}}{number}{blanks}").into()
    }

    /// Each of these fields with its chance in a hundred.
    fn fields(&mut self, choices: &[(&str, usize)]) -> Map<String, Value> {
        let mut fields = Map::new();
        for (name, often) in choices {
            if self.chance.percent(*often) {
                let value = self.value(name);
                fields.insert((*name).to_owned(), value);
            }
        }
        fields
    }

    fn value(&mut self, name: &str) -> Value {
        match name {
            "name" => self.name(),
            "domain_id" | "default_domain" => self.some("domain").into(),
            "default_project_id" | "parent_id" => self.some("project").into(),
            "enabled" | "is_domain" | "impersonation" => self.chance.percent(50).into(),
            "description" => match self.chance.below(3) {
                0 => Value::Null,
                1 => "".into(),
                _ => "some".into(),
            },
            "tags" => self.tags(),
            "options" => serde_json::json!({ "immutable": self.chance.percent(60) }),
            "colour" => "red".into(),
            _ => Value::Null,
        }
    }

    fn tags(&mut self) -> Value {
        let many: Vec<String> = (0..81).map(|number| format!("t{number}")).collect();
        match self.chance.below(8) {
            0 => Value::from(vec!["a,b"]),
            1 => Value::from(vec!["a", "a"]),
            2 => many.into(),
            3 => many[1..].to_vec().into(),
            4 => Value::from(Vec::<String>::new()),
            _ => Value::from(vec!["blue", "green"]),
        }
    }

    /// A query of some of these parameters.
    fn query(&mut self, path: &str, choices: &[(&str, usize)]) -> String {
        let mut parameters = Vec::new();
        for (name, often) in choices {
            if self.chance.percent(*often) {
                parameters.push(format!("{name}={}", self.parameter(name)));
            }
        }
        match parameters.is_empty() {
            true => path.to_owned(),
            false => format!("{path}?{}", parameters.join("&")),
        }
    }

    fn parameter(&mut self, name: &str) -> String {
        match name {
            "domain_id" | "scope.domain.id" => self.some("domain"),
            "parent_id" | "scope.project.id" => self.some("project"),
            "user.id" | "user_id" | "trustor_user_id" | "trustee_user_id" => self.some("user"),
            "group.id" => self.some("group"),
            "role.id" => self.some("role"),
            "enabled" | "is_domain" => (*self.chance.of(&["true", "false", "1", "0"])).to_owned(),
            "scope.system" => "all".to_owned(),
            "scope.OS-INHERIT:inherited_to" => "projects".to_owned(),
            "name" => format!("{{tag}}{}", self.chance.below(12)),
            "tags" | "tags-any" | "not-tags" | "not-tags-any" => "blue".to_owned(),
            "type" => "cert".to_owned(),
            _ => "1".to_owned(),
        }
    }

    /// A new thing of this kind.
    fn make(&self, kind: &str, path: impl Into<String>, fields: Map<String, Value>) -> Step {
        self.step(Method::POST, path)
            .body(envelope(kind, fields))
            .makes(format!("{kind}:{}", self.number))
    }

    fn change(&self, kind: &str, path: impl Into<String>, fields: Map<String, Value>) -> Step {
        self.step(Method::PATCH, path).body(envelope(kind, fields))
    }
}

fn envelope(kind: &str, fields: Map<String, Value>) -> Value {
    Value::Object(Map::from_iter([(kind.to_owned(), fields.into())]))
}
