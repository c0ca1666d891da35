//! Runs a case and holds its transcript against the one that is checked in.

use std::fs;
use std::path::{Path, PathBuf};

use keystone_testing::Keystone;
use serde_json::json;

use crate::login::Login;
use crate::recorder::{Recorder, Server};

/// Holds the embedded Keystone against what the real one said.
pub async fn embedded(topic: &str, case: &str, run: impl AsyncFnOnce(&mut Recorder)) {
    let keystone = Keystone::start().await.unwrap();
    let server = Server {
        url: keystone.v3_url(),
        admin: admin("admin", keystone.admin().password(), "admin"),
    };
    let transcript = transcript(server, run).await;
    keystone.stop().await;
    hold("embedded", &file(topic, case), &transcript);
}

/// Holds the real Keystone against what it said when the transcripts were written.
#[cfg(feature = "real-servers")]
pub async fn real(topic: &str, case: &str, run: impl AsyncFnOnce(&mut Recorder)) {
    let real = keystone_lab::RealKeystone::from_env().unwrap();
    let server = Server {
        admin: admin(&real.username, &real.password, &real.project),
        url: real.url,
    };
    let transcript = transcript(server, run).await;
    let file = file(topic, case);
    if keystone_lab::bless() {
        fs::create_dir_all(file.parent().unwrap()).unwrap();
        fs::write(file, transcript).unwrap();
    } else {
        hold("real", &file, &transcript);
    }
}

fn admin(name: &str, password: &str, project: &str) -> Login {
    let domain = json!({"id": "default"});
    let user = json!({"name": name, "password": password, "domain": domain});
    Login::password(&user).scope(json!({"project": {"name": project, "domain": domain}}))
}

async fn transcript(server: Server, run: impl AsyncFnOnce(&mut Recorder)) -> String {
    let mut recorder = Recorder::new(server).await;
    run(&mut recorder).await;
    recorder.finish().await
}

fn file(topic: &str, case: &str) -> PathBuf {
    let topic = topic.rsplit("::").next().unwrap();
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("transcripts")
        .join(topic);
    folder.join(format!("{case}.txt"))
}

fn hold(which: &str, file: &Path, transcript: &str) {
    let expected = fs::read_to_string(file).unwrap_or_else(|error| {
        panic!(
            "cannot read `{}`: {error}; write it with `cargo xtask test --bless`",
            file.display()
        )
    });
    if expected != transcript {
        let difference = difference(&expected, transcript);
        panic!(
            "the {which} Keystone disagrees with `{}` (- recorded, + {which}):\n{difference}",
            file.display()
        );
    }
}

/// A line by line comparison, with the exchange that each difference belongs to.
fn difference(left: &str, right: &str) -> String {
    let (left, right): (Vec<_>, Vec<_>) = (left.lines().collect(), right.lines().collect());
    let common = common_lengths(&left, &right);
    let (mut i, mut j) = (0, 0);
    let (mut heading, mut shown) = ("", "");
    let mut text = String::new();
    while i < left.len() || j < right.len() {
        let same = i < left.len() && j < right.len() && left[i] == right[j];
        if same && left[i].starts_with("# ") {
            heading = left[i];
        }
        if !same && heading != shown {
            text += &format!("  {heading}\n");
            shown = heading;
        }
        if same {
            (i, j) = (i + 1, j + 1);
        } else if j == right.len() || i < left.len() && common[i + 1][j] >= common[i][j + 1] {
            text += &format!("- {}\n", left[i]);
            i += 1;
        } else {
            text += &format!("+ {}\n", right[j]);
            j += 1;
        }
    }
    text
}

/// Of the longest common subsequence of the lines from `i` and from `j` on.
fn common_lengths(left: &[&str], right: &[&str]) -> Vec<Vec<usize>> {
    let mut common = vec![vec![0; right.len() + 1]; left.len() + 1];
    for i in (0..left.len()).rev() {
        for j in (0..right.len()).rev() {
            common[i][j] = if left[i] == right[j] {
                common[i + 1][j + 1] + 1
            } else {
                common[i + 1][j].max(common[i][j + 1])
            };
        }
    }
    common
}
