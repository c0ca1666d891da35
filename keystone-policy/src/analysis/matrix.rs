//! Who may do what, as a table.

use std::collections::{BTreeSet, HashMap};

use crate::analysis::atom::Atom;
use crate::analysis::bdd::{ALLOWED, BROKEN, Cube, DENIED, Ref, Var};
use crate::analysis::grant::Grant;
use crate::analysis::obstacle::TooComplex;
use crate::analysis::solve::solve;
use crate::analysis::witness::TokenScope;
use crate::analysis::{Analysis, Study, scopes_of};

/// Policies by roles and scopes, see [`Analysis::matrix`].
#[non_exhaustive]
#[derive(Clone, Debug)]
pub struct Matrix {
    /// The kinds of callers.
    pub columns: Vec<Column>,
    /// The policies, with a cell for each column.
    pub rows: Vec<Row>,
}

/// A kind of caller: one role, with those that it implies, and a scope.
#[non_exhaustive]
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Column {
    /// The role, in lower case; `None` for callers without any role.
    pub role: Option<String>,
    /// What the token is for.
    pub scope: TokenScope,
}

/// A policy.
#[non_exhaustive]
#[derive(Clone, Debug)]
pub struct Row {
    /// Its name.
    pub policy: String,
    /// The result for each kind of caller, in the order of the columns.
    pub cells: Vec<Cell>,
}

/// The result of a policy for one kind of caller.
#[non_exhaustive]
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Cell {
    /// The verdict.
    pub verdict: Verdict,
    /// For [`Verdict::Depends`] the conditions, each of which suffices; otherwise empty.
    pub grants: Vec<Grant>,
}

/// The result without knowledge of the target and the other credentials.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Verdict {
    /// Every such caller may, whatever the target.
    Allowed,
    /// No such caller may, whatever the target.
    Denied,
    /// It depends on the target or on other credentials.
    Depends,
    /// There are too many cases.
    Unknown,
    /// No such caller may: the policy does not accept tokens of this scope.
    WrongScope,
}

impl Verdict {
    /// The name in JSON: `allowed`, `denied`, `depends`, `unknown` or `wrong_scope`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Allowed => "allowed",
            Self::Denied => "denied",
            Self::Depends => "depends",
            Self::Unknown => "unknown",
            Self::WrongScope => "wrong_scope",
        }
    }
}

impl Analysis<'_> {
    /// The verdicts of policies for each of the roles, with tokens of each of the scopes; the role
    /// `None` stands for callers without any role.
    ///
    /// A cell is [`Verdict::Depends`] also where only [other credentials](Grant::conditions)
    /// matter.
    ///
    /// ```
    /// use keystone_policy::analysis::{Analysis, TokenScope, Verdict};
    /// use keystone_policy::{Rules, parse_rule};
    ///
    /// let rules = Rules::new([("proxy:view", parse_rule("role:admin or project_id:%(project_id)s")?)]);
    /// let matrix = Analysis::new(&rules)
    ///     .default_roles()
    ///     .matrix(["proxy:view"], [Some("admin"), Some("reader")], [TokenScope::Project]);
    /// let verdicts: Vec<Verdict> = matrix.rows[0].cells.iter().map(|cell| cell.verdict).collect();
    /// assert_eq!(verdicts, [Verdict::Allowed, Verdict::Depends]);
    /// # Ok::<(), keystone_policy::ParseError>(())
    /// ```
    pub fn matrix<'a>(
        &self,
        policies: impl IntoIterator<Item = &'a str>,
        roles: impl IntoIterator<Item = Option<&'a str>>,
        scopes: impl IntoIterator<Item = TokenScope>,
    ) -> Matrix {
        let scopes: Vec<TokenScope> = scopes.into_iter().collect();
        let mut columns = Vec::new();
        for role in roles {
            columns.extend(scopes.iter().map(|scope| Column {
                role: role.map(str::to_lowercase),
                scope: *scope,
            }));
        }
        let row = |policy: &str| Row {
            policy: policy.to_owned(),
            cells: self.cells(policy, &columns),
        };
        let rows = policies.into_iter().map(row).collect();
        Matrix { columns, rows }
    }

    fn cells(&self, policy: &str, columns: &[Column]) -> Vec<Cell> {
        let bare = |verdict| Cell {
            verdict,
            grants: Vec::new(),
        };
        let mut study = Study::new(self);
        let Ok(open) = study.read(self.rules, policy) else {
            return columns.iter().map(|_| bare(Verdict::Unknown)).collect();
        };
        let scopes = scopes_of(self.rules, policy);
        columns
            .iter()
            .map(|column| {
                if !scopes.contains(&column.scope) {
                    return bare(Verdict::WrongScope);
                }
                let roles = self.with_implied(column.role.as_deref());
                study
                    .cell(open, column.scope, &roles)
                    .unwrap_or_else(|TooComplex| bare(Verdict::Unknown))
            })
            .collect()
    }
}

impl Study<'_> {
    fn cell(
        &mut self,
        open: Ref,
        scope: TokenScope,
        roles: &BTreeSet<String>,
    ) -> Result<Cell, TooComplex> {
        let callers = self
            .analysis
            .callers(scope, Some(roles), self.analysis.null_matches);
        let budget = &self.bdds.budget;
        let possible = |assignment: &[(&Atom, bool)]| {
            solve(callers, assignment, budget).map(|solution| solution.is_possible())
        };
        let mut held: HashMap<Var, bool> = HashMap::new();
        for var in self.bdds.vars(open) {
            match self.atoms.get(var) {
                None => {}
                Some(Atom::Role(name)) => {
                    held.insert(var, roles.contains(&**name));
                }
                Some(atom) => match (possible(&[(atom, true)])?, possible(&[(atom, false)])?) {
                    (true, false) => {
                        held.insert(var, true);
                    }
                    (false, true) => {
                        held.insert(var, false);
                    }
                    _ => {}
                },
            }
        }
        let known = self.bdds.given(open, &|var| held.get(&var).copied())?;
        let budget = &self.bdds.budget;
        let mut possible = |path: &Cube| {
            solve(callers, &self.atoms.of(path), budget).map(|found| found.is_possible())
        };
        let allowed = self.bdds.reaches(known, &[ALLOWED], &mut possible)?;
        let denied = self.bdds.reaches(known, &[DENIED, BROKEN], &mut possible)?;
        let verdict = match (allowed, denied) {
            (true, true) => Verdict::Depends,
            (true, false) => Verdict::Allowed,
            (false, _) => Verdict::Denied,
        };
        let grants = if verdict == Verdict::Depends {
            let closed = self.bdds.closed(known)?;
            self.grants(closed, &[scope], Some(roles))?
        } else {
            Vec::new()
        };
        Ok(Cell { verdict, grants })
    }
}
