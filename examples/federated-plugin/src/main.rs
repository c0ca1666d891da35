//! Shows a federated login of one's own at work: `cargo run -p federated-plugin`.

use std::error::Error;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    for line in federated_plugin::tour().await? {
        println!("{line}");
    }
    Ok(())
}
