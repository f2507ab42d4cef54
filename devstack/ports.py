"""Ports on 127.0.0.1, remembered in `<folder>/ports.json` so that addresses survive a restart."""

import asyncio
import json
import random
import socket
from collections.abc import Collection
from pathlib import Path

from devstack.files import write_atomically

HOST = "127.0.0.1"

# Below the ranges from which Linux (32768+) and macOS (49152+) take the ports of outgoing connections:
# one of those could otherwise sit on a server's port in the moment between its crash and its restart.
_CANDIDATES = range(20_000, 32_000)


def reserve(folder: Path, name: str) -> int:
    """The port called `name`: the one it had last time where that is still free, else a new free one.

    Call it while the server that uses the port is not running, or its own port counts as taken.
    """
    remembered = _read(folder)
    port = remembered.get(name)
    if port is None or not is_free(port):
        port = any_free(taken=set(remembered.values()))
        write_atomically(folder / "ports.json", json.dumps(remembered | {name: port}, indent=1))
    return port


def is_free(port: int) -> bool:
    """Whether a server could listen on 127.0.0.1:port now."""
    with socket.socket() as probe:
        # As servers do: the dying connections of the last run are no obstacle, a listener is.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            return False
    return True


async def listening(port: int) -> None:
    """Returns when somebody accepts connections on 127.0.0.1:port. OSError when nobody does."""
    _, writer = await asyncio.open_connection(HOST, port)
    writer.close()


def any_free(taken: Collection[int] = ()) -> int:
    """A port that nobody listens on, and that is not among `taken`."""
    for port in random.sample(_CANDIDATES, len(_CANDIDATES)):
        if port not in taken and is_free(port):
            return port
    raise OSError(f"no free port on {HOST} between {_CANDIDATES.start} and {_CANDIDATES.stop}")


def _read(folder: Path) -> dict[str, int]:
    try:
        return json.loads((folder / "ports.json").read_text())
    except FileNotFoundError:
        return {}
