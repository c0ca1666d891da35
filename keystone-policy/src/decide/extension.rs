//! Checks that services add to the language: `kind:match` with a kind of their own.

use std::fmt;
use std::pin::Pin;
use std::sync::Arc;

use crate::decide::right_operand::RightOperand;
use crate::language::template::Template;
use crate::value::credentials::Credentials;
use crate::value::target::PolicyTarget;

/// The kinds that cannot be replaced.
pub(crate) const BUILT_IN: [&str; 4] = ["http", "https", "role", "rule"];

/// A kind of check that a service adds to the language. Implemented by functions and closures.
pub trait ExtensionCheck: Send + Sync {
    /// Evaluates the check.
    ///
    /// # Errors
    /// A message when the check has no result. The decision then fails, which refuses the caller
    /// even if the check is negated.
    fn check(&self, request: &CheckRequest<'_>) -> Result<bool, String>;
}

impl<F> ExtensionCheck for F
where
    F: Fn(&CheckRequest<'_>) -> Result<bool, String> + Send + Sync,
{
    fn check(&self, request: &CheckRequest<'_>) -> Result<bool, String> {
        self(request)
    }
}

/// The future of an [`AsyncExtensionCheck`]: its result, or a message when there is none.
pub type CheckFuture = Pin<Box<dyn Future<Output = Result<bool, String>> + Send>>;

/// A kind of check that a service adds to the language and that is asynchronous, because it queries
/// a database or another service. Implemented by functions and closures that return a future.
///
/// A decision that reaches one is [`Decision::Needs`](crate::Decision::Needs), as with `http:`
/// checks.
pub trait AsyncExtensionCheck: Send + Sync {
    /// Begins the check. The future owns what it needs of the request, since it outlives the
    /// credentials and the target. It is dropped unawaited if the decision does not need it.
    ///
    /// It yields a message when the check has no result. The decision then fails, which refuses the
    /// caller even if the check is negated.
    fn begin(&self, request: &CheckRequest<'_>) -> CheckFuture;
}

impl<F, R> AsyncExtensionCheck for F
where
    F: Fn(&CheckRequest<'_>) -> R + Send + Sync,
    R: Future<Output = Result<bool, String>> + Send + 'static,
{
    fn begin(&self, request: &CheckRequest<'_>) -> CheckFuture {
        Box::pin(self(request))
    }
}

/// A check of the service's own.
#[derive(Clone)]
pub(crate) enum ServiceCheck {
    Async(Arc<dyn AsyncExtensionCheck>),
    Sync(Arc<dyn ExtensionCheck>),
}

/// The arguments of an [`ExtensionCheck`].
#[derive(Clone, Copy)]
pub struct CheckRequest<'a> {
    kind: &'a str,
    right: &'a str,
    creds: &'a dyn Credentials,
    target: &'a dyn PolicyTarget,
}

impl<'a> CheckRequest<'a> {
    pub(crate) fn new(
        kind: &'a str,
        right: &'a str,
        creds: &'a dyn Credentials,
        target: &'a dyn PolicyTarget,
    ) -> Self {
        Self {
            kind,
            right,
            creds,
            target,
        }
    }

    /// The part of the check before the first colon.
    pub fn kind(&self) -> &'a str {
        self.kind
    }

    /// The part after the first colon, as written in the rule.
    pub fn right(&self) -> &'a str {
        self.right
    }

    /// The caller.
    pub fn creds(&self) -> &'a dyn Credentials {
        self.creds
    }

    /// The target.
    pub fn target(&self) -> &'a dyn PolicyTarget {
        self.target
    }

    /// The part after the first colon, with `%(name)s` replaced by attributes of the target. `None`
    /// if the target lacks one; the check should then be false.
    ///
    /// # Errors
    /// A message when it is not a valid template, as with a percent sign that is not doubled.
    pub fn filled(&self) -> Result<Option<String>, String> {
        let template = Template::parse(self.right);
        match RightOperand::fill(&template, self.target) {
            Ok(right) => Ok(right.map(|right| right.text().to_owned())),
            Err(fault) => Err(fault.to_string()),
        }
    }
}

impl fmt::Debug for CheckRequest<'_> {
    /// The check only: credentials and targets do not belong in logs.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "CheckRequest({}:{})", self.kind, self.right)
    }
}

/// The checks that a service adds to the language, by kind, for
/// [`EnforcerBuilder::checks`](crate::EnforcerBuilder::checks).
///
/// ```
/// use keystone_policy::decide::CheckRequest;
/// use keystone_policy::Checks;
///
/// // `quota:10` is true for targets that are no larger.
/// let quota = |request: &CheckRequest<'_>| {
///     let limit: usize = request.right().parse().map_err(|_| "not a number".to_owned())?;
///     let size = request.target().attr("size").map(|size| size.text().parse::<usize>());
///     Ok(matches!(size, Some(Ok(size)) if size <= limit))
/// };
/// let checks = Checks::new().register("quota", quota);
/// # let _ = checks;
/// ```
#[derive(Clone, Default)]
pub struct Checks(Arc<Vec<(Box<str>, ServiceCheck)>>);

impl Checks {
    /// No checks.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a kind of check, replacing an earlier one of that kind. The kinds of the language
    /// itself (`role`, `rule`, `http`, `https`) cannot be replaced: building an enforcer with such
    /// checks fails.
    #[must_use]
    pub fn register(self, kind: impl Into<Box<str>>, check: impl ExtensionCheck + 'static) -> Self {
        self.add(kind.into(), ServiceCheck::Sync(Arc::new(check)))
    }

    /// As [`Checks::register`], for an asynchronous check.
    ///
    /// ```
    /// use keystone_policy::Checks;
    /// use keystone_policy::decide::CheckRequest;
    ///
    /// async fn shared(network: String) -> Result<bool, String> {
    ///     // Here a database would be asked.
    ///     Ok(network == "public")
    /// }
    ///
    /// // `shared:%(network_id)s` is true for networks that are shared.
    /// let check = |request: &CheckRequest<'_>| {
    ///     let network = request.filled();
    ///     async move {
    ///         match network? {
    ///             Some(network) => shared(network).await,
    ///             None => Ok(false),
    ///         }
    ///     }
    /// };
    /// let checks = Checks::new().register_async("shared", check);
    /// # let _ = checks;
    /// ```
    #[must_use]
    pub fn register_async(
        self,
        kind: impl Into<Box<str>>,
        check: impl AsyncExtensionCheck + 'static,
    ) -> Self {
        self.add(kind.into(), ServiceCheck::Async(Arc::new(check)))
    }

    fn add(mut self, kind: Box<str>, check: ServiceCheck) -> Self {
        let checks = Arc::make_mut(&mut self.0);
        match checks.iter_mut().find(|(known, _)| *known == kind) {
            Some(known) => known.1 = check,
            None => checks.push((kind, check)),
        }
        self
    }

    /// The kinds, in the order in which they were added.
    pub fn kinds(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(|(kind, _)| &**kind)
    }

    pub(crate) fn get(&self, kind: &str) -> Option<&ServiceCheck> {
        let (_, check) = self.0.iter().find(|(known, _)| **known == *kind)?;
        Some(check)
    }
}

impl fmt::Debug for Checks {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.kinds()).finish()
    }
}
