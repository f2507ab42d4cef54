"""What operators do to licences and money from a shell, beside the service that runs and with its own environment."""

from __future__ import annotations

import argparse
import contextlib
import re
from collections.abc import AsyncGenerator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Annotated
from uuid import UUID

import msgspec
from msgspec import Meta, Struct

from chassis.commands import CannotBeDone, parser_of, run
from chassis.database import Database
from chassis.settings import Secret, load
from contracts.event import now
from contracts.license import AccountLicense
from services.license.money import Money
from services.license.price_list import Match
from services.license.reconciliation import LOOKS_BACK, Report
from services.license.store.errands import ErrandStore


class Surroundings(Struct, frozen=True, kw_only=True):
    """What a command asks of the environment; Stripe's key only where Stripe is asked."""

    database_url: Annotated[Secret, Meta(description="license's own database, postgresql://…")]
    stripe_secret_key: Secret = Secret("")
    stripe_webhook_secret: Secret = Secret("")
    stripe_api_base: str = ""
    public_url: str = ""
    reconcile_hour: int = 3


async def prices(said: argparse.Namespace) -> str:
    if said.sync and "_live_" in load(Surroundings).stripe_secret_key and not said.live:
        raise CannotBeDone("The key is a live one, and prices cannot be deleted at Stripe: say --live if you mean it.")
    async with _opened() as (_, money):
        compared = await money.prices.compare(make=said.sync)
    lines = []
    for each in compared:
        ours, theirs = each.ours, each.theirs
        line = f"{ours.lookup_key:12} {ours.amount / 100:>9.2f} {ours.currency} / {ours.interval}  {each.match.value}"
        if each.match is Match.DIFFERENT and theirs is not None:
            line += f": {(theirs.amount or 0) / 100:.2f} {theirs.currency} / {theirs.interval} ({theirs.id})"
        elif theirs is not None:
            line += f" ({theirs.id})"
        lines.append(line)
    if any(each.match is Match.MISSING for each in compared):
        lines.append("`prices --sync` makes what is missing at Stripe.")
    if any(each.match is Match.DIFFERENT for each in compared):
        raise CannotBeDone("\n".join([*lines, "Nobody can buy at a price that differs: change ours or Stripe's."]))
    return "\n".join(lines)


async def reconcile(said: argparse.Namespace) -> str:
    async with _opened() as (_, money):
        report = await money.reconciliation.run(said.since or now() - LOOKS_BACK)
    text = msgspec.json.format(msgspec.json.encode(report), indent=2).decode() if said.json else _in_words(report)
    if report.failed:
        raise CannotBeDone(text)
    return text


async def errands(said: argparse.Namespace) -> str:
    async with _opened() as (database, _), database.transaction() as tx:
        store = ErrandStore(tx)
        if said.replay:
            count = await store.replay(None if said.replay == "all" else said.replay)
            if not count:
                raise CannotBeDone(f"There is no dead errand {said.replay}. `errands` lists them.")
            return f"{count} will be tried again within a second."
        dead, (waiting, _) = await store.dead(), await store.counts()
    lines = [f"{waiting} wait, {len(dead)} are dead."]
    lines += [f"{each.id}  {each.kind}  {each.customer or each.charge}  {each.trouble}" for each in dead]
    return "\n".join(lines)


async def account(said: argparse.Namespace) -> str:
    async with _opened() as (_, money):
        return _shown(await money.administration.account(said.user_id))


async def grant(said: argparse.Namespace) -> str:
    async with _opened() as (_, money):
        return _shown(await money.administration.grant(said.user_id, said.plan, said.until, said.reason, None))


async def revoke(said: argparse.Namespace) -> str:
    async with _opened() as (_, money):
        return _shown(await money.administration.revoke(said.user_id, said.reason, None))


def main(arguments: Sequence[str]) -> int:
    """Run one command; 2 and a sentence where the environment lacks something, 1 where it cannot be done."""
    return run(_parser(), arguments, log_level="error")


def _parser() -> argparse.ArgumentParser:
    parser = parser_of("license")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    listed = commands.add_parser("prices", help="compare the prices in the plans' rows with Stripe's")
    listed.add_argument("--sync", action="store_true", help="make what is missing at Stripe")
    listed.add_argument("--live", action="store_true", help="also with a live key")
    listed.set_defaults(command=prices)
    healing = commands.add_parser("reconcile", help="look at everybody to whom something may have happened at Stripe")
    healing.add_argument("--since", type=_moment, metavar="WHEN", help="how far back: 7d, 12h, or a date; default 4d")
    healing.add_argument("--json", action="store_true", help="one JSON object")
    healing.set_defaults(command=reconcile)
    waiting = commands.add_parser("errands", help="looks at Stripe that failed for good, and trying them again")
    waiting.add_argument("--replay", metavar="ID", help="try that one again, or `all`")
    waiting.set_defaults(command=errands)
    shown = commands.add_parser("account", help="how an account stands, and why")
    granting = commands.add_parser("grant", help="give a plan without a payment")
    revoking = commands.add_parser("revoke", help="take a licence away, until one is granted again")
    for command, does in ((shown, account), (granting, grant), (revoking, revoke)):
        command.add_argument("user_id", type=UUID, metavar="USER_ID", help="the account's id, as auth knows it")
        command.set_defaults(command=does)
    granting.add_argument("plan", metavar="PLAN", help="such as pro")
    granting.add_argument(
        "--until", type=_day, metavar="DATE", help="the last moment, such as 2027-12-31; else for good"
    )
    for command in (granting, revoking):
        command.add_argument("--reason", required=True, help="is kept")
    return parser


@contextlib.asynccontextmanager
async def _opened() -> AsyncGenerator[tuple[Database, Money]]:
    settings = load(Surroundings)
    database = Database(settings.database_url, pool_size=4)
    money = Money(settings, database, now)
    await database.open()
    try:
        yield database, money
    finally:
        await money.stripe.close()
        await database.close()


def _moment(text: str) -> datetime:
    if ago := re.fullmatch(r"(\d+)([dh])", text):
        return now() - timedelta(**{{"d": "days", "h": "hours"}[ago[2]]: int(ago[1])})
    return _day(text)


def _day(text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is no date such as 2027-12-31") from None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _in_words(report: Report) -> str:
    lines = [f"Looked at {report.looked_at}, healed {len(report.healed)}."]
    lines += [f"{look.customer}: {what}" for look in report.healed for what in look.changed]
    lines += [f"{look.customer}: {look.trouble}" for look in report.failed]
    return "\n".join(lines)


def _shown(found: AccountLicense) -> str:
    return msgspec.json.format(msgspec.json.encode(found), indent=2).decode()
