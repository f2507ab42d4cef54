from contextlib import AbstractAsyncContextManager
from pathlib import Path
from typing import Any

import psutil
import pytest
from aiobotocore.config import AioConfig
from aiobotocore.session import get_session
from botocore.exceptions import ClientError

from devstack.objects import ObjectServer


def connect(server: ObjectServer, secret_key: str) -> AbstractAsyncContextManager[Any]:
    return get_session().create_client(
        "s3",
        region_name=server.region,
        endpoint_url=server.endpoint,
        aws_access_key_id=server.access_key,
        aws_secret_access_key=secret_key,
        config=AioConfig(s3={"addressing_style": "path"}, signature_version="s3v4"),
    )


def sockets_left_by(ports: set[int]) -> list[Path]:
    return [path for path in Path("/tmp").glob("seaweedfs-*.sock") if int(path.stem.rpartition("-")[2]) in ports]


async def test_an_object_survives_a_crash_and_a_wrong_key_is_refused(folder: Path, running):
    server = ObjectServer(folder)
    await server.start()
    async with connect(server, server.secret_key) as s3:
        await s3.put_object(Bucket=server.bucket, Key="lap", Body=b"points")
    server.kill()
    await server.start()
    async with connect(server, server.secret_key) as s3:
        answer = await s3.get_object(Bucket=server.bucket, Key="lap")
        assert await answer["Body"].read() == b"points"
    async with connect(server, "wrong") as s3:
        with pytest.raises(ClientError, match="SignatureDoesNotMatch"):
            await s3.get_object(Bucket=server.bucket, Key="lap")
    listening = [c.laddr for p in running() for c in p.net_connections() if c.status == psutil.CONN_LISTEN]
    assert {address.ip for address in listening} == {"127.0.0.1"}
    await server.stop()
    assert running() == []
    assert not sockets_left_by({address.port for address in listening})
