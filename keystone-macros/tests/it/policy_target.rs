//! `#[derive(PolicyTarget)]`: fields are attributes.

use std::sync::Arc;

use keystone_macros::PolicyTarget;
use keystone_policy::value::{HasAttr, attr_hash};
use keystone_policy::{AttrValue, PolicyTarget, Value};

struct UserId(String);

impl AttrValue for UserId {
    fn attr_value(&self) -> Value<'_> {
        Value::Str(&self.0)
    }
}

/// As the ids of the clients are: a text by `AsRef` only.
struct Id(&'static str);

impl AsRef<str> for Id {
    fn as_ref(&self) -> &str {
        self.0
    }
}

struct Opaque;

#[derive(PolicyTarget)]
#[policy(crate = ::keystone_policy)]
struct Proxy<'a> {
    id: u32,
    owner_id: UserId,
    domain: &'a str,
    note: Option<String>,
    enabled: bool,
    tags: Vec<String>,
    r#type: String,
    #[policy(rename = "target.project.id")]
    project_id: Option<UserId>,
    #[policy(text)]
    region: Id,
    #[policy(text, rename = "zone")]
    zone_id: Option<Id>,
    #[policy(text)]
    rack: Option<Id>,
    #[policy(skip)]
    _cache: Opaque,
}

fn proxy() -> Proxy<'static> {
    Proxy {
        id: 7,
        owner_id: UserId("u-1".to_owned()),
        domain: "example.org",
        note: None,
        enabled: true,
        tags: vec!["a".to_owned()],
        r#type: "web".to_owned(),
        project_id: Some(UserId("p-1".to_owned())),
        region: Id("r-1"),
        zone_id: Some(Id("z-1")),
        rack: None,
        _cache: Opaque,
    }
}

fn has<const HASH: u64>(_: &impl HasAttr<HASH>) {}

#[test]
fn fields_have_the_texts_that_policies_compare() {
    let proxy = proxy();
    for (name, text) in [
        ("id", "7"),
        ("owner_id", "u-1"),
        ("domain", "example.org"),
        ("note", "None"),
        ("enabled", "True"),
        ("tags", "['a']"),
        ("type", "web"),
        ("target.project.id", "p-1"),
        ("region", "r-1"),
        ("zone", "z-1"),
        ("rack", "None"),
    ] {
        assert_eq!(proxy.attr(name).unwrap().text(), text, "{name}");
    }
    assert!(proxy.attr("project_id").is_none());
    assert!(proxy.attr("_cache").is_none());
}

#[test]
fn what_a_type_has_is_known_at_compile_time() {
    let proxy = proxy();
    has::<{ attr_hash("owner_id") }>(&proxy);
    has::<{ attr_hash("type") }>(&proxy);
    has::<{ attr_hash("target.project.id") }>(&&proxy);
    has::<{ attr_hash("id") }>(&Arc::new(proxy));
}
