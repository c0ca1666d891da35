"""Writes the default policies of the installed Keystone as a policy file of ours.

    keystone_policies.py > specs/policies/identity.yaml

Names, rules, scope types, operations and what was replaced; Keystone's prose stays there.
"""

import json
import re
from importlib.metadata import version

from keystone.common import policies
from oslo_policy.policy import DocumentedRuleDefault

REMOVAL = "nothing in Keystone asks for it any more"
REASON = "scope types and the roles reader, member and manager came into the defaults"


def quoted(text):
    return json.dumps(text, ensure_ascii=False)


def methods(operation):
    method = operation["method"]
    return method if isinstance(method, list) else [method]


def write_policy(policy):
    print("\n  {}:".format(quoted(policy.name)))
    print("    check: {}".format(quoted(policy.check_str)))
    if policy.scope_types:
        print("    scope_types: [{}]".format(", ".join(policy.scope_types)))
    print("    operations:")
    for operation in policy.operations:
        for method in methods(operation):
            print("      - {{method: {}, path: {}}}".format(method, quoted(operation["path"])))
    old = policy.deprecated_rule
    if old:
        print("    deprecated:")
        print("      name: {}".format(quoted(old.name)))
        print("      check: {}".format(quoted(old.check_str)))
        print("      reason: {}".format(quoted(REASON)))
        print("      since: {}".format(quoted(old.deprecated_since)))
    if policy.deprecated_for_removal:
        print("    deprecated_for_removal:")
        print("      reason: {}".format(quoted(REMOVAL)))
        print("      since: {}".format(quoted(policy.deprecated_since)))


def is_used(name, rules):
    return any(name in re.findall(r"rule:([^ ()]+)", rule.check_str) for rule in rules)


def main():
    rules = list(policies.list_rules())
    documented = [rule for rule in rules if isinstance(rule, DocumentedRuleDefault)]
    print("# The default policies of Keystone {}.".format(version("keystone").split(".")[0]))
    print("# Written by tests/lab/keystone_policies.py; a test holds it against the installed Keystone.")
    print("rules:")
    for rule in rules:
        if rule not in documented:
            if not is_used(rule.name, rules):
                print("  # Keystone's own, though none of its policies uses it: operators may.")
            print("  {}: {}".format(rule.name, quoted(rule.check_str)))
    print("\npolicies:", end="")
    for rule in documented:
        write_policy(rule)


main()
