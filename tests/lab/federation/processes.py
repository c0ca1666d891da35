"""The running servers: how each is started, waited for and stopped."""

import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request

START_SECONDS = 60
STOP_SECONDS = 10


class Processes:
    """Every server is the leader of a process group of its own, so that its workers go with it."""

    def __init__(self, run):
        self.run = run
        self.running = {}

    def start(self, name, command, environment=None):
        with open(self.run / f"{name}.log", "wb") as log:
            self.running[name] = subprocess.Popen(
                [str(part) for part in command],
                env=inherited() | {"PYTHONWARNINGS": "ignore"} | (environment or {}),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def wait_for(self, name, url):
        """Returns when `url` responds, whatever it says."""
        deadline = time.monotonic() + START_SECONDS
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        while time.monotonic() < deadline and self.ended() is None:
            try:
                with opener.open(url, timeout=5):
                    return
            except urllib.error.HTTPError:
                return
            except OSError:
                time.sleep(0.05)
        ended = self.ended()
        why = f"{ended} ended by itself" if ended else f"no response from {url} within {START_SECONDS} s"
        sys.exit(f"{name} did not start: {why}\n{self.last_lines(ended or name)}")

    def ended(self):
        return next((name for name, process in self.running.items() if process.poll() is not None), None)

    def last_lines(self, name):
        logs = [self.run / f"{name}.log", *sorted(self.run.glob(f"{name}*/*.log"))]
        return "\n".join("\n".join(log.read_text(errors="replace").splitlines()[-20:]) for log in logs if log.exists())

    def pids(self):
        return {name: process.pid for name, process in self.running.items()}

    def fail_when_one_ends(self):
        def child_changed(*_):
            ended = self.ended()
            if ended is not None:
                sys.exit(f"{ended} ended by itself\n{self.last_lines(ended)}")

        signal.signal(signal.SIGCHLD, child_changed)
        # Of one that has ended before.
        child_changed()

    def stop(self):
        # A second Ctrl-C must not cut this short.
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        for process in self.running.values():
            send(process, signal.SIGTERM)
        for process in self.running.values():
            try:
                process.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                pass
            # Also what its leader has left behind.
            send(process, signal.SIGKILL)
            process.wait()


def inherited():
    """Without what would send the servers to a proxy, or Keystone to another configuration."""
    foreign = [name for name in os.environ if name.lower().endswith("_proxy") or name.startswith("OS_")]
    return {name: value for name, value in os.environ.items() if name not in foreign}


def send(process, what):
    try:
        os.killpg(process.pid, what)
    except ProcessLookupError:
        pass
