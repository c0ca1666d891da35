//! The regions of a cloud.

use keystone_document::suggest::remedy;
use keystone_document::{Content, Mapping, Node};

use crate::Error;
use crate::config::yaml::{Value as _, with_plain_names};
use crate::error::ConfigurationError;

/// A region, and the values of the cloud that differ there.
pub(super) struct Region {
    pub(super) name: String,
    pub(super) values: Mapping,
}

/// The region `wanted`, or else the first; `None` if the cloud has no regions.
pub(super) fn choose(
    cloud: &str,
    own: &Mapping,
    profile: &Mapping,
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
            let names: Vec<_> = known.iter().map(|region| region.name.as_str()).collect();
            let message = format!("the cloud `{cloud}` has no region `{wanted}`");
            Err(ConfigurationError::new(message)
                .remedy(remedy(wanted, &names))
                .into())
        }
    }
}

/// The cloud's own regions, or else those of its profile.
fn known(own: &Mapping, profile: &Mapping) -> Result<Vec<Region>, Error> {
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
    match &node.value {
        Content::Sequence(items) => items.iter().map(Region::read).collect(),
        Content::Mapping(_) | Content::Scalar(_) => Err(node
            .fault("`regions` is not a list")
            .remedy("write a line `- NAME` for each region")
            .into()),
    }
}

/// `region_name` may be a list, or names separated by commas.
fn names(node: &Node) -> Result<Vec<Region>, Error> {
    match &node.value {
        Content::Sequence(_) => list(node),
        Content::Mapping(_) | Content::Scalar(_) => {
            let text = node
                .filled()
                .ok_or_else(|| node.fault("`region_name` is not a name"))?;
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
            values: Mapping::new(),
        }
    }

    fn read(node: &Node) -> Result<Self, Error> {
        if let Some(name) = node.filled() {
            return Ok(Self::new(name));
        }
        let fault = |message: &str| {
            node.fault(message)
                .remedy("write a name, or a mapping with `name` and `values`")
        };
        let map = node
            .mapping()
            .ok_or_else(|| fault("this is not a region"))?;
        let name = node.get("name").and_then(Node::filled);
        let name = name.ok_or_else(|| fault("the region has no `name`"))?;
        for entry in map {
            if !matches!(entry.name(), "name" | "values") {
                let message = format!("a region has no key `{}`", entry.name());
                return Err(fault(&message).at(entry.key.place()).into());
            }
        }
        let values = match node.get("values") {
            Some(values) => with_plain_names(values.expect_mapping("values")?),
            None => Mapping::new(),
        };
        Ok(Self {
            name: name.to_owned(),
            values,
        })
    }
}
