"""What applications cost to build: on bare reqwest, on our sessions, on our Identity client, on openstack_sdk.

    measure.py TARGET [APPLICATION...]

Each is built from nothing, in debug mode, into a folder of its own below TARGET; then again after a change of its
`main.rs`. Time is that of the processors, user and system together, so that a busy machine does not matter much.
"""

import os
import resource
import shutil
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
APPLICATIONS = ["bare", "auth", "identity", "openstack_sdk"]
REBUILDS = 3


def spent(command, **options):
    """The processor time of a command and its children, in seconds."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command, check=True, **options)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def crates(folder):
    tree = ["cargo", "tree", "--quiet", "--edges", "normal,build", "--prefix", "none", "--format", "{p}"]
    lines = subprocess.run(tree, check=True, cwd=folder, stdout=subprocess.PIPE, text=True).stdout.splitlines()
    return len({line.removesuffix(" (*)") for line in lines if line.strip()})


def measure(name, target):
    folder = HERE / name
    target = Path(target).resolve() / name
    shutil.rmtree(target, ignore_errors=True)
    options = {"cwd": folder, "env": dict(os.environ, CARGO_TARGET_DIR=str(target), RUSTC_WRAPPER="")}
    subprocess.run(["cargo", "fetch", "--quiet"], check=True, **options)
    build = ["cargo", "build", "--quiet"]
    clean = spent(build, **options)
    main = folder / "src/main.rs"
    text = main.read_text()
    again = []
    try:
        for number in range(REBUILDS):
            main.write_text(text + "// {}\n".format(number))
            again.append(spent(build, **options))
    finally:
        main.write_text(text)
    size = (target / "debug" / name.replace("_", "-")).stat().st_size / 1e6
    return crates(folder), clean, min(again), size


def main():
    target, names = sys.argv[1], sys.argv[2:] or APPLICATIONS
    print("{:<15}{:>8}{:>20}{:>20}{:>20}".format("", "crates", "clean, CPU s", "rebuild, CPU s", "binary, MB"))
    base = None
    for name in names:
        row = measure(name, target)
        base = base or row
        cells = ["{:.1f} (x {:.2f})".format(value, value / first) for value, first in zip(row[1:], base[1:])]
        print("{:<15}{:>8}{:>20}{:>20}{:>20}".format(name, row[0], *cells), flush=True)
    print("\nIn brackets: how many times what the first line has.")


main()
