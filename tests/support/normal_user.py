"""What a normal user needs to run this checkout, for tests that root runs as somebody else."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

NOBODY = {"user": "nobody", "group": "nogroup", "extra_groups": []}


def python_for(project: Path) -> str:
    """A Python of this version that everybody may run; skips, with the reason, where nobody else may read `project`."""
    python = shutil.which(f"python3.{sys.version_info.minor}", path="/usr/bin:/usr/local/bin")
    if python is None:
        pytest.skip("no Python of this version that everybody may run")
    seen = subprocess.run(["test", "-r", project / "devstack" / "__init__.py"], check=False, **NOBODY)
    if seen.returncode != 0:
        pytest.skip(f"{project} lies where no other account may read")
    return python
