//! The regions of a cloud.

use crate::Error;
use crate::config::yaml::{Content, Map, Node};
use crate::error::ConfigurationError;

/// A region, and the values of the cloud that are other ones there.
pub(super) struct Region {
    pub(super) name: String,
    pub(super) values: Map,
}

/// The region called `wanted`, or else the first; nothing where a cloud names none.
pub(super) fn choose(
    cloud: &str,
    own: &Map,
    profile: &Map,
    wanted: Option<&str>,
) -> Result<Option<Region>, Error> {
    let mut known = known(own, profile)?;
    let Some(wanted) = wanted.filter(|name| !name.is_empty()) else {
        return Ok((!known.is_empty()).then(|| known.swap_remove(0)));
    };
    if known.is_empty() {
        return Ok(Some(Region::new(wanted)));
    }
    match known.iter().position(|region| region.name == wanted) {
        Some(index) => Ok(Some(known.swap_remove(index))),
        None => {
            let names = known.iter().map(|region| region.name.as_str());
            let hint = crate::auth::options::hint(wanted, names);
            let message = format!("the cloud `{cloud}` has no region `{wanted}`");
            Err(ConfigurationError::new(message).remedy(hint).into())
        }
    }
}

/// The cloud's own regions, or else those of its profile.
fn known(own: &Map, profile: &Map) -> Result<Vec<Region>, Error> {
    for map in [own, profile] {
        if let Some(node) = map.get("regions").filter(|node| !node.is_null()) {
            return list(node);
        }
        if let Some(node) = map.get("region_name").filter(|node| !node.is_null()) {
            return names(node);
        }
    }
    Ok(Vec::new())
}

fn list(node: &Node) -> Result<Vec<Region>, Error> {
    match &node.content {
        Content::List(items) => items.iter().map(Region::read).collect(),
        Content::Map(_) | Content::Null | Content::Text(_) => Err(node
            .fault("`regions` is no list")
            .remedy("write a line `- NAME` for each region")
            .into()),
    }
}

/// `region_name` may be a list, or names with commas between.
fn names(node: &Node) -> Result<Vec<Region>, Error> {
    match &node.content {
        Content::List(_) => list(node),
        Content::Map(_) | Content::Null | Content::Text(_) => {
            let text = node
                .text()
                .ok_or_else(|| node.fault("`region_name` is no name"))?;
            let names = text.split(',').map(str::trim);
            Ok(names
                .filter(|name| !name.is_empty())
                .map(Region::new)
                .collect())
        }
    }
}

impl Region {
    fn new(name: &str) -> Self {
        Self {
            name: name.to_owned(),
            values: Map::default(),
        }
    }

    fn read(node: &Node) -> Result<Self, Error> {
        if let Some(name) = node.text() {
            return Ok(Self::new(name));
        }
        let fault = |message: &str| {
            node.fault(message)
                .remedy("write a name, or a mapping with `name` and `values`")
        };
        let map = node.map().ok_or_else(|| fault("this is no region"))?;
        let name = map.get("name").and_then(Node::text);
        let name = name.ok_or_else(|| fault("the region has no `name`"))?;
        for entry in map.entries() {
            if !matches!(entry.key.as_str(), "name" | "values") {
                let message = format!("a region has no key `{}`", entry.key);
                return Err(fault(&message).at(entry.key_place.to_string()).into());
            }
        }
        let values = match map.get("values") {
            Some(values) => values.expect_map("values")?.with_plain_names(),
            None => Map::default(),
        };
        Ok(Self {
            name: name.to_owned(),
            values,
        })
    }
}
