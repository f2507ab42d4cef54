"""Are the parameters those that the route takes? Decoding is validation; the rest is refused in Stripe's words."""

import re
from typing import Annotated, Any, TypeVar

import msgspec

from devstack.stripe.errors import Refused
from devstack.stripe.shapes import Json

Metadata = dict[str, str] | str
"""Names and values; an empty text takes all of them away."""


LATEST = 4_102_444_800
"""The first second of 2100: no time that is asked for lies after it."""
Moment = Annotated[int, msgspec.Meta(ge=0, le=LATEST)]
Amount = Annotated[int, msgspec.Meta(ge=0, le=99_999_999)]


class Parameters(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """What every route takes."""

    expand: list[str] = []


class Page(Parameters, kw_only=True):
    """What every list takes. `created` is {gt, gte, lt, lte} in seconds, or one second."""

    limit: int = 10
    starting_after: str | None = None
    ending_before: str | None = None
    created: dict[str, int] | int | None = None


P = TypeVar("P", bound=Parameters)

_PLACE = re.compile(r" - at `\$\.?([^`]*)`$")
_UNKNOWN = re.compile(r"Object contains unknown field `([^`]*)`")
_ABSENT = re.compile(r"Object missing required field `([^`]*)`")


def decoded(asked: Json, kind: type[P]) -> P:
    """`asked` as `kind`. Refused, naming the parameter, when one is strange, absent or not of its type."""
    try:
        return msgspec.convert(asked, kind, strict=False)
    except msgspec.ValidationError as error:
        raise _refusal(str(error)) from None


def _refusal(said: str) -> Refused:
    place = _PLACE.search(said)
    at = place[1] if place else ""
    if match := _UNKNOWN.search(said):
        name = _name(at, match[1])
        return Refused(f"Received unknown parameter: {name}", code="parameter_unknown", param=name)
    if match := _ABSENT.search(said):
        name = _name(at, match[1])
        return Refused(f"Missing required param: {name}.", code="parameter_missing", param=name)
    name = _name(at)
    if "Expected `int" in said and " got " in said:
        return Refused(f"Invalid integer: {name}", code="parameter_invalid_integer", param=name)
    return Refused(f"Invalid {name}: {said.split(' - at')[0]}", param=name)


def _name(at: str, last: str = "") -> str:
    """`items[0].price` is written items[0][price] in a form."""
    steps = [step for step in re.split(r"[.\[\]]+", at) if step]
    first, *rest = [*steps, last] if last else steps or [""]
    return first + "".join(f"[{step}]" for step in rest)


def merged(metadata: dict[str, str], asked: Metadata | None) -> dict[str, str]:
    """Metadata after an update: an empty value takes its name away, an empty text takes all away."""
    if asked is None:
        return metadata
    if isinstance(asked, str):
        if asked:
            raise Refused("Invalid object", param="metadata")
        return {}
    return {name: value for name, value in (metadata | asked).items() if value != ""}


def unset(value: Any) -> Any:
    """What a form's empty text means: nothing."""
    return None if value == "" else value
