"""Serves flask_proxies.py by uWSGI on a free port of loopback.

    serve_proxies.py CONFIG

Prints the address when the service responds, and runs until its standard input ends.
"""

import os
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from pathlib import Path

import keystone_lab


def serve(config):
    listener = socket.create_server(("127.0.0.1", 0), backlog=100)
    url = "http://127.0.0.1:{}".format(listener.getsockname()[1])
    with tempfile.TemporaryFile() as log:
        server = start(config, listener, log)
        try:
            wait_until_it_responds(server, url, log)
            print(url, flush=True)
            keystone_lab.wait_for_the_end([server])
        finally:
            keystone_lab.stop([server])


def start(config, listener, log):
    command = [
        str(Path(sys.executable).with_name("uwsgi")),
        *("--http-socket", "fd://{}".format(listener.fileno())),
        *("--wsgi-file", str(Path(__file__).with_name("flask_proxies.py"))),
        *("--processes", "1"),
        *("--threads", "8"),
        *("--buffer-size", "65535"),
        # It closes each connection; without this, a client may already have begun another request.
        *("--add-header", "Connection: close"),
        "--master",
        "--need-app",
        # In the process that serves, which owns the connections to the database.
        "--lazy-apps",
        "--die-on-term",
    ]
    with listener:
        return subprocess.Popen(
            command,
            env=dict(os.environ, PROXIES_CONFIG=config, PYTHONWARNINGS="ignore"),
            pass_fds=[listener.fileno()],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )


def wait_until_it_responds(server, url, log):
    deadline = time.monotonic() + keystone_lab.START_SECONDS
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    while time.monotonic() < deadline and server.poll() is None:
        try:
            with opener.open(url, timeout=5):
                return
        except urllib.error.HTTPError:
            return
        except OSError:
            time.sleep(0.05)
    log.seek(0)
    sys.exit("the Flask service did not start\n" + log.read().decode(errors="replace")[-4000:])


if __name__ == "__main__":
    serve(sys.argv[1])
