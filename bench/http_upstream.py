"""A small service for the gateway to stand before: `python -m bench.http_upstream PORT KEYS`, as services are served.

KEYS is the file with the keys that tokens are checked with. It answers what a track's map and a list of devices may
look like, from memory: what is measured is the way there and back.
"""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

import uvloop
from granian.constants import Interfaces
from granian.log import LogLevels
from granian.server.embed import Server
from litestar import Litestar, MediaType, Response, get

MAP = b'{"points":[' + b",".join(b"[%d.25,%d.5]" % (n, n * 2) for n in range(60)) + b"]}"
DEVICES = b'{"devices":[' + b",".join(b'{"id":"device-%d","name":"rig"}' % n for n in range(3)) + b"]}"


def app(keys: bytes) -> Litestar:
    @get("/healthz", sync_to_thread=False)
    def alive() -> dict[str, str]:
        return {"status": "ok"}

    @get("/.well-known/jwks.json", sync_to_thread=False)
    def jwks() -> Response[bytes]:
        return Response(keys, media_type=MediaType.JSON)

    @get("/tracks/{game:str}/{track_id:str}", sync_to_thread=False)
    def track(game: str, track_id: str) -> Response[bytes]:
        return Response(MAP, media_type=MediaType.JSON)

    @get("/license/devices", sync_to_thread=False)
    def devices() -> Response[bytes]:
        return Response(DEVICES, media_type=MediaType.JSON)

    return Litestar([alive, jwks, track, devices], openapi_config=None, logging_config=None)


async def serve(port: int, keys: bytes) -> None:
    server = Server(
        app(keys),
        address="127.0.0.1",
        port=port,
        interface=Interfaces.ASGINL,
        log_level=LogLevels.error,
        websockets=False,
        backpressure=1024,  # as the services: each of those in front keeps its connections
    )
    await asyncio.gather(server.serve())


if __name__ == "__main__":
    uvloop.run(serve(int(sys.argv[1]), Path(sys.argv[2]).read_bytes()))
