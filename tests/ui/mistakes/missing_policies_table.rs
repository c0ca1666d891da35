use keystone_middleware::policy;

#[policy("proxy:create")]
async fn create() -> &'static str {
    "created"
}

fn main() {}
