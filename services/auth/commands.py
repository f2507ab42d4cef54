"""What operators do to auth from a shell: signing keys, roles, and the second factor of somebody who lost theirs.

Every command works on the database alone, beside the service that runs, and reads the service's own environment.
"""

from __future__ import annotations

import argparse
import contextlib
from collections.abc import AsyncGenerator, Sequence
from datetime import UTC, datetime
from typing import Annotated

from msgspec import Meta, Struct

from chassis.commands import CannotBeDone, parser_of, run
from chassis.database import Database
from chassis.settings import Secret, load
from contracts.event import now
from contracts.identity import Role
from services.auth.administration import give_role
from services.auth.domain.accounts import same_address
from services.auth.domain.keys import KeyState, standings
from services.auth.keyring import Keyring
from services.auth.letters import write
from services.auth.secrets import Secrets
from services.auth.store.accounts import AccountStore
from services.auth.store.audit import AuditStore
from services.auth.store.keys import KeyStore
from services.auth.store.mails import MailStore
from services.auth.store.second_factors import SecondFactorStore
from services.auth.store.sessions import SessionStore


class DatabaseAlone(Struct, frozen=True, kw_only=True):
    database_url: Annotated[Secret, Meta(description="auth's own database, postgresql://…")]


class DatabaseAndSecret(DatabaseAlone, frozen=True, kw_only=True):
    auth_secret: Annotated[Secret, Meta(description="what private keys are encrypted with, as the service has it")]
    auth_secret_previous: Secret = Secret("")


async def list_keys(_said: argparse.Namespace) -> str:
    async with _opened(load(DatabaseAlone)) as database, database.transaction() as tx:
        keys = [stored.key for stored in await KeyStore(tx).all()]
    if not keys:
        return "There are no keys yet: auth makes the first when it starts."
    rows = [(each.key.kid, each.state.value, each.since, each.until) for each in standings(keys, now())]
    return _aligned(("KID", "STATE", "SINCE", "UNTIL"), [(*row[:2], _moment(row[2]), _moment(row[3])) for row in rows])


async def rotate_keys(_said: argparse.Namespace) -> str:
    async with _keyring() as keyring:
        following = await keyring.rotate(now())
    return f"{following.kid} signs from {_moment(following.signs_from)} on. Nobody notices."


async def revoke_key(said: argparse.Namespace) -> str:
    async with _keyring() as keyring:
        try:
            await keyring.revoke(said.kid, now())
        except LookupError:
            raise CannotBeDone(f"There is no key {said.kid}. `keys` lists them.") from None
        current = next(
            each.key.kid
            for each in standings([stored.key for stored in await keyring.read()], now())
            if each.state is KeyState.CURRENT
        )
    return (
        f"{said.kid} is gone; {current} signs. Auth stops signing with it and publishing it within 10 seconds, the"
        " others forget it within 10 minutes, or at once when they are restarted. Drivers stay signed in: tokens that"
        " it signed are refused, and their clients fetch others."
    )


async def remove_second_factor(said: argparse.Namespace) -> str:
    async with _opened(load(DatabaseAlone)) as database, database.transaction() as tx:
        account = await AccountStore(tx).by_email(same_address(said.email))
        if account is None:
            raise CannotBeDone(f"Nobody has signed up with {said.email}.")
        if not await SecondFactorStore(tx).is_on(account.id):
            raise CannotBeDone(f"{account.email} has no second factor.")
        await SecondFactorStore(tx).remove(account.id)
        # Whoever put it there, or has the phone, is out as well.
        await SessionStore(tx).end_all(account.id, "ended_by_admin", now())
        await AuditStore(tx).note(account.id, "second_factor_off", detail="by an operator")
        await MailStore(tx).post(account.email, write("second_factor_off"))
    return f"{account.email} signs in with the password alone from now on, is signed out everywhere, and told by mail."


async def roles(said: argparse.Namespace) -> str:
    async with _opened(load(DatabaseAlone)) as database, database.transaction() as tx:
        account = await AccountStore(tx).by_email(same_address(said.email))
        if account is None:
            raise CannotBeDone(f"Nobody has signed up with {said.email}.")
        if said.role is None:
            return f"{account.email} is {account.role.value}."
        user = await give_role(tx, account.id, Role(said.role), now(), by=None)
        if user.role is account.role:
            return f"{user.email} is {user.role.value} already."
        return f"{user.email} is {user.role.value} from now on; it was {account.role.value}."


def main(arguments: Sequence[str]) -> int:
    """Run one command; 2 and a sentence where the environment lacks something, 1 where it cannot be done."""
    return run(_parser(), arguments, log_level="warning")


def _parser() -> argparse.ArgumentParser:
    parser = parser_of("auth")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    keys = commands.add_parser("keys", help="list the signing keys, or change them")
    keys.set_defaults(command=list_keys)
    changes = keys.add_subparsers(metavar="CHANGE")
    rotate = changes.add_parser("rotate", help="let the next key sign as soon as everybody has seen it")
    rotate.set_defaults(command=rotate_keys)
    revoke = changes.add_parser("revoke", help="a private key was read by others: let it be gone at once")
    revoke.add_argument("kid", metavar="KID", help="as `keys` lists it")
    revoke.set_defaults(command=revoke_key)
    role = commands.add_parser("roles", help="say which role an account has, or give it one: also the first admin")
    role.add_argument("email", metavar="EMAIL", help="the address of the account")
    role.add_argument("role", metavar="ROLE", nargs="?", choices=[role.value for role in Role], help=", ".join(Role))
    role.set_defaults(command=roles)
    lost = commands.add_parser("remove-second-factor", help="for somebody who lost the phone and the recovery codes")
    lost.add_argument("email", metavar="EMAIL", help="the address of the account, whose owner you are sure to talk to")
    lost.set_defaults(command=remove_second_factor)
    return parser


@contextlib.asynccontextmanager
async def _opened(settings: DatabaseAlone) -> AsyncGenerator[Database]:
    database = Database(settings.database_url, pool_size=2)
    await database.open()
    try:
        yield database
    finally:
        await database.close()


@contextlib.asynccontextmanager
async def _keyring() -> AsyncGenerator[Keyring]:
    settings = load(DatabaseAndSecret)
    secrets = Secrets.derive(settings.auth_secret, settings.auth_secret_previous)
    async with _opened(settings) as database:
        yield Keyring(database, secrets.key_storage)


def _moment(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y-%m-%d %H:%M:%SZ}"


def _aligned(head: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> str:
    widths = [max(map(len, column)) for column in zip(head, *rows, strict=True)]
    lines = ("  ".join(f"{cell:{width}}" for cell, width in zip(row, widths, strict=True)) for row in (head, *rows))
    return "\n".join(line.rstrip() for line in lines)
