//! When new files of an operator come into force, and when the rules so far stay.

use std::fs::{self, File};
use std::path::PathBuf;
use std::time::{Duration, SystemTime};

use keystone_policy::decide::{PolicyDefault, RuleDefault};
use keystone_policy::sources::Change;
use keystone_policy::{Defaults, Enforcer, Error};

static DEFAULTS: Defaults = Defaults {
    rules: &[RuleDefault::new("admin", "role:admin")],
    policies: &[
        PolicyDefault::new("a", "role:default"),
        PolicyDefault::new("b", "role:default"),
    ],
};

/// A folder that is removed with the value. Files in it are as new as the number of writes before.
struct Folder(PathBuf, std::cell::Cell<u64>);

impl Folder {
    fn new(name: &str) -> Self {
        let name = format!("keystone-policy-reload-{}-{name}", std::process::id());
        let path = std::env::temp_dir().join(name);
        fs::create_dir_all(&path).unwrap();
        Self(path, 1.into())
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }

    fn write(&self, name: &str, text: &str) -> PathBuf {
        let path = self.path(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, text).unwrap();
        self.1.set(self.1.get() + 1);
        let time = SystemTime::UNIX_EPOCH + Duration::from_secs(self.1.get());
        File::options()
            .write(true)
            .open(&path)
            .and_then(|file| file.set_modified(time))
            .unwrap();
        path
    }

    /// Of `policy.yaml` and the directory `policy.d`, of which either may be absent.
    fn enforcer(&self) -> Enforcer {
        Enforcer::builder(&DEFAULTS)
            .optional_policy_file(self.path("policy.yaml"))
            .policy_dir(self.path("policy.d"))
            .build()
            .unwrap()
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

fn rule(enforcer: &Enforcer, name: &str) -> String {
    enforcer.snapshot().get(name).unwrap().to_string()
}

/// A look at files that nobody writes.
fn look(enforcer: &Enforcer) -> Result<Option<Change>, Error> {
    enforcer.reload_if_changed(|| ())
}

#[test]
fn rules_are_replaced_when_the_content_changes_and_kept_while_it_is_broken() {
    let folder = Folder::new("content");
    folder.write("policy.yaml", "a: role:one\n");
    let enforcer = folder.enforcer();
    let before = enforcer.snapshot();
    folder.write("policy.yaml", "a: role:one\n");
    assert!(look(&enforcer).unwrap().is_none());

    folder.write("policy.yaml", "a: role:two\n");
    assert!(look(&enforcer.clone()).unwrap().is_some());
    assert_eq!(rule(&enforcer, "a"), "role:two");
    assert_eq!(before.get("a").unwrap().to_string(), "role:one");

    for broken in ["a: role:two or", "a: 'rule:gnoe'", "a: [", "a:", "a: no"] {
        folder.write("policy.yaml", broken);
        for _ in 0..2 {
            let error = look(&enforcer).unwrap_err();
            assert!(error.place().contains("policy.yaml:"), "{error}");
        }
        assert_eq!(rule(&enforcer, "a"), "role:two");
    }
    fs::write(folder.path("policy.yaml"), b"a: role:\xff").unwrap();
    let error = look(&enforcer).unwrap_err().to_string();
    assert!(
        error.contains("policy.yaml:1:9: this is not UTF-8: byte 8 is 0xff"),
        "{error}"
    );

    folder.write("policy.yaml", "a: role:two\n");
    assert!(look(&enforcer).unwrap().is_none());
    folder.write("policy.d/x", "a: role:three\n");
    assert!(look(&enforcer).unwrap().is_some());
    assert_eq!(rule(&enforcer, "a"), "role:three");
}

#[test]
fn nothing_is_waited_for_while_nothing_changes() {
    let folder = Folder::new("unchanged");
    folder.write("policy.yaml", "a: role:one\n");
    let enforcer = folder.enforcer();
    let change = enforcer.reload_if_changed(|| panic!("paused"));
    assert!(change.unwrap().is_none());
}

/// Each is what the operator's files become between the two readings.
#[test]
fn files_that_change_between_the_readings_do_not_count() {
    type Step = fn(&Folder);
    let steps: [(&str, Step); 7] = [
        ("more", |f| drop(f.write("policy.yaml", "a: '!'\nb: '!'\n"))),
        ("emptied", |f| drop(f.write("policy.yaml", ""))),
        ("same", |f| drop(f.write("policy.yaml", "a: role:two\n"))),
        ("removed", |f| {
            fs::remove_file(f.path("policy.yaml")).unwrap()
        }),
        ("new", |f| drop(f.write("policy.d/20", "b: '!'\n"))),
        ("gone", |f| fs::remove_file(f.path("policy.d/10")).unwrap()),
        ("unreadable", |f| {
            fs::write(f.path("policy.yaml"), b"\xff").unwrap()
        }),
    ];
    for (name, step) in steps {
        let folder = Folder::new(name);
        folder.write("policy.yaml", "a: role:one\n");
        folder.write("policy.d/10", "b: role:one\n");
        let enforcer = folder.enforcer();
        folder.write("policy.yaml", "a: role:two\n");
        let error = enforcer.reload_if_changed(|| step(&folder)).unwrap_err();
        assert!(matches!(error, Error::Unsettled(_)), "{name}: {error}");
        assert!(error.place().contains("policy."), "{name}: {error}");
        assert!(
            error
                .to_string()
                .ends_with("reload again when it is written completely"),
            "{error}"
        );
        assert_eq!(rule(&enforcer, "a"), "role:one", "{name}");
        assert_eq!(rule(&enforcer, "b"), "role:one", "{name}");
    }
}

#[test]
fn what_was_unreadable_first_does_not_count_at_once() {
    let folder = Folder::new("first");
    let path = folder.write("policy.yaml", "a: role:one\n");
    let enforcer = folder.enforcer();
    fs::write(&path, b"a: \xff").unwrap();
    let change = enforcer.reload_if_changed(|| drop(folder.write("policy.yaml", "a: '!'\n")));
    assert!(matches!(change, Err(Error::Unsettled(_))));
    assert!(look(&enforcer).unwrap().is_some());
}

/// A writer that empties the file, writes it line by line and begins again, with the same content or
/// with two in turn. Looks begin at each of its steps, and it goes on by any number of steps meanwhile.
#[test]
fn no_snapshot_is_half_of_a_file_that_is_rewritten_in_place() {
    let folder = Folder::new("in-place");
    let texts = ["", "a: role:%\n", "a: role:%\nb: role:%\n"];
    let whole = texts.len() - 1;
    for versions in [["x", "x"], ["x", "y"]] {
        let write = |step: usize| {
            let version = versions[step / texts.len() % 2];
            let text = texts[step % texts.len()].replace('%', version);
            folder.write("policy.yaml", &text);
        };
        write(whole);
        let enforcer = folder.enforcer();
        let mut replaced = 0;
        for begin in 0..3 * texts.len() {
            for steps in 0..4 * texts.len() {
                if steps == 0 && begin % texts.len() != whole {
                    continue;
                }
                write(begin);
                let change = enforcer.reload_if_changed(|| {
                    for step in 1..=steps {
                        write(begin + step);
                    }
                });
                replaced += usize::from(matches!(change, Ok(Some(_))));
                let (a, b) = (rule(&enforcer, "a"), rule(&enforcer, "b"));
                assert!(a == b && a != "role:default", "{a} {b} {begin}+{steps}");
            }
        }
        assert_eq!(replaced > 0, versions[0] != versions[1]);
    }
}

#[test]
fn what_had_rules_and_has_none_is_broken_unless_it_says_so() {
    type Step = fn(&Folder);
    let steps: [(&str, Step); 9] = [
        ("empty", |f| drop(f.write("policy.yaml", ""))),
        ("blank", |f| drop(f.write("policy.yaml", " \n\n"))),
        ("comments", |f| drop(f.write("policy.yaml", "# a: '!'\n"))),
        ("marker", |f| drop(f.write("policy.yaml", "---\n"))),
        ("null", |f| drop(f.write("policy.yaml", "~\n"))),
        ("no-file", |f| {
            fs::remove_file(f.path("policy.yaml")).unwrap()
        }),
        ("in-directory", |f| drop(f.write("policy.d/10", "#\n"))),
        ("empty-directory", |f| {
            fs::remove_file(f.path("policy.d/10")).unwrap()
        }),
        ("no-directory", |f| {
            fs::remove_dir_all(f.path("policy.d")).unwrap()
        }),
    ];
    for (name, step) in steps {
        let folder = Folder::new(name);
        folder.write("policy.yaml", "a: role:one\n");
        folder.write("policy.d/10", "b: role:one\n");
        let enforcer = folder.enforcer();
        step(&folder);
        for _ in 0..2 {
            let error = look(&enforcer).unwrap_err().to_string();
            assert!(
                error.contains("policy.") && error.contains("the rules that were here are gone"),
                "{name}: {error}"
            );
            assert!(error.contains("`{}`"), "{name}: {error}");
        }
        assert_eq!(rule(&enforcer, "a"), "role:one", "{name}");
        assert_eq!(rule(&enforcer, "b"), "role:one", "{name}");
        folder.write("policy.yaml", "{}");
        folder.write("policy.d/10", "# none\n{}\n");
        assert_eq!(look(&enforcer).unwrap().unwrap().dropped.len(), 2, "{name}");
        assert_eq!(rule(&enforcer, "a"), "role:default", "{name}");
        // Which has no rules may lose its `{}` as well.
        folder.write("policy.yaml", "");
        assert!(look(&enforcer).unwrap().is_some(), "{name}");
    }
}

#[test]
fn a_file_may_leave_a_directory_in_which_others_have_rules() {
    let folder = Folder::new("leaves");
    folder.write("policy.d/10", "a: role:one\n");
    folder.write("policy.d/20", "a: role:two\nb: role:two\n");
    let enforcer = folder.enforcer();
    fs::remove_file(folder.path("policy.d/20")).unwrap();
    let change = look(&enforcer).unwrap().unwrap();
    let [(name, place)] = &change.dropped[..] else {
        panic!("{change:?}")
    };
    assert_eq!(name, "b");
    assert!(place.ends_with("policy.d/20:2:1"), "{place}");
    assert_eq!(rule(&enforcer, "a"), "role:one");
}

#[test]
fn a_rule_that_only_moves_is_not_dropped() {
    let folder = Folder::new("moves");
    folder.write("policy.d/10", "a: role:one\nb: role:one\n");
    let enforcer = folder.enforcer();
    fs::rename(folder.path("policy.d/10"), folder.path("policy.d/11")).unwrap();
    folder.write("policy.yaml", "a: role:other\n");
    let change = look(&enforcer).unwrap().unwrap();
    assert!(change.dropped.is_empty(), "{change:?}");
}

#[test]
fn a_file_without_rules_is_fine_at_start_and_named() {
    let folder = Folder::new("start");
    folder.write("policy.yaml", "# nothing yet\n");
    folder.write("policy.d/10", "{}");
    folder.write("policy.d/20", "a: role:one\n");
    let enforcer = folder.enforcer();
    let files = enforcer.files_without_rules();
    assert_eq!(files.len(), 2, "{files:?}");
    assert!(files[0].ends_with("policy.yaml") && files[1].ends_with("10"));
    folder.write("policy.yaml", "b: role:one\n");
    assert!(look(&enforcer).unwrap().is_some());
    assert_eq!(enforcer.files_without_rules().len(), 1);
}

#[test]
fn a_file_may_be_replaced_by_another() {
    let folder = Folder::new("rename");
    let path = folder.write("policy.yaml", "a: role:one\nb: role:one\n");
    let enforcer = folder.enforcer();
    let next = folder.write("next", "a: role:two\nb: role:two\n");
    fs::rename(next, path).unwrap();
    let change = look(&enforcer).unwrap().unwrap();
    assert!(change.dropped.is_empty());
    assert_eq!(rule(&enforcer, "b"), "role:two");
}

/// As Kubernetes replaces the files of a ConfigMap: they are links through `..data`, which becomes a
/// link to another directory.
#[cfg(unix)]
#[test]
fn a_directory_of_links_is_swapped_whole() {
    use std::os::unix::fs::symlink;
    let folder = Folder::new("links");
    folder.write("policy.d/..1/a.yaml", "a: role:one\n");
    folder.write("policy.d/..1/b.yaml", "b: role:one\n");
    folder.write("policy.d/..2/a.yaml", "a: role:two\n");
    folder.write("policy.d/..2/b.yaml", "b: role:two\n");
    let swap = |to: &str| {
        symlink(to, folder.path("policy.d/..next")).unwrap();
        fs::rename(
            folder.path("policy.d/..next"),
            folder.path("policy.d/..data"),
        )
        .unwrap();
    };
    swap("..1");
    for name in ["a.yaml", "b.yaml"] {
        symlink(
            format!("..data/{name}"),
            folder.path(&format!("policy.d/{name}")),
        )
        .unwrap();
    }
    let enforcer = folder.enforcer();
    assert_eq!(rule(&enforcer, "b"), "role:one");

    // It has changed before the look, changes during the look, and changes to nowhere.
    swap("..2");
    let error = enforcer.reload_if_changed(|| swap("..1"));
    assert!(matches!(error, Err(Error::Unsettled(_))));
    swap("..3");
    assert!(matches!(look(&enforcer), Err(Error::File(_))));
    assert_eq!(rule(&enforcer, "a"), "role:one");
    swap("..2");
    assert!(look(&enforcer).unwrap().is_some());
    assert_eq!(rule(&enforcer, "a"), "role:two");
    assert_eq!(rule(&enforcer, "b"), "role:two");

    // And a link to nothing is no reason to do without the file, at start neither.
    fs::remove_file(folder.path("policy.d/..2/b.yaml")).unwrap();
    assert!(matches!(look(&enforcer), Err(Error::File(_))));
    let again = Enforcer::builder(&DEFAULTS).policy_dir(folder.path("policy.d"));
    assert!(again.build().is_err());
}
