//! Both ways give the same decisions with the same reasons.

use keystone_policy::decide::AppliesTo;
use keystone_policy::explain::{CheckResult, Explained, Explanation};
use keystone_policy::value::HasAttr;
use keystone_policy::{
    self as policy, Decision, DecisionError, Enforcer, JsonCredentials, PlainCredentials, Policy,
    PolicyTarget, Rules,
};
use serde_json::{Value, json};

use crate::policies::{self, Rule};

/// Numbers by Marsaglia's xorshift: the same on every machine.
struct Random(u64);

impl Random {
    fn below(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % bound as u64).unwrap()
    }

    fn pick(&mut self, values: &[Value]) -> Option<Value> {
        // One in four has no value at all.
        let at = self.below(values.len() + values.len().div_ceil(3));
        values.get(at).cloned()
    }

    fn object(&mut self, members: &[(&str, &[Value])]) -> Value {
        let picked = members
            .iter()
            .filter_map(|(name, values)| Some(((*name).to_owned(), self.pick(values)?)));
        Value::Object(picked.collect())
    }

    fn creds(&mut self) -> Value {
        self.object(&[
            ("user_id", &[json!("u-1"), json!("u-2"), json!("U-1"), json!(null), json!({"name": "u-1"})]),
            ("user_domain_id", &[json!("default"), json!("Default"), json!("other")]),
            ("project_id", &[json!("p-1"), json!("p-2"), json!("P-1"), json!(null)]),
            ("domain_id", &[json!("d-1"), json!("d-2"), json!("D-1"), json!(null)]),
            ("system_scope", &[json!("all"), json!(null), json!("")]),
            ("is_admin_project", &[json!(true), json!(false)]),
            ("system", &[json!("u-1")]),
            ("tier", &[json!("gold"), json!("50%"), json!(7), json!(1.5), json!(["gold", 7])]),
            ("groups", &[json!(["g-1", "g-2"]), json!([]), json!("g-1"), json!([["g-1"]])]),
            ("roles", &[json!(["Admin"]), json!(["member", "reader"]), json!(["guest", "member"]), json!(["x-1"])]),
            ("token", &[
                json!({"project": {"domain": {"id": "d-1"}}, "roles": [{"id": "r-1"}, {"id": "admin"}]}),
                json!({"project": {"domain": null}, "roles": ["r-1"]}),
                json!({"project": [], "roles": []}),
            ]),
        ])
    }

    fn target(&mut self) -> Value {
        self.object(&[
            ("user_id", &[json!("u-1"), json!("u-2"), json!(null)]),
            ("project_id", &[json!("p-1"), json!(null)]),
            ("domain_id", &[json!("d-1"), json!(null)]),
            (
                "wanted",
                &[
                    json!("ADMIN"),
                    json!("r-1"),
                    json!("reader"),
                    json!(["Admin"]),
                ],
            ),
            ("size", &[json!(16), json!(16.0)]),
            ("enabled", &[json!(true), json!(1)]),
            ("nothing", &[json!(null)]),
            ("group", &[json!("g-1"), json!(["g-1"])]),
            ("tier", &[json!("gold"), json!(7), json!(1.5)]),
            ("number", &[json!(1), json!("2")]),
        ])
    }
}

fn text(result: Result<Decision, DecisionError>) -> String {
    match result {
        Ok(Decision::Allow) => "allowed".to_owned(),
        // The two know different places of the same rule.
        Ok(Decision::Deny(reason)) => reason
            .to_string()
            .split(") is denied")
            .last()
            .unwrap()
            .to_owned(),
        Ok(Decision::Needs(call)) => call.check().to_owned(),
        Err(error) => error.to_string(),
    }
}

/// What the parts of the rule add up to; `else_` where there are none, or a part fails.
fn explained(explanation: Explanation, else_: &str) -> String {
    match explanation.tree().map(Explained::result) {
        Some(CheckResult::True) => "allowed".to_owned(),
        Some(CheckResult::False) => {
            assert!(matches!(explanation.decision(), Ok(Decision::Deny(_))));
            else_.to_owned()
        }
        Some(_) => {
            assert!(explanation.decision().is_err(), "{explanation}");
            else_.to_owned()
        }
        None => else_.to_owned(),
    }
}

/// A target that claims to have every attribute, whatever it has: so the code of a policy meets
/// attributes that are absent, too.
struct Any(Value);

impl PolicyTarget for Any {
    fn attr(&self, name: &str) -> Option<policy::Value<'_>> {
        self.0.attr(name)
    }

    fn each(&self, visit: &mut dyn FnMut(&str, policy::Value<'_>)) {
        self.0.each(visit);
    }
}

impl<const HASH: u64> HasAttr<HASH> for Any {}

/// What both say about one policy. Says how often it was allowed.
fn compare<P: AppliesTo<Any>>(compiled: &Rules, program: &Rules) -> usize {
    let mut random = Random(0x9e37_79b9_7f4a_7c15);
    let mut allowed = 0;
    for _ in 0..3_000 {
        let (creds, target) = (random.creds(), Any(random.target()));
        let given = JsonCredentials::new(creds.clone()).unwrap();
        let own = text(compiled.decide_policy::<P>(&given, &target));
        let other = text(program.decide_policy::<P>(&given, &target));
        assert_eq!(own, other, "{}: {creds} {}", P::NAME, target.0);
        assert_eq!(own, text(compiled.decide(P::NAME, &given, &target)));
        for rules in [compiled, program] {
            let mut each = rules.decide_each(P::NAME, &given, [&target]);
            assert_eq!(own, text(each.next().unwrap()), "{}: {creds}", P::NAME);
            assert!(
                own != "allowed" || rules.possible_policy::<P>(&given),
                "{}: {creds} {}",
                P::NAME,
                target.0
            );
        }
        assert_eq!(
            own,
            explained(compiled.explain(P::NAME, &given, &target), &own)
        );
        allowed += usize::from(own == "allowed");
    }
    allowed
}

macro_rules! compare_all {
    ($($number:literal)*) => {{
        let (compiled, program) = (crate::compiled(), crate::program());
        [$((<Rule<$number> as Policy>::NAME, compare::<Rule<$number>>(&compiled, &program))),*]
    }};
}

#[test]
fn both_ways_agree_about_every_kind_of_check() {
    let counts = compare_all!(0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20);
    assert_eq!(counts.len(), policies::DEFAULTS.policies.len());
    for (name, allowed) in counts {
        // Otherwise the cases would prove nothing.
        match name {
            "constant" => assert_eq!(allowed, 3_000),
            "never" => assert_eq!(allowed, 0),
            _ => assert!((1..3_000).contains(&allowed), "{name}: {allowed}"),
        }
    }
}

#[test]
fn an_override_of_a_rule_reaches_the_policies_that_refer_to_it() {
    let rules = Enforcer::builder(&policies::DEFAULTS)
        .override_rule("admin", "role:boss")
        .build()
        .unwrap()
        .snapshot();
    let boss = PlainCredentials::new()
        .roles(["boss"])
        .attr("system_scope", "all");
    let decide = rules.decide_policy::<policies::three::Way>(&boss, &Any(json!({})));
    assert!(decide.unwrap().is_allowed());
}

/// Another table with a policy of the same name and number.
mod stranger {
    keystone_middleware::policies!("policy_tiers/stranger.yaml");
}

#[test]
fn the_code_of_another_table_decides_nothing() {
    let admin = PlainCredentials::new().roles(["admin"]);
    let rules = crate::compiled();
    let own = rules.decide_policy::<policies::Role>(&admin, &()).unwrap();
    assert!(own.is_allowed());
    let other = rules.decide_policy::<stranger::policies::Role>(&admin, &());
    assert!(matches!(other, Err(DecisionError::NotRegistered(_))));
}
