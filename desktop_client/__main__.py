"""`python -m desktop_client`: the overlay. `python -m desktop_client telemetry …`: what a game sends, as text."""

from __future__ import annotations

import sys


def main(arguments: list[str]) -> int:
    # Imported only when asked for: printing telemetry must work on a machine that cannot load Qt.
    if arguments[:1] == ["telemetry"]:
        from desktop_client.telemetry import command

        return command.main(arguments[1:])
    from desktop_client import start

    return start.main(arguments)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
