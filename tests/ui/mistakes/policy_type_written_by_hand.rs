use keystone_middleware::policy::{Defaults, Policy};

struct Purge;

impl Policy for Purge {
    const NAME: &'static str = "proxy:purge";
    const INDEX: usize = 0;
    const DEFAULTS: &'static Defaults = &Defaults { rules: &[], policies: &[] };
}

fn main() {}
