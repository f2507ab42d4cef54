"""`python -m services.license.lease_keys`: the public keys to ship a client with, in desktop_client/lease_keys.txt.

How a key is changed: 1. make one and set it as LEASE_NEXT_KEY; ship clients with what this prints. 2. When enough
drivers have those, it becomes LEASE_SIGNING_KEY, and the one before goes to LEASE_PREVIOUS_KEYS, for clients that know
no other. 3. When those are gone, it goes. A key that got out is taken away at once: clients that know no other then
need a network, and a newer version, but nobody loses what the gateway says.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Mapping

from chassis.settings import MissingSettings
from services.license.lease import LeaseKey, keys_in


def lines(environment: Mapping[str, str]) -> Iterator[str]:
    """Raises MissingSettings."""
    current = environment.get("LEASE_SIGNING_KEY")
    if not current:
        raise MissingSettings("LEASE_SIGNING_KEY is not set (the seed that signs offline leases, 32 bytes in base64).")
    yield _line(LeaseKey(current), "current")
    for variable, what in (("LEASE_NEXT_KEY", "next"), ("LEASE_PREVIOUS_KEYS", "previous")):
        for key in keys_in(environment.get(variable, ""), variable):
            yield _line(key, what)


def _line(key: LeaseKey, what: str) -> str:
    return f"{key.public}  # {key.id}, {what}"


def main() -> int:
    try:
        print("\n".join(lines(os.environ)))
    except MissingSettings as error:
        print(f"Cannot tell: {error}", file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
