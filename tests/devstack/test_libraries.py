import os
from pathlib import Path

import pytest

from devstack import libraries


def program(folder: Path, name: str, script: str) -> None:
    file = folder / "bin" / name
    file.parent.mkdir(exist_ok=True)
    file.write_text(f"#!/bin/sh\n{script}\n")
    file.chmod(0o755)


@pytest.fixture
def python(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A Python that can load Qt only once `<folder>/installed` is there; its folder is all of PATH."""
    program(folder, "python", f"test -e {folder}/installed || {{ echo 'ImportError: libGL.so.1'; exit 1; }}")
    monkeypatch.setattr(libraries.sys, "executable", str(folder / "bin" / "python"))
    monkeypatch.setenv("PATH", str(folder / "bin"))
    return folder


async def test_nothing_is_installed_where_qt_loads(python: Path):
    (python / "installed").touch()
    assert await libraries.provide(python) is None


async def test_root_gets_the_libraries_installed_and_is_told_so(python: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    program(python, "apt-get", f'echo "$@"; case "$1" in install) : > {python}/installed;; esac')
    news = await libraries.provide(python)
    assert news
    assert "have been installed" in news
    assert "libgl1" in (python / "logs" / "libraries.log").read_text()


async def test_whoever_may_not_install_is_given_the_one_command(python: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    program(python, "apt-get", "exit 0")
    program(python, "sudo", "exit 1")
    with pytest.raises(libraries.Missing, match=r"ImportError: libGL.so.1.*sudo apt-get install .*libgl1"):
        await libraries.provide(python)


async def test_sudo_without_a_password_is_used(python: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    program(python, "sudo", 'shift; test "$1" = true || exec "$@"')
    program(python, "true", "exit 0")
    program(python, "apt-get", f'case "$1" in install) : > {python}/installed;; esac')
    assert await libraries.provide(python)


async def test_an_installation_that_fails_is_said(python: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    program(python, "apt-get", "echo 'E: no network'; exit 100")
    with pytest.raises(libraries.Missing, match=r"libraries\.log"):
        await libraries.provide(python)


async def test_elsewhere_than_on_debian_the_libraries_are_named(python: Path):
    with pytest.raises(libraries.Missing, match=r"as on Debian: apt-get install .*libegl1"):
        await libraries.provide(python)
