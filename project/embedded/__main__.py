"""`python -m project.embedded start|stop|status|env`: the embedded servers from the command line."""

from __future__ import annotations

import argparse
import shlex
import sys

from project.embedded import servers
from project.embedded.state import EmbeddedError


def main() -> int:
    """Return 0, or 1 with a message when a server cannot be started or stopped."""
    parser = argparse.ArgumentParser(prog="python -m project.embedded", description=__doc__)
    parser.add_argument(
        "action",
        choices=["start", "stop", "status", "env"],
        help="env starts what is missing and prints the variables for a shell",
    )
    action = parser.parse_args().action
    try:
        if action == "stop":
            print(f"Stopped: {', '.join(servers.stop()) or 'nothing was running'}.")
            return 0
        if action == "env":
            for name, value in servers.ensure().environ().items():
                print(f"{name}={shlex.quote(value)}")
            return 0
        if action == "start":
            servers.ensure()
        for name, words in servers.status().items():
            print(f"{name}: {words}.")
    except (EmbeddedError, OSError) as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
