//! What is kept, what is dropped, and who may read it.

use std::fs;
use std::sync::Arc;
use std::time::Duration;

use super::*;
use crate::auth::v3;
use crate::clock::ManualClock;

const NOW: i64 = 1_700_000_000;

fn files(name: &str) -> TokenFiles {
    let root = std::env::temp_dir().join(format!("keystone-tokens-{}-{name}", std::process::id()));
    let _ = fs::remove_dir_all(&root);
    TokenFiles::at(root.join("cache/tokens"), root.join("data/key"))
}

fn clock() -> Arc<ManualClock> {
    ManualClock::new(Timestamp::from_second(NOW).unwrap())
}

fn login(password: &str) -> v3::Password {
    let builder = v3::Password::builder("http://h/v3").user_id("u");
    builder.password(password).build().unwrap()
}

/// A login that has a token for the next `seconds`.
fn with_token(password: &str, seconds: i64) -> v3::Password {
    let end = Timestamp::from_second(NOW + seconds).unwrap();
    let json = format!(
        r#"{{"auth_token": "canary", "body": {{"token": {{"expires_at": "{end}", "user": {{"id": "u"}}}}}}}}"#
    );
    let state = AuthState::from_json(json.as_bytes()).unwrap();
    let login = login(password);
    let early = ManualClock::new(Timestamp::UNIX_EPOCH);
    assert!(login.set_auth_state(state, &(early as SharedClock)));
    login
}

fn shared(clock: &Arc<ManualClock>) -> SharedClock {
    Arc::<ManualClock>::clone(clock)
}

fn kept_token(login: &v3::Password) -> bool {
    let state = login.auth_state();
    state.is_some_and(|state| state.is_of(&"canary".into()))
}

#[test]
fn a_token_is_found_again_by_the_same_login_alone() {
    let (files, clock) = (files("again"), shared(&clock()));
    files.keep(&with_token("p", 3600), &clock).unwrap();
    let same = login("p");
    assert!(files.restore(&same, &clock).unwrap() && kept_token(&same));
    assert!(!files.restore(&login("q"), &clock).unwrap());
    let scoped = v3::Password::builder("http://h/v3")
        .user_id("u")
        .password("p");
    let scoped = scoped.system_scope().build().unwrap();
    assert!(!files.restore(&scoped, &clock).unwrap());
}

#[cfg(unix)]
#[test]
fn only_this_user_may_read_and_even_then_nothing_is_in_clear() {
    use std::os::unix::fs::PermissionsExt;

    let (files, clock) = (files("modes"), shared(&clock()));
    fs::create_dir_all(&files.directory).unwrap();
    files.keep(&with_token("p", 3600), &clock).unwrap();
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    let path = files.files().unwrap().remove(0);
    assert_eq!([mode(&path), mode(&files.key_file)], [0o600, 0o600]);
    assert_eq!(mode(&files.directory), 0o700);
    assert_eq!(mode(files.key_file.parent().unwrap()), 0o700);
    let content = fs::read(&path).unwrap();
    assert!(!String::from_utf8_lossy(&content).contains("canary"));
    let id = AuthPlugin::cache_id(&login("p")).unwrap();
    assert!(!path.display().to_string().contains(&id));
    assert_eq!(fs::read_dir(&files.directory).unwrap().count(), 1);
    assert!(!format!("{files:?}").contains("canary"));
}

#[test]
fn what_a_service_refused_is_dropped() {
    let (files, clock) = (files("refused"), shared(&clock()));
    let login = with_token("p", 3600);
    files.keep(&login, &clock).unwrap();
    let token = crate::auth::Token::new("canary".into(), None).unwrap();
    assert!(login.invalidate(&token));
    files.keep(&login, &clock).unwrap();
    assert_eq!(files.count().unwrap(), 0);
}

#[test]
fn what_has_expired_is_dropped() {
    let (files, manual) = (files("expired"), clock());
    let clock = shared(&manual);
    files.keep(&with_token("short", 60), &clock).unwrap();
    files.keep(&with_token("long", 3600), &clock).unwrap();
    assert_eq!(files.count().unwrap(), 2);
    manual.advance(Duration::from_secs(61));
    assert!(!files.restore(&login("short"), &clock).unwrap());
    assert_eq!(files.count().unwrap(), 1);
    files.keep(&with_token("short", 60), &clock).unwrap();
    assert_eq!(files.count().unwrap(), 1, "it is over when it is kept");
}

#[test]
fn broken_foreign_and_moved_files_are_left_out() {
    let (files, clock) = (files("broken"), shared(&clock()));
    files.keep(&with_token("p", 3600), &clock).unwrap();
    let path = files.files().unwrap().remove(0);
    let good = fs::read(&path).unwrap();
    let mut flipped = good.clone();
    *flipped.last_mut().unwrap() ^= 1;
    let mut later = good.clone();
    later[11] ^= 1;
    for content in [&b""[..], b"KST1", &good[..good.len() / 2], &flipped, &later] {
        fs::write(&path, content).unwrap();
        assert!(!files.restore(&login("p"), &clock).unwrap());
    }
    // The file of one login under the name of another.
    fs::write(&path, &good).unwrap();
    files.keep(&with_token("q", 3600), &clock).unwrap();
    let other = files.files().unwrap().into_iter().find(|one| one != &path);
    fs::copy(&path, other.unwrap()).unwrap();
    assert!(!files.restore(&login("q"), &clock).unwrap());
    assert!(files.restore(&login("p"), &clock).unwrap());
    // Another key.
    fs::write(&files.key_file, [7; 32]).unwrap();
    assert!(!files.restore(&login("p"), &clock).unwrap());
    fs::write(&files.key_file, "short").unwrap();
    assert!(!files.restore(&login("p"), &clock).unwrap());
    files.keep(&with_token("p", 3600), &clock).unwrap();
    assert!(files.restore(&login("p"), &clock).unwrap());
}

#[test]
fn clearing_leaves_nothing() {
    let (files, clock) = (files("clear"), shared(&clock()));
    assert_eq!(files.clear().unwrap(), 0);
    files.keep(&with_token("p", 3600), &clock).unwrap();
    fs::write(files.directory.join("crashed.1-0.new"), "").unwrap();
    assert_eq!(files.clear().unwrap(), 1);
    assert!(!files.key_file.exists());
    assert_eq!(fs::read_dir(&files.directory).unwrap().count(), 0);
    assert!(!files.restore(&login("p"), &clock).unwrap());
}

#[test]
fn many_at_once_keep_and_find_whole_tokens() {
    let (files, clock) = (files("many"), shared(&clock()));
    std::thread::scope(|scope| {
        for number in 0..8 {
            let (files, clock) = (&files, &clock);
            scope.spawn(move || {
                let password = format!("p{}", number % 2);
                for _ in 0..20 {
                    files.keep(&with_token(&password, 3600), clock).unwrap();
                    assert!(files.restore(&login(&password), clock).unwrap());
                }
            });
        }
    });
    assert_eq!(files.count().unwrap(), 2);
    assert_eq!(fs::read_dir(&files.directory).unwrap().count(), 2);
}

#[test]
fn a_directory_that_cannot_be_is_an_error() {
    let files = files("blocked");
    fs::create_dir_all(files.directory.parent().unwrap()).unwrap();
    fs::write(&files.directory, "a file").unwrap();
    let error = files
        .keep(&with_token("p", 3600), &shared(&clock()))
        .unwrap_err();
    assert!(
        error.to_string().starts_with("tokens cannot be stored ("),
        "{error}"
    );
}
