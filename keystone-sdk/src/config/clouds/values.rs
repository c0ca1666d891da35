//! The values of one cloud, from the files and from variables.

use std::fmt;

use keystone_document::{Content, Mapping, Node};

use super::expand::expand;
use crate::Error;
use crate::catalog::Interface;
use crate::config::located::Located;
use crate::config::variables::Variables;
use crate::config::yaml::Value as _;
use crate::error::ConfigurationError;

/// The values of a cloud.
#[derive(Clone)]
pub(super) struct Values {
    pub(super) name: String,
    /// The node of its name in the files.
    pub(super) declared: Node,
    /// All values except for those below `auth`.
    pub(super) top: Mapping,
    pub(super) auth: Mapping,
    /// The variables, which take precedence over the files.
    pub(super) variables: Option<Variables>,
}

impl Values {
    /// Overrides values; those below `auth` one by one.
    pub(super) fn take(&mut self, values: Mapping) -> Result<(), Error> {
        for entry in &values {
            if entry.name() == "auth" {
                let auth = entry.value.expect_mapping("auth")?;
                auth.into_iter().for_each(|one| self.auth.put(one));
            } else {
                self.top.put(entry.clone());
            }
        }
        Ok(())
    }

    /// A value outside of `auth`, or that of the variable.
    pub(super) fn located(&self, key: &str, variable: &str) -> Result<Option<Located>, Error> {
        if let Some(variables) = &self.variables
            && let Some(text) = variables.get(variable)
        {
            let place = variables.place(variable);
            return Ok(Some(Located { text, place }));
        }
        let Some(node) = self.top.get(key) else {
            return Ok(None);
        };
        match &node.value {
            Content::Scalar(_) if node.filled().is_none() => Ok(None),
            Content::Scalar(text) => Ok(Some(Located {
                text: expand(text, node, &self.top)?,
                place: node.place(),
            })),
            Content::Sequence(items) if items.iter().all(|item| item.filled().is_some()) => {
                let items: Vec<_> = items.iter().filter_map(Node::filled).collect();
                Ok(Some(Located {
                    text: items.join(","),
                    place: node.place(),
                }))
            }
            Content::Sequence(_) | Content::Mapping(_) => {
                let error = node.fault(format!("`{key}` is not a string"));
                Err(error.remedy("write a single value").into())
            }
        }
    }

    /// A list of interfaces, or a string of one or several, separated by commas.
    pub(super) fn interfaces_at(&self, key: &str, variable: &str) -> Result<Vec<Interface>, Error> {
        if let Some(node) = self.top.get(key)
            && let Content::Sequence(items) = &node.value
        {
            let words = items.iter().filter(|item| !item.is_null());
            let read = |item: &Node| interface(item.filled().unwrap_or_default(), &item.place());
            return words.map(read).collect();
        }
        match self.located(key, variable)? {
            Some(Located { text, place }) => text
                .split(',')
                .map(|word| interface(word.trim(), &place))
                .collect(),
            None => Ok(Vec::new()),
        }
    }
}

fn interface(word: &str, place: &impl fmt::Display) -> Result<Interface, Error> {
    Interface::parse(word).ok_or_else(|| {
        let message = format!(
            "`{}` is not `public`, `internal` or `admin`",
            word.escape_debug()
        );
        ConfigurationError::new(message)
            .at(place.to_string())
            .into()
    })
}
