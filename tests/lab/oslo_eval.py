"""Answers the lines of `keystone policy eval` with oslo.policy itself.

Reads JSON lines on standard input, writes a JSON line for each: `result`, `canonical`, or `error`
with the class and the message of the exception.
"""

import atexit
import json
import logging
import os
import shutil
import sys
import tempfile
import warnings

import yaml
from oslo_config import cfg
from oslo_policy import _parser, opts, policy

FOLDER = tempfile.mkdtemp()
POLICY_FILE = os.path.join(FOLDER, "policy.yaml")


def configuration(enforce_new_defaults, remote_content_type):
    conf = cfg.ConfigOpts()
    conf([], default_config_files=[], default_config_dirs=[])
    opts._register(conf)
    conf.set_override("policy_dirs", [], group="oslo_policy")
    conf.set_override("enforce_new_defaults", enforce_new_defaults, group="oslo_policy")
    conf.set_override("remote_content_type", remote_content_type, group="oslo_policy")
    return conf


FORM = "application/x-www-form-urlencoded"
CONFIGURATIONS = {
    (flag, kind): configuration(flag, kind) for flag in (True, False) for kind in (FORM, "application/json")
}


def registered(case):
    for default in case["registered"]:
        old = default.get("deprecated_rule")
        why = {"deprecated_reason": "reason", "deprecated_since": "since"}
        removal = default.get("deprecated_for_removal", False)
        made = policy.RuleDefault(
            default["name"],
            default["check_str"],
            scope_types=default.get("scope_types"),
            deprecated_rule=policy.DeprecatedRule(old["name"], old["check_str"], **why) if old else None,
            deprecated_for_removal=removal,
            **(why if removal else {}),
        )
        # Scope could be left unenforced before 6.0: then a policy was as one for any scope.
        if not case.get("enforce_scope", True):
            made.scope_types = None
        yield made


def enforcer_of(case):
    # The type of content is no member of the interface, but remote checks are compared in both.
    kind = case.get("remote_content_type", FORM)
    conf = CONFIGURATIONS[case.get("enforce_new_defaults", True), kind]
    if case.get("registered") is None:
        rules = policy.Rules.from_dict(case["rules"])
        return policy.Enforcer(conf, rules=rules, default_rule=case.get("default_rule"), use_conf=False)
    enforcer = policy.Enforcer(conf, policy_file=POLICY_FILE, default_rule=case.get("default_rule"))
    enforcer.register_defaults(list(registered(case)))
    with open(POLICY_FILE, "w") as file:
        yaml.dump(case["rules"], file, Dumper=yaml.CSafeDumper, allow_unicode=True, sort_keys=False)
    return enforcer


class Enforcers:
    """The enforcer of the last case, which often serves the next one too."""

    # After any other exception the enforcer may have kept half of what it read.
    HARMLESS = (policy.InvalidScope, policy.PolicyNotAuthorized, policy.PolicyNotRegistered)
    SETTINGS = ("rules", "registered", "default_rule", "enforce_new_defaults", "enforce_scope", "remote_content_type")

    def __init__(self):
        self.key = None
        self.enforcer = None

    def get(self, case):
        key = json.dumps([case.get(name) for name in self.SETTINGS])
        if key != self.key:
            self.key = None
            self.enforcer = enforcer_of(case)
            self.key = key
        return self.enforcer

    def failed(self, error):
        if not isinstance(error, self.HARMLESS):
            self.key = None


def answer(case, enforcers):
    if "parse" in case:
        return {"canonical": str(_parser.parse_rule(case["parse"]))}
    enforcer = enforcers.get(case)
    decide = enforcer.authorize if case.get("api") == "authorize" else enforcer.enforce
    result = decide(case["rule"], case["target"], case["creds"], do_raise=case.get("do_raise", False))
    return {"result": bool(result)}


def main():
    atexit.register(shutil.rmtree, FOLDER, ignore_errors=True)
    logging.disable(logging.CRITICAL)
    warnings.simplefilter("ignore")
    enforcers = Enforcers()
    for line in sys.stdin.buffer:
        case = json.loads(line)
        try:
            answered = answer(case, enforcers)
        except Exception as error:
            enforcers.failed(error)
            answered = {"error": {"class": type(error).__name__, "message": str(error)}}
        print(json.dumps({"id": case["id"], **answered}))


main()
