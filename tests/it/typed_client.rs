//! The typed Identity client against the embedded Keystone.

use keystone_sdk::Session;
use keystone_sdk::auth::v3::Password;
use keystone_sdk::identity::v3::Client;
use keystone_testing::Keystone;

/// A client of an administrator, with the server that it talks to.
async fn admin() -> (Keystone, Client) {
    let keystone = Keystone::start().await.unwrap();
    let admin = keystone.admin();
    let auth = Password::builder(keystone.v3_url())
        .username(admin.username())
        .password(admin.password())
        .user_domain_id(admin.domain_id())
        .project_name(admin.project_name())
        .project_domain_id(admin.domain_id())
        .build()
        .unwrap();
    let client = Client::new(&Session::new(auth).unwrap());
    (keystone, client)
}

mod catalog;
mod people;
mod roles;
mod tokens;
