//! Settings of Keystone for one domain.

use serde_json::json;

use super::world;
use crate::world::status;

#[tokio::test]
async fn settings_are_kept_at_every_depth() {
    let world = world().await;
    let domain = world.make_domain("configured").await;
    let configs = world.client.domain_configs(&domain);
    assert_eq!(status(configs.get().await), 404);
    let settings = json!({
        "identity": {"driver": "ldap"},
        "ldap": {"url": "ldap://a", "password": "canary"},
    });
    let put = configs.put(settings.clone());
    assert!(!format!("{put:?}").contains("canary"));
    let first = put.await.unwrap();
    assert_eq!(first["ldap"], json!({"url": "ldap://a"}));
    let second = configs.put(settings).await.unwrap();
    assert_eq!(first, second);
    let changed = configs
        .update(json!({"ldap": {"url": "ldap://b"}}))
        .await
        .unwrap();
    assert_eq!(changed["ldap"]["url"], "ldap://b");

    let group = configs.get_group("ldap").await.unwrap();
    assert_eq!(group["ldap"], json!({"url": "ldap://b"}));
    let change = json!({"ldap": {"url": "ldap://c"}});
    configs.update_group("ldap", change).await.unwrap();
    let option = configs.get_option("ldap", "url").await.unwrap();
    assert_eq!(option["url"], "ldap://c");
    let change = json!({"url": "ldap://d"});
    configs.update_option("ldap", "url", change).await.unwrap();
    assert_eq!(configs.get().await.unwrap()["ldap"]["url"], "ldap://d");
    configs.delete_option("ldap", "url").await.unwrap();
    assert_eq!(status(configs.get_option("ldap", "url").await), 404);
    configs.delete_group("identity").await.unwrap();
    configs.delete().await.unwrap();
    assert_eq!(status(configs.get().await), 404);
    world.remove_domain(&domain).await;
}

#[tokio::test]
async fn defaults_are_told_at_every_depth() {
    let world = world().await;
    let defaults = world.client.domain_config_defaults();
    let all = defaults.all().await.unwrap();
    let group = defaults.group("identity").await.unwrap();
    let option = defaults.option("identity", "driver").await.unwrap();
    assert_eq!(all["identity"], group["identity"]);
    assert_eq!(all["identity"]["driver"], option["driver"]);
    assert_eq!(status(defaults.option("identity", "no_such").await), 403);
}
