//! Binary decision diagrams (BDDs): the result of a rule for every assignment of its atoms, in a
//! canonical form.
//!
//! A BDD has three terminals: allowed, denied, and broken (the decision fails). Checks are
//! evaluated from left to right with short circuit, so `and` and `or` keep their order where a
//! check could fail.

use std::collections::HashMap;
use std::hash::Hash;

use crate::analysis::budget::Budget;
use crate::analysis::obstacle::TooComplex;

/// How many alternatives a minimal form may have.
const MAX_CUBES: usize = 1 << 12;

/// How many different atoms one policy may have.
const MAX_ATOMS: usize = 512;

/// At the latest after how many steps a path is tested for being satisfiable.
const LOOK: usize = 16;

/// A node, or one of the three terminals.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub(super) struct Ref(u32);

pub(super) const DENIED: Ref = Ref(0);
pub(super) const ALLOWED: Ref = Ref(1);
pub(super) const BROKEN: Ref = Ref(2);

/// The number of an atom.
pub(super) type Var = u32;

/// A conjunction: atoms with their truth values.
pub(super) type Cube = Vec<(Var, bool)>;

/// Atoms by their variables.
pub(super) struct Numbered<T> {
    all: Vec<T>,
    numbers: HashMap<T, Var>,
}

impl<T> Default for Numbered<T> {
    fn default() -> Self {
        Self {
            all: Vec::new(),
            numbers: HashMap::new(),
        }
    }
}

impl<T: Clone + Eq + Hash> Numbered<T> {
    pub(super) fn get(&self, var: Var) -> Option<&T> {
        self.all.get(var as usize)
    }

    /// The BDD of an atom.
    pub(super) fn atom(&mut self, bdds: &mut Bdds, atom: T) -> Result<Ref, TooComplex> {
        let var = match self.numbers.get(&atom) {
            Some(known) => *known,
            None if self.all.len() >= MAX_ATOMS => return Err(TooComplex),
            None => {
                let number = Var::try_from(self.all.len()).map_err(|_| TooComplex)?;
                self.all.push(atom.clone());
                self.numbers.insert(atom, number);
                number
            }
        };
        bdds.branch(var, DENIED, ALLOWED)
    }
}

#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
struct Node {
    var: Var,
    no: Ref,
    yes: Ref,
}

/// A shared set of BDDs. Equal BDDs have equal references.
#[derive(Default)]
pub(super) struct Bdds {
    nodes: Vec<Node>,
    numbers: HashMap<Node, Ref>,
    ands: HashMap<(Ref, Ref), Ref>,
    nots: HashMap<Ref, Ref>,
    pub(super) budget: Budget,
}

impl Bdds {
    /// The BDD that branches on a variable.
    pub(super) fn branch(&mut self, var: Var, no: Ref, yes: Ref) -> Result<Ref, TooComplex> {
        if no == yes {
            return Ok(no);
        }
        // Every node must be made here: equal BDDs have one reference only because of this table,
        // and every node is charged to the budget.
        let node = Node { var, no, yes };
        if let Some(known) = self.numbers.get(&node) {
            return Ok(*known);
        }
        self.budget.spend(1)?;
        let number = u32::try_from(self.nodes.len() + 3).map_err(|_| TooComplex)?;
        self.nodes.push(node);
        self.numbers.insert(node, Ref(number));
        Ok(Ref(number))
    }

    pub(super) fn not(&mut self, a: Ref) -> Result<Ref, TooComplex> {
        let Some(node) = self.node(a) else {
            return Ok(match a {
                ALLOWED => DENIED,
                DENIED => ALLOWED,
                end => end,
            });
        };
        if let Some(known) = self.nots.get(&a) {
            return Ok(*known);
        }
        self.budget.spend(1)?;
        let no = self.not(node.no)?;
        let yes = self.not(node.yes)?;
        let found = self.branch(node.var, no, yes)?;
        self.nots.insert(a, found);
        self.nots.insert(found, a);
        Ok(found)
    }

    /// `b` is evaluated only where `a` allows.
    pub(super) fn and(&mut self, a: Ref, b: Ref) -> Result<Ref, TooComplex> {
        // Not symmetric: where `a` is broken, so is the result, even if `b` denies; where `b` is
        // broken, only if `a` allows. Do not swap the operands to get more hits in `ands`.
        match (a, b) {
            (DENIED | BROKEN, _) | (_, ALLOWED) => return Ok(a),
            (ALLOWED, _) => return Ok(b),
            _ if a == b => return Ok(a),
            _ => {}
        }
        if let Some(known) = self.ands.get(&(a, b)) {
            return Ok(*known);
        }
        self.budget.spend(1)?;
        let var = self.top(a).min(self.top(b));
        let (a_no, a_yes) = self.split(a, var);
        let (b_no, b_yes) = self.split(b, var);
        let no = self.and(a_no, b_no)?;
        let yes = self.and(a_yes, b_yes)?;
        let found = self.branch(var, no, yes)?;
        self.ands.insert((a, b), found);
        Ok(found)
    }

    /// `b` is evaluated only where `a` denies.
    pub(super) fn or(&mut self, a: Ref, b: Ref) -> Result<Ref, TooComplex> {
        let (a, b) = (self.not(a)?, self.not(b)?);
        let neither = self.and(a, b)?;
        self.not(neither)
    }

    /// Replaces broken by denied: a failed decision is a refusal for the caller.
    pub(super) fn closed(&mut self, a: Ref) -> Result<Ref, TooComplex> {
        let mut known = HashMap::new();
        self.rebuild(a, &mut known, &|_| None, DENIED)
    }

    /// The cofactor: the BDD with some variables fixed.
    pub(super) fn given(
        &mut self,
        a: Ref,
        fixed: &dyn Fn(Var) -> Option<bool>,
    ) -> Result<Ref, TooComplex> {
        let mut known = HashMap::new();
        self.rebuild(a, &mut known, fixed, BROKEN)
    }

    fn rebuild(
        &mut self,
        a: Ref,
        known: &mut HashMap<Ref, Ref>,
        fixed: &dyn Fn(Var) -> Option<bool>,
        broken: Ref,
    ) -> Result<Ref, TooComplex> {
        let Some(node) = self.node(a) else {
            return Ok(if a == BROKEN { broken } else { a });
        };
        if let Some(known) = known.get(&a) {
            return Ok(*known);
        }
        self.budget.spend(1)?;
        let found = match fixed(node.var) {
            Some(true) => self.rebuild(node.yes, known, fixed, broken)?,
            Some(false) => self.rebuild(node.no, known, fixed, broken)?,
            None => {
                let no = self.rebuild(node.no, known, fixed, broken)?;
                let yes = self.rebuild(node.yes, known, fixed, broken)?;
                self.branch(node.var, no, yes)?
            }
        };
        known.insert(a, found);
        Ok(found)
    }

    /// The variables that the BDD depends on, in order.
    pub(super) fn vars(&self, a: Ref) -> Vec<Var> {
        let mut seen = HashMap::new();
        let mut open = vec![a];
        let mut vars = Vec::new();
        while let Some(at) = open.pop() {
            if let Some(node) = self.node(at)
                && seen.insert(at, ()).is_none()
            {
                vars.push(node.var);
                open.extend([node.no, node.yes]);
            }
        }
        vars.sort_unstable();
        vars.dedup();
        vars
    }

    /// Whether there is a path to one of `ends` for which `possible` holds all the way.
    pub(super) fn reaches(
        &self,
        a: Ref,
        ends: &[Ref],
        possible: &mut dyn FnMut(&Cube) -> Result<bool, TooComplex>,
    ) -> Result<bool, TooComplex> {
        self.walk(a, ends, &mut Cube::new(), possible)
    }

    fn walk(
        &self,
        a: Ref,
        ends: &[Ref],
        path: &mut Cube,
        possible: &mut dyn FnMut(&Cube) -> Result<bool, TooComplex>,
    ) -> Result<bool, TooComplex> {
        let Some(node) = self.node(a) else {
            return Ok(ends.contains(&a));
        };
        for (holds, next) in [(true, node.yes), (false, node.no)] {
            if self.node(next).is_none() && !ends.contains(&next) {
                continue;
            }
            self.budget.spend(1)?;
            path.push((node.var, holds));
            // Negated atoms hardly ever contradict one another, and long runs of them are common,
            // so they are tested in groups.
            let look = holds || self.node(next).is_none() || path.len().is_multiple_of(LOOK);
            let found = (!look || possible(path)?) && self.walk(next, ends, path, possible)?;
            path.pop();
            if found {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// A BDD without broken terminals as an irredundant sum of products (Minato and Morreale): no
    /// cube can be left out, and no cube can be shortened.
    pub(super) fn minimal(&mut self, a: Ref) -> Result<Vec<Cube>, TooComplex> {
        let (mut cubes, _) = self.between(a, a)?;
        for cube in &mut cubes {
            cube.sort_unstable_by_key(|(var, _)| *var);
        }
        // In the order of the rule, positive atoms first.
        cubes.sort_by_cached_key(|cube| -> Cube {
            cube.iter().map(|(var, holds)| (*var, !holds)).collect()
        });
        Ok(cubes)
    }

    /// Cubes that cover at least `least` and at most `most`.
    fn between(&mut self, least: Ref, most: Ref) -> Result<(Vec<Cube>, Ref), TooComplex> {
        if least == DENIED {
            return Ok((Vec::new(), DENIED));
        }
        if most == ALLOWED {
            return Ok((vec![Cube::new()], ALLOWED));
        }
        let var = self.top(least).min(self.top(most));
        let (least_no, least_yes) = self.split(least, var);
        let (most_no, most_yes) = self.split(most, var);
        let only_no = self.minus(least_no, most_yes)?;
        let (no_cubes, no_covered) = self.between(only_no, most_no)?;
        let only_yes = self.minus(least_yes, most_no)?;
        let (yes_cubes, yes_covered) = self.between(only_yes, most_yes)?;
        let rest_no = self.minus(least_no, no_covered)?;
        let rest_yes = self.minus(least_yes, yes_covered)?;
        let rest = self.or(rest_no, rest_yes)?;
        let most_both = self.and(most_no, most_yes)?;
        let (mut cubes, both_covered) = self.between(rest, most_both)?;
        for (found, holds) in [(no_cubes, false), (yes_cubes, true)] {
            cubes.extend(found.into_iter().map(|mut cube| {
                cube.push((var, holds));
                cube
            }));
        }
        self.budget.spend(cubes.len())?;
        if cubes.len() > MAX_CUBES {
            return Err(TooComplex);
        }
        let no = self.or(no_covered, both_covered)?;
        let yes = self.or(yes_covered, both_covered)?;
        let covered = self.branch(var, no, yes)?;
        Ok((cubes, covered))
    }

    /// Where `a` allows and `b` does not; neither may have broken terminals.
    pub(super) fn minus(&mut self, a: Ref, b: Ref) -> Result<Ref, TooComplex> {
        let b = self.not(b)?;
        self.and(a, b)
    }

    fn node(&self, at: Ref) -> Option<Node> {
        let number = at.0.checked_sub(3)?;
        self.nodes.get(number as usize).copied()
    }

    fn top(&self, at: Ref) -> Var {
        self.node(at).map_or(Var::MAX, |node| node.var)
    }

    fn split(&self, at: Ref, var: Var) -> (Ref, Ref) {
        match self.node(at) {
            Some(node) if node.var == var => (node.no, node.yes),
            _ => (at, at),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn var(bdds: &mut Bdds, var: Var) -> Ref {
        bdds.branch(var, DENIED, ALLOWED).unwrap()
    }

    #[test]
    fn what_breaks_off_stays_broken_unless_it_is_not_asked() {
        let mut d = Bdds::default();
        let a = var(&mut d, 0);
        assert_eq!(d.not(BROKEN), Ok(BROKEN));
        let guarded = d.or(a, BROKEN).unwrap();
        assert_eq!(d.given(guarded, &|_| Some(true)), Ok(ALLOWED));
        assert_eq!(d.given(guarded, &|_| Some(false)), Ok(BROKEN));
        assert_eq!(d.or(BROKEN, a), Ok(BROKEN));
        assert_eq!(d.closed(guarded), Ok(a));
    }

    #[test]
    fn equal_rules_have_equal_bdds() {
        let mut d = Bdds::default();
        let (a, b, c) = (var(&mut d, 0), var(&mut d, 1), var(&mut d, 2));
        let b_or_c = d.or(b, c).unwrap();
        let left = d.and(a, b_or_c).unwrap();
        let (ab, ac) = (d.and(a, b).unwrap(), d.and(a, c).unwrap());
        assert_eq!(d.or(ab, ac), Ok(left));
        assert_eq!(d.vars(left), [0, 1, 2]);
    }

    #[test]
    fn the_minimal_form_has_no_superfluous_cube_or_literal() {
        let mut d = Bdds::default();
        let (a, b, c) = (var(&mut d, 0), var(&mut d, 1), var(&mut d, 2));
        // a b + not a c + b c: the last is superfluous.
        let not_a = d.not(a).unwrap();
        let parts = [(a, b), (not_a, c), (b, c)].map(|(x, y)| d.and(x, y).unwrap());
        let all = parts
            .into_iter()
            .fold(DENIED, |sum, part| d.or(sum, part).unwrap());
        let cubes = d.minimal(all).unwrap();
        assert_eq!(
            cubes,
            [vec![(0, true), (1, true)], vec![(0, false), (2, true)]]
        );
    }

    #[test]
    fn a_bdd_that_grows_out_of_bounds_is_given_up() {
        let mut d = Bdds::default();
        // x0 y0 + x1 y1 + .. with all x before all y doubles with each pair.
        let result = (0..24).try_fold(DENIED, |sum, index| {
            let (x, y) = (var(&mut d, index), var(&mut d, 100 + index));
            let both = d.and(x, y)?;
            d.or(sum, both)
        });
        assert_eq!(result, Err(TooComplex));
    }
}
