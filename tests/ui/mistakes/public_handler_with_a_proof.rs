use keystone_middleware::policy;

#[policy(public, proof = may)]
async fn versions() -> &'static str {
    "v1"
}

fn main() {}
