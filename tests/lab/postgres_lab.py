"""A PostgreSQL server on loopback, for the databases of services.

    postgres_lab.py install STATE      the Debian package (as root), or its name where it is missing
    postgres_lab.py bootstrap STATE    once: the data folder of an empty server
    postgres_lab.py serve STATE        a server on a copy of that folder
    postgres_lab.py keep STATE         the same, until SIGTERM

`serve` prints one line of JSON when the server takes connections, and runs until its standard input
ends, as keystone_lab.py does. The same JSON is in the file that it names as `facts`. PostgreSQL
refuses to run as root: where root starts it, it is the user `postgres` of the Debian package.
"""

import contextlib
import json
import os
import re
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import keystone_lab
from federation import packages
from federation.ports import HOST, reserve

PROGRAMS = Path("/usr/lib/postgresql")
PACKAGE = "postgresql"
# Of root's servers.
UNIX_USER = "postgres"
# Who may make databases, by its password.
USERNAME = "lab"
PASSWORD = "password"
# What the server is told, beside its port: the data is worth nothing after a crash.
SETTINGS = {
    "listen_addresses": HOST,
    "unix_socket_directories": "",
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "max_connections": "200",
    "shared_buffers": "32MB",
}


def install():
    if not versions() and os.geteuid() != 0:
        sys.exit(f"PostgreSQL is missing; as root: {packages.apt_get([PACKAGE])}")
    if not versions():
        packages.install_debian([PACKAGE])


def versions():
    """The folders of what is installed, the newest first."""
    found = [folder for folder in PROGRAMS.glob("*/bin") if (folder / "initdb").exists()]
    return sorted(found, key=lambda folder: int(re.sub(r"\D", "", folder.parent.name) or 0), reverse=True)


def program(name):
    return str(versions()[0] / name)


def bootstrap(state):
    shutil.rmtree(state / "made", ignore_errors=True)
    (state / "made").mkdir(parents=True)
    password = state / "made" / PASSWORD
    password.write_text(secrets.token_hex(16))
    with own_folder() as folder:
        copy = folder / PASSWORD
        shutil.copy(password, copy)
        give_away(folder)
        options = ["--auth=scram-sha-256", f"--username={USERNAME}", f"--pwfile={copy}"]
        options += ["--encoding=UTF8", "--locale=C.UTF-8", "--no-sync"]
        made = subprocess.run(
            [program("initdb"), *options, f"--pgdata={folder / 'data'}"],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            cwd=folder,
            **unix_user(),
        )
        if made.returncode:
            sys.exit(f"initdb failed with status {made.returncode}\n{made.stdout}{made.stderr}")
        shutil.copytree(folder / "data", state / "made/data")


def serve(state, wait_for_the_end):
    held = reserve()
    port = held.getsockname()[1]
    run = keystone_lab.new_run_folder(state.parent / "runs")
    with own_folder() as folder:
        shutil.copytree(state / "made/data", folder / "data")
        (folder / "data").chmod(0o700)
        give_away(folder)
        server = start(folder, port, run / "postgres.log")
        try:
            wait_until_it_listens(server, port, run / "postgres.log")
            password = (state / "made" / PASSWORD).read_text()
            url = f"postgresql://{USERNAME}:{password}@{HOST}:{port}"
            facts = {"url": url, "servers": {}, "pids": {"postgres": server.pid}}
            facts |= {"facts": str(run / "facts.json")}
            write_secret(run / "facts.json", json.dumps(facts))
            print(json.dumps(facts), flush=True)
            wait_for_the_end([server])
        finally:
            stop(server)
            shutil.rmtree(run, ignore_errors=True)
            held.close()


@contextlib.contextmanager
def own_folder():
    """One that another user reaches, whoever may read the state."""
    folder = Path(tempfile.mkdtemp(prefix="keystone-postgres-"))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def give_away(folder):
    if os.geteuid() != 0:
        return
    for path in [folder, *folder.rglob("*")]:
        shutil.chown(path, UNIX_USER, UNIX_USER)


def unix_user():
    return {"user": UNIX_USER, "group": UNIX_USER, "extra_groups": []} if os.geteuid() == 0 else {}


def start(folder, port, log):
    settings = [f"--{name}={value}" for name, value in (SETTINGS | {"port": str(port)}).items()]
    with open(log, "wb") as output:
        return subprocess.Popen(
            [program("postgres"), "-D", str(folder / "data"), *settings],
            # Its messages are for whoever reads the log, in any country.
            env={"LC_ALL": "C.UTF-8", "PATH": os.environ["PATH"]},
            cwd=folder,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            **unix_user(),
        )


def wait_until_it_listens(server, port, log):
    deadline = time.monotonic() + keystone_lab.START_SECONDS
    ready = "ready to accept connections"
    while time.monotonic() < deadline and server.poll() is None:
        if ready in log.read_text(errors="replace"):
            return socket.create_connection((HOST, port), timeout=5).close()
        time.sleep(0.02)
    sys.exit(f"PostgreSQL did not start\n{log.read_text(errors='replace')}")


def stop(server):
    # A second Ctrl-C must not cut this short.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    # Its fast shutdown, which waits for no client; SIGTERM would.
    server.send_signal(signal.SIGINT)
    try:
        server.wait(keystone_lab.STOP_SECONDS)
    except subprocess.TimeoutExpired:
        server.kill()
        server.wait()


def write_secret(path, text):
    with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(text)


def until_terminated(_):
    while True:
        signal.pause()


def main():
    # The orderly way out, whichever way the end is announced.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    signal.signal(signal.SIGINT, lambda *_: sys.exit(0))
    match sys.argv[1:]:
        case ["install", _]:
            install()
        case ["bootstrap", state]:
            bootstrap(Path(state).resolve())
        case ["serve", state]:
            serve(Path(state).resolve(), keystone_lab.wait_for_the_end)
        case ["keep", state]:
            serve(Path(state).resolve(), until_terminated)
        case _:
            sys.exit(__doc__)


if __name__ == "__main__":
    main()
