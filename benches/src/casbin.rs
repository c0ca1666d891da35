//! casbin: attributes in its matcher, and its own roles for the rule that refers to another.

use std::error::Error;

use casbin::{CoreApi, DefaultModel, Enforcer, MemoryAdapter, MgmtApi, RbacApi};
use serde::Serialize;

use crate::measure::best;
use crate::{RULES, Row, roles};

#[derive(Clone, Hash, Serialize)]
struct Caller {
    user_id: String,
    domain_id: String,
    roles: Vec<String>,
}

#[derive(Clone, Hash, Serialize)]
struct Server {
    user_id: String,
    domain_id: String,
}

pub(crate) fn row() -> Result<Row, Box<dyn Error>> {
    let runtime = tokio::runtime::Builder::new_current_thread().build()?;
    let mut times = [None; 4];
    for (time, (name, _)) in times.iter_mut().zip(RULES) {
        *time = Some(runtime.block_on(measure(name))?);
    }
    Ok(("casbin 2.20".to_owned(), times))
}

fn matcher(rule: &str) -> &'static str {
    match rule {
        "open" => "r.act == p.act",
        "role" => "r.act == p.act && \"admin\" in r.sub.roles",
        "through" => "r.act == p.act && g(r.sub, p.sub)",
        _ => {
            "r.act == p.act && (\"admin\" in r.sub.roles \
             || (\"reader\" in r.sub.roles && r.sub.domain_id == r.obj.domain_id) \
             || r.sub.user_id == r.obj.user_id)"
        }
    }
}

async fn measure(rule: &str) -> Result<f64, Box<dyn Error>> {
    let model = format!(
        "[request_definition]\nr = sub, obj, act\n[policy_definition]\np = sub, obj, act\n\
         [role_definition]\ng = _, _\n[policy_effect]\ne = some(where (p.eft == allow))\n\
         [matchers]\nm = {}\n",
        matcher(rule)
    );
    let model = DefaultModel::from_str(&model).await?;
    let mut enforcer = Enforcer::new(model, MemoryAdapter::default()).await?;
    let text = |text: &str| text.to_owned();
    enforcer
        .add_policy(vec![text("admin"), text("server"), text(rule)])
        .await?;
    enforcer.add_role_for_user("u-1", "admin", None).await?;
    let caller = Caller {
        user_id: text("u-1"),
        domain_id: text(""),
        roles: roles(rule).map(text).to_vec(),
    };
    let server = Server {
        user_id: text("u-1"),
        domain_id: text("d-1"),
    };
    Ok(match rule {
        "through" => best(|| {
            enforcer
                .enforce(("u-1", "server", rule))
                .is_ok_and(|yes| yes)
        }),
        _ => best(|| {
            enforcer
                .enforce((caller.clone(), server.clone(), rule))
                .is_ok_and(|yes| yes)
        }),
    })
}
