"""What says at the next sign-in that this computer has been here before; it outlives signing out.

Each account at each gateway has a token of its own, under a name that tells neither: a token never goes to another
gateway, and two accounts on one computer do not take it from each other.
"""

from __future__ import annotations

import asyncio
import hashlib
import logging

from desktop_client.vault import Vault, VaultFailure

log = logging.getLogger(__name__)

SHORTEST, LONGEST = 16, 512  # letters of a token; a sign-in with another would be refused as a whole


class KnownDevice:
    """It makes a sign-in easier and is never needed for one: what goes wrong with the vault here is logged alone."""

    def __init__(self, vault: Vault, gateway: str) -> None:
        """`gateway` is its address."""
        self._vault, self._gateway = vault, gateway

    async def token(self, email: str) -> str | None:
        """What the last sign-in of this account was given, if it was kept."""
        try:
            kept = await asyncio.to_thread(self._vault.read, self._name(email))
        except VaultFailure as failure:
            log.info("this computer is not known to the gateway any more: %s", failure)
            return None
        return kept if kept is not None and SHORTEST <= len(kept) <= LONGEST else None

    async def keep(self, email: str, token: str) -> None:
        try:
            await asyncio.to_thread(self._vault.write, self._name(email), token)
        except VaultFailure as failure:
            log.warning("this computer will not be known at the next sign-in: %s", failure)

    def _name(self, email: str) -> str:
        whose = f"{self._gateway}\0{email.strip().casefold()}"
        return f"known_device_{hashlib.sha256(whose.encode()).hexdigest()[:16]}"
