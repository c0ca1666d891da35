"""Reads documents with PyYAML and the json module, as services of OpenStack do.

Reads JSON lines on standard input, `{"id": 1, "yaml": ".."}` or `{"id": 1, "json": ".."}` (read as YAML if it is
no JSON, as oslo.policy does), and writes a JSON line for each: what the document holds as pairs of a kind and a value, or `error` with the class of
the exception, and `message`.
"""

import datetime
import json
import struct
import sys

import yaml


def told(value):
    if value is None:
        return ["null"]
    if isinstance(value, bool):
        return ["bool", value]
    if isinstance(value, int):
        return ["int", str(value)]
    if isinstance(value, float):
        return ["float", "nan" if value != value else struct.pack(">d", value).hex()]
    if isinstance(value, str):
        value.encode()  # half of a surrogate pair is no text
        return ["text", value]
    if isinstance(value, (datetime.date, datetime.datetime)):
        return ["time"]
    if isinstance(value, (list, tuple)):
        return ["list", [told(item) for item in value]]
    if isinstance(value, dict):
        return ["map", [[told(key), told(item)] for key, item in value.items()]]
    return [type(value).__name__]


def refuse(constant):
    raise ValueError(f"{constant} is Python's own")


def read(case):
    if "json" in case:
        try:
            return told(json.loads(case["json"], parse_constant=refuse))
        except ValueError:
            return read({"yaml": case["json"]})
    return told(yaml.load(case["yaml"], Loader=yaml.SafeLoader))


for line in sys.stdin.buffer:
    case = json.loads(line)
    try:
        answer = {"value": read(case)}
        line = json.dumps({"id": case["id"], **answer})
    except Exception as error:
        line = json.dumps({"id": case["id"], "error": type(error).__name__, "message": str(error)})
    print(line)
