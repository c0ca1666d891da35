//! Serves an embedded Keystone until interrupted: `cargo run -p keystone-testing --example serve -- 5000 s3cr3t`
//! (port and administrator's password, both optional).

use std::env;
use std::error::Error;
use std::future::pending;

use keystone_testing::Keystone;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = env::args().skip(1);
    let mut builder = Keystone::builder();
    if let Some(port) = arguments.next() {
        builder = builder.port(port.parse()?);
    }
    if let Some(password) = arguments.next() {
        builder = builder.admin_password(password);
    }
    let keystone = builder.start().await?;
    let admin = keystone.admin();
    println!("export OS_AUTH_URL={}", keystone.v3_url());
    println!(
        "export OS_USERNAME={} OS_PASSWORD={}",
        admin.username(),
        admin.password()
    );
    println!("export OS_PROJECT_NAME={}", admin.project_name());
    println!(
        "export OS_USER_DOMAIN_ID={0} OS_PROJECT_DOMAIN_ID={0}",
        admin.domain_id()
    );
    pending::<()>().await;
    Ok(())
}
