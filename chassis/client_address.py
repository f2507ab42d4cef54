"""Where does a request really come from: the socket's other end, or whom a proxy that we trust names instead?

Everybody can write an X-Forwarded-For. It is read from right to left, because each proxy appends whom it heard, and
only as far as proxies of ours wrote it.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Sequence
from functools import lru_cache

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network


class TrustedProxies:
    """The networks in which every machine is a proxy of ours. Few proxies ask often: what they are is remembered."""

    def __init__(self, networks: Sequence[Network]) -> None:
        self._networks = tuple(networks)
        self._is_one = lru_cache(maxsize=4096)(self._look_up)

    @classmethod
    def parse(cls, text: str) -> TrustedProxies:
        """`10.0.0.0/8, 127.0.0.1`; nothing trusts nobody.

        Raises:
            ValueError: one of them is no network; the message names it.
        """
        words = [word.strip() for word in text.split(",")]
        return cls([_network(word) for word in words if word])

    def __bool__(self) -> bool:
        return bool(self._networks)

    def __contains__(self, address: str) -> bool:
        """`address` in the form that `plain` gives it."""
        return self._is_one(address)

    def _look_up(self, address: str) -> bool:
        try:
            asked = ipaddress.ip_address(address)
        except ValueError:
            return False
        return any(asked in network for network in self._networks)


def client_address(peer: str, forwarded_for: Sequence[str], trusted: TrustedProxies) -> str:
    """The nearest address that no proxy of ours has.

    `peer` is the other end of the socket, `forwarded_for` the values of the X-Forwarded-For lines as they came. From a
    stranger they are not read at all; an entry that is no address ends the reading at whoever wrote it.
    """
    nearest = _of_socket(peer)
    if not forwarded_for or not trusted or nearest not in trusted:
        return nearest
    for entry in reversed(",".join(forwarded_for).split(",")):
        address = plain(entry)
        if address is None:
            return nearest
        nearest = address
        if nearest not in trusted:
            return nearest
    return nearest


@lru_cache(maxsize=4096)
def _of_socket(peer: str) -> str:
    """Connections are kept open, so few peers ask often."""
    return plain(peer) or peer


def plain(entry: str) -> str | None:
    """One way to write an address: without port, brackets and blanks, IPv4 never as IPv6. None: it is no address."""
    text = entry.strip()
    if text.startswith("["):
        text, closed, port = text[1:].partition("]")
        if not closed or (port and not _is_port(port)):
            return None
        if ":" not in text:
            return None
    elif text.count(":") == 1:
        text, _, port = text.partition(":")
        if not _is_port(f":{port}"):
            return None
    parsed = _parsed(text)
    return None if parsed is None else str(parsed)


def _parsed(text: str) -> Address | None:
    if "%" in text:  # the zone of a link-local address means something on its own machine only
        return None
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        return None
    return getattr(address, "ipv4_mapped", None) or address


def _network(word: str) -> Network:
    try:
        return ipaddress.ip_network(word)
    except ValueError as error:
        raise ValueError(f"{word!r} is no address and no network ({error})") from None


def _is_port(text: str) -> bool:
    digits = text.removeprefix(":")
    return digits != text and digits.isascii() and digits.isdigit() and len(digits) <= 5 and int(digits) <= 65535
