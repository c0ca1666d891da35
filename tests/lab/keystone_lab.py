"""A throw-away Keystone on loopback: SQLite, two uWSGI processes, Apache for TLS, no root.

    keystone_lab.py bootstrap STATE    once: key repositories and a bootstrapped database
    keystone_lab.py serve STATE        a server on a copy of that database

`serve` prints one line of JSON (its URL and the administrator's credentials)
when the server answers, and runs until its standard input ends. A process that
holds the other end of that pipe therefore cannot leave a server behind,
however it dies.
"""

import base64
import json
import os
import shutil
import signal
import socket
import sqlite3
import ssl
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

import apache

USERNAME = "admin"
PASSWORD = "secret"
PROJECT = "admin"
REGION = "RegionOne"
KEY_REPOSITORIES = ("fernet", "receipts", "credential")
# Who signs the certificates of clients that need no token.
ISSUER = "issuer"
START_SECONDS = 60
STOP_SECONDS = 10

# What every Keystone of the lab has in common.
COMMON = """\
[DEFAULT]
log_file = {run}/keystone.log
[database]
connection = sqlite:///{database}
# Nobody needs this database after a crash of the machine.
sqlite_synchronous = false
[token]
provider = fernet
[fernet_tokens]
key_repository = {state}/fernet
[fernet_receipts]
key_repository = {state}/receipts
[credential]
key_repository = {state}/credential
[identity]
# bcrypt at its cheapest: the many logins of a test run need not wait for it.
password_hash_rounds = 4
"""
CONFIG = """\
[auth]
# The last one is what tokens for EC2 and S3 signatures need.
methods = external,password,token,oauth1,mapped,application_credential,totp,ec2credential
[tokenless_auth]
trusted_issuer = {issuer}
"""


def write_config(state, run, database, issuer=""):
    path = run / "keystone.conf"
    path.write_text((COMMON + CONFIG).format(state=state, run=run, database=database, issuer=issuer))
    return path


def bootstrap(state):
    shutil.rmtree(state, ignore_errors=True)
    state.mkdir(parents=True)
    for name in KEY_REPOSITORIES:
        write_keys(state / name)
    # Here, because only the bootstrap needs what it imports.
    import certificates

    issuer = certificates.make(state / "certificates")
    (state / ISSUER).write_text(issuer)
    config = write_config(state, run=state, database=state / "keystone.db", issuer=issuer)
    # Both steps in one interpreter, because importing Keystone is the slow part.
    manage(config, "db_sync")
    # `serve` puts its own address in place of this one.
    make_administrator(config, "http://127.0.0.1:5000/v3")


def make_administrator(config, url):
    """The first user, with the role `admin` on a project and on the system, and the endpoints."""
    manage(
        config,
        "bootstrap",
        *("--bootstrap-username", USERNAME),
        *("--bootstrap-password", PASSWORD),
        *("--bootstrap-project-name", PROJECT),
        *("--bootstrap-region-id", REGION),
        *("--bootstrap-public-url", url),
        *("--bootstrap-internal-url", url),
        *("--bootstrap-admin-url", url),
    )


def write_keys(repository):
    """A key repository is a folder of numbered files; `keystone-manage` would want root."""
    repository.mkdir(mode=0o700)
    for number in ("0", "1"):
        key = repository / number
        key.touch(mode=0o600)
        key.write_bytes(base64.urlsafe_b64encode(os.urandom(32)))


def manage(config, *arguments):
    import keystone.conf
    from keystone.cmd import cli

    keystone.conf.CONF.reset()
    cli.main(["keystone-manage", "--config-file", str(config), *arguments])


def serve(state):
    listener = socket.create_server(("127.0.0.1", 0), backlog=100)
    behind_apache = socket.create_server(("127.0.0.1", 0), backlog=100)
    uwsgi_port = behind_apache.getsockname()[1]
    url = "http://127.0.0.1:{}/v3".format(listener.getsockname()[1])
    run = new_run_folder(state.parent / "runs")
    servers = []
    try:
        database = run / "keystone.db"
        shutil.copyfile(state / "keystone.db", database)
        move_endpoints(database, url)
        # For tests that must not meet what others have left: see tests/contract/walk.
        shutil.copyfile(database, run / "keystone.fresh")
        issuer = (state / ISSUER).read_text()
        write_config(state, run, database, issuer)
        servers.append(start(run, listener, behind_apache))
        certificates = state / "certificates"
        process, port = apache.start(run, certificates, uwsgi_port)
        servers.append(process)
        tls_url = "https://localhost:{}/v3".format(port)
        authority = ssl.create_default_context(cafile=certificates / "tokenless-authority.pem")
        wait_until_it_answers(servers, url, run)
        wait_until_it_answers(servers, tls_url, run, context=authority)
        facts = {"url": url, "username": USERNAME, "password": PASSWORD, "project": PROJECT, "region": REGION}
        facts |= {"tls_url": tls_url, "certificates": str(certificates), "issuer": issuer}
        facts |= {"database": str(database)}
        print(json.dumps(facts), flush=True)
        wait_for_the_end(servers)
    finally:
        stop(servers)
        shutil.rmtree(run, ignore_errors=True)


def new_run_folder(runs):
    """Named after this process, so that a killed one's left-overs are known by their name."""
    runs.mkdir(parents=True, exist_ok=True)
    for old in runs.iterdir():
        if not is_alive(int(old.name)):
            shutil.rmtree(old, ignore_errors=True)
    run = runs / str(os.getpid())
    run.mkdir()
    return run


def is_alive(process):
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass
    return True


def move_endpoints(database, url):
    with sqlite3.connect(database) as connection:
        connection.execute("UPDATE endpoint SET url = ?", (url,))
    connection.close()


def start(run, listener, behind_apache):
    # A stock uWSGI, on purpose: `http-socket` closes a connection after each
    # answer without announcing it, and clients have to live with that.
    command = [
        str(Path(sys.executable).with_name("uwsgi")),
        *("--http-socket", "fd://{}".format(listener.fileno())),
        *("--socket", "fd://{}".format(behind_apache.fileno())),
        *("--wsgi-file", str(Path(__file__).with_name("keystone_wsgi.py"))),
        *("--processes", "2"),
        *("--buffer-size", "65535"),
        "--master",
        "--need-app",
        "--enable-threads",
        "--die-on-term",
        "--no-orphans",
        "--skip-atexit-teardown",
    ]
    environment = dict(os.environ, OS_KEYSTONE_CONFIG_DIR=str(run), PYTHONWARNINGS="ignore")
    with listener, behind_apache, open(run / "uwsgi.log", "wb") as log:
        return subprocess.Popen(
            command,
            env=environment,
            pass_fds=[listener.fileno(), behind_apache.fileno()],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            # Not in the terminal's group: Ctrl-C reaches it in order, through `stop`.
            start_new_session=True,
        )


def wait_until_it_answers(servers, url, run, context=None):
    # The socket listens from the start, so that a request waits in its queue
    # until the application is loaded.
    deadline = time.monotonic() + START_SECONDS
    handlers = [urllib.request.ProxyHandler({}), urllib.request.HTTPSHandler(context=context)]
    opener = urllib.request.build_opener(*handlers)
    while time.monotonic() < deadline and all(server.poll() is None for server in servers):
        try:
            with opener.open(url, timeout=1):
                return
        except (OSError, urllib.error.URLError):
            time.sleep(0.05)
    sys.exit("keystone did not answer at {} within {} s\n{}".format(url, START_SECONDS, last_lines(run)))


def last_lines(run):
    logs = [run / "uwsgi.log", run / "keystone.log", run / "apache/apache.out", run / "apache/apache.log"]
    return "\n".join("\n".join(log.read_text(errors="replace").splitlines()[-20:]) for log in logs if log.exists())


def wait_for_the_end(servers):
    """Returns when standard input ends; fails when a server does."""

    def child_changed(*_):
        for server in servers:
            if server.poll() is not None:
                sys.exit("{} ended by itself with status {}".format(server.args[0], server.returncode))

    signal.signal(signal.SIGCHLD, child_changed)
    while sys.stdin.buffer.read(4096):
        pass


def stop(servers):
    # A second Ctrl-C must not cut this short.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    for server in servers:
        server.terminate()
    for server in servers:
        try:
            server.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            os.killpg(server.pid, signal.SIGKILL)
            server.wait()


def main():
    # The orderly way out, whichever way the end is announced.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    signal.signal(signal.SIGINT, lambda *_: sys.exit(0))
    match sys.argv[1:]:
        case ["bootstrap", state]:
            bootstrap(Path(state).resolve())
        case ["serve", state]:
            serve(Path(state).resolve())
        case _:
            sys.exit(__doc__)


if __name__ == "__main__":
    main()
