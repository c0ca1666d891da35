mod notes {
    keystone_sdk::client!("specs/note.yaml");
}

fn main() {
    let _ = |session: &keystone_sdk::Session| notes::Client::new(session);
}
