//! Shows a new authentication mechanism at work.

use std::error::Error;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    for line in custom_auth_method::tour().await? {
        println!("{line}");
    }
    Ok(())
}
