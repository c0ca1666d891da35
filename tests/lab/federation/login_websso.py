"""A person whose browser is sent to a websso URL of Keystone, and logs in.

    login_websso.py URL [--user NAME] [--password PASSWORD]

The token goes to the listener that the URL's `origin` names, as a browser posts it. Prints the
status of the listener's response.
"""

from approve_device import parser
from browser import Browser


def main():
    arguments = parser(__doc__).parse_args()
    response = Browser(arguments.user, arguments.password, arguments.deny, arguments.authority).visit(arguments.url)
    if response.status_code >= 400:
        raise SystemExit(f"HTTP {response.status_code} from {response.url}\n{response.text}")
    print(response.status_code)


if __name__ == "__main__":
    main()
