"""What tests in a browser need: Chromium and its driver from Debian, and axe-core from npm.

    browser_lab.py install STATE
"""

import sys
from pathlib import Path

from federation import packages


def main():
    match sys.argv[1:]:
        case ["install", state]:
            packages.install_from_debian(packages.CHROMIUM)
            packages.install_npm(Path(state).resolve(), Path(__file__).with_name("browser"), "axe-core")
        case _:
            sys.exit(__doc__)


if __name__ == "__main__":
    main()
