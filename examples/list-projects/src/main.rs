//! `cargo run -p list-projects` lists the projects of a Keystone inside the program; `-- --env` those
//! of the cloud in the `OS_*` variables, `-- NAME` those of a cloud in `clouds.yaml`.

use std::process::ExitCode;

#[tokio::main]
async fn main() -> ExitCode {
    let argument = std::env::args().nth(1);
    match list_projects::run(argument.as_deref()).await {
        Ok(lines) => {
            for line in lines {
                println!("{line}");
            }
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}
