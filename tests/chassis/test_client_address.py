"""Whose word is believed on where a request comes from."""

from __future__ import annotations

import pytest

from chassis.client_address import TrustedProxies, client_address, plain

OURS = TrustedProxies.parse("10.0.0.0/8, 127.0.0.1, fd00::/8")
DRIVER = "203.0.113.7"

CASES = {
    "nobody in between": (DRIVER, [], DRIVER),
    "a stranger may say what it likes": (DRIVER, ["198.51.100.1"], DRIVER),
    "one proxy of ours": ("10.0.0.1", [DRIVER], DRIVER),
    "two proxies of ours": ("10.0.0.1", [f"{DRIVER}, 10.9.9.9"], DRIVER),
    "what the driver invented stands further left": ("10.0.0.1", [f"127.0.0.1, 8.8.8.8, {DRIVER}"], DRIVER),
    "several lines are one list": ("10.0.0.1", ["8.8.8.8", f"{DRIVER}", "10.0.0.2"], DRIVER),
    "all of them are ours": ("10.0.0.1", ["10.0.0.3, 10.0.0.2"], "10.0.0.3"),
    "a word that is no address ends the walk": ("10.0.0.1", [f"{DRIVER}, unknown, 10.0.0.2"], "10.0.0.2"),
    "nothing but nonsense": ("10.0.0.1", ["<script>"], "10.0.0.1"),
    "an empty header": ("10.0.0.1", [""], "10.0.0.1"),
    "a comma too many": ("10.0.0.1", [f"{DRIVER},"], "10.0.0.1"),
    "with a port": ("10.0.0.1", [f"{DRIVER}:50123"], DRIVER),
    "IPv6": ("fd00::1", ["2001:DB8:0:0::1"], "2001:db8::1"),
    "IPv6 with a port": ("fd00::1", ["[2001:db8::1]:443"], "2001:db8::1"),
    "IPv4 dressed as IPv6": ("::ffff:10.0.0.1", [f"::ffff:{DRIVER}"], DRIVER),
    "a socket without an address": ("", [DRIVER], ""),
}


@pytest.mark.parametrize(("peer", "said", "really"), CASES.values(), ids=CASES.keys())
def test_the_nearest_address_that_no_proxy_of_ours_has(peer: str, said: list[str], really: str):
    assert client_address(peer, said, OURS) == really


def test_without_proxies_of_ours_nobody_is_believed():
    nobody = TrustedProxies.parse("")
    assert not nobody
    assert client_address("127.0.0.1", [DRIVER], nobody) == "127.0.0.1"


NO_ADDRESS = (
    *(
        "",
        "unknown",
        "_hidden",
        "1.2.3",
        "1.2.3.4.5",
        "01.2.3.4",
        "1.2.3.4:",
        "1.2.3.4:65536",
        "1.2.3.4:x",
        "1.2.3.4/8",
    ),
    *("[1.2.3.4]", "[::1", "[::1]x", "[::1]:", "::1]", "fe80::1%eth0", "1.2.3.4\x00", "١.٢.٣.٤", "1" * 5000),
    "1.2.3.4:" + "9" * 5000,
)


@pytest.mark.parametrize("text", NO_ADDRESS)
def test_what_is_no_address_is_none(text: str):
    assert plain(text) is None


@pytest.mark.parametrize("text", ["10.0.0.1/8", "example.com", "10.0.0.0/33", "*"])
def test_a_network_that_is_none_is_named(text: str):
    with pytest.raises(ValueError, match=r"is no address and no network"):
        TrustedProxies.parse(f"127.0.0.1, {text}")
