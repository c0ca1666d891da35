//! What the words lead to in a client and in a document.

use keystone_codegen::openapi::WriteOptions;
use keystone_codegen::{ClientOptions, ServerOptions, client, server};

use crate::{document, zones};

fn contains(text: &str, parts: &[&str]) {
    let plain = |text: &str| text.split_whitespace().collect::<String>();
    let all = plain(text);
    for part in parts {
        assert!(all.contains(&plain(part)), "{part}\n{text}");
    }
}

fn client_text() -> String {
    let files = client(&zones(), &ClientOptions::new("client")).unwrap();
    files.into_iter().map(|file| file.text).collect()
}

#[test]
fn a_client_asks_for_versions_that_have_what_a_call_uses() {
    contains(
        &client_text(),
        &[
            // Without `since` the range begins with the service's lowest microversion.
            r#".between("1.0", "1.3", "the operation `zone.get`")"#,
            r#".between("1.1", "1.2", "the operation `zone.update`")"#,
            r#".between_if(!change.ttl.is_keep(), "1.0", "1.2", "the attribute `ttl`")"#,
            r#".between_if(new.pool.is_some(), "1.1", "1.2", "the attribute `pool`")"#,
            r#"self.0.flag("legacy", legacy).between("1.1", "1.2", "the parameter `legacy`")"#,
            "/// Where it is served. Only for callers whom `zone:pool` allows. Since 1.1, until 1.2.",
            "pub pool: Option<String>,",
            "/// Only those of the former service. Since 1.1, until 1.2.",
        ],
    );
}

#[test]
fn a_client_sends_actions_under_their_names_and_returns_tasks_to_poll() {
    contains(
        &client_text(),
        &[
            r#".body("verify", &()).empty()"#,
            r#"os_transferzone: ZoneTransfer"#,
            r#".body("os-transferZone", &os_transferzone).keyed("zone")"#,
            r#".body("sign", &sign).keyed("task")"#,
            "pub fn sign(&self, id: impl Into<ZoneId>, sign: ZoneSigning) -> Request<ZoneTask>",
            "pub fn delete(&self, id: impl Into<ZoneId>) -> Request<ZoneTask>",
            "poll the zone task that it returns with `zone_tasks(..).get(..)`.",
            "`POST /v2/zones/{zone_id}/action` with `verify`, policy `zone:verify`.",
            "Callers who may not do it get 404, as if it did not exist.",
            r#"Operation::new("zone.transfer", "POST", "/v2/zones/{zone_id}/action", &[200]).policies(&["zone:transfer", "zone:update"]).since("1.1").until("1.2").action("os-transferZone");"#,
            r#"Operation::new("zone.sign", "POST", "/v2/zones/{zone_id}/action", &[202]).policies(&["zone:sign"]).until("1.3").action("sign").task("zone_task").hide();"#,
        ],
    );
}

#[test]
fn an_operation_that_hides_its_object_is_not_refused_with_403_for_clients() {
    let text = client_text();
    let place = text.find("/// Shows a zone.").unwrap();
    let docs: Vec<&str> = text[place..]
        .lines()
        .take_while(|line| line.contains("///"))
        .collect();
    let docs = docs.join(" ");
    assert!(docs.contains("404") && !docs.contains("403"), "{docs}");
}

#[test]
fn all_actions_on_an_item_are_one_operation_of_the_document() {
    contains(
        &document(&WriteOptions::new()),
        &[
            "operationId: zone.action.post",
            "oneOf:
              - {type: object, required: [verify], properties: {verify: {type: \"null\"}}}
              - type: object
                required: [os-transferZone]
                properties: {os-transferZone: {$ref: \"#/components/schemas/ZoneTransfer\"}}",
            "x-openstack-policies: [zone:verify, zone:transfer, zone:update, zone:sign, zone:export]",
            "x-openstack-actions:",
            "operationId: zone.verify",
            // Two actions respond with 200.
            "anyOf:",
            "x-openstack-task: zone_task",
            "Location: {schema: {type: string}, description: The path of the task}",
            "x-openstack-hide: true",
            "x-openstack-policies: [zone:pool]",
            "x-openstack-until: \"1.2\"",
        ],
    );
}

#[test]
fn the_same_api_gives_the_same_text() {
    for options in [WriteOptions::new(), WriteOptions::new().served(true)] {
        assert_eq!(document(&options), document(&options));
    }
    let options = ServerOptions::new("server");
    assert_eq!(
        server(&zones(), &options).unwrap(),
        server(&zones(), &options).unwrap()
    );
}
