"""Many threads with one token that is revoked while all of them use it, by keystoneauth1.

Usage: revoked_token.py AUTH_URL USERNAME PASSWORD PROJECT THREADS ROUNDS
Prints "ready" before each round, waits for a line, lets the threads call, and prints
{"errors": N, "seconds": S} when all of them are done.
"""

import json
import sys
import threading
import time

from keystoneauth1 import session
from keystoneauth1.identity import v3


def main(auth_url, username, password, project, threads, rounds):
    auth = v3.Password(
        auth_url=auth_url,
        username=username,
        password=password,
        project_name=project,
        user_domain_id="default",
        project_domain_id="default",
    )
    shared = session.Session(auth=auth)
    shared.get_token()
    for _ in range(rounds):
        one_round(shared, auth_url, threads)


def one_round(shared, auth_url, threads):
    errors = []

    def call():
        try:
            shared.get(auth_url + "/projects")
        except Exception as error:
            errors.append(error)

    workers = [threading.Thread(target=call) for _ in range(threads)]
    print("ready", flush=True)
    sys.stdin.readline()
    start = time.perf_counter()
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    seconds = time.perf_counter() - start
    print(json.dumps({"errors": len(errors), "seconds": seconds}), flush=True)


main(*sys.argv[1:5], int(sys.argv[5]), int(sys.argv[6]))
