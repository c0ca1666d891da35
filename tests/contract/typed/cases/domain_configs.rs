//! Settings of Keystone for one domain.

use serde_json::json;

use crate::world::World;

cases!("domain_configs", both: [], real: [every_depth, defaults]);

async fn every_depth(world: &World) {
    let domain = world.make_domain("configured").await;
    let configs = world.client.domain_configs(&domain);
    world.refused(404, configs.get()).await;
    let settings = json!({
        "identity": {"driver": "ldap"},
        "ldap": {"url": "ldap://a", "password": "canary"},
    });
    let put = configs.put(settings.clone());
    assert!(!format!("{put:?}").contains("canary"));
    let first = world.ok(put).await;
    assert_eq!(first["ldap"], json!({"url": "ldap://a"}));
    let second = world.ok(configs.put(settings)).await;
    assert_eq!(first, second);
    let change = json!({"ldap": {"url": "ldap://b"}});
    let changed = world.ok(configs.update(change)).await;
    assert_eq!(changed["ldap"]["url"], "ldap://b");

    let group = world.ok(configs.get_group("ldap")).await;
    assert_eq!(group["ldap"], json!({"url": "ldap://b"}));
    let change = json!({"ldap": {"url": "ldap://c"}});
    world.ok(configs.update_group("ldap", change)).await;
    let option = world.ok(configs.get_option("ldap", "url")).await;
    assert_eq!(option["url"], "ldap://c");
    let change = json!({"url": "ldap://d"});
    world.ok(configs.update_option("ldap", "url", change)).await;
    let shown = world.ok(configs.get()).await;
    assert_eq!(shown["ldap"]["url"], "ldap://d");
    world.refused(403, configs.update(json!({}))).await;
    world.refused(403, configs.get_group("no_such")).await;
    world.ok(configs.delete_option("ldap", "url")).await;
    world.refused(404, configs.get_option("ldap", "url")).await;
    world.ok(configs.delete_group("identity")).await;
    world.ok(configs.delete()).await;
    world.refused(404, configs.get()).await;
    let stranger = world.stranger();
    world
        .refused(401, stranger.domain_configs(&domain).get())
        .await;
    world.remove_domain(&domain).await;
}

async fn defaults(world: &World) {
    let defaults = world.client.domain_config_defaults();
    let all = world.ok(defaults.all()).await;
    let group = world.ok(defaults.group("identity")).await;
    let option = world.ok(defaults.option("identity", "driver")).await;
    assert_eq!(all["identity"], group["identity"]);
    assert_eq!(all["identity"]["driver"], option["driver"]);
    world
        .refused(403, defaults.option("identity", "no_such"))
        .await;
}
