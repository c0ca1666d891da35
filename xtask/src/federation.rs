//! The servers of the federated logins: for one run of tests, or until they are told to end.

use std::fs::{self, File};
use std::io::{BufRead, BufReader};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::failure::Failure;
use crate::lab::{Lab, Servers};

/// Under a load that leaves them little of the processors.
const START: Duration = Duration::from_secs(120);
const STOP: Duration = Duration::from_secs(30);
const PAUSE: Duration = Duration::from_millis(50);

/// Servers, for as long as this value lives or as `up` has let them.
pub(crate) struct Running {
    servers: &'static Servers,
    facts: PathBuf,
    /// Nothing where the servers are those of `up`.
    own: Option<(Child, Option<ChildStdin>)>,
}

impl Running {
    /// Those of `up` where they run, from the scripts of now; new ones otherwise. Returns when all
    /// respond.
    pub(crate) fn start(lab: &Lab, servers: &'static Servers) -> Result<Self, Failure> {
        let kept = Kept::of(lab, servers);
        if kept.process().is_some() {
            if lab.up_stamp(servers)?.is_current() {
                return Ok(Self {
                    servers,
                    facts: kept.facts,
                    own: None,
                });
            }
            eprintln!("the servers of `cargo xtask lab up` are of older scripts; starting others");
        }
        lab.set_up_servers(servers)?;
        let mut script = script(lab, servers, "serve")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .map_err(Failure::at("cannot start the servers"))?;
        // The script stops the servers when this end of the pipe is closed.
        let lifeline = script.stdin.take();
        let mut line = String::new();
        if let Some(output) = script.stdout.take() {
            BufReader::new(output)
                .read_line(&mut line)
                .map_err(Failure::at("cannot read the servers' addresses"))?;
        }
        let mut running = Self {
            servers,
            facts: PathBuf::new(),
            own: Some((script, lifeline)),
        };
        running.facts = facts_file(&line).ok_or_else(|| did_not_start(servers))?;
        Ok(running)
    }

    /// What tests read by `from_env`.
    pub(crate) fn test_variable(&self) -> (&'static str, &Path) {
        (self.servers.variable, &self.facts)
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        if let Some((script, lifeline)) = &mut self.own {
            drop(lifeline.take());
            // The script gives its servers a bounded time; nothing is left to do when waiting fails.
            let _ = script.wait();
        }
    }
}

/// What `up` leaves behind: the number of the process, and the facts.
pub(crate) struct Kept {
    servers: &'static Servers,
    folder: PathBuf,
    facts: PathBuf,
    pid: PathBuf,
}

impl Kept {
    pub(crate) fn of(lab: &Lab, servers: &'static Servers) -> Self {
        let folder = lab.folder(servers);
        Self {
            servers,
            facts: folder.join("facts.json"),
            pid: folder.join("pid"),
            folder,
        }
    }

    pub(crate) fn up(&self, lab: &Lab) -> Result<bool, Failure> {
        let stamp = lab.up_stamp(self.servers)?;
        if self.process().is_some() {
            let name = self.servers.name;
            if stamp.is_current() {
                eprintln!("the {name} servers run already");
                return self.status();
            }
            eprintln!("the {name} servers run from older scripts; starting them again");
            self.down()?;
        }
        lab.set_up_servers(self.servers)?;
        let output = File::create(&self.facts).map_err(self.cannot_write())?;
        let log = self.folder.join("lab.log");
        let errors = File::create(&log).map_err(self.cannot_write())?;
        let mut script = script(lab, self.servers, "keep")
            .stdin(Stdio::null())
            .stdout(output)
            .stderr(errors)
            // Ctrl-C in this terminal is not for it.
            .process_group(0)
            .spawn()
            .map_err(Failure::at("cannot start the servers"))?;
        fs::write(&self.pid, script.id().to_string()).map_err(self.cannot_write())?;
        let deadline = Instant::now() + START;
        while !self.read_facts().is_object() {
            let ended = script.try_wait().map_err(Failure::at("cannot wait"))?;
            if ended.is_some() || Instant::now() > deadline {
                // Of what stands, nothing shall be left.
                let _ = self.down();
                let reason = fs::read_to_string(&log).unwrap_or_default();
                return Err(Failure::new(format!(
                    "{}\n{reason}",
                    did_not_start(self.servers)
                )));
            }
            std::thread::sleep(PAUSE);
        }
        stamp.write()?;
        self.status()
    }

    pub(crate) fn down(&self) -> Result<bool, Failure> {
        let Some(process) = self.process() else {
            eprintln!("the {} servers do not run", self.servers.name);
            return Ok(true);
        };
        let killed = Command::new("kill").arg(process.to_string()).status();
        killed.map_err(Failure::at("cannot run `kill`"))?;
        let deadline = Instant::now() + STOP;
        while self.process().is_some() {
            if Instant::now() > deadline {
                let seconds = STOP.as_secs();
                return Err(Failure::new(format!(
                    "process {process} did not end within {seconds} s"
                )));
            }
            std::thread::sleep(PAUSE);
        }
        for file in [&self.pid, &self.facts] {
            fs::remove_file(file).map_err(self.cannot_write())?;
        }
        Ok(true)
    }

    pub(crate) fn status(&self) -> Result<bool, Failure> {
        if self.process().is_none() {
            let name = self.servers.name;
            eprintln!("the {name} servers do not run; `cargo xtask lab up` starts them");
            return Ok(false);
        }
        let facts = self.read_facts();
        let mut all = true;
        for (name, process) in entries(&facts, "pids") {
            let process = process.as_u64().unwrap_or_default();
            let state = if command_line(process).is_some() {
                "runs"
            } else {
                all = false;
                "has ended"
            };
            println!("{name:20} {state}, process {process}");
        }
        for (name, url) in entries(&facts, "servers") {
            println!("{name:20} {}", url.as_str().unwrap_or_default());
        }
        let (name, path) = (self.servers.variable, self.facts.display());
        println!("export {name}={path}");
        Ok(all)
    }

    /// The process of `up`, if it is still that one: numbers are given again.
    fn process(&self) -> Option<u64> {
        let process = fs::read_to_string(&self.pid).ok()?.trim().parse().ok()?;
        let line = command_line(process)?;
        let folder = self.folder.to_string_lossy();
        let own = line.contains(self.servers.script) && line.contains(&*folder);
        own.then_some(process)
    }

    fn read_facts(&self) -> Value {
        let text = fs::read_to_string(&self.facts).unwrap_or_default();
        serde_json::from_str(&text).unwrap_or_default()
    }

    fn cannot_write(&self) -> impl FnOnce(std::io::Error) -> Failure {
        Failure::at(format!("cannot write into `{}`", self.folder.display()))
    }
}

fn script(lab: &Lab, servers: &Servers, task: &str) -> Command {
    let mut command = Command::new(lab.python());
    command
        .arg(keystone_lab::folder().join(servers.script))
        .arg(task)
        .arg(lab.folder(servers))
        .env("PYTHONWARNINGS", "ignore");
    command
}

/// The path of the file that the printed facts name.
fn facts_file(line: &str) -> Option<PathBuf> {
    let facts: Value = serde_json::from_str(line).ok()?;
    facts.get("facts")?.as_str().map(PathBuf::from)
}

fn entries<'a>(facts: &'a Value, name: &str) -> impl Iterator<Item = (&'a String, &'a Value)> {
    facts
        .get(name)
        .and_then(Value::as_object)
        .into_iter()
        .flatten()
}

/// What a process was started with; nothing of one that has ended, a zombie's being empty.
fn command_line(process: u64) -> Option<String> {
    let line = fs::read(format!("/proc/{process}/cmdline")).ok()?;
    let line = String::from_utf8_lossy(&line).replace('\0', " ");
    (!line.is_empty()).then_some(line)
}

fn did_not_start(servers: &Servers) -> Failure {
    let name = servers.name;
    Failure::new(format!(
        "the {name} servers did not start; their output is beside this message"
    ))
}

#[cfg(test)]
mod tests {
    use std::io::{Read, Write};

    use super::*;

    #[test]
    fn a_process_has_a_command_line_until_it_ends() {
        let mut cat = Command::new("cat");
        let pipes = cat.stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut child = pipes.spawn().unwrap();
        let process = u64::from(child.id());
        // Its command line is there from when it runs, a moment after `spawn` has returned.
        let (mut input, mut output) = (child.stdin.take().unwrap(), child.stdout.take().unwrap());
        input.write_all(b"x").unwrap();
        output.read_exact(&mut [0]).unwrap();
        assert!(command_line(process).is_some());
        drop(input);
        child.wait().unwrap();
        assert_eq!(command_line(process), None);
    }

    #[test]
    fn facts_that_name_no_file_are_none() {
        assert_eq!(
            facts_file(r#"{"facts": "/run/facts.json"}"#),
            Some(PathBuf::from("/run/facts.json"))
        );
        for line in ["", "{}", r#"{"facts": 1}"#, "not JSON"] {
            assert_eq!(facts_file(line), None);
        }
    }
}
