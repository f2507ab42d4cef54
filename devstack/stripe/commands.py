"""What can be done to the running stand-in from a terminal?"""

import argparse
import json
import re
from datetime import UTC, datetime
from typing import Any

import aiohttp

from devstack.refusal import Refusal
from devstack.stripe.periods import DAY

_UNITS = {"s": 1, "m": 60, "h": 3_600, "d": DAY, "w": 7 * DAY}
_DURATION = re.compile(r"(\d+(?:\.\d+)?)([smhdw])")


class Refused(Refusal):
    """The stand-in has refused; the message is its own."""


def duration(text: str) -> float:
    """90s, 15m, 12h, 31d or 2w in seconds."""
    match = _DURATION.fullmatch(text)
    if match is None:
        raise argparse.ArgumentTypeError(f"{text!r} is not a duration: write 90s, 15m, 12h, 31d or 2w")
    return float(match[1]) * _UNITS[match[2]]


def add(commands: Any) -> None:
    """A parser for each command; `commands` is what add_subparsers gave."""
    one = commands.add_parser("advance", help="move the clock ahead and do everything that is due by then")
    one.add_argument("by", type=duration, help="how far: 90s, 15m, 12h, 31d or 2w")
    one = commands.add_parser("card", help="decide what a customer's cards do from now on")
    one.add_argument("customer", help="an id (cus_…) or an address")
    one.add_argument("does", choices=("decline", "insufficient", "authenticate", "ok", "as_printed"))
    one = commands.add_parser("refund", help="give money back")
    one.add_argument("of", help="a charge (ch_…), or a customer's id or address: their newest charge")
    one.add_argument("--amount", type=int, help="in the smallest unit; without it, all of it")
    one = commands.add_parser("dispute", help="let a driver's bank take money back, or decide who was right")
    one.add_argument("of", help="a charge (ch_…), a dispute (du_…), or a customer's id or address")
    one.add_argument("action", nargs="?", default="open", choices=("open", "won", "lost"))
    one = commands.add_parser("faults", help="say what is to go wrong; without options nothing is")
    one.add_argument("--duplicate", action="store_true", help="deliver each webhook twice")
    one.add_argument("--reorder", action="store_true", help="deliver webhooks in disorder, over two seconds")
    one.add_argument("--delay", type=duration, default=0.0, help="deliver webhooks so much later")
    one.add_argument("--drop", type=float, default=0.0, help="the share of webhooks that get lost at first, 0 to 1")
    one.add_argument("--errors", type=int, default=0, help="so many requests to the API fail")
    one.add_argument("--error", choices=("500", "429", "timeout"), default="500", help="how they fail")
    one.add_argument("--slow", type=duration, default=0.0, help="answer every request so much later")
    one.add_argument("--declines", type=int, default=0, help="so many charges are declined")
    one = commands.add_parser("dunning", help="say when a failed payment is tried again, and what comes then")
    one.add_argument("--days", default="1,3,5,7", help="days after the first failure, with commas")
    one.add_argument("--then", choices=("unpaid", "canceled", "past_due"), default="unpaid")
    one = commands.add_parser("resend", help="deliver an event again")
    one.add_argument("event", help="its id (evt_…)")
    commands.add_parser("show", help="the clock, the faults, the subscriptions, and how many objects there are")


async def run(chosen: argparse.Namespace, api: str, key: str) -> str:
    """Does it, and says what came of it. Refused where the stand-in says no or does not answer."""
    path, body = _request(chosen)
    timeout = aiohttp.ClientTimeout(total=600)
    try:
        async with (
            aiohttp.ClientSession(api, headers={"authorization": f"Bearer {key}"}, timeout=timeout) as http,
            http.request("GET" if body is None else "POST", f"/_control/{path}", json=body) as answer,
        ):
            said = await answer.json()
    except (TimeoutError, aiohttp.ClientError, ValueError) as error:
        raise Refused(f"The stand-in at {api} does not answer as it should: {error}") from None
    if answer.status != 200:
        raise Refused(said["error"]["message"])
    return _sentence(chosen, said)


def _request(chosen: argparse.Namespace) -> tuple[str, dict[str, Any] | None]:
    match chosen.command:
        case "advance":
            return "advance", {"seconds": int(chosen.by)}
        case "card":
            return "card", {"customer": chosen.customer, "card": chosen.does}
        case "refund":
            return "refund", {"of": chosen.of, "amount": chosen.amount}
        case "dispute":
            return "dispute", {"of": chosen.of, "action": chosen.action}
        case "faults":
            names = ("duplicate", "drop", "errors", "error", "declines")
            return "faults", {name: getattr(chosen, name) for name in names} | {
                "reorder_s": 2.0 if chosen.reorder else 0.0, "delay_s": chosen.delay, "slow_s": chosen.slow,
            }  # fmt: skip
        case "dunning":
            return "dunning", {"days": [float(day) for day in chosen.days.split(",")], "then": chosen.then}
        case "resend":
            return "resend", {"event": chosen.event}
        case _:
            return "state", None


def _sentence(chosen: argparse.Namespace, said: dict[str, Any]) -> str:
    match chosen.command:
        case "advance":
            return f"It is {_when(said['now'])} now, and everything due until then is done."
        case "card":
            return f"Every card of {said['email'] or said['id']} does this from now on: {chosen.does}."
        case "refund":
            return f"{said['id']}: {said['amount'] / 100:.2f} {said['currency']} of {said['charge']} went back."
        case "dispute":
            return f"{said['id']} about {said['charge']} is now: {said['status']}."
        case "faults":
            wrong = [f"{name} {value}" for name, value in said.items() if value and name != "error"]
            return f"From now on: {', '.join(wrong)}." if wrong else "From now on nothing goes wrong."
        case "dunning":
            days = ", ".join(f"{day:g}" for day in said["days"])
            return f"Failed payments are tried again after {days} days; then a subscription is {said['then']}."
        case "resend":
            return f"{said['id']} ({said['type']}) is delivered again."
        case _:
            return _shown(said)


def _shown(said: dict[str, Any]) -> str:
    lines = [f"It is {_when(said['now'])} here, {said['ahead_s'] / DAY:.1f} days ahead.",
             f"{said['webhooks_waiting']} webhooks wait. Faults: {json.dumps(said['faults'])}",
             f"Dunning: {json.dumps(said['dunning'])}", ""]  # fmt: skip
    lines += [f"  {count:>7}  {kind}" for kind, count in said["objects"].items()]
    for one in said["subscriptions"]:
        ends = f", ends {_when(one['cancel_at'])}" if one["cancel_at"] else ""
        lines.append(
            f"  {one['id']}  {one['status']:<10} {one['price']}  until {_when(one['until'])}{ends}  {one['customer']}"
        )
    return "\n".join(lines)


def _when(moment: int) -> str:
    return f"{datetime.fromtimestamp(moment, UTC):%Y-%m-%d %H:%M} UTC"
