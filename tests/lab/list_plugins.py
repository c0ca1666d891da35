"""Prints the authentication plugins of keystoneauth1 with their options, as JSON:

{NAME: {"options": [{"name": .., "dest": .., "aliases": [..], "required": .., "secret": ..}]}}
"""

import json

from keystoneauth1 import loading


def describe(option):
    return {
        "name": option.name,
        "dest": option.dest,
        "aliases": [other.name for other in option.deprecated],
        "required": option.required,
        "secret": option.secret,
    }


loaders = loading.get_available_plugin_loaders()
print(json.dumps({name: {"options": [describe(one) for one in loader.get_options()]} for name, loader in loaders.items()}))
