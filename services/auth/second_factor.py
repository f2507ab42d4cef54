"""The second factor of an account: enrolled, confirmed, given new recovery codes, switched off."""

from __future__ import annotations

import secrets as chance
from uuid import UUID

from chassis.database import Database, Transaction
from contracts.auth import Reauthenticate, RecoveryCodes, SecondFactorState, TotpEnrolment
from contracts.event import now
from contracts.identity import Identity
from contracts.problem import Unauthenticated
from services.auth.caller import Caller
from services.auth.domain.guessing import Guessed
from services.auth.domain.second_factor import (
    RECOVERY_CODES,
    SECRET_BYTES,
    NoSecondFactor,
    SecondFactorAlreadyOn,
    WrongTotpCode,
    check_stands_alone,
    enrolment,
    matching_step,
    recovery_code,
    recovery_hash,
)
from services.auth.guessing import Guessing
from services.auth.letters import write
from services.auth.mail import Postman
from services.auth.proof import Proof
from services.auth.reauthentication import living_session, recently_signed_in
from services.auth.secrets import Secrets
from services.auth.store.accounts import AccountStore
from services.auth.store.audit import AuditStore
from services.auth.store.mails import MailStore
from services.auth.store.second_factors import SecondFactorStore


class SecondFactors:
    def __init__(
        self, database: Database, proof: Proof, guessing: Guessing, postman: Postman, secrets: Secrets
    ) -> None:
        self._database = database
        self._proof = proof
        self._guessing = guessing
        self._postman = postman
        self._secrets = secrets

    async def state(self, identity: Identity) -> SecondFactorState:
        async with self._database.transaction() as tx:
            await living_session(tx, identity)
            return await state_of(tx, identity.user_id)

    async def enrol(self, identity: Identity) -> TotpEnrolment:
        """A new secret, which is not asked for before it is confirmed.

        Raises:
            ReauthenticationRequired: the sign-in was too long ago.
            SecondFactorAlreadyOn: there is a confirmed one.
        """
        secret = chance.token_bytes(SECRET_BYTES)
        async with self._database.transaction() as tx:
            await recently_signed_in(tx, identity)
            account = await AccountStore(tx).by_id(identity.user_id)
            if account is None:
                raise Unauthenticated("This account does not exist any more.")
            kept = self._secrets.second_factors.encrypt(secret)
            if not await SecondFactorStore(tx).enrol(account.id, kept, now()):
                raise SecondFactorAlreadyOn
        typed, uri = enrolment(secret, account.email)
        return TotpEnrolment(secret=typed, uri=uri)

    async def confirm(self, identity: Identity, code: str, caller: Caller) -> RecoveryCodes:
        """From now on the factor is asked for. The recovery codes are told this one time.

        Raises:
            NoSecondFactor: none was enrolled, or not lately.
            SecondFactorAlreadyOn: it was confirmed before.
            WrongTotpCode: the app shows another code.
            TooManyRequests: it was wrong too often.
        """
        async with (
            self._guessing.guarded(
                Guessed.SECOND_FACTOR,
                str(identity.user_id),
                caller,
                device=f"session {identity.session_id}",
                wrong=(WrongTotpCode,),
            ),
            self._database.transaction() as tx,
        ):
            await living_session(tx, identity)
            account = await AccountStore(tx).by_id(identity.user_id)
            factors = SecondFactorStore(tx)
            factor = await factors.of(identity.user_id)
            if account is None or factor is None:
                raise NoSecondFactor
            if factor.confirmed_at is not None:
                raise SecondFactorAlreadyOn
            step = matching_step(self._secrets.second_factors.decrypt(factor.secret), code, factor.used_step, now())
            if step is None:
                raise WrongTotpCode
            await factors.confirm(account.id, step, now())
            codes = await self._new_recovery_codes(tx, account.id)
            await AuditStore(tx).note(account.id, "second_factor_on", session_id=identity.session_id)
            await MailStore(tx).post(account.email, write("second_factor_on"))
        self._postman.wake()
        return codes

    async def replace_recovery_codes(self, identity: Identity, said: Reauthenticate, caller: Caller) -> RecoveryCodes:
        """New recovery codes; the old ones stop working.

        Raises:
            NoSecondFactor: there is nothing that they could stand in for. And what Proof.of raises.
        """
        async with self._proof.of(identity, said, caller) as proved:
            if not await SecondFactorStore(proved.tx).is_on(proved.account.id):
                raise NoSecondFactor
            codes = await self._new_recovery_codes(proved.tx, proved.account.id)
            await AuditStore(proved.tx).note(
                proved.account.id, "recovery_codes_replaced", session_id=identity.session_id
            )
        return codes

    async def switch_off(self, identity: Identity, said: Reauthenticate, caller: Caller) -> None:
        """From now on the password stands alone.

        Raises:
            NoSecondFactor: there is none.
            PasswordTooShortAlone: the password was good enough only beside it. And what Proof.of raises.
        """
        async with self._proof.of(identity, said, caller) as proved:
            if not await SecondFactorStore(proved.tx).is_on(proved.account.id):
                raise NoSecondFactor
            check_stands_alone(said.password)
            await SecondFactorStore(proved.tx).remove(proved.account.id)
            await AuditStore(proved.tx).note(proved.account.id, "second_factor_off", session_id=identity.session_id)
            await MailStore(proved.tx).post(proved.account.email, write("second_factor_off"))
        self._postman.wake()

    async def _new_recovery_codes(self, tx: Transaction, user_id: UUID) -> RecoveryCodes:
        codes = tuple(recovery_code(chance.token_bytes(16)) for _ in range(RECOVERY_CODES))
        hashes = [recovery_hash(self._secrets.recovery, user_id, code) for code in codes]
        await SecondFactorStore(tx).replace_recovery_codes(user_id, hashes)
        return RecoveryCodes(recovery_codes=codes)


async def state_of(tx: Transaction, user_id: UUID) -> SecondFactorState:
    """Whether the account has a second factor that is asked for."""
    factors = SecondFactorStore(tx)
    factor = await factors.of(user_id)
    if factor is None or factor.confirmed_at is None:
        return SecondFactorState(totp=False)
    left = await factors.recovery_codes_left(user_id)
    return SecondFactorState(totp=True, recovery_codes_left=left, enabled_at=factor.confirmed_at)
