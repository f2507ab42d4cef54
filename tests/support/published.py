"""What Stripe itself says of its objects: in the types of its SDK, and in the fixtures that it publishes."""

from __future__ import annotations

from typing import Any

import stripe
import stripe.billing_portal
import stripe.checkout
import stripe.test_helpers

from devstack.stripe.shapes import SHAPES

_NAMES = {"line_item": "InvoiceLineItem", "item": "LineItem"}
_FAMILIES = {
    "checkout.session": stripe.checkout.Session,
    "billing_portal.session": stripe.billing_portal.Session,
    "test_helpers.test_clock": stripe.test_helpers.TestClock,
}
_LEFT_OUT = {"invoice": {"subscription"}}
"""In the fixtures from before 2025-03-31, and in the SDK no more."""


def classes() -> dict[str, type[stripe.StripeObject]]:
    """The SDK's class of each kind that the stand-in makes."""
    return {kind: _FAMILIES.get(kind) or getattr(stripe, _class_name(kind)) for kind in SHAPES}


def declared(cls: type[stripe.StripeObject]) -> dict[str, bool]:
    """The fields that the class declares, and whether each may be null."""
    return {
        name: "Optional" in str(kind) or "None" in str(kind)
        for name, kind in cls.__annotations__.items()
        if not name.startswith("_") and name != "OBJECT_NAME"
    }


def promised(kind: str, fixture: dict[str, Any]) -> list[str]:
    """Where our promise and a published fixture differ: a name that only one has, a value of another kind."""
    ours = SHAPES[kind]
    theirs = fixture.keys() - _LEFT_OUT.get(kind, set())
    found = [f"we lack {name}" for name in sorted(theirs - ours.keys())]
    found += [f"only we have {name}" for name in sorted(ours.keys() - theirs)]
    for name, value in fixture.items():
        if name in ours and value is not None and not ours[name].allows(value):
            found.append(f"{name} is {value!r} there")
    return found + [
        f"{name} may be null" for name in theirs & ours.keys() if fixture[name] is None and not ours[name].nullable
    ]


def unlike(cls: type[stripe.StripeObject], thing: dict[str, Any], where: str = "") -> list[str]:
    """Where `thing` has what the SDK's class does not know, or lacks what that always has; also in what lies within."""
    fields = declared(cls)
    found = [f"{where}.{name} is unknown" for name in thing.keys() - fields.keys() - {"object"}]
    found += [f"{where}.{name} is missing" for name, optional in fields.items() if not optional and name not in thing]
    found += [
        f"{where}.{name} is null" for name, value in thing.items() if value is None and not fields.get(name, True)
    ]
    for name, inner in cls._inner_class_types.items():
        value = thing.get(name)
        for one in value if isinstance(value, list) else [value]:
            if isinstance(one, dict) and one:
                found += unlike(inner, one, f"{where}.{name}")
    return found


def _class_name(kind: str) -> str:
    return _NAMES.get(kind) or "".join(word.capitalize() for word in kind.split("_"))
