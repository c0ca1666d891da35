//! Calls a service with a client that was generated in three ways.

use generate_client::Failure;

#[tokio::main]
async fn main() -> Result<(), Failure> {
    print!("{}", generate_client::run().await?);
    Ok(())
}
