use keystone_middleware::PolicyTarget;

#[derive(PolicyTarget)]
enum Proxy {
    Forward { owner_id: String },
}

fn main() {}
