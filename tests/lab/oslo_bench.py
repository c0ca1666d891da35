"""Times oslo.policy: prints {RULE: nanoseconds of one authorize()} for the rules of `benches/`.

In the set-up of a service: registered defaults and no policy file.
"""

import json
import time

from oslo_config import cfg
from oslo_policy import policy

RULES = {
    "admin": "role:admin",
    "owner": "user_id:%(user_id)s",
    "open": "",
    "role": "role:admin",
    "through": "rule:admin",
    "ways": "rule:admin or (role:reader and domain_id:%(domain_id)s) or rule:owner",
}
BATCHES = 20
BATCH = 200


def batch(decide):
    start = time.process_time_ns()
    for _ in range(BATCH):
        decide()
    return (time.process_time_ns() - start) / BATCH


def main():
    conf = cfg.ConfigOpts()
    conf([], default_config_files=[], default_config_dirs=[])
    enforcer = policy.Enforcer(conf)
    enforcer.register_defaults([policy.RuleDefault(name, rule) for name, rule in RULES.items()])
    target = {"user_id": "u-1", "domain_id": "d-1"}
    times = {}
    for name in ("open", "role", "through", "ways"):
        roles = ["member", "reader"] if name == "ways" else ["member", "admin"]
        creds = {"user_id": "u-1", "project_id": "p-1", "domain_id": None, "system_scope": None, "roles": roles}

        def decide(name=name, creds=creds):
            return enforcer.authorize(name, target, creds)

        assert decide()
        times[name] = min(batch(decide) for _ in range(BATCHES))
    print(json.dumps(times))


main()
