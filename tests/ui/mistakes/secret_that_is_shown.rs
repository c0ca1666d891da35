use keystone_sdk::SecretString;

fn main() {
    let password = SecretString::new("secret");
    println!("{password}");
}
