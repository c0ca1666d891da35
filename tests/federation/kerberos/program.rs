//! The program `keystone`, with the tickets of its environment.

use std::path::PathBuf;
use std::process::{Command, Output};

use keystone_lab::kerberos::Kerberos;
use serde_json::Value;

/// Builds the program, whichever package is tested, and returns its path.
fn program() -> PathBuf {
    let build = [
        "build",
        "--quiet",
        "--package",
        "keystone-cli",
        "--message-format",
        "json",
    ];
    let output = Command::new(env!("CARGO")).args(build).output().unwrap();
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{errors}");
    let lines = output.stdout.split(|byte| *byte == b'\n');
    let messages = lines.filter_map(|line| serde_json::from_slice::<Value>(line).ok());
    let mut programs = messages.filter_map(|message| Some(message["executable"].as_str()?.into()));
    programs.next().unwrap()
}

fn token_issue(lab: &Kerberos, program: &PathBuf, tickets: &str, options: &[&str]) -> Output {
    let mut command = Command::new(program);
    command.env_clear();
    lab.give(&mut command, tickets);
    command
        .args(["token", "issue", "-f", "json", "-v"])
        .args(options);
    command.output().unwrap()
}

in_realm! {
    "alice" => async fn the_program_logs_in_by_its_options(lab) {
        let program = program();
        let (krb, fed) = (lab.at("krb"), lab.at("fed"));
        let project = ["--os-project-name", &lab.project, "--os-project-domain-id", "default"];
        let of_project = |options: &[&'static str], url: &str| -> Vec<String> {
            let all = options.iter().copied().chain(["--os-auth-url", url]).chain(project);
            all.map(str::to_owned).collect()
        };
        let mapped = ["--os-auth-type", "v3fedkerb", "--os-identity-provider", "kdc", "--os-protocol", "mapped"];
        for (tickets, options) in [
            ("alice", of_project(&["--os-auth-type", "v3kerberos"], &krb)),
            ("alice", of_project(&["--os-auth-type", "v3kerberos", "--os-mutual-auth", "required"], &krb)),
            ("fedalice", of_project(&mapped, &fed)),
        ] {
            let options: Vec<&str> = options.iter().map(String::as_str).collect();
            let output = token_issue(&lab, &program, tickets, &options);
            let errors = String::from_utf8(output.stderr).unwrap();
            assert!(output.status.success(), "{errors}");
            let issued: Value = serde_json::from_slice(&output.stdout).unwrap();
            assert_eq!(issued["user_name"], tickets);
            assert_eq!(issued["project_name"], lab.project);
            assert!(errors.contains("/auth/tokens") && !errors.contains("Negotiate YI"), "{errors}");
        }
        let output = token_issue(&lab, &program, "none", &["--os-auth-type", "v3kerberos", "--os-auth-url", &krb]);
        let errors = String::from_utf8(output.stderr).unwrap();
        assert!(!output.status.success() && errors.contains("get one by `kinit`"), "{errors}");
    }
}
