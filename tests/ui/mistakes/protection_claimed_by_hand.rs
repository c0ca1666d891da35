use keystone_middleware::Protected;

struct Purge;
struct Marker;

impl Protected<Marker> for Purge {
    const POLICY: Option<&'static str> = Some("proxy:purge");
}

fn main() {}
