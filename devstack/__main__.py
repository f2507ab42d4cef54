"""python -m devstack cloud | run | client | clean

cloud   every server and service, until Ctrl-C
run     the same, and the desktop on a simulated race
client  the desktop alone, on the cloud that is running and the game that is driven
clean   remove the state folder's content

State lives in var/ (RACEOVERLAY_STATE moves it). The gateway listens on 8443 (RACEOVERLAY_PORT; 0 = any free port).
"""

import argparse
import asyncio
import os
import sys
from pathlib import Path

from devstack import desktop, document, state
from devstack.child import PROJECT
from devstack.refusal import Refusal


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(
        "python -m devstack", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("command", choices=("cloud", "run", "client", "clean"))
    command = parser.parse_args(arguments).command
    folder = Path(os.environ.get("RACEOVERLAY_STATE") or PROJECT / "var").expanduser().resolve()
    try:
        match command:
            case "client":
                return _client(folder)
            case "clean":
                state.remove(folder)
                return 0
            case _:
                # Imported here: a client needs neither databases nor migrations.
                from devstack.session import Session

                asyncio.run(Session(folder, _port(), with_desktop=command == "run").live())
                return 0
    except Refusal as refusal:
        print(refusal, file=sys.stderr)
        return 1


def _client(folder: Path) -> int:
    environment = desktop.environment(folder, document.read(folder))
    words = desktop.command(folder / "overlay.png", waits_for_a_game=True)
    os.chdir(PROJECT)
    os.execve(words[0], words, environment)


def _port() -> int:
    text = os.environ.get("RACEOVERLAY_PORT") or "8443"
    if not text.isascii() or not text.isdigit() or int(text) > 65535:
        raise state.Unusable(f"RACEOVERLAY_PORT is {text!r}: it must be a port from 0 to 65535.")
    return int(text)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
