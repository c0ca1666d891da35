//! Decisions without remote checks and checks of the service.

use crate::analysis::bdd::{ALLOWED, BROKEN, Bdds, DENIED, Numbered, Ref};
use crate::analysis::build::{Builder, Leaves};
use crate::analysis::obstacle::{Obstacle, TooComplex};
use crate::decide::program::{End, Program};
use crate::decide::rules::Rules;
use crate::language::rule::Rule;
use crate::value::credentials::Credentials;
use crate::value::target::PolicyTarget;

/// A decision in which remote checks and checks of the service are left open.
#[expect(clippy::exhaustive_enums, reason = "there are no others")]
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Settled {
    /// The caller may, whatever the result of these checks.
    Allowed,
    /// The decision fails, whatever the result of these checks.
    Broken,
    /// The caller may not, whatever the result of these checks.
    Denied,
    /// It depends on these checks.
    Open(Vec<String>),
}

impl Rules {
    /// Decides as [`Rules::decide`], but evaluates neither remote checks nor checks that the
    /// service adds, and returns those on which the decision depends.
    ///
    /// # Errors
    /// [`Obstacle`] when there are too many cases.
    pub fn settle(
        &self,
        policy: &str,
        creds: &dyn Credentials,
        target: &dyn PolicyTarget,
    ) -> Result<Settled, Obstacle> {
        if self.is_wrong_scope(policy, creds) {
            return Ok(Settled::Denied);
        }
        let mut known = Known {
            rules: self,
            creds,
            target,
            open: Numbered::default(),
        };
        let mut bdds = Bdds::default();
        let found = Builder::new(self, &mut bdds, &mut known)
            .policy(policy)
            .map_err(|TooComplex| Obstacle::too_complex(policy))?;
        Ok(match found {
            ALLOWED => Settled::Allowed,
            BROKEN => Settled::Broken,
            DENIED => Settled::Denied,
            open => {
                let vars = bdds.vars(open).into_iter();
                let texts = vars.filter_map(|var| known.open.get(var).cloned());
                Settled::Open(texts.collect())
            }
        })
    }
}

struct Known<'a> {
    rules: &'a Rules,
    creds: &'a dyn Credentials,
    target: &'a dyn PolicyTarget,
    /// The checks that are left open.
    open: Numbered<String>,
}

impl Leaves for Known<'_> {
    fn leaf(&mut self, bdds: &mut Bdds, check: &Rule) -> Result<Ref, TooComplex> {
        let checks = self.rules.checks();
        let open = match check {
            Rule::Generic { left, .. } => checks.get(left).is_some(),
            Rule::Remote { .. } => true,
            _ => false,
        };
        if !open {
            let program = Program::compile_check(check, checks);
            let mut run = program.start(0);
            return Ok(match program.go_on(&mut run, self.creds, self.target) {
                Ok(End::Decided(true)) => ALLOWED,
                Ok(End::Decided(false) | End::Asks(_)) => DENIED,
                Err(_) => BROKEN,
            });
        }
        self.open.atom(bdds, check.to_string())
    }
}
