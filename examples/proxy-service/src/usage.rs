//! What to type to call the service by hand.

use std::fmt::Write as _;

use crate::cloud::Cloud;
use crate::world::World;

type Failure = Box<dyn std::error::Error + Send + Sync>;

/// For a service that an operator configured.
pub fn configured(url: &str) -> String {
    format!(
        "Serving on {url}. With a token in $TOKEN:\n\n{}\nCtrl-C ends it.",
        calls(url, "$TOKEN", "$TOKEN")
    )
}

/// For a service in a world of its own. Tokens are printed only where they are worth nothing
/// outside this process.
///
/// # Errors
///
/// When no token can be had.
pub async fn example(cloud: &Cloud, world: &World, url: &str) -> Result<String, Failure> {
    if !cloud.is_embedded() {
        return Ok(format!(
            "Serving on {url}, with tokens of {}. Ctrl-C ends it and removes what was made.\n\n{}",
            cloud.auth_url(),
            calls(url, "$TOKEN", "$TOKEN")
        ));
    }
    let admin = world.session(world.admin())?.token().await?;
    let member = world.session(world.member())?.token().await?;
    let mut text = format!("Serving on {url}, with an Identity service in this process.\n\n");
    writeln!(
        text,
        "# alice holds the role `admin`, bob the role `member`"
    )?;
    writeln!(text, "ALICE={}", admin.expose())?;
    writeln!(text, "BOB={}\n", member.expose())?;
    write!(text, "{}\nCtrl-C ends it.", calls(url, "$ALICE", "$BOB"))?;
    Ok(text)
}

fn calls(url: &str, admin: &str, member: &str) -> String {
    format!(
        "curl -s  {url}/v1/proxies -H \"X-Auth-Token: {member}\"\n\
         curl -s  {url}/v1/proxies -H \"X-Auth-Token: {admin}\" -H 'Content-Type: application/json' \\\n     \
              -d '{{\"proxy\": {{\"domain\": \"www.example.org\", \"backends\": [\"http://10.0.0.5:8080\"]}}}}'\n\
         curl -si {url}/v1/proxies -H \"X-Auth-Token: {member}\" -H 'Content-Type: application/json' \\\n     \
              -d '{{\"proxy\": {{\"domain\": \"www.example.net\", \"backends\": []}}}}'     # 403\n\
         curl -si {url}/v1/proxies     # 401\n"
    )
}
