"""The stand-in for Stripe in the laptop's cloud: `serve` is its process, the other commands act on the running one.

They find it by devstack.json in var/ (RACEOVERLAY_STATE moves it), or by STRIPE_API_BASE and STRIPE_SECRET_KEY.
"""

import argparse
import asyncio
import os
import sys
from pathlib import Path

from devstack import document
from devstack.child import PROJECT
from devstack.refusal import Refusal
from devstack.stripe import commands


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(
        "python -m devstack.stripe", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    known = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    serve = known.add_parser("serve", help="be the stand-in, until a signal; STRIPE_SECRET_KEY is the key it takes")
    serve.add_argument("--port", type=int, required=True)
    serve.add_argument("--file", type=Path, required=True, help="where the state is kept")
    serve.add_argument("--endpoint", help="tell this address of every event, signed with STRIPE_WEBHOOK_SECRET")
    serve.add_argument("--plans", action="store_true", help="have RaceOverlay's plans on sale")
    commands.add(known)
    chosen = parser.parse_args(arguments)
    try:
        if chosen.command == "serve":
            _serve(chosen)
        else:
            print(asyncio.run(commands.run(chosen, *_found())))
    except Refusal as refusal:
        print(refusal, file=sys.stderr)
        return 1
    return 0


def _serve(chosen: argparse.Namespace) -> None:
    from devstack.stripe.serving import serve  # the commands need none of it

    key, secret = os.environ.get("STRIPE_SECRET_KEY"), os.environ.get("STRIPE_WEBHOOK_SECRET", "")
    if not key:
        raise Refusal("STRIPE_SECRET_KEY is not set: it is the key that the stand-in takes.")
    if chosen.endpoint and not secret:
        raise Refusal("STRIPE_WEBHOOK_SECRET is not set: webhooks are signed with it.")
    asyncio.run(serve(chosen.port, chosen.file, key, endpoint=chosen.endpoint, secret=secret, plans=chosen.plans))


def _found() -> tuple[str, str]:
    """Address and key of the running stand-in. Refusal, saying what to do, where there is none."""
    api, key = os.environ.get("STRIPE_API_BASE"), os.environ.get("STRIPE_SECRET_KEY")
    if api and key:
        return api, key
    folder = Path(os.environ.get("RACEOVERLAY_STATE") or PROJECT / "var").expanduser().resolve()
    told = document.read(folder).get("stripe")
    if not told:
        raise Refusal(f"The cloud in {folder} knows no Stripe.")
    return told["api"], told["secret_key"]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
