//! The document of annotated handlers.

use serde_json::{Value, json};

use super::service::{info, routes};

fn document() -> Value {
    serde_json::from_str(routes().openapi(&info()).as_str()).unwrap()
}

#[test]
fn the_document_has_every_operation_with_its_policy_and_scope_types() {
    let document = document();
    let mut found = Vec::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            if method != "head" {
                found.push(format!(
                    "{method} {path} {} {} {}",
                    operation["operationId"].as_str().unwrap(),
                    operation["x-openstack-policies"],
                    operation["x-openstack-scope-types"],
                ));
            }
        }
    }
    found.sort();
    assert_eq!(
        found,
        [
            r#"delete /v1/proxies proxy.purge ["proxy:purge"] ["system"]"#,
            r#"delete /v1/proxies/{proxy_id} proxy.delete ["proxy:delete"] ["project"]"#,
            r#"get /v1/proxies proxy.list ["proxy:index"] null"#,
            r#"get /v1/proxies/{proxy_id} proxy.get ["proxy:view"] null"#,
            r#"patch /v1/proxies/{proxy_id} proxy.update ["proxy:update"] ["project"]"#,
            r#"post /v1/proxies proxy.create ["proxy:create"] ["project"]"#,
        ]
    );
}

#[test]
fn an_operation_is_described_by_the_types_and_the_comment_of_its_handler() {
    let document = document();
    let create = &document["paths"]["/v1/proxies"]["post"];
    assert_eq!(create["summary"], "Creates a proxy");
    assert_eq!(create["description"], "In the project of the caller.");
    let statuses: Vec<&String> = create["responses"].as_object().unwrap().keys().collect();
    assert_eq!(statuses, ["201", "400", "401", "403", "409"]);
    let content = "application/json";
    let body = &create["requestBody"]["content"][content]["schema"]["properties"];
    let schema = json!({"$ref": "#/components/schemas/ProxyCreate"});
    assert_eq!(body["proxy"], schema);
    let response = &create["responses"]["201"]["content"][content]["schema"]["properties"];
    assert_eq!(
        response["proxy"],
        json!({"$ref": "#/components/schemas/Proxy"})
    );
    let list = &document["paths"]["/v1/proxies"]["get"];
    assert_eq!(list["parameters"][1]["name"], "editable");
    assert_eq!(list["parameters"][1]["x-openstack-type"], "flag");
    assert_eq!(list["parameters"][1]["schema"], json!({"type": "boolean"}));
}
