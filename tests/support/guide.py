"""A document of commands, run from top to bottom in one bash as somebody who reads it would run it.

Each block of `sh` may be followed by a block of `json` or `text` with what it prints; `…` stands for anything.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

PROJECT = Path(__file__).parents[2]
END = "--- end of step"


@dataclass(frozen=True)
class Step:
    """Commands, and what the guide shows of what they print: JSON, text or nothing."""

    commands: str
    kind: str
    shown: str


def steps(guide: Path) -> list[Step]:
    blocks = re.findall(r"^```(\w+)\n(.*?)^```$", guide.read_text(), re.MULTILINE | re.DOTALL)
    found = []
    for number, (kind, text) in enumerate(blocks):
        if kind == "sh":
            following = blocks[number + 1] if number + 1 < len(blocks) else ("sh", "")
            found.append(Step(text, *(following if following[0] != "sh" else ("nothing", ""))))
    return found


def assert_true(guide: Path, state: Path, within: float) -> None:
    """Every command of `guide` answers what it shows, on the cloud whose folder is `state`; `within` is in seconds."""
    if shutil.which("curl") is None or shutil.which("bash") is None:
        pytest.skip("the guide is written for bash and curl, and one of them is not here")
    found = steps(guide)
    script = "".join(f"{step.commands}\nprintf '\\n%s\\n' '{END}'\n" for step in found)
    run = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", script.replace(".venv/bin/python", sys.executable)],
        cwd=PROJECT,
        env={**os.environ, "RACEOVERLAY_STATE": str(state)},
        capture_output=True,
        text=True,
        timeout=within,
    )
    printed = run.stdout.split(f"\n{END}\n")
    for step, said in zip(found, printed, strict=False):
        assert is_as_shown(step, said.strip()), f"{step.commands}\nprinted\n{said}\n{run.stderr}"
    assert run.returncode == 0, f"{run.stdout}\n{run.stderr}"
    assert len(printed) == len(found) + 1


def is_as_shown(step: Step, said: str) -> bool:
    if step.kind == "json":
        return _matches(json.loads(step.shown), json.loads(said.splitlines()[-1]))
    if step.kind == "text":
        return _matches(step.shown.strip(), said)
    return True


def _matches(shown: Any, said: Any) -> bool:
    """Whether all that is shown was said."""
    if shown == "…":
        return True
    if isinstance(shown, dict):
        return isinstance(said, dict) and all(key in said and _matches(shown[key], said[key]) for key in shown)
    if isinstance(shown, list):
        return len(shown) <= len(said) and all(map(_matches, shown, said))
    if isinstance(shown, str) and isinstance(said, str):
        return re.fullmatch(".*".join(map(re.escape, shown.split("…"))), said, re.DOTALL) is not None
    return shown == said
