//! Shows a plugin of one's own at work: `cargo run -p custom-plugin`.

use std::error::Error;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    for line in custom_plugin::tour().await? {
        println!("{line}");
    }
    Ok(())
}
