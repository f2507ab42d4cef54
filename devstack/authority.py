"""The laptop's own certificate authority, and the gateway's certificate for 127.0.0.1 and localhost.

The authority is made once and kept, so that a client which trusts it goes on doing so; the certificate is renewed.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import trustme
from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from devstack.files import PRIVATE, write_atomically

_LIFETIME = timedelta(days=90)
_RENEWED_BEFORE = timedelta(days=30)


@dataclass(frozen=True)
class Certificates:
    """Paths of PEM files: what clients trust, and what the gateway shows and signs with."""

    authority: Path
    certificate: Path
    key: Path


def certificates(folder: Path, now: datetime | None = None) -> Certificates:
    """The files in `folder`, made or renewed where that is due at `now`."""
    now = now or datetime.now(UTC)
    paths = Certificates(folder / "ca.pem", folder / "tls" / "gateway.pem", folder / "tls" / "gateway.key")
    authority = _authority(paths.authority, folder / "tls" / "ca.key")
    if not _serves(paths, now):
        leaf = authority.issue_cert(
            "127.0.0.1", "localhost", not_before=now - timedelta(hours=1), not_after=now + _LIFETIME
        )
        # The key first: should we die in between, the old certificate does not match it and is made anew.
        write_atomically(paths.key, leaf.private_key_pem.bytes(), mode=PRIVATE)
        write_atomically(paths.certificate, b"".join(pem.bytes() for pem in leaf.cert_chain_pems))
    return paths


def _authority(certificate: Path, key: Path) -> trustme.CA:
    if certificate.exists() and key.exists():
        return trustme.CA.from_pem(certificate.read_bytes(), key.read_bytes())
    authority = trustme.CA(organization_name="RaceOverlay development")
    write_atomically(key, authority.private_key_pem.bytes(), mode=PRIVATE)
    write_atomically(certificate, authority.cert_pem.bytes())
    return authority


def _serves(paths: Certificates, now: datetime) -> bool:
    """Whether the certificate is there, belongs to its key and the authority, and lasts a while."""
    if not (paths.certificate.exists() and paths.key.exists()):
        return False
    leaf = x509.load_pem_x509_certificate(paths.certificate.read_bytes())
    try:
        leaf.verify_directly_issued_by(x509.load_pem_x509_certificate(paths.authority.read_bytes()))
    except (ValueError, TypeError, InvalidSignature):
        return False
    return leaf.not_valid_after_utc - now > _RENEWED_BEFORE and _matches(leaf, paths.key)


def _matches(leaf: x509.Certificate, key: Path) -> bool:
    private = load_pem_private_key(key.read_bytes(), password=None)
    return private.public_key() == leaf.public_key()
