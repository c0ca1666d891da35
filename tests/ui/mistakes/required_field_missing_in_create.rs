use keystone_sdk::identity::v3::ProjectCreate;

fn main() {
    let _ = ProjectCreate::new();
}
