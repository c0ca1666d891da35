use keystone_sdk::identity::v3::{Client, UserId};

fn project(identity: &Client, user: UserId) {
    let _ = identity.projects().get(user);
}

fn main() {}
