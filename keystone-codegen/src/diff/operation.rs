//! Operations: which are the same, and what changes about each.

use super::body::Walk;
use super::change::{Changes, Effect, Kind};
use super::of::Of;
use super::parameter;
use super::sent::{Returned, Sent};
use super::wire::Direction;
use crate::model::{Operation, Page, Shape};

const REMOVED: Kind = Kind::new(
    "operation-removed",
    Effect::Clients,
    "requests of clients are 404 or 405",
);
const GONE: Kind = Kind::new(
    "operation-gone",
    Effect::Clients,
    "the service no longer does it",
);
const BACK: Kind = Kind::new(
    "operation-added",
    Effect::Servers,
    "clients did not call it",
);
const ADDED: Kind = Kind::new("operation-added", Effect::Servers, "clients do not call it");
const MOVED: Kind = Kind::new(
    "operation-moved",
    Effect::Clients,
    "requests of clients are 404 or 405",
);
const METHOD: Kind = Kind::new(
    "rust-name",
    Effect::Source,
    "generated clients call it so; requests and responses stay as they are",
);
const TOKEN: Kind = Kind::new(
    "token-required",
    Effect::Clients,
    "clients call it without a token and get 401",
);
const NO_TOKEN: Kind = Kind::new(
    "token-optional",
    Effect::Servers,
    "clients may go on sending one",
);
const POLICIES: Kind = Kind::new(
    "policies",
    Effect::Operators,
    "rules that operators wrote for the old policies no longer decide it",
);
const HIDE: Kind = Kind::new(
    "hide",
    Effect::Operators,
    "a caller whom the policy refuses gets another status",
);
const STATUSES: Kind = Kind::new(
    "status",
    Effect::Clients,
    "clients that expect the old ones take it for a failure",
);
const FEWER_STATUSES: Kind = Kind::new("status", Effect::Servers, "clients expect these too");
const ACCEPT: Kind = Kind::new(
    "media-type",
    Effect::Clients,
    "clients ask for the old one and get 406, or what they cannot read",
);
const TASK: Kind = Kind::new(
    "task",
    Effect::Clients,
    "clients take the response for the end of the work, or wait for a task that is not there",
);
const DEPRECATED: Kind = Kind::new(
    "deprecated",
    Effect::Nobody,
    "clients should use what it names instead",
);
const HEADER_REMOVED: Kind = Kind::new(
    "response-header-removed",
    Effect::Clients,
    "clients that read it find nothing",
);
const HEADER_ADDED: Kind = Kind::new(
    "response-header-added",
    Effect::Servers,
    "clients ignore headers that they do not know",
);
const PAGES: Kind = Kind::new(
    "pages",
    Effect::Clients,
    "clients read the list as before and miss items, or never come to its end",
);
const PAGES_GROWN: Kind = Kind::new("pages", Effect::Servers, "clients read the list as before");
const STRICT: Kind = Kind::new(
    "strict",
    Effect::Clients,
    "clients that send parameters that are not described get 400, or an empty list",
);
const LENIENT: Kind = Kind::new(
    "strict",
    Effect::Servers,
    "clients send no parameters that are not described",
);
const BODY: Kind = Kind::new(
    "request-body",
    Effect::Clients,
    "what clients send is no longer taken: 400 or 415",
);
const BODY_ADDED: Kind = Kind::new(
    "request-body",
    Effect::Clients,
    "clients send no body and get 400",
);
const BODY_OPTIONAL: Kind = Kind::new(
    "request-body",
    Effect::Servers,
    "clients may go on sending it",
);
const BODY_UNREAD: Kind = Kind::new(
    "request-body",
    Effect::Clients,
    "clients that send it get 400, or it has no effect any more",
);
const RESPONSE: Kind = Kind::new(
    "response-body",
    Effect::Clients,
    "clients cannot read the response, or miss it",
);
const RESPONSE_ADDED: Kind = Kind::new(
    "response-body",
    Effect::Servers,
    "clients ignore a body that they do not expect",
);
const RESPONSE_ALWAYS: Kind = Kind::new(
    "response-body",
    Effect::Servers,
    "clients expect that there may be none",
);

/// Whether two operations are one.
type IsMatch<'m> = &'m dyn Fn(Of<'_>, Of<'_>) -> bool;

/// Compares all operations.
pub(super) fn compare_all(changes: &mut Changes<'_>) {
    let (old, mut new) = (Of::all(changes.old), Of::all(changes.new));
    let same_request = |a: Of<'_>, b: Of<'_>| {
        a.address() == b.address() && a.operation.accept == b.operation.accept
    };
    // The best match of each comes first: what has it is no longer there for a worse one.
    let matches: [IsMatch<'_>; 4] = [
        &|a, b| same_request(a, b) && a.is_called_as(b),
        &same_request,
        &|a, b| a.address() == b.address(),
        &|a, b| a.is_called_as(b),
    ];
    let mut pairs: Vec<Option<Of<'_>>> = vec![None; old.len()];
    for is_match in matches {
        for (one, pair) in old
            .iter()
            .zip(&mut pairs)
            .filter(|(_, pair)| pair.is_none())
        {
            if let Some(at) = new.iter().position(|other| is_match(*one, *other)) {
                *pair = Some(new.remove(at));
            }
        }
    }
    for (one, pair) in old.into_iter().zip(pairs) {
        match pair {
            Some(pair) => compare(changes, one, pair),
            None if one.operation.gone.is_some() => {}
            None => {
                if changes.lives.compare(Some(one.span()), None).lost {
                    let label = one.label(changes.old);
                    changes.add(REMOVED, one.subject(), removed(one), Some(&label));
                }
            }
        }
    }
    for one in new.into_iter().filter(|one| one.operation.gone.is_none()) {
        let label = one.label(changes.new);
        changes.add(ADDED, one.subject(), added(one), Some(&label));
    }
}

fn removed(one: Of<'_>) -> String {
    format!("`{}` is gone", one.operation.name)
}

fn added(one: Of<'_>) -> String {
    let span = one.span();
    match span.since {
        Some(_) => format!("`{}` is new {}", one.operation.name, span.text()),
        None => format!("`{}` is new", one.operation.name),
    }
}

/// The two versions of an operation, while they are compared.
struct Pair<'c, 'a> {
    changes: &'c mut Changes<'a>,
    label: String,
    old: Of<'a>,
    new: Of<'a>,
}

fn compare<'a>(changes: &mut Changes<'a>, old: Of<'a>, new: Of<'a>) {
    let label = old.label(changes.old);
    let life = changes.lives.compare(Some(old.span()), Some(new.span()));
    let mut pair = Pair {
        changes,
        label,
        old,
        new,
    };
    match (&old.operation.gone, &new.operation.gone) {
        (Some(_), Some(_)) => return,
        (None, Some(gone)) => return pair.add(GONE, format!("is gone: {gone}")),
        (Some(_), None) => return pair.add(BACK, "is back".to_owned()),
        (None, None) => {}
    }
    let (was, is) = (old.span().text(), new.span().text());
    if life.lost {
        pair.add(REMOVED, format!("is there {is}, was {was}"));
    }
    if life.gained {
        pair.add(ADDED, format!("is there {is}, was {was}"));
    }
    pair.names();
    if life.before && life.after {
        pair.address();
        pair.access();
        pair.outcome();
        pair.list();
        pair.requests();
        pair.responses();
        parameter::compare(pair.changes, &pair.label, old, new);
    }
}

impl<'a> Pair<'_, 'a> {
    /// Adds a change of the operation.
    fn add(&mut self, kind: Kind, what: String) {
        let what = format!("`{}` {what}", self.old.operation.name);
        self.changes
            .add(kind, self.old.subject(), what, Some(&self.label));
    }

    fn names(&mut self) {
        let (old, new) = (self.old, self.new);
        if !old.is_called_as(new) {
            let name = |of: Of<'_>| format!("`{}().{}`", of.resource.plural, of.operation.name);
            self.add(
                METHOD,
                format!("is called {}, was {}", name(new), name(old)),
            );
        }
    }

    fn address(&mut self) {
        let (old, new) = (self.old, self.new);
        if old.address() != new.address() {
            let label = new.label(self.changes.new);
            self.add(MOVED, format!("is `{label}`"));
        }
    }

    fn access(&mut self) {
        let (old, new) = (self.old.operation, self.new.operation);
        match (old.authenticated, new.authenticated) {
            (false, true) => self.add(TOKEN, "needs a token".to_owned()),
            (true, false) => self.add(NO_TOKEN, "needs no token".to_owned()),
            _ => {}
        }
        if old.policies != new.policies {
            let names = |of: &Operation| match of.policies.as_slice() {
                [] => "none".to_owned(),
                policies => format!("`{}`", policies.join("`, `")),
            };
            self.add(
                POLICIES,
                format!("has policy {}, had {}", names(new), names(old)),
            );
        }
        match (old.hide, new.hide) {
            (false, true) => self.add(HIDE, "responds 404 to whom it refuses, was 403".to_owned()),
            (true, false) => self.add(HIDE, "responds 403 to whom it refuses, was 404".to_owned()),
            _ => {}
        }
        let deprecated = |of: Of<'a>| {
            let notes = [&of.operation.notes, &of.resource.notes];
            notes.iter().find_map(|notes| notes.deprecated.as_ref())
        };
        if let (None, Some(reason)) = (deprecated(self.old), deprecated(self.new)) {
            self.add(DEPRECATED, format!("is deprecated: {reason}"));
        }
    }

    fn outcome(&mut self) {
        let (old, new) = (self.old.operation, self.new.operation);
        let [was, is] = [old, new].map(|one| {
            let mut statuses = one.statuses.clone();
            statuses.sort_unstable();
            statuses
        });
        if was != is {
            let fewer = is.iter().all(|status| was.contains(status));
            let list = |statuses: &[u16]| {
                let texts = statuses.iter().map(ToString::to_string);
                texts.collect::<Vec<_>>().join(" or ")
            };
            let what = format!("responds {}, was {}", list(&is), list(&was));
            self.add(if fewer { FEWER_STATUSES } else { STATUSES }, what);
        }
        if old.accept != new.accept {
            let media = |one: &Operation| one.accept.clone().unwrap_or("JSON".to_owned());
            self.add(
                ACCEPT,
                format!("responds with {}, was {}", media(new), media(old)),
            );
        }
        if old.task != new.task {
            let what = match &new.task {
                Some(task) => format!("goes on after its response, as a `{task}`"),
                None => "is done with its response".to_owned(),
            };
            self.add(TASK, what);
        }
        // The header of an issued token belongs to the form of the response, described or not.
        let is_token = |name: &str| name.eq_ignore_ascii_case("x-subject-token");
        let has = |one: &Operation, name: &str| {
            let mut headers = one.response_headers.iter();
            is_token(name) || headers.any(|header| header.name.eq_ignore_ascii_case(name))
        };
        for header in old
            .response_headers
            .iter()
            .filter(|one| !has(new, &one.name))
        {
            self.add(
                HEADER_REMOVED,
                format!("responds without the header `{}`", header.name),
            );
        }
        for header in new
            .response_headers
            .iter()
            .filter(|one| !has(old, &one.name))
        {
            self.add(
                HEADER_ADDED,
                format!("responds with the header `{}`", header.name),
            );
        }
    }

    fn list(&mut self) {
        let (Shape::List { page: old, .. }, Shape::List { page: new, .. }) =
            (&self.old.operation.shape, &self.new.operation.shape)
        else {
            return;
        };
        if old != new {
            let page = |page: &Page| match page {
                Page::Echo => "echo",
                Page::Marker => "marker",
                Page::None => "none",
            };
            let kind = match (old, new) {
                (Page::Echo, _) => PAGES_GROWN,
                _ => PAGES,
            };
            self.add(
                kind,
                format!("has pages of kind `{}`, had `{}`", page(new), page(old)),
            );
        }
        match (self.old.resource.strict, self.new.resource.strict) {
            (false, true) => self.add(
                STRICT,
                "refuses parameters that it does not know".to_owned(),
            ),
            (true, false) => self.add(
                LENIENT,
                "ignores parameters that it does not know".to_owned(),
            ),
            _ => {}
        }
    }

    fn requests(&mut self) {
        let (old, new) = match (Sent::by(self.old), Sent::by(self.new)) {
            (None, None) => return,
            (None, Some(new)) if new.optional => {
                return self.add(BODY_OPTIONAL, "takes a body".to_owned());
            }
            (None, Some(_)) => return self.add(BODY_ADDED, "requires a body".to_owned()),
            (Some(_), None) => return self.add(BODY_UNREAD, "takes no body".to_owned()),
            (Some(old), Some(new)) => (old, new),
        };
        match (old.optional, new.optional) {
            (true, false) => self.add(BODY_ADDED, "requires a body".to_owned()),
            (false, true) => self.add(BODY_OPTIONAL, "requires no body".to_owned()),
            _ => {}
        }
        if old.media != new.media {
            self.add(BODY, format!("takes {}, took {}", new.media, old.media));
        }
        if old.key != new.key {
            let what = format!("takes its body {}, was {}", under(new.key), under(old.key));
            self.add(BODY, what);
        }
        let subject = self.old.subject();
        Walk::new(self.changes, &self.label, Direction::Request)
            .bodies(&subject, &old.wire, &new.wire);
    }

    fn responses(&mut self) {
        let [old, new] = [self.old, self.new].map(Returned::by);
        if old.form != new.form {
            let kind = match old.form {
                "no body" => RESPONSE_ADDED,
                _ => RESPONSE,
            };
            return self.add(
                kind,
                format!("responds with {}, was {}", new.form, old.form),
            );
        }
        match (old.optional, new.optional) {
            (false, true) => self.add(RESPONSE, "may respond without a body".to_owned()),
            (true, false) => self.add(RESPONSE_ALWAYS, "always responds with a body".to_owned()),
            _ => {}
        }
        if old.key != new.key {
            let what = format!(
                "has its response {}, was {}",
                under(new.key),
                under(old.key)
            );
            self.add(RESPONSE, what);
        }
        if let (Some(old), Some(new)) = (old.wire, new.wire) {
            let subject = self.old.subject();
            Walk::new(self.changes, &self.label, Direction::Response).bodies(&subject, &old, &new);
        }
    }
}

fn under(key: &str) -> String {
    match key {
        "" => "under no key".to_owned(),
        key => format!("under `{key}`"),
    }
}
