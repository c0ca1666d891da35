use keystone_sdk::identity::v3::Client;

fn enabled_endpoints(identity: &Client) {
    let _ = identity.endpoints().list().enabled(true);
}

fn main() {}
