use keystone_middleware::Witness;

struct Trusted;

impl Witness for Trusted {
    const POLICY: Option<&'static str> = Some("proxy:purge");
}

fn main() {}
