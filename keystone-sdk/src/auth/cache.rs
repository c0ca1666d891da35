//! The token cache of a plugin.

use std::fmt;
use std::future::Future;
use std::sync::{Mutex, MutexGuard, PoisonError};

use jiff::{SignedDuration, Timestamp};

use super::{AuthState, Login, PluginFuture, Token, TokenFuture};
use crate::Error;
use crate::clock::SharedClock;
use crate::error::AuthenticationError;
use crate::sync::single_flight::SingleFlight;

/// The longest time before expiry at which a token is renewed.
const RENEW_BEFORE: SignedDuration = SignedDuration::from_secs(120);
/// A short-lived token is renewed in the last fifth of its lifetime.
const SHORT_LIFE_PARTS: i32 = 5;
/// In the last quarter of the renewal window, callers wait for the new token.
const WAIT_PARTS: i32 = 4;
/// The pause after a failed renewal, during which the old token is used.
const PAUSE: SignedDuration = SignedDuration::from_secs(15);

/// Caches the token of a plugin, and lets one caller fetch it for all.
///
/// - A cached token costs a short lock and no allocation.
/// - Without a cached token, one caller fetches it; the others wait for the outcome, even if it is
///   an error.
/// - If a caller is dropped while it fetches, the next one fetches.
/// - Shortly before expiry (120 seconds, or the last fifth of a short lifetime) one caller renews
///   the token while the others use the old one.
///
/// The lifetime is computed from the server's own times, so a wrong local clock leads neither to
/// expired tokens nor to a login for each call.
#[derive(Default)]
pub(super) struct TokenCache {
    kept: Mutex<Option<Kept>>,
    flight: SingleFlight<(), Result<Login, Error>>,
}

struct Kept {
    login: Login,
    renew_at: Timestamp,
    wait_at: Timestamp,
    dead_at: Timestamp,
}

/// The part of a login that a caller needs.
type Pick<T> = fn(&Login) -> Result<T, Error>;

/// The state of the cache.
enum CacheState<T> {
    /// Valid.
    Fresh(T),
    /// Valid, but to be renewed.
    Aging(T),
    /// No valid token.
    Nothing,
}

impl TokenCache {
    /// The cached token, or the one from `fetch`.
    pub(super) fn token<'a, F, Fut>(&'a self, clock: &'a SharedClock, fetch: F) -> TokenFuture<'a>
    where
        F: FnOnce() -> Fut + Send + 'a,
        Fut: Future<Output = Result<Login, Error>> + Send + 'a,
    {
        self.get(clock, fetch, |login| Ok(login.token.clone()))
    }

    /// The cached login, even if it has expired.
    pub(super) fn kept(&self) -> Option<Login> {
        self.lock().as_ref().map(|kept| kept.login.clone())
    }

    /// Replaces the cached login.
    pub(super) fn keep(&self, clock: &SharedClock, login: Login) {
        *self.lock() = Some(Kept::new(login, clock.now()));
    }

    /// Restores a stored login, and returns whether it is still valid.
    pub(super) fn restore(&self, clock: &SharedClock, state: AuthState) -> bool {
        match state.login(clock.now()) {
            Some(login) => {
                self.keep(clock, login);
                true
            }
            None => false,
        }
    }

    /// Drops the token if it is `rejected`; a late report of an older token has no effect.
    pub(super) fn invalidate(&self, rejected: &Token) {
        let mut kept = self.lock();
        // Compared first: if many callers report the same token, all but the first may come after
        // its renewal, and must not drop the new one.
        if kept
            .as_ref()
            .is_some_and(|kept| kept.login.token.is_same(rejected))
        {
            *kept = None;
        }
    }

    /// What `pick` takes of the cached login, or of the one from `fetch`.
    pub(super) fn get<'a, T, F, Fut>(
        &'a self,
        clock: &'a SharedClock,
        fetch: F,
        pick: Pick<T>,
    ) -> PluginFuture<'a, T>
    where
        T: Send + 'a,
        F: FnOnce() -> Fut + Send + 'a,
        Fut: Future<Output = Result<Login, Error>> + Send + 'a,
    {
        match look(&self.lock(), clock.now(), pick) {
            CacheState::Fresh(kept) => PluginFuture::ready(kept),
            // One caller renews, and the others do not wait.
            CacheState::Aging(kept) => PluginFuture::wire(async move {
                let known = || self.known(|kept| clock.now() < kept.renew_at);
                let fetch = || self.fetch(clock, fetch);
                match self.flight.run_alone((), known, fetch).await {
                    Some(login) => pick(&login?),
                    None => kept,
                }
            }),
            CacheState::Nothing => PluginFuture::wire(async move {
                let known = || self.known(|kept| clock.now() < kept.wait_at);
                let fetch = || self.fetch(clock, fetch);
                pick(&self.flight.run((), known, fetch).await?)
            }),
        }
    }

    /// The cached login, if it meets the condition: a fetch may have ended just before.
    fn known(&self, wanted: impl FnOnce(&Kept) -> bool) -> Option<Result<Login, Error>> {
        let kept = self.lock();
        let kept = kept.as_ref().filter(|kept| wanted(kept))?;
        Some(Ok(kept.login.clone()))
    }

    /// Fetches a login and caches it. The callers that waited get even a token that is too
    /// short-lived to be cached.
    async fn fetch<F, Fut>(&self, clock: &SharedClock, fetch: F) -> Result<Login, Error>
    where
        F: FnOnce() -> Fut,
        Fut: Future<Output = Result<Login, Error>>,
    {
        let result = fetch().await;
        let now = clock.now();
        let mut kept = self.lock();
        match result {
            Ok(login) => {
                *kept = Some(Kept::new(login.clone(), now));
                Ok(login)
            }
            Err(error) => failed(&mut kept, error, now),
        }
    }

    fn lock(&self) -> MutexGuard<'_, Option<Kept>> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn look<T>(kept: &Option<Kept>, now: Timestamp, pick: Pick<T>) -> CacheState<Result<T, Error>> {
    match kept {
        Some(kept) if now < kept.renew_at => CacheState::Fresh(pick(&kept.login)),
        Some(kept) if now < kept.wait_at => CacheState::Aging(pick(&kept.login)),
        _ => CacheState::Nothing,
    }
}

/// After a failed fetch: the old token until it expires, else the error.
fn failed(kept: &mut Option<Kept>, error: Error, now: Timestamp) -> Result<Login, Error> {
    match kept {
        Some(old) if now < old.dead_at => {
            tracing::warn!(%error, "the token could not be renewed; still using the old one");
            old.renew_at = after(now, PAUSE).min(old.dead_at);
            Ok(old.login.clone())
        }
        _ => {
            *kept = None;
            Err(error)
        }
    }
}

impl Kept {
    fn new(login: Login, now: Timestamp) -> Self {
        let life = login.life(now);
        let margin = RENEW_BEFORE.min(life / SHORT_LIFE_PARTS);
        // Relative to now, because the server's clock may differ from the local one.
        Self {
            renew_at: after(now, life - margin),
            wait_at: after(now, life - margin / WAIT_PARTS),
            dead_at: after(now, life),
            login,
        }
    }
}

pub(super) fn nothing_known() -> Error {
    let message = "this authentication plugin does not know the body of its token";
    AuthenticationError::new(message).into()
}

/// `moment` plus `by`, or the maximum.
fn after(moment: Timestamp, by: SignedDuration) -> Timestamp {
    moment.checked_add(by).unwrap_or(Timestamp::MAX)
}

impl fmt::Debug for TokenCache {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kept = self.lock();
        f.debug_struct("TokenCache")
            .field("token", &kept.as_ref().map(|kept| &kept.login.token))
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::time::Duration;

    use futures_util::FutureExt;
    use tokio::sync::Notify;
    use tokio::task::JoinSet;

    use super::*;
    use crate::auth::AccessInfo;
    use crate::clock::{Clock, ManualClock, SystemClock};
    use crate::error::AuthenticationError;

    /// A cache, a clock that stands still and a Keystone that counts its tokens.
    struct Bench {
        cache: TokenCache,
        manual: Arc<ManualClock>,
        clock: SharedClock,
        fetches: AtomicUsize,
        life: i64,
        open: bool,
    }

    impl Bench {
        fn new(life: i64, open: bool) -> Arc<Self> {
            let manual = ManualClock::new(Timestamp::from_second(1_700_000_000).unwrap());
            Arc::new(Self {
                cache: TokenCache::default(),
                clock: manual.clone(),
                manual,
                fetches: AtomicUsize::new(0),
                life,
                open,
            })
        }

        fn fetches(&self) -> usize {
            self.fetches.load(Ordering::SeqCst)
        }

        async fn login(&self) -> Result<Login, Error> {
            let number = self.fetches.fetch_add(1, Ordering::SeqCst) + 1;
            // Where tokio's clock stands still, it goes on when no other task can run.
            SystemClock.sleep(Duration::from_millis(1)).await;
            if !self.open {
                return Err(AuthenticationError::new("refused").into());
            }
            let now = self.clock.now();
            let body = serde_json::json!({
                "expires_at": after(now, SignedDuration::from_secs(self.life)),
                "issued_at": now,
                "user": {"id": "u"},
            });
            let access: AccessInfo = serde_json::from_value(body).unwrap();
            let token = Token::new(format!("t{number}").into(), Some(access.expires_at))?;
            Ok(Login::new(token, access))
        }

        async fn token(&self) -> Result<Token, Error> {
            self.cache.token(&self.clock, || self.login()).await
        }
    }

    /// What 200 tasks get that all ask at once.
    async fn crowd(bench: &Arc<Bench>) -> Vec<Result<String, String>> {
        let mut tasks = JoinSet::new();
        let gate = Arc::new(tokio::sync::Barrier::new(200));
        for _ in 0..200 {
            let (bench, gate) = (Arc::clone(bench), Arc::clone(&gate));
            tasks.spawn(async move {
                gate.wait().await;
                match bench.token().await {
                    Ok(token) => Ok(token.expose().to_owned()),
                    Err(error) => Err(error.to_string()),
                }
            });
        }
        tasks.join_all().await
    }

    #[tokio::test(start_paused = true)]
    async fn a_crowd_without_a_token_causes_one_fetch() {
        let bench = Bench::new(3600, true);
        let got = crowd(&bench).await;
        assert!(got.iter().all(|one| one.as_deref() == Ok("t1")), "{got:?}");
        assert_eq!(bench.fetches(), 1);
    }

    #[tokio::test(start_paused = true)]
    async fn a_crowd_whose_token_was_revoked_causes_one_fetch() {
        let bench = Bench::new(3600, true);
        let old = bench.token().await.unwrap();
        let mut tasks = JoinSet::new();
        let gate = Arc::new(tokio::sync::Barrier::new(200));
        for _ in 0..200 {
            let (bench, gate, old) = (Arc::clone(&bench), Arc::clone(&gate), old.clone());
            tasks.spawn(async move {
                gate.wait().await;
                bench.cache.invalidate(&old);
                bench.token().await.unwrap().expose().to_owned()
            });
        }
        assert!(tasks.join_all().await.iter().all(|token| token == "t2"));
        assert_eq!(bench.fetches(), 2);
    }

    #[tokio::test(start_paused = true)]
    async fn a_late_report_of_the_old_token_causes_no_fetch() {
        let bench = Bench::new(3600, true);
        let old = bench.token().await.unwrap();
        bench.cache.invalidate(&old);
        assert_eq!(bench.token().await.unwrap().expose(), "t2");
        bench.cache.invalidate(&old);
        assert_eq!(bench.token().await.unwrap().expose(), "t2");
        assert_eq!(bench.fetches(), 2);
    }

    #[tokio::test(start_paused = true)]
    async fn a_crowd_that_is_refused_asks_once() {
        let bench = Bench::new(3600, false);
        let got = crowd(&bench).await;
        assert!(got.iter().all(|one| one == &Err("refused".to_owned())));
        assert_eq!(bench.fetches(), 1);
        assert!(bench.token().await.is_err());
        assert_eq!(bench.fetches(), 2, "who asks later asks anew");
    }

    #[tokio::test(start_paused = true)]
    async fn a_leader_that_is_dropped_leaves_the_fetch_to_the_next() {
        let bench = Bench::new(3600, true);
        let (started, never) = (Notify::new(), Notify::new());
        let leader = bench.cache.token(&bench.clock, || async {
            started.notify_one();
            never.notified().await;
            bench.login().await
        });
        tokio::select! {
            _ = leader => panic!("the leader waits for ever"),
            () = started.notified() => {}
        }
        assert_eq!(bench.token().await.unwrap().expose(), "t1");
    }

    #[tokio::test(start_paused = true)]
    async fn one_renews_before_the_end_while_others_use_the_old() {
        let bench = Bench::new(3600, true);
        bench.token().await.unwrap();
        bench.manual.advance(Duration::from_secs(3600 - 119));
        let (asked, go) = (Notify::new(), Notify::new());
        let renewal = bench.cache.token(&bench.clock, || async {
            asked.notify_one();
            go.notified().await;
            bench.login().await
        });
        let meanwhile = async {
            asked.notified().await;
            let token = bench.token().await.unwrap();
            go.notify_one();
            token
        };
        let (renewed, meanwhile) = tokio::join!(renewal, meanwhile);
        assert_eq!(meanwhile.expose(), "t1");
        assert_eq!(renewed.unwrap().expose(), "t2");
        assert_eq!(bench.token().await.unwrap().expose(), "t2");
    }

    #[tokio::test(start_paused = true)]
    async fn a_token_is_renewed_from_its_moment_on_and_not_before() {
        for (age, token) in [(3479, "t1"), (3480, "t2"), (3569, "t2"), (3570, "t2")] {
            let bench = Bench::new(3600, true);
            bench.token().await.unwrap();
            bench.manual.advance(Duration::from_secs(age));
            assert_eq!(bench.token().await.unwrap().expose(), token, "{age}");
        }
    }

    #[tokio::test(start_paused = true)]
    async fn in_the_last_quarter_of_the_time_for_renewal_all_wait_for_the_new_token() {
        for (age, token) in [(3569, "t1"), (3570, "t2"), (3601, "t2")] {
            let bench = Bench::new(3600, true);
            bench.token().await.unwrap();
            bench.manual.advance(Duration::from_secs(age));
            let (asked, go) = (Notify::new(), Notify::new());
            let renewal = bench.cache.token(&bench.clock, || async {
                asked.notify_one();
                go.notified().await;
                bench.login().await
            });
            let meanwhile = async {
                asked.notified().await;
                let mut token = Box::pin(bench.token());
                let at_once = token.as_mut().now_or_never();
                go.notify_one();
                match at_once {
                    Some(token) => token,
                    None => token.await,
                }
            };
            let (renewed, meanwhile) = tokio::join!(renewal, meanwhile);
            assert_eq!(renewed.unwrap().expose(), "t2");
            assert_eq!(meanwhile.unwrap().expose(), token, "{age}");
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_dead_token_does_not_serve_when_its_renewal_fails() {
        for (age, dead) in [(3599, false), (3600, true), (3601, true)] {
            let bench = Bench::new(3600, true);
            bench.token().await.unwrap();
            bench.manual.advance(Duration::from_secs(age));
            let refuse = || async { Err(AuthenticationError::new("down").into()) };
            let got = bench.cache.token(&bench.clock, refuse).await;
            assert_eq!(got.is_err(), dead, "{age}");
            assert_eq!(bench.cache.kept().is_none(), dead, "{age}");
        }
    }

    #[tokio::test(start_paused = true)]
    async fn what_was_kept_outside_is_taken_up_while_it_is_good() {
        for (age, good) in [(0, true), (3599, true), (3600, false), (3601, false)] {
            let bench = Bench::new(3600, true);
            let login = bench.login().await.unwrap();
            let state = AuthState::new(&login.token, login.access.unwrap());
            bench.manual.advance(Duration::from_secs(age));
            assert!(bench.cache.kept().is_none());
            assert_eq!(bench.cache.restore(&bench.clock, state), good, "{age}");
            let kept = bench
                .cache
                .kept()
                .map(|login| login.token.expose().to_owned());
            assert_eq!(kept.as_deref(), good.then_some("t1"), "{age}");
        }
    }

    #[tokio::test(start_paused = true)]
    async fn what_was_brought_another_way_is_used_instead_of_what_is_at_hand() {
        let bench = Bench::new(3600, true);
        let brought = bench.login().await.unwrap();
        assert_eq!(bench.token().await.unwrap().expose(), "t2");
        bench.cache.keep(&bench.clock, brought);
        assert_eq!(bench.token().await.unwrap().expose(), "t1");
        assert_eq!(bench.fetches(), 2);
    }

    #[tokio::test(start_paused = true)]
    async fn a_short_life_is_used_to_its_last_fifth() {
        let bench = Bench::new(60, true);
        bench.token().await.unwrap();
        bench.manual.advance(Duration::from_secs(47));
        assert_eq!(bench.token().await.unwrap().expose(), "t1");
        bench.manual.advance(Duration::from_secs(2));
        assert_eq!(bench.token().await.unwrap().expose(), "t2");
    }

    #[tokio::test(start_paused = true)]
    async fn what_goes_along_with_a_token_can_end_it_sooner() {
        let bench = Bench::new(3600, true);
        let short = || async {
            let login = bench.login().await?;
            Ok(login.at_most(Some(SignedDuration::from_secs(60))))
        };
        bench.cache.token(&bench.clock, short).await.unwrap();
        bench.manual.advance(Duration::from_secs(47));
        assert_eq!(bench.token().await.unwrap().expose(), "t1");
        bench.manual.advance(Duration::from_secs(14));
        assert_eq!(bench.token().await.unwrap().expose(), "t2");
    }

    #[tokio::test(start_paused = true)]
    async fn an_expired_token_is_not_handed_out() {
        let bench = Bench::new(3600, true);
        bench.token().await.unwrap();
        bench.manual.advance(Duration::from_secs(3601));
        assert_eq!(bench.token().await.unwrap().expose(), "t2");
    }

    #[tokio::test(start_paused = true)]
    async fn a_failed_renewal_leaves_the_living_token_in_use() {
        let bench = Bench::new(3600, true);
        bench.token().await.unwrap();
        bench.manual.advance(Duration::from_secs(3500));
        let refuse = || async { Err(AuthenticationError::new("down").into()) };
        let token = bench.cache.token(&bench.clock, refuse).await.unwrap();
        assert_eq!(token.expose(), "t1");
        assert_eq!(bench.token().await.unwrap().expose(), "t1", "pauses first");
        bench.manual.advance(Duration::from_secs(16));
        assert_eq!(bench.token().await.unwrap().expose(), "t2");
    }

    #[tokio::test(start_paused = true)]
    async fn a_crowd_shares_even_a_token_that_is_born_dead() {
        let bench = Bench::new(-5, true);
        let got = crowd(&bench).await;
        assert!(got.iter().all(|one| one.as_deref() == Ok("t1")), "{got:?}");
    }

    #[tokio::test(start_paused = true)]
    async fn debug_shows_no_token() {
        let bench = Bench::new(3600, true);
        let token = bench.token().await.unwrap();
        assert!(!format!("{:?}", bench.cache).contains(token.expose()));
    }
}
