"""Prints the official service types with their aliases, as the installed os-service-types has them:

{"release": .., "version": .., "types": {TYPE: [ALIAS, ..]}}
"""

import importlib.metadata
import json

import os_service_types

types = os_service_types.ServiceTypes()
print(
    json.dumps(
        {
            "release": importlib.metadata.version("os-service-types"),
            "version": types.version,
            "types": {name: types.get_all_types(name)[1:] for name in types.all_types_by_service_type},
        }
    )
)
