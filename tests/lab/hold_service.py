"""Holds a running service against the OpenAPI document that it serves, by schemathesis.

    hold_service.py DOCUMENT_URL [SCHEMATHESIS OPTION ..]

The token of the caller is in `SERVICE_TOKEN`; without it the requests have none. `SERVICE_IDS` may
have the ids of objects that are there, as JSON by the parameters of paths. Ends with schemathesis'
own exit code. There is no baseline: whatever is found is to be mended in the service
or in its document.
"""

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

# Two are left out. `positive_data_acceptance`: a document cannot say that a parameter needs a
# microversion, which another parameter chooses, or that a marker is the id of something that is
# there; both are refused with 400. `object_level_authorization` needs two callers in one run, and
# what a caller may do to the objects of others is what policies say, and are tested for.
CHECKS = [
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_headers_conformance",
    "response_schema_conformance",
    "negative_data_rejection",
    "missing_required_header",
    "unsupported_method",
    "allow_header_conformance",
    "use_after_free",
    "ensure_resource_availability",
    "ignored_auth",
]


def main(document, *options):
    ids = json.loads(os.environ.get("SERVICE_IDS", "{}"))
    # JSON's strings are TOML's too.
    lines = ["[parameters]"] + ['"path.{}" = {}'.format(name, json.dumps(value)) for name, value in ids.items()]
    command = [str(Path(sys.executable).with_name("schemathesis"))]
    command += ["--config-file", "schemathesis.toml", "run", document]
    token = os.environ.get("SERVICE_TOKEN")
    if token:
        command += ["--header", "X-Auth-Token: " + token]
    command += ["--checks", ",".join(CHECKS), "--continue-on-failure", "--no-shrink"]
    command += ["--seed", "1", "--max-examples", "20"]
    # Examples that an earlier run has left behind would make this one another.
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "schemathesis.toml").write_text("\n".join(lines))
        return subprocess.run([*command, *options], cwd=folder).returncode


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
