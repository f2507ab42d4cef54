"""How are nested parameters written in a form? `items[0][price]=x` is {"items": [{"price": "x"}]}."""

import re
from collections.abc import Iterable
from typing import Any
from urllib.parse import parse_qsl

from devstack.stripe.errors import Refused
from devstack.stripe.shapes import Json

_NAME = re.compile(r"([^\[\]]+)((?:\[[^\[\]]*\])*)")
_MOST = 1_000  # parameters of one request
_DEEPEST = 8


def nested(text: str) -> Json:
    """The parameters of a form or a query. Refused for a name that cannot be read."""
    try:
        pairs = parse_qsl(text, keep_blank_values=True, max_num_fields=_MOST)
    except ValueError as error:
        raise Refused(f"Invalid form: {error}") from None
    return from_pairs(pairs)


def from_pairs(pairs: Iterable[tuple[str, str]]) -> Json:
    """The same of names and values that are decoded already."""
    root: Json = {}
    for name, value in pairs:
        match = _NAME.fullmatch(name)
        steps = [match[1], *re.findall(r"\[([^\[\]]*)\]", match[2])] if match else []
        if not steps or len(steps) > _DEEPEST:
            raise Refused(f"Invalid parameter name: {name[:100]}", param=name[:100])
        _put(root, steps, value, name)
    return {name: _listed(value) for name, value in root.items()}


def _put(root: Json, steps: list[str], value: str, name: str) -> None:
    here = root
    for step in steps[:-1]:
        here = here.setdefault(step, {})
        if not isinstance(here, dict):
            raise Refused(f"Invalid parameter: {name} is both a value and an object", param=name)
    last = steps[-1] or str(len(here))
    here[last] = value


def _listed(value: Any) -> Any:
    """A dict whose names are numbers is a list; `metadata[1]` alone is the exception, and stays as Stripe reads it."""
    if not isinstance(value, dict):
        return value
    inner = {name: _listed(one) for name, one in value.items()}
    if inner and all(name.isascii() and name.isdigit() for name in inner):
        return [inner[name] for name in sorted(inner, key=int)]
    return inner
