"""What comes from Debian and from npm, beside the Python environment that cargo xtask makes."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

CHROMIUM = ("chromium", "chromium-driver")
DEBIAN = (
    "apache2-bin",
    *CHROMIUM,
    "libapache2-mod-auth-mellon",
    "libapache2-mod-auth-openidc",
    "libapache2-mod-shib",
    "php-cli",
    "php-mbstring",
    "php-xml",
    "shibboleth-sp-utils",
    "simplesamlphp",
    "xmlsec1",
)
# Some packages of Node bring npm along, Debian's do not.
COMMANDS = {"node": "nodejs", "npm": "npm"}
# What oidc-provider runs on. Debian 12 has an older one, which is good enough to run npm.
OLDEST_NODE = 20
LOCK_SECONDS = 300
# While this file says so, Debian's packages start no daemon.
POLICY = Path("/usr/sbin/policy-rc.d")


def install(node_modules_parent):
    """What the servers of the federated logins need."""
    install_from_debian(DEBIAN)
    install_npm(node_modules_parent, Path(__file__).with_name("node"), "the OpenID Provider")
    refuse_old_node(node(node_modules_parent / "node_modules"))


def install_from_debian(packages):
    absent = missing(packages)
    if absent and os.geteuid() != 0:
        sys.exit(f"Debian packages are missing: {', '.join(absent)}; as root: {apt_get(absent)}")
    if absent:
        install_debian(absent)


def missing(packages):
    query = ["dpkg-query", "--show", "--showformat", "${Package} ${db:Status-Status}\\n", *packages]
    try:
        # It fails when any is unknown, and tells of the others.
        known = subprocess.run(query, capture_output=True, text=True).stdout.splitlines()
    except FileNotFoundError:
        known = []
    absent = [package for package in packages if f"{package} installed" not in known]
    return absent + [package for command, package in COMMANDS.items() if shutil.which(command) is None]


def apt_get(packages):
    return f"apt-get install -y --no-install-recommends {' '.join(packages)}"


def install_debian(packages):
    print(f"installing {' '.join(packages)} (once)", file=sys.stderr)
    quiet = not POLICY.exists()
    if quiet:
        POLICY.write_text("#!/bin/sh\nexit 101\n")
        POLICY.chmod(0o755)
    try:
        options = ["-qq", "-o", f"DPkg::Lock::Timeout={LOCK_SECONDS}"]
        environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
        for arguments in (["update"], ["install", "-y", "--no-install-recommends", *packages]):
            run(["apt-get", *options, *arguments], f"as root: {apt_get(packages)}", env=environment)
    finally:
        if quiet:
            POLICY.unlink()


def node(node_modules):
    """The Node that npm has installed, where there is one for this machine; otherwise the machine's."""
    own = node_modules / ".bin/node"
    return str(own) if own.exists() else "node"


def refuse_old_node(program):
    version = run([program, "--version"], f"install Node {OLDEST_NODE} or later").strip()
    major = version.removeprefix("v").split(".")[0]
    if not major.isdigit() or int(major) < OLDEST_NODE:
        sys.exit(f"`{program} --version` says {version}; the OpenID Provider needs {OLDEST_NODE} or later")


def install_npm(folder, sources, what):
    """Installs exactly what the lock file in `sources` lists, which names no registry: npm asks its own."""
    folder.mkdir(parents=True, exist_ok=True)
    lists = ("package.json", "package-lock.json")
    wanted = "".join((sources / name).read_text() for name in lists)
    stamp = folder / "stamp"
    if stamp.exists() and stamp.read_text() == wanted:
        return
    stamp.unlink(missing_ok=True)
    for name in lists:
        shutil.copy(sources / name, folder)
    print(f"installing {what} (once)", file=sys.stderr)
    remedy = "see that npm's registry can be reached, and npm's own configuration"
    run(["npm", "ci", "--omit=dev", "--no-audit", "--no-fund"], remedy, cwd=folder)
    stamp.write_text(wanted)


def run(command, remedy, **options):
    try:
        done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, **options)
    except OSError as error:
        sys.exit(f"cannot run {command[0]}: {error}; {remedy}")
    if done.returncode:
        sys.exit(f"{' '.join(command)} failed with status {done.returncode}; {remedy}\n{done.stdout}{done.stderr}")
    return done.stdout
