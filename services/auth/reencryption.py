"""After AUTH_SECRET was changed: what is kept encrypted is encrypted anew, so that the previous can be forgotten."""

from __future__ import annotations

import contextlib
from uuid import UUID

from cryptography.fernet import InvalidToken

from chassis.database import Database
from chassis.rounds import Rounds
from services.auth.keyring import Keyring
from services.auth.secrets import Secrets
from services.auth.store.second_factors import SecondFactorStore

AT_ONCE = 200


class Reencryption(Rounds):
    """Goes through all of it once, and does nothing where there is no previous secret."""

    def __init__(self, database: Database, secrets: Secrets) -> None:
        super().__init__("reencryption", self.go_on)
        self._database = database
        self._secrets = secrets
        self._is_done = secrets.previous is None
        self._keys_are_done = False
        self._after = UUID(int=0)

    async def go_on(self) -> bool:
        """Do the next piece; False when nothing is left."""
        if self._is_done:
            return False
        if not self._keys_are_done:
            await Keyring(self._database, self._secrets.key_storage).encrypt_anew()
            self._keys_are_done = True
        async with self._database.transaction() as tx:
            store = SecondFactorStore(tx)
            page = await store.secrets_after(self._after, AT_ONCE)
            for user_id, secret in page:
                with contextlib.suppress(InvalidToken):  # of neither secret: nothing can be made of it
                    await store.encrypt_anew(user_id, self._secrets.second_factors.rotate(secret))
        self._is_done = not page
        self._after = page[-1][0] if page else self._after
        return not self._is_done
