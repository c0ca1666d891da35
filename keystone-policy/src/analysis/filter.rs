//! Partial evaluation: what is left of a policy once the caller is known is a condition on the target.

use crate::analysis::atom::texts;
use crate::analysis::bdd::{ALLOWED, BROKEN, Bdds, Cube, DENIED, Ref, Var};
use crate::analysis::build::{Builder, Leaves};
use crate::analysis::condition::Condition;
use crate::analysis::obstacle::{Obstacle, TooComplex};
use crate::analysis::split::splits;
use crate::decide::extension::Checks;
use crate::decide::rules::Rules;
use crate::language::left_operand::LeftOperand;
use crate::language::rule::Rule;
use crate::language::template::Template;
use crate::value::credentials::Credentials;

/// How many different questions may be left.
const MAX_QUESTIONS: usize = 512;

impl Rules {
    /// What a target must be like for the policy to allow this caller: a service can put it into the
    /// query of a list instead of deciding for each row.
    ///
    /// A target meets the condition exactly if [`Rules::decide`] allows the caller to act on it.
    ///
    /// ```
    /// use keystone_policy::{PlainCredentials, Rules, parse_rule};
    ///
    /// let index = parse_rule("role:admin or project_id:%(project_id)s and not 'secret':%(kind)s")?;
    /// let rules = Rules::new([("proxy:index", index)]);
    /// let member = PlainCredentials::new().roles(["member"]).attr("project_id", "p-1");
    /// let condition = rules.condition("proxy:index", &member).unwrap();
    /// assert_eq!(condition.to_string(), "project_id is p-1 and kind is not secret");
    ///
    /// let admin = PlainCredentials::new().roles(["admin"]);
    /// assert_eq!(rules.condition("proxy:index", &admin).unwrap().to_string(), "always");
    /// # Ok::<(), keystone_policy::ParseError>(())
    /// ```
    ///
    /// # Errors
    /// When it matters what another server or a check of the service's own says, and when the
    /// condition would be of unreasonable size.
    pub fn condition(&self, policy: &str, creds: &dyn Credentials) -> Result<Condition, Obstacle> {
        let too_complex = |TooComplex| Obstacle::too_complex(policy);
        if self.is_wrong_scope(policy, creds) {
            return Ok(Condition::False);
        }
        let mut questions = Questions {
            creds,
            checks: self.checks(),
            all: Vec::new(),
        };
        let mut bdds = Bdds::default();
        let open = Builder::new(self, &mut bdds, &mut questions)
            .policy(policy)
            .map_err(too_complex)?;
        let closed = bdds.closed(open).map_err(too_complex)?;
        for var in bdds.vars(closed) {
            if let Some(Question::Outside(check)) = questions.get(var) {
                return Err(Obstacle::outside(policy, check));
            }
        }
        match bdds.minimal(closed) {
            Ok(cubes) => Ok(questions.condition(&cubes)),
            // The contrary of few cases can be very many.
            Err(TooComplex) => {
                let contrary = bdds.not(closed).map_err(too_complex)?;
                let cubes = bdds.minimal(contrary).map_err(too_complex)?;
                Ok(Condition::Not(Box::new(questions.condition(&cubes))))
            }
        }
    }
}

/// What can be asked of a target.
#[derive(Clone, Debug, Eq, PartialEq)]
enum Question {
    Equals { attribute: String, value: String },
    EqualsLower { attribute: String, value: String },
    Outside(String),
    Present(String),
}

struct Questions<'a> {
    creds: &'a dyn Credentials,
    checks: &'a Checks,
    all: Vec<Question>,
}

impl Questions<'_> {
    fn get(&self, var: Var) -> Option<&Question> {
        self.all.get(var as usize)
    }

    fn ask(&mut self, bdds: &mut Bdds, question: Question) -> Result<Ref, TooComplex> {
        let known = self.all.iter().position(|known| *known == question);
        let number = known.unwrap_or_else(|| {
            self.all.push(question);
            self.all.len() - 1
        });
        if number >= MAX_QUESTIONS {
            return Err(TooComplex);
        }
        let var = Var::try_from(number).map_err(|_| TooComplex)?;
        bdds.ask(var, DENIED, ALLOWED)
    }

    /// Whether the right operand has one of the texts; if not, `otherwise` where no attribute is missing.
    fn one_of(
        &mut self,
        bdds: &mut Bdds,
        right: &Template,
        texts: &[String],
        otherwise: Ref,
    ) -> Result<Ref, TooComplex> {
        let mut found = DENIED;
        for text in texts {
            for bound in splits(right, text)? {
                let mut all = ALLOWED;
                for (attribute, value) in bound {
                    let equals = self.ask(bdds, Question::Equals { attribute, value })?;
                    all = bdds.and(all, equals)?;
                }
                found = bdds.or(found, all)?;
            }
        }
        if otherwise == DENIED {
            return Ok(found);
        }
        let rest = self.present(bdds, right, otherwise)?;
        bdds.or(found, rest)
    }

    /// `then`, where the attributes that the right operand reads are present.
    fn present(&mut self, bdds: &mut Bdds, right: &Template, then: Ref) -> Result<Ref, TooComplex> {
        let mut all = ALLOWED;
        for name in right.attributes() {
            let present = self.ask(bdds, Question::Present(name.to_owned()))?;
            all = bdds.and(all, present)?;
        }
        bdds.and(all, then)
    }

    fn role(&mut self, bdds: &mut Bdds, name: &str, check: &Rule) -> Result<Ref, TooComplex> {
        let right = Template::parse(name);
        if right.fault().is_some() {
            return self.present(bdds, &right, BROKEN);
        }
        match &right {
            Template::Fixed(name) => Ok(if self.creds.roles().contains(name) {
                ALLOWED
            } else {
                DENIED
            }),
            Template::Attribute(attribute) => {
                let names = self.creds.roles().names();
                let mut found = DENIED;
                for value in names.iter().map(|name| name.to_lowercase()) {
                    let attribute = attribute.to_string();
                    let question = Question::EqualsLower { attribute, value };
                    let is = self.ask(bdds, question)?;
                    found = bdds.or(found, is)?;
                }
                Ok(found)
            }
            Template::Mixed(_) => self.ask(bdds, Question::Outside(check.to_string())),
        }
    }

    fn condition(&self, cubes: &[Cube]) -> Condition {
        let mut grants: Vec<Vec<(Question, bool)>> = Vec::new();
        for cube in cubes {
            let answers = cube
                .iter()
                .filter_map(|(var, answer)| Some((self.get(*var)?.clone(), *answer)))
                .collect();
            grants.extend(simplified(answers));
        }
        let kept: Vec<&Vec<(Question, bool)>> = grants
            .iter()
            .enumerate()
            .filter(|(index, grant)| {
                !grants.iter().enumerate().any(|(other, wider)| {
                    let covers = wider.iter().all(|answer| grant.contains(answer));
                    covers && (wider.len() < grant.len() || other < *index)
                })
            })
            .map(|(_, grant)| grant)
            .collect();
        let mut parts: Vec<Condition> = kept
            .into_iter()
            .map(|grant| {
                let answers = grant
                    .iter()
                    .map(|(question, answer)| part(question, *answer));
                flat(answers.collect(), Condition::True, Condition::And)
            })
            .collect();
        if parts.contains(&Condition::True) {
            parts = vec![Condition::True];
        }
        flat(parts, Condition::False, Condition::Or)
    }
}

impl Leaves for Questions<'_> {
    fn leaf(&mut self, bdds: &mut Bdds, check: &Rule) -> Result<Ref, TooComplex> {
        let (left, right) = match check {
            Rule::Generic { left, right } if self.checks.get(left).is_none() => (left, right),
            Rule::Role(name) => return self.role(bdds, name, check),
            check => return self.ask(bdds, Question::Outside(check.to_string())),
        };
        let right = Template::parse(right);
        if right.fault().is_some() {
            return self.present(bdds, &right, BROKEN);
        }
        match LeftOperand::parse(left) {
            LeftOperand::Unreadable(_) => self.present(bdds, &right, BROKEN),
            LeftOperand::Literal(left) => self.one_of(bdds, &right, &[left.to_string()], DENIED),
            LeftOperand::Path(path) => {
                let (texts, broken) = texts(self.creds, &path);
                let otherwise = if broken { BROKEN } else { DENIED };
                self.one_of(bdds, &right, &texts, otherwise)
            }
        }
    }
}

/// Answers without those that follow from others; `None` if they contradict one another.
fn simplified(answers: Vec<(Question, bool)>) -> Option<Vec<(Question, bool)>> {
    let mut kept: Vec<(Question, bool)> = Vec::new();
    for (index, (question, answer)) in answers.iter().enumerate() {
        let others = answers
            .iter()
            .enumerate()
            .filter(|(other, _)| *other != index);
        let told: Vec<bool> = others
            .filter(|(_, (_, holds))| *holds)
            .filter_map(|(_, (known, _))| follows(known, question))
            .collect();
        if told.iter().any(|told| told != answer) {
            return None;
        }
        let absent = answers.iter().any(|(known, holds)| {
            let missing =
                matches!(known, Question::Present(name) if Some(&**name) == attribute(question));
            missing && !holds && known != question
        });
        if absent && *answer {
            return None;
        }
        if told.is_empty() && !absent {
            kept.push((question.clone(), *answer));
        }
    }
    Some(kept)
}

/// The answer to `question` once `known` holds, if that tells it.
fn follows(known: &Question, question: &Question) -> Option<bool> {
    if attribute(known)? != attribute(question)? {
        return None;
    }
    match (known, question) {
        (Question::Equals { .. } | Question::EqualsLower { .. }, Question::Present(_)) => {
            Some(true)
        }
        (Question::Equals { value, .. }, Question::Equals { value: other, .. })
        | (Question::EqualsLower { value, .. }, Question::EqualsLower { value: other, .. }) => {
            Some(value == other)
        }
        (Question::Equals { value, .. }, Question::EqualsLower { value: other, .. }) => {
            Some(value.to_lowercase() == *other)
        }
        (Question::EqualsLower { value: lower, .. }, Question::Equals { value, .. }) => {
            (value.to_lowercase() != *lower).then_some(false)
        }
        _ => None,
    }
}

fn attribute(question: &Question) -> Option<&str> {
    match question {
        Question::Equals { attribute, .. }
        | Question::EqualsLower { attribute, .. }
        | Question::Present(attribute) => Some(attribute),
        Question::Outside(_) => None,
    }
}

fn part(question: &Question, answer: bool) -> Condition {
    let condition = match question.clone() {
        Question::Equals { attribute, value } => Condition::Equals { attribute, value },
        Question::EqualsLower { attribute, value } => Condition::EqualsLower { attribute, value },
        Question::Present(attribute) => Condition::Present { attribute },
        // A policy for which this matters has no condition.
        Question::Outside(_) => Condition::False,
    };
    if answer {
        condition
    } else {
        Condition::Not(Box::new(condition))
    }
}

fn flat(
    mut parts: Vec<Condition>,
    none: Condition,
    join: impl Fn(Vec<Condition>) -> Condition,
) -> Condition {
    match parts.len() {
        0 => none,
        1 => parts.swap_remove(0),
        _ => join(parts),
    }
}
