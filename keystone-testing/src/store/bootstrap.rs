//! The first domain, project, user, roles and endpoints, as `keystone-manage bootstrap` makes them.

use serde_json::{Value, json};

use super::{Actor, Grant, Record, Store, Table, Target, object};
use crate::ids;

/// Each implies the next.
const CHAIN: [&str; 4] = ["admin", "manager", "member", "reader"];

impl Store {
    /// Fills an empty store; returns the ids of the administrator and of its project.
    pub(crate) fn bootstrap(
        &mut self,
        password: &str,
        region: &str,
        url: &str,
    ) -> (String, String) {
        self.domains.put(record(
            "default",
            json!({"name": "Default", "description": "The default domain", "enabled": true, "tags": [], "options": {}}),
        ));
        let project = add(
            &mut self.projects,
            json!({
                "name": "admin", "domain_id": "default", "parent_id": "default", "is_domain": false, "enabled": true,
                "description": "Bootstrap project for initializing the cloud.", "tags": [], "options": {},
            }),
        );
        let user = add(
            &mut self.users,
            json!({"name": "admin", "domain_id": "default", "enabled": true, "password_expires_at": null, "options": {}}),
        );
        self.secrets.insert(user.clone(), password.to_owned());
        let admin = self.bootstrap_roles();
        for target in [Target::Project(project.clone()), Target::System] {
            let actor = Actor::User(user.clone());
            self.grants.insert(Grant {
                target,
                actor,
                role: admin.clone(),
                inherited: false,
            });
        }
        self.bootstrap_catalog(region, url);
        (user, project)
    }

    /// Returns the id of `admin`.
    fn bootstrap_roles(&mut self) -> String {
        let mut role = |name: &str| {
            let options = json!({"immutable": true});
            add(
                &mut self.roles,
                json!({"name": name, "domain_id": null, "description": null, "options": options}),
            )
        };
        role("service");
        let chain = CHAIN.map(role);
        for (prior, implied) in chain.iter().zip(chain.iter().skip(1)) {
            self.implied.insert((prior.clone(), implied.clone()));
        }
        let [admin, ..] = chain;
        admin
    }

    fn bootstrap_catalog(&mut self, region: &str, url: &str) {
        self.regions.put(record(
            region,
            json!({"description": "", "parent_region_id": null}),
        ));
        let service = add(
            &mut self.services,
            json!({"name": "keystone", "type": "identity", "enabled": true}),
        );
        for interface in ["public", "internal", "admin"] {
            add(
                &mut self.endpoints,
                json!({"interface": interface, "region_id": region, "service_id": service, "url": url, "enabled": true}),
            );
        }
    }
}

fn add(table: &mut Table, fields: Value) -> String {
    let id = ids::resource();
    table.put(record(&id, fields));
    id
}

fn record(id: &str, fields: Value) -> Record {
    Record::new(id, object(fields))
}
