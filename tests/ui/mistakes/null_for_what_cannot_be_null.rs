use keystone_sdk::identity::v3::ProjectUpdate;

fn main() {
    let _ = ProjectUpdate::new().clear_description().clear_enabled();
}
