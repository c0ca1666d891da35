"""python keystoneauth1 against the servers of the lab, one line of JSON for each case.

    check.py FACTS [CASE ..]

FACTS is the file with what federation_lab.py prints; a CASE chooses by the beginning of its method.
A line has `method`, `case`, `server`, `stand_in`, `result` (`token`, `refused` or `failed`), `detail` and
`seconds`. A token counts when Keystone itself has validated it. The exit status is 1 when any failed.
"""

import json
import sys
import time

import check_oidc
import check_saml
from keystoneauth1 import exceptions
from lab_client import Facts, Refused

CASES = [*check_oidc.CASES, *check_saml.CASES]


def log_in(case, facts):
    try:
        return case.run(facts)
    except exceptions.Conflict:
        # Keystone stores a user at the first login, and refuses all but one of several at a time.
        return case.run(facts)


def run(case, facts):
    started = time.monotonic()
    try:
        result, detail = "token", log_in(case, facts)
    except Refused as refused:
        result, detail = "refused", str(refused)
    except Exception as error:
        result, detail = "failed", f"{type(error).__name__}: {error}"
    if result != case.expected:
        detail = f"{case.expected} was expected, not {result}: {detail}"
        result = "failed"
    line = {"method": case.method, "case": case.name, "server": case.server, "stand_in": case.stand_in}
    return line | {"result": result, "detail": detail, "seconds": round(time.monotonic() - started, 2)}


def main():
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    facts = Facts.read(sys.argv[1])
    chosen = tuple(sys.argv[2:]) or ("",)
    failed = False
    for case in CASES:
        if case.method.startswith(chosen):
            line = run(case, facts)
            failed |= line["result"] == "failed"
            print(json.dumps(line), flush=True)
    sys.exit(failed)


if __name__ == "__main__":
    main()
