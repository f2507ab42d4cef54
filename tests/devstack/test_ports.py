import json
import socket
from pathlib import Path

from devstack import ports


def test_a_port_is_the_same_after_a_restart(folder: Path):
    assert ports.reserve(folder, "nats") == ports.reserve(folder, "nats")


def test_two_names_never_share_a_port_even_while_nobody_listens_yet(folder: Path):
    numbers = [ports.reserve(folder, f"server {n}") for n in range(50)]
    assert len(set(numbers)) == 50


def test_a_remembered_port_that_somebody_else_took_is_replaced_and_the_new_one_remembered(folder: Path):
    first = ports.reserve(folder, "nats")
    with socket.create_server((ports.HOST, first)):
        second = ports.reserve(folder, "nats")
        assert second != first
    assert json.loads((folder / "ports.json").read_text()) == {"nats": second}


def test_no_port_lies_where_outgoing_connections_take_theirs(folder: Path):
    assert all(ports.reserve(folder, f"server {n}") < 32_768 for n in range(20))


async def test_listening_says_whether_somebody_accepts(folder: Path):
    port = ports.reserve(folder, "nats")
    with socket.create_server((ports.HOST, port)):
        await ports.listening(port)
    try:
        await ports.listening(port)
    except OSError:
        return
    raise AssertionError("nobody listened")
