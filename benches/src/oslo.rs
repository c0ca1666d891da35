//! oslo.policy, timed by Python itself.

use std::error::Error;

use crate::{RULES, Row};

pub(crate) fn row() -> Result<Row, Box<dyn Error>> {
    let output = keystone_lab::python("oslo_bench.py")?.output()?;
    if !output.status.success() {
        return Err(String::from_utf8_lossy(&output.stderr).into());
    }
    let found: serde_json::Value = serde_json::from_slice(&output.stdout)?;
    let times = RULES.map(|(name, _)| found.get(name).and_then(serde_json::Value::as_f64));
    Ok(("oslo.policy 6.0".to_owned(), times))
}
