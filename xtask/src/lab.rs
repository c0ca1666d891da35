//! The Python environment and the bootstrapped Keystone, made once and kept under `target/lab`.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use crate::failure::Failure;

/// Keystone 30 runs on this Python and later ones.
const OLDEST_PYTHON: (u32, u32) = (3, 11);
/// The files of `tests/lab` that decide what is installed.
const PACKAGE_LISTS: [&str; 2] = ["requirements.txt", "constraints.txt"];
/// The script that bootstraps and serves Keystone.
pub(crate) const SCRIPT: &str = "keystone_lab.py";
/// The servers of the federated logins, of those by Kerberos tickets, and of databases.
pub(crate) static SERVERS: [Servers; 3] = [
    Servers {
        name: "federation",
        script: "federation_lab.py",
        sources: &[
            "federation/keystones.py",
            "federation/material.py",
            "federation/names.py",
            "federation/seed.py",
        ],
        variable: keystone_lab::federation::FEDERATION,
        package: FEDERATION,
    },
    Servers {
        name: "kerberos",
        script: "kerberos_lab.py",
        sources: &[],
        variable: keystone_lab::kerberos::KERBEROS,
        package: FEDERATION,
    },
    Servers {
        name: "postgres",
        script: "postgres_lab.py",
        sources: &[],
        variable: keystone_lab::postgres::POSTGRES,
        package: "proxy-service",
    },
];
/// The test crate of the federated logins.
pub(crate) const FEDERATION: &str = "keystone-federation";
/// The script that installs what tests in a browser need.
const BROWSER_SCRIPT: &str = "browser_lab.py";
/// All that the bootstrapped state comes from.
const BOOTSTRAP: [&str; 2] = [SCRIPT, "certificates.py"];
/// The server in front of Keystone, and the Debian package that it comes from.
const APACHE: &str = "/usr/sbin/apache2";
const APACHE_PACKAGE: &str = "apache2-bin";

/// Servers beside the Keystone of every run. A script installs, bootstraps and serves them.
pub(crate) struct Servers {
    /// The name of their folder.
    pub(crate) name: &'static str,
    pub(crate) script: &'static str,
    /// All that their state comes from, beside [`BOOTSTRAP`] and the script.
    sources: &'static [&'static str],
    /// The variable with the path of their facts.
    pub(crate) variable: &'static str,
    /// The package whose tests need them.
    pub(crate) package: &'static str,
}

/// Everything that a real Keystone and the Python clients need, ready to use.
pub(crate) struct Lab {
    home: PathBuf,
}

impl Lab {
    /// Makes what is missing or out of date. A second run at the same time waits.
    pub(crate) fn set_up(target: &Path) -> Result<Self, Failure> {
        let lab = Self {
            home: target.join("lab"),
        };
        fs::create_dir_all(&lab.home).map_err(cannot_write(&lab.home))?;
        let lock = lab.home.join("lock");
        let lock = File::create(&lock).map_err(cannot_write(&lock))?;
        lock.lock()
            .map_err(Failure::at("cannot lock the lab's folder"))?;
        install_apache()?;
        let installed = lab.install_packages()?;
        lab.bootstrap_keystone(&installed)?;
        Ok(lab)
    }

    /// The interpreter with Keystone, uWSGI and the clients installed.
    pub(crate) fn python(&self) -> PathBuf {
        self.home.join("venv/bin/python")
    }

    /// The bootstrapped Keystone, of which each server takes a copy.
    pub(crate) fn keystone(&self) -> PathBuf {
        self.home.join("keystone")
    }

    /// What these servers need, and what `cargo xtask lab up` leaves behind.
    pub(crate) fn folder(&self, servers: &Servers) -> PathBuf {
        self.home.join(servers.name)
    }

    /// Installs and makes what these servers need beside the rest.
    pub(crate) fn set_up_servers(&self, servers: &Servers) -> Result<(), Failure> {
        let Servers { name, script, .. } = servers;
        let lock = self.home.join("lock");
        let lock = File::create(&lock).map_err(cannot_write(&lock))?;
        lock.lock()
            .map_err(Failure::at("cannot lock the lab's folder"))?;
        let run = |task: &str, remedy: &str| {
            let ran = Command::new(self.python())
                .arg(keystone_lab::folder().join(script))
                .arg(task)
                .arg(self.folder(servers))
                .env("PYTHONWARNINGS", "ignore")
                .output();
            check(ran, &format!("{script} {task}"), remedy)
        };
        run("install", "what to do stands below")?;
        let mut inputs = python_version()?;
        let files = PACKAGE_LISTS.iter().chain(&BOOTSTRAP).chain([script]);
        for file in files.chain(servers.sources) {
            inputs += &read(&keystone_lab::folder().join(file))?;
        }
        let stamp = Stamp::new(self.home.join(format!("{name}.stamp")), inputs);
        if stamp.is_current() {
            return Ok(());
        }
        let remedy = format!("its logs are in `{name}/made` beside the stamp");
        run("bootstrap", &remedy)?;
        stamp.write()
    }

    /// Installs what tests in a browser need, and returns the path of axe-core.
    pub(crate) fn set_up_browser(&self) -> Result<PathBuf, Failure> {
        let lock = self.home.join("lock");
        let lock = File::create(&lock).map_err(cannot_write(&lock))?;
        lock.lock()
            .map_err(Failure::at("cannot lock the lab's folder"))?;
        let folder = self.home.join("browser");
        let ran = Command::new(self.python())
            .arg(keystone_lab::folder().join(BROWSER_SCRIPT))
            .arg("install")
            .arg(&folder)
            .output();
        let what = format!("{BROWSER_SCRIPT} install");
        check(ran, &what, "what to do stands below")?;
        Ok(folder.join("node_modules/axe-core/axe.min.js"))
    }

    /// Remembers which scripts the servers of `cargo xtask lab up` were started from.
    pub(crate) fn up_stamp(&self, servers: &Servers) -> Result<Stamp, Failure> {
        let folder = keystone_lab::folder();
        let mut files = vec![folder.join(servers.script)];
        for part in ["federation", "federation/node"] {
            let entries = fs::read_dir(folder.join(part));
            let entries = entries.map_err(Failure::at(format!("cannot list `{part}`")))?;
            let paths = entries.filter_map(|entry| Some(entry.ok()?.path()));
            files.extend(paths.filter(|path| path.is_file()));
        }
        files.sort();
        let mut inputs = python_version()?;
        for file in files {
            inputs += &read(&file)?;
        }
        Ok(Stamp::new(self.folder(servers).join("up.stamp"), inputs))
    }

    /// Returns what the environment was made from.
    fn install_packages(&self) -> Result<String, Failure> {
        let mut inputs = python_version()?;
        for list in PACKAGE_LISTS {
            inputs += &read(&keystone_lab::folder().join(list))?;
        }
        let stamp = Stamp::new(self.home.join("venv.stamp"), inputs.clone());
        if stamp.is_current() {
            return Ok(inputs);
        }
        eprintln!("installing Keystone and its Python clients (about a minute, once)");
        let venv = self.home.join("venv");
        remove(&venv)?;
        let made = Command::new("python3")
            .args(["-m", "venv"])
            .arg(&venv)
            .output();
        check(
            made,
            "python3 -m venv",
            "install Python's venv module (Debian: apt-get install python3-venv)",
        )?;
        let [requirements, constraints] =
            PACKAGE_LISTS.map(|list| keystone_lab::folder().join(list));
        let installed = Command::new(self.python())
            .args(["-m", "pip", "install", "--quiet", "--requirement"])
            .arg(requirements)
            .arg("--constraint")
            .arg(constraints)
            .output();
        check(
            installed,
            "pip install",
            "see that the package index can be reached, and pip's own configuration",
        )?;
        stamp.write()?;
        Ok(inputs)
    }

    fn bootstrap_keystone(&self, installed: &str) -> Result<(), Failure> {
        let script = keystone_lab::folder().join(SCRIPT);
        let mut inputs = installed.to_owned();
        for script in BOOTSTRAP {
            inputs += &read(&keystone_lab::folder().join(script))?;
        }
        let stamp = Stamp::new(self.home.join("keystone.stamp"), inputs);
        if stamp.is_current() {
            return Ok(());
        }
        let bootstrapped = Command::new(self.python())
            .arg(&script)
            .arg("bootstrap")
            .arg(self.keystone())
            .env("PYTHONWARNINGS", "ignore")
            .output();
        check(
            bootstrapped,
            "bootstrapping Keystone",
            "its log is `keystone/keystone.log` beside the stamp",
        )?;
        stamp.write()
    }
}

/// Installs what comes from Debian, which root may do; anybody else is told what is missing.
fn install_apache() -> Result<(), Failure> {
    if Path::new(APACHE).exists() {
        return Ok(());
    }
    let remedy = format!("install it (Debian: apt-get install {APACHE_PACKAGE})");
    let apt_get = |arguments: &[&str]| {
        let mut command = Command::new("apt-get");
        command.env("DEBIAN_FRONTEND", "noninteractive");
        let ran = command
            .args(["-o", "DPkg::Lock::Timeout=300", "-qq"])
            .args(arguments)
            .output();
        check(ran, &format!("there is no `{APACHE}`; apt-get"), &remedy)
    };
    eprintln!("installing {APACHE_PACKAGE} (once)");
    let install = ["install", "-y", "--no-install-recommends", APACHE_PACKAGE];
    // A machine that never asked what there is has to ask first.
    if apt_get(&install).is_err() {
        apt_get(&["update"])?;
        apt_get(&install)?;
    }
    Ok(())
}

/// Remembers, word for word, what a folder was made from.
pub(crate) struct Stamp {
    path: PathBuf,
    inputs: String,
}

impl Stamp {
    fn new(path: PathBuf, inputs: String) -> Self {
        Self { path, inputs }
    }

    /// False also when the last attempt did not come to its end.
    pub(crate) fn is_current(&self) -> bool {
        let current = fs::read_to_string(&self.path).is_ok_and(|written| written == self.inputs);
        if !current {
            // Nothing to forget is as good as forgotten.
            let _ = fs::remove_file(&self.path);
        }
        current
    }

    pub(crate) fn write(&self) -> Result<(), Failure> {
        fs::write(&self.path, &self.inputs).map_err(cannot_write(&self.path))
    }
}

/// The version line of `python3`, which must be recent enough.
fn python_version() -> Result<String, Failure> {
    let program = "import sys; print(*sys.version_info[:2], sys.prefix)";
    let output = Command::new("python3").args(["-c", program]).output();
    let line = check(output, "python3", &install_python())?;
    refuse_old_python(&line)?;
    Ok(line)
}

fn refuse_old_python(line: &str) -> Result<(), Failure> {
    let mut numbers = line.split_whitespace().map(str::parse::<u32>);
    match (numbers.next(), numbers.next()) {
        (Some(Ok(major)), Some(Ok(minor))) if (major, minor) >= OLDEST_PYTHON => Ok(()),
        _ => Err(Failure::new(format!(
            "`python3` says `{}`, which is too old for Keystone; {}",
            line.trim(),
            install_python()
        ))),
    }
}

fn install_python() -> String {
    let (major, minor) = OLDEST_PYTHON;
    format!("install Python {major}.{minor} or later")
}

/// The standard output of a program that had to succeed.
fn check(output: std::io::Result<Output>, what: &str, remedy: &str) -> Result<String, Failure> {
    let output =
        output.map_err(|error| Failure::new(format!("cannot run {what}: {error}; {remedy}")))?;
    if output.status.success() {
        return Ok(String::from_utf8_lossy(&output.stdout).into_owned());
    }
    Err(Failure::new(format!(
        "{what} failed with {}; {remedy}\n{}{}",
        output.status,
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    )))
}

fn read(path: &Path) -> Result<String, Failure> {
    fs::read_to_string(path).map_err(Failure::at(format!("cannot read `{}`", path.display())))
}

fn remove(folder: &Path) -> Result<(), Failure> {
    match fs::remove_dir_all(folder) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            Err(cannot_write(folder)(error))
        }
        _ => Ok(()),
    }
}

fn cannot_write(path: &Path) -> impl FnOnce(std::io::Error) -> Failure {
    Failure::at(format!("cannot write `{}`", path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_old_python_is_refused_by_number_not_by_spelling() {
        assert!(refuse_old_python("3 11 /usr\n").is_ok());
        assert!(refuse_old_python("4 0 /usr\n").is_ok());
        for old in ["3 9 /usr\n", "2 7 /usr\n", "nonsense", ""] {
            let refused = refuse_old_python(old)
                .err()
                .map(|failure| failure.to_string());
            assert!(
                refused.is_some_and(|message| message.contains("install Python 3.11 or later"))
            );
        }
    }

    #[test]
    fn a_stamp_holds_for_its_own_inputs_and_is_gone_after_others() {
        let folder = std::env::temp_dir().join(format!("xtask-stamp-{}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        let stamp = |inputs: &str| Stamp::new(folder.join("stamp"), inputs.to_owned());
        assert!(!stamp("one").is_current());
        stamp("one")
            .write()
            .unwrap_or_else(|failure| panic!("{failure}"));
        assert!(stamp("one").is_current());
        assert!(!stamp("two").is_current());
        assert!(
            !stamp("one").is_current(),
            "the attempt for `two` did not come to its end"
        );
        fs::remove_dir_all(&folder).unwrap();
    }

    #[test]
    fn a_failed_program_is_reported_with_its_output_and_a_remedy() {
        let output = Command::new("sh")
            .args(["-c", "echo why >&2; exit 3"])
            .output();
        let failure = check(output, "the program", "do better").err();
        let message = failure
            .map(|failure| failure.to_string())
            .unwrap_or_default();
        for part in ["the program", "exit status: 3", "do better", "why"] {
            assert!(message.contains(part), "{message}");
        }
    }
}
