"""Prints the authentication plugins of keystoneauth1 with their options, as JSON:

{NAME: {"options": [{"name": .., "dest": .., "aliases": [..], "required": .., "secret": .., "default": ..}]}}
"""

import json

import stevedore
from keystoneauth1.loading.base import PLUGIN_NAMESPACE


def describe(option):
    return {
        "name": option.name,
        "dest": option.dest,
        "aliases": [other.name for other in option.deprecated],
        "required": option.required,
        "secret": option.secret,
        "default": None if option.default is None else str(option.default),
    }


# Those too that lack a library, which only their logins need.
loaders = stevedore.ExtensionManager(PLUGIN_NAMESPACE, invoke_on_load=True)
print(json.dumps({one.name: {"options": [describe(option) for option in one.obj.get_options()]} for one in loaders}))
