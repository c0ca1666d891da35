//! The life of a resource, the same for every kind of resource.

use serde_json::{Value, json};

use crate::call::Call;
use crate::recorder::Recorder;
use crate::scene::person;

/// What differs between kinds of resources.
pub struct ResourceKind {
    /// Such as `/services`.
    pub collection: &'static str,
    /// Such as `service`.
    pub envelope: &'static str,
}

impl ResourceKind {
    /// A resource in its envelope.
    pub fn body(&self, resource: Value) -> Value {
        json!({self.envelope: resource})
    }

    pub fn path(&self, id: &str) -> String {
        format!("{}/{id}", self.collection)
    }

    /// A recorded creation, undone when the case ends. Returns the id.
    pub async fn create(&self, k: &mut Recorder, what: &str, resource: Value) -> String {
        let call = Call::post(self.collection, &self.body(resource));
        let response = k.record_as_admin(what, call).await;
        let id = response.text(&format!("/{}/id", self.envelope));
        if response.status == 201 {
            k.undo(Call::delete(self.path(&id)));
        }
        id
    }

    /// Recorded creations that are expected to fail.
    pub async fn bad_creations(&self, k: &mut Recorder, attempts: &[(&str, Value)]) {
        for (what, resource) in attempts {
            self.create(k, what, resource.clone()).await;
        }
        // Not an empty object: on that Keystone's own code breaks, for some kinds.
        let malformed = [
            ("null in the envelope", self.body(Value::Null)),
            ("text in the envelope", self.body(json!("text"))),
            ("an array", json!([])),
        ];
        for (what, body) in malformed {
            k.record_as_admin(what, Call::post(self.collection, &body))
                .await;
        }
        let half = Call::post(self.collection, &Value::Null).raw("application/json", "{\"half\": ");
        k.record_as_admin("half a body", half).await;
    }

    /// A recorded change.
    pub async fn change(&self, k: &mut Recorder, id: &str, what: &str, change: Value) {
        let call = Call::patch(self.path(id), &self.body(change));
        k.record_as_admin(what, call).await;
    }

    /// Shows the resource, takes it away, and looks for it again.
    pub async fn show_and_delete(&self, k: &mut Recorder, id: &str) {
        let path = self.path(id);
        k.record_as_admin("show", Call::get(&path)).await;
        k.record_as_admin("headers only", Call::head(&path)).await;
        k.record_as_admin("deletion", Call::delete(&path)).await;
        self.missing(k, id).await;
    }

    /// Every operation on a resource that is not there.
    pub async fn missing(&self, k: &mut Recorder, id: &str) {
        let path = self.path(id);
        k.record_as_admin("show when missing", Call::get(&path))
            .await;
        k.record_as_admin("headers when missing", Call::head(&path))
            .await;
        let change = self.body(json!({"description": "some"}));
        k.record_as_admin("change when missing", Call::patch(&path, &change))
            .await;
        k.record_as_admin("deletion when missing", Call::delete(&path))
            .await;
    }

    /// Recorded lists, each by a query.
    pub async fn lists(&self, k: &mut Recorder, queries: &[(&str, String)]) {
        for (what, query) in queries {
            k.record_as_admin(what, Call::get(format!("{}?{query}", self.collection)))
                .await;
        }
    }

    /// Every operation by a caller who may not, and by nobody.
    pub async fn refusals(&self, k: &mut Recorder, id: &str, resource: Value) {
        let member = person(k, "member", &["member"]).await;
        let token = k.prepare(member.login_to_project().call()).await.token();
        let path = self.path(id);
        let calls = [
            ("list", Call::get(self.collection)),
            ("show", Call::get(&path)),
            (
                "creation",
                Call::post(self.collection, &self.body(resource)),
            ),
            (
                "change",
                Call::patch(&path, &self.body(json!({"description": "some"}))),
            ),
            ("deletion", Call::delete(&path)),
            ("show when missing", Call::get(self.path("missing"))),
            ("deletion when missing", Call::delete(self.path("missing"))),
        ];
        for (what, call) in calls {
            k.record(&format!("{what}, by a member"), call.clone().token(&token))
                .await;
            k.record(&format!("{what}, anonymously"), call.clone())
                .await;
            k.record(&format!("{what}, with nonsense"), call.token("nonsense"))
                .await;
        }
    }
}
