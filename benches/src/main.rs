//! What things cost, here and elsewhere: `cargo xtask bench`. Decisions first, then one token that
//! many callers share while it is revoked, then ten thousand users, then single calls, then a described
//! service. Names of parts (`decisions`, `revoked`, `users`, `calls`, `service`) choose among them.
//!
//! Every engine decides the same four rules about the same caller and the same target, in one run,
//! and each allows: the first three by the first check, the last by its last one.

mod calls;
mod casbin;
mod cedar;
mod measure;
mod oslo;
mod ours;
mod regorus;
mod revoked;
mod service;
mod stub;
mod users;

use std::error::Error;

/// The rules: how they are called, and what they say.
const RULES: [(&str, &str); 4] = [
    ("open", "''"),
    ("role", "role:admin"),
    ("through", "rule:admin, which is role:admin"),
    (
        "ways",
        "rule:admin or (role:reader and domain_id:%(domain_id)s) or rule:owner",
    ),
];

/// The roles of the caller when this rule is decided.
fn roles(rule: &str) -> [&'static str; 2] {
    if rule == "ways" {
        ["member", "reader"]
    } else {
        ["member", "admin"]
    }
}

/// Nanoseconds a decision, for each rule that the engine can express.
type Row = (String, [Option<f64>; 4]);

fn main() -> Result<(), Box<dyn Error>> {
    let parts: [(&str, fn() -> Result<(), Box<dyn Error>>); 5] = [
        ("decisions", decisions),
        ("revoked", revoked::run),
        ("users", users::run),
        ("calls", calls::run),
        ("service", service::run),
    ];
    let wanted: Vec<String> = std::env::args().skip(1).collect();
    for (name, part) in parts {
        if wanted.is_empty() || wanted.iter().any(|wanted| wanted == name) {
            part()?;
        }
    }
    Ok(())
}

fn decisions() -> Result<(), Box<dyn Error>> {
    let mut rows = ours::rows();
    rows.push(cedar::row()?);
    rows.push(casbin::row()?);
    rows.extend(regorus::rows()?);
    rows.push(oslo::row()?);
    print(&rows);
    Ok(())
}

fn print(rows: &[Row]) {
    for (name, text) in RULES {
        println!("{name:<8} {text}");
    }
    print!("\n{:<32}", "nanoseconds a decision");
    for (name, _) in RULES {
        print!("{name:>22}");
    }
    println!();
    let base = rows.first().map(|(_, times)| *times).unwrap_or_default();
    for (engine, times) in rows {
        print!("{engine:<32}");
        for (time, base) in times.iter().zip(base) {
            let cell = match (time, base) {
                (Some(time), Some(base)) => format!("{time:.0} (x {:.0})", time / base),
                _ => "-".to_owned(),
            };
            print!("{cell:>22}");
        }
        println!();
    }
    println!("\nIn brackets: how many times the time of the first line.");
}
