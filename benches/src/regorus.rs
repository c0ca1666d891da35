//! regorus, by its interpreter and by its virtual machine.

use std::error::Error;

use regorus::languages::rego::compiler::Compiler;
use regorus::rvm::vm::RegoVM;
use regorus::{Engine, Value};
use serde_json::json;

use crate::measure::best;
use crate::{RULES, Row, roles};

const POLICY: &str = r#"package p
default open := false
open := true
default role := false
role if "admin" in input.roles
admin if "admin" in input.roles
default through := false
through if admin
default ways := false
ways if admin
ways if { "reader" in input.roles; input.domain_id == input.target.domain_id }
ways if input.user_id == input.target.user_id
"#;

pub(crate) fn rows() -> Result<Vec<Row>, Box<dyn Error>> {
    let (mut interpreted, mut compiled) = ([None; 4], [None; 4]);
    for (index, (name, _)) in RULES.into_iter().enumerate() {
        let (slow, fast) = measure(name)?;
        (interpreted[index], compiled[index]) = (Some(slow), Some(fast));
    }
    Ok(vec![
        ("regorus 0.14, interpreter".to_owned(), interpreted),
        ("regorus 0.14, virtual machine".to_owned(), compiled),
    ])
}

fn measure(rule: &str) -> Result<(f64, f64), Box<dyn Error>> {
    let mut engine = Engine::new();
    engine.add_policy("p.rego".to_owned(), POLICY.to_owned())?;
    let target = json!({"user_id": "u-1", "domain_id": "d-1"});
    let input = json!({"user_id": "u-1", "domain_id": "", "roles": roles(rule), "target": target});
    let input = Value::from_json_str(&input.to_string())?;
    let path = format!("data.p.{rule}");

    let compiled = engine.compile_with_entrypoint(&path.as_str().into())?;
    let program = Compiler::compile_from_policy(&compiled, &[path.as_str()])?;
    let mut machine = RegoVM::new_with_policy(compiled);
    machine.load_program(program);

    let interpreted = best(|| {
        engine.set_input(input.clone());
        engine
            .eval_rule(path.clone())
            .is_ok_and(|value| value == Value::Bool(true))
    });
    let by_machine = best(|| {
        machine.set_input(input.clone());
        machine
            .execute()
            .is_ok_and(|value| value == Value::Bool(true))
    });
    Ok((interpreted, by_machine))
}
