import asyncio
import ssl
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from devstack.authority import Certificates, certificates

NOW = datetime.now(UTC)


async def shakes_hands(files: Certificates, name: str) -> bool:
    """Whether a client that trusts the authority accepts the gateway's certificate under `name`."""
    server_side = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    server_side.load_cert_chain(files.certificate, files.key)
    server = await asyncio.start_server(lambda _, writer: writer.close(), "127.0.0.1", 0, ssl=server_side)
    port = server.sockets[0].getsockname()[1]
    trust = ssl.create_default_context(cafile=files.authority)
    try:
        _, writer = await asyncio.open_connection("127.0.0.1", port, ssl=trust, server_hostname=name)
    except ssl.SSLCertVerificationError:
        return False
    else:
        writer.close()
        return True
    finally:
        server.close()


@pytest.mark.parametrize(("name", "trusted"), [("127.0.0.1", True), ("localhost", True), ("example.com", False)])
async def test_the_gateway_is_trusted_under_its_own_names_only(folder: Path, name: str, trusted: bool):
    assert await shakes_hands(certificates(folder, NOW), name) is trusted


def test_authority_and_certificate_stay_until_renewal_is_due(folder: Path):
    first = certificates(folder, NOW)
    authority, certificate = first.authority.read_bytes(), first.certificate.read_bytes()
    certificates(folder, NOW + timedelta(days=59))
    assert (first.authority.read_bytes(), first.certificate.read_bytes()) == (authority, certificate)


async def test_a_certificate_near_its_end_is_renewed_by_the_same_authority(folder: Path):
    old = certificates(folder, NOW - timedelta(days=61))
    authority, certificate = old.authority.read_bytes(), old.certificate.read_bytes()
    renewed = certificates(folder, NOW)
    assert renewed.certificate.read_bytes() != certificate
    assert renewed.authority.read_bytes() == authority
    assert await shakes_hands(renewed, "localhost")


async def test_a_certificate_of_a_lost_authority_or_key_is_replaced(folder: Path):
    files = certificates(folder, NOW)
    files.authority.unlink()
    assert await shakes_hands(certificates(folder, NOW), "localhost")
    files.key.unlink()
    assert await shakes_hands(certificates(folder, NOW), "localhost")


def test_private_keys_are_private(folder: Path):
    files = certificates(folder, NOW)
    assert all(path.stat().st_mode & 0o077 == 0 for path in (files.key, folder / "tls" / "ca.key"))
