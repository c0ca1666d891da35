//! The names of policies and rules, and those that are meant by a pattern.

use std::collections::{HashMap, HashSet};

use crate::failure::Failure;

/// The names that files define.
#[derive(Default)]
pub(super) struct Names<'a> {
    policies: Vec<&'a str>,
    /// Rules that policies refer to, and what operators wrote for no policy.
    others: Vec<&'a str>,
    seen: HashSet<&'a str>,
    asked_for: HashSet<&'a str>,
    /// For names that services have given up, those that took their place.
    replaced: HashMap<&'a str, Vec<&'a str>>,
}

impl<'a> Names<'a> {
    pub(super) fn add(&mut self, name: &'a str, is_policy: bool) {
        if !self.seen.insert(name) {
            return;
        }
        if is_policy {
            self.policies.push(name);
            self.asked_for.insert(name);
        } else {
            self.others.push(name);
        }
    }

    pub(super) fn replaced(&mut self, old: &'a str, new: &'a str) {
        self.asked_for.insert(old);
        self.replaced.entry(old).or_default().push(new);
    }

    /// These names and those of other files.
    pub(super) fn and(mut self, other: Self) -> Self {
        for name in other.policies {
            self.add(name, true);
        }
        for name in other.others {
            self.add(name, false);
        }
        for (old, new) in other.replaced {
            let known = self.replaced.entry(old).or_default();
            known.extend(
                new.into_iter()
                    .filter(|name| !self.asked_for.contains(name)),
            );
        }
        self
    }

    /// Whether a service asks for it, or did so under this name.
    pub(super) fn is_asked_for(&self, name: &str) -> bool {
        self.asked_for.contains(name)
    }

    /// The names that one of `patterns` means: a name, or the start of names and a `*`; of rules that
    /// are no policies only where no policy is meant. All policies, if there is no pattern.
    ///
    /// Fails when nothing is meant: what is not looked at must not look as if all were well.
    pub(super) fn selected(&self, patterns: &[String]) -> Result<Vec<&'a str>, Failure> {
        if patterns.is_empty() {
            return match self.policies.is_empty() {
                true => Err(Failure::settings(
                    "there is no policy to look at, name the files that declare some",
                )),
                false => Ok(self.policies.clone()),
            };
        }
        let mut found = Vec::new();
        let mut seen = HashSet::new();
        for pattern in patterns {
            let matching = match pattern.strip_suffix('*') {
                Some(start) => self.beginning(start),
                None => self
                    .seen
                    .get(pattern.as_str())
                    .copied()
                    .into_iter()
                    .collect(),
            };
            if matching.is_empty() {
                return Err(self.unknown(pattern));
            }
            found.extend(matching.into_iter().filter(|name| seen.insert(*name)));
        }
        Ok(found)
    }

    fn beginning(&self, start: &str) -> Vec<&'a str> {
        let of = |names: &[&'a str]| -> Vec<&'a str> {
            let names = names.iter().copied();
            names.filter(|name| name.starts_with(start)).collect()
        };
        match of(&self.policies) {
            none if none.is_empty() => of(&self.others),
            policies => policies,
        }
    }

    fn unknown(&self, pattern: &str) -> Failure {
        if let Some(start) = pattern.strip_suffix('*') {
            let message =
                format!("no policy begins with `{start}`, so there is nothing to look at");
            return Failure::settings(message);
        }
        if let Some(new) = self.replaced.get(pattern) {
            let new = new.join("` and `");
            let message = format!("`{pattern}` was replaced by `{new}`, ask for that");
            return Failure::settings(message);
        }
        let known = [&self.policies[..], &self.others].concat();
        let otherwise = "name the file that declares it with `--defaults FILE`";
        let hint = keystone_document::hint_or(pattern, &known, otherwise);
        Failure::settings(format!("no policy `{pattern}` is known{hint}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names() -> Names<'static> {
        let mut names = Names::default();
        names.add("a:get", true);
        names.add("a:put", true);
        names.add("admin", false);
        names.replaced("a:show", "a:get");
        names
    }

    fn selected(patterns: &[&str]) -> Result<Vec<&'static str>, String> {
        let patterns: Vec<String> = patterns.iter().map(|one| (*one).to_owned()).collect();
        let found = names().selected(&patterns);
        found.map_err(|failure| failure.to_string())
    }

    #[test]
    fn a_selection_is_never_empty() {
        assert_eq!(selected(&[]).unwrap(), ["a:get", "a:put"]);
        assert_eq!(selected(&["a:*", "a:get"]).unwrap(), ["a:get", "a:put"]);
        assert_eq!(selected(&["*"]).unwrap(), ["a:get", "a:put"]);
        assert_eq!(selected(&["admin"]).unwrap(), ["admin"]);
        assert_eq!(selected(&["adm*"]).unwrap(), ["admin"]);
        for (pattern, message) in [
            ("b:*", "no policy begins with `b:`"),
            ("a:show", "`a:show` was replaced by `a:get`, ask for that"),
            ("a:gte", "did you mean `a:get`?"),
        ] {
            let error = selected(&["a:get", pattern]).unwrap_err();
            assert!(error.contains(message), "{error}");
        }
        assert!(Names::default().selected(&[]).is_err());
    }
}
