"""The real servers of the federated logins on loopback; no root needed, but for Debian packages.

    federation_lab.py install STATE      Debian packages (as root) and the OpenID Provider's from npm
    federation_lab.py bootstrap STATE    once: certificates, keys and seeded databases
    federation_lab.py serve STATE        all servers, on copies of those databases
    federation_lab.py keep STATE         the same, until SIGTERM

`serve` prints one line of JSON (every address, user, secret and client) when all servers respond, and
runs until its standard input ends, as keystone_lab.py does. The same JSON is in the file that it names
as `facts`.
"""

import json
import os
import shutil
import signal
import sys
from pathlib import Path

import keystone_lab
from federation import adfs_stand_in, facts, keystones, material, openid, packages, saml_idp, shibboleth, web
from federation.ports import Ports
from federation.processes import Processes


def bootstrap(state):
    shutil.rmtree(state / "made", ignore_errors=True)
    (state / "made").mkdir(parents=True)
    material.make(state / "made/keys")
    keystones.bootstrap(state / "made", state / "made/keys")


def serve(state, wait_for_the_end):
    ports = Ports()
    run = keystone_lab.new_run_folder(runs(state))
    processes = Processes(run)
    try:
        # Apache's workers run as another user, and read these.
        keys = run / "keys"
        shutil.copytree(state / "made/keys", keys)
        start(processes, state, keys, ports)
        wait(processes, ports)
        line = json.dumps(facts.collect(state, processes, keys, ports))
        (run / facts.FILE).write_text(line)
        print(line, flush=True)
        processes.fail_when_one_ends()
        wait_for_the_end()
    finally:
        processes.stop()
        shutil.rmtree(run, ignore_errors=True)


def runs(state):
    """A folder that Apache's workers can reach, who are another user when root starts it."""
    own = state.parent / "runs"
    if os.geteuid() != 0 or all(folder.stat().st_mode & 0o001 for folder in state.parents):
        return own
    return Path("/run/keystone-federation")


def start(processes, state, keys, ports):
    """The slow ones first."""
    keystones.start(processes, state / "made", keys, ports, facts.dashboards(ports))
    for name in ("provider", "other_provider"):
        openid.start(processes, name, keys, ports, state / "npm/node_modules")
    saml_idp.start(processes, keys, ports)
    adfs_stand_in.start(processes, keys, ports)
    shibboleth.start(processes, keys, ports)
    web.start(processes, keys, ports)


def wait(processes, ports):
    processes.wait_for("keystone_a", ports.url("keystone_a") + "/v3")
    processes.wait_for("web", ports.url("web") + "/v3")
    for name in ("provider", "other_provider"):
        processes.wait_for(name, ports.url(name) + "/.well-known/openid-configuration")
    processes.wait_for("saml_idp", ports.url("saml_idp") + "/")
    processes.wait_for("shibd", ports.url("web") + "/Shibboleth.sso/Metadata")
    processes.wait_for("adfs_stand_in", ports.url("adfs"))


def until_input_ends():
    while sys.stdin.buffer.read(4096):
        pass


def until_terminated():
    while True:
        signal.pause()


def main():
    # Apache's workers read what they need; files with secrets are made with modes of their own.
    os.umask(0o022)
    # The orderly way out, whichever way the end is announced.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    signal.signal(signal.SIGINT, lambda *_: sys.exit(0))
    match sys.argv[1:]:
        case ["install", state]:
            packages.install(Path(state).resolve() / "npm")
        case ["bootstrap", state]:
            bootstrap(Path(state).resolve())
        case ["serve", state]:
            serve(Path(state).resolve(), until_input_ends)
        case ["keep", state]:
            serve(Path(state).resolve(), until_terminated)
        case _:
            sys.exit(__doc__)


if __name__ == "__main__":
    main()
