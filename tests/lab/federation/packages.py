"""What comes from Debian and from npm, beside the Python environment that cargo xtask makes."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

# A file that each package brings, whose presence tells that it is there.
DEBIAN = {
    "apache2-bin": "/usr/sbin/apache2",
    "libapache2-mod-auth-openidc": "/usr/lib/apache2/modules/mod_auth_openidc.so",
    "libapache2-mod-auth-mellon": "/usr/lib/apache2/modules/mod_auth_mellon.so",
    "libapache2-mod-shib": "/usr/lib/apache2/modules/mod_shib.so",
    "shibboleth-sp-utils": "/usr/sbin/shibd",
    "simplesamlphp": "/usr/share/simplesamlphp/www/index.php",
    "php-cli": "/usr/bin/php",
    "php-mbstring": "/usr/share/doc/php-mbstring",
    "php-xml": "/usr/share/doc/php-xml",
    "xmlsec1": "/usr/bin/xmlsec1",
}
# A NodeSource `nodejs` brings npm along, Debian's does not.
COMMANDS = {"node": "nodejs", "npm": "npm"}
OLDEST_NODE = 20
LOCK_SECONDS = 300
# While this file says so, Debian's packages start no daemon.
POLICY = Path("/usr/sbin/policy-rc.d")


def install(node_modules_parent):
    absent = missing()
    if absent and os.geteuid() != 0:
        sys.exit(f"Debian packages are missing: {' '.join(absent)}\nas root: {apt_get(absent)}")
    if absent:
        install_debian(absent)
    refuse_old_node()
    install_npm(node_modules_parent)


def missing():
    absent = [package for package, file in DEBIAN.items() if not Path(file).exists()]
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


def refuse_old_node():
    version = run(["node", "--version"], f"install Node {OLDEST_NODE} or later").strip()
    major = version.removeprefix("v").split(".")[0]
    if not major.isdigit() or int(major) < OLDEST_NODE:
        sys.exit(f"`node --version` says {version}; the OpenID Provider needs {OLDEST_NODE} or later")


def install_npm(folder):
    """Installs exactly what the lock file lists, which names no registry: npm asks its own."""
    folder.mkdir(parents=True, exist_ok=True)
    lists = ("package.json", "package-lock.json")
    sources = Path(__file__).with_name("node")
    wanted = "".join((sources / name).read_text() for name in lists)
    stamp = folder / "stamp"
    if stamp.exists() and stamp.read_text() == wanted:
        return
    stamp.unlink(missing_ok=True)
    for name in lists:
        shutil.copy(sources / name, folder)
    print("installing the OpenID Provider (once)", file=sys.stderr)
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
