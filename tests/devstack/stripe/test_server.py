"""The stand-in as a process: what survives it, and what a terminal can do to it."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
import stripe as sdk
from stand_in import Listener
from waiting import eventually

from devstack.child import PROJECT
from devstack.stripe.commands import duration
from devstack.stripe.server import StripeServer


def client_of(server: StripeServer) -> sdk.StripeClient:
    # The SDK's other client: these few requests wait for nobody.
    return sdk.StripeClient(server.secret_key, base_addresses={"api": server.url}, max_network_retries=0)


def command(server: StripeServer, *words: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "STRIPE_API_BASE": server.url, "STRIPE_SECRET_KEY": server.secret_key}
    return subprocess.run(
        [sys.executable, "-m", "devstack.stripe", *words], cwd=PROJECT, env=environment, capture_output=True, text=True
    )


async def test_after_a_sudden_death_it_goes_on_where_it_was(tmp_path: Path):
    async with Listener.running() as listener:
        server = StripeServer(tmp_path, listener.url)
        listener.secret = server.webhook_secret
        await server.start()
        try:
            stripe = client_of(server).v1
            [price] = stripe.prices.list({"lookup_keys": ["pro_month"]}).data
            assert (price.unit_amount, price.currency) == (599, "usd")
            customer = stripe.customers.create(
                {"email": "driver@raceoverlay.example", "payment_method": "pm_card_visa"}
            )
            assert server.child
            assert server.child.pid
            os.kill(server.child.pid, signal.SIGKILL)
            await server.ended()
            await server.start()
            assert stripe.customers.retrieve(customer.id).email == "driver@raceoverlay.example"
            assert len(stripe.prices.list().data) == 4
            assert len(stripe.webhook_endpoints.list().data) == 1
            await eventually(lambda: "customer.created" in listener.types())
        finally:
            await server.stop()


async def test_a_terminal_moves_time_and_says_in_sentences_what_came_of_it(tmp_path: Path):
    async with StripeServer(tmp_path) as server:
        stripe = client_of(server).v1
        price = stripe.prices.list({"lookup_keys": ["pro_month"]}).data[0]
        card = "pm_card_visa"
        customer = stripe.customers.create(
            {
                "email": "driver@raceoverlay.example",
                "payment_method": card,
                "invoice_settings": {"default_payment_method": card},
            }
        )
        bought = stripe.subscriptions.create({"customer": customer.id, "items": [{"price": price.id}]})
        assert "Every card of driver@raceoverlay.example" in command(server, "card", customer.id, "decline").stdout
        assert "everything due until then is done" in command(server, "advance", "31d").stdout
        assert stripe.subscriptions.retrieve(bought.id).status == "past_due"
        assert "past_due" in command(server, "show").stdout
        assert "5.99 usd" in command(server, "refund", "driver@raceoverlay.example").stdout
        assert command(server, "faults", "--duplicate", "--drop", "0.2").stdout.startswith(
            "From now on: duplicate True"
        )
        assert command(server, "faults").stdout == "From now on nothing goes wrong.\n"
        refused = command(server, "dispute", "nobody@raceoverlay.example")
        assert (refused.returncode, refused.stderr) == (1, "No such customer: 'nobody@raceoverlay.example'\n")


def test_without_a_running_cloud_a_command_says_so(tmp_path: Path):
    environment = {name: value for name, value in os.environ.items() if not name.startswith("STRIPE")}
    for folder, said in ((tmp_path, "Start one with `make cloud`"), (_without_stripe(tmp_path / "other"), "no Stripe")):
        done = subprocess.run(
            [sys.executable, "-m", "devstack.stripe", "show"],
            cwd=PROJECT, env=environment | {"RACEOVERLAY_STATE": str(folder)}, capture_output=True, text=True,
        )  # fmt: skip
        assert done.returncode == 1
        assert said in done.stderr


@pytest.mark.parametrize(
    ("text", "seconds"), [("90s", 90), ("15m", 900), ("12h", 43_200), ("31d", 2_678_400), ("2w", 1_209_600)]
)
def test_durations_are_written_with_their_unit(text: str, seconds: float):
    assert duration(text) == seconds


def _without_stripe(folder: Path) -> Path:
    folder.mkdir()
    document = {"pids": {"supervisor": os.getpid()}, "stripe": None}
    (folder / "devstack.json").write_text(json.dumps(document))
    return folder
