"""What is a route of the API? A method, a path, what it takes, and the function that answers it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from devstack.stripe.parameters import Parameters
from devstack.stripe.shapes import Json


@dataclass(frozen=True)
class Route:
    """`answer(account, asked, *ids of the path)` gives the object; a Refused says no."""

    method: str
    path: str
    takes: type[Parameters]
    answer: Callable[..., Json]


def get(path: str, takes: type[Parameters], answer: Callable[..., Json]) -> Route:
    return Route("GET", path, takes, answer)


def post(path: str, takes: type[Parameters], answer: Callable[..., Json]) -> Route:
    return Route("POST", path, takes, answer)


def delete(path: str, takes: type[Parameters], answer: Callable[..., Json]) -> Route:
    return Route("DELETE", path, takes, answer)


def retrieve(path: str, kind: str) -> Route:
    """The route that answers the object of `kind` as it is."""

    def answer(account: Any, _asked: Parameters, id: str) -> Json:
        return account.get(kind, id)

    return get(path, Parameters, answer)
