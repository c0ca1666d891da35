"""Prints what openstacksdk makes of the cases of tests/vectors/clouds.yaml (its path is the
argument), as JSON: {NAME: {"plugin": .., "region_name": .., "options": {..}, "services": {..}}},
or {NAME: {"error": ..}}."""

import json
import os
import sys
import tempfile
import warnings

import yaml
from openstack.config.loader import OpenStackConfig

warnings.simplefilter("ignore")
SERVICE_VALUES = {
    "region_name": "get_region_name",
    "interface": "get_interface",
    "api_version": "get_api_version",
    "endpoint_override": "get_endpoint",
    "service_name": "get_service_name",
    "default_microversion": "get_default_microversion",
    "connect_retries": "get_connect_retries",
}
# What openstacksdk adds of its own.
DEFAULTS = {("network", "api_version"), ("object-store", "api_version")}


def candidates(stem, directories):
    return [f"{d}/{stem}{e}" for d in directories for e in (".yaml", ".yml", ".json")]


def text(value):
    return ",".join(value) if isinstance(value, list) else str(value)


def service(region, kind):
    found = {}
    for name, getter in SERVICE_VALUES.items():
        value = getattr(region, getter)(kind)
        of_login = name == "endpoint_override" and value == region.config["auth"].get("auth_url")
        if value not in (None, "") and (kind, name) not in DEFAULTS and not of_login:
            found[name] = text(value)
    return found


def answer(case, directory):
    home = f"{directory}/home"
    for name, content in (case.get("files") or {}).items():
        path = name.replace("~", home) if name.startswith("~") else f"{directory}/{name}"
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w") as file:
            file.write(content)
    environment = (case.get("env") or {}).items()
    os.environ.clear()
    os.environ.update({k: v.replace("{dir}", directory) for k, v in environment} | {"HOME": home})
    places = [directory, f"{home}/.config/openstack"]
    files = [candidates(stem, places) for stem in ("clouds", "secure", "clouds-public")]
    config = OpenStackConfig(config_files=files[0], secure_files=files[1], vendor_files=files[2])
    region = config.get_one(cloud=case.get("cloud"), region_name=case.get("region"))
    options = {k: text(v) for k, v in region.config["auth"].items() if v not in (None, "")}
    if region.config.get("auth_methods"):
        options["auth_methods"] = text(region.config["auth_methods"])
    return {
        "plugin": region.config["auth_type"],
        "region_name": region.config["region_name"] or None,
        "options": options,
        "services": {kind: service(region, kind) for kind in case.get("services") or {}},
    }


def main():
    with open(sys.argv[1]) as file:
        cases = yaml.safe_load(file)["cases"]
    answers = {}
    for case in cases:
        with tempfile.TemporaryDirectory() as directory:
            try:
                answers[case["name"]] = answer(case, directory)
            except Exception as error:
                answers[case["name"]] = {"error": f"{type(error).__name__}: {error}"}
    print(json.dumps(answers))


main()
