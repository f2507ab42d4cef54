"""docs/api.md is run from top to bottom against a running cloud, as somebody who reads it would run it."""

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
from cloud_stack import CloudStack

PROJECT = Path(__file__).parents[2]
GUIDE = PROJECT / "docs" / "api.md"
END = "--- end of step"


@dataclass(frozen=True)
class Step:
    """Commands, and what the guide shows of what they print: JSON, text or nothing."""

    commands: str
    kind: str
    shown: str


def steps() -> list[Step]:
    blocks = re.findall(r"^```(\w+)\n(.*?)^```$", GUIDE.read_text(), re.MULTILINE | re.DOTALL)
    found = []
    for number, (kind, text) in enumerate(blocks):
        if kind == "sh":
            following = blocks[number + 1] if number + 1 < len(blocks) else ("sh", "")
            found.append(Step(text, *(following if following[0] != "sh" else ("nothing", ""))))
    return found


@pytest.mark.timeout(120)
def test_every_command_of_the_guide_answers_what_the_guide_shows(cloud: CloudStack):
    if shutil.which("curl") is None or shutil.which("bash") is None:
        pytest.skip("the guide is written for bash and curl, and one of them is not here")
    script = "".join(f"{step.commands}\nprintf '\\n%s\\n' '{END}'\n" for step in steps())
    run = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", script.replace(".venv/bin/python", sys.executable)],
        cwd=PROJECT,
        env={**os.environ, "RACEOVERLAY_STATE": str(cloud.ca.parent)},
        capture_output=True,
        text=True,
        timeout=110,
    )
    printed = run.stdout.split(f"\n{END}\n")
    for step, said in zip(steps(), printed, strict=False):
        assert is_as_shown(step, said.strip()), f"{step.commands}\nprinted\n{said}\n{run.stderr}"
    assert run.returncode == 0, f"{run.stdout}\n{run.stderr}"
    assert len(printed) == len(steps()) + 1


def is_as_shown(step: Step, said: str) -> bool:
    if step.kind == "json":
        return _matches(json.loads(step.shown), json.loads(said.splitlines()[-1]))
    if step.kind == "text":
        return _matches(step.shown.strip(), said)
    return True


def _matches(shown: Any, said: Any) -> bool:
    """Whether all that is shown was said; `…` stands for anything."""
    if shown == "…":
        return True
    if isinstance(shown, dict):
        return isinstance(said, dict) and all(key in said and _matches(shown[key], said[key]) for key in shown)
    if isinstance(shown, list):
        return len(shown) <= len(said) and all(map(_matches, shown, said))
    if isinstance(shown, str) and isinstance(said, str):
        return re.fullmatch(".*".join(map(re.escape, shown.split("…"))), said, re.DOTALL) is not None
    return shown == said


@pytest.mark.parametrize(
    ("shown", "said", "is_so"),
    [
        ('{"a": 1}', '{"a": 1, "b": 2}', True),
        ('{"a": "…", "b": 2}', '{"a": 1}', False),
        ('{"a": [{"b": "x…z"}]}', '{"a": [{"b": "xyz"}, 2]}', True),
        ('{"a": [1, 2]}', '{"a": [1]}', False),
        ('{"a": true}', '{"a": false}', False),
    ],
)
def test_a_shown_answer_is_compared_by_all_that_it_shows(shown: str, said: str, is_so: bool):
    assert is_as_shown(Step("", "json", shown), said) is is_so
