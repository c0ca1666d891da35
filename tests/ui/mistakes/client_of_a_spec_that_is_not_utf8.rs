mod notes {
    keystone_sdk::client!("specs/latin1.yaml");
}

fn main() {
    let _ = |session: &keystone_sdk::Session| notes::Client::new(session);
}
