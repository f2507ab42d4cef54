"""The commands of tracks as people and scripts use them: what they print, how they end, and what they draw."""

from __future__ import annotations

import asyncio
import json
import os
import re
import shlex
import subprocess
import sys
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from xml.etree import ElementTree

import pytest
from guide import PROJECT, Step, is_as_shown, steps

from services.tracks import commands, orphans
from services.tracks.domain import alignment, canonical, envelope, lesson, recognition, validate, verdict, versioning
from services.tracks.objects import Objects
from services.tracks.settings import TracksSettings

SAMPLES = PROJECT / "docs" / "samples"
IMAGES = PROJECT / "docs" / "images"
GOOD, WRONG = SAMPLES / "kestrel-park.json", SAMPLES / "kestrel-park-wrong.json"
ELSEWHERE, SHORT = SAMPLES / "kestrel-park-elsewhere.json", SAMPLES / "kestrel-park-short.json"
NUMBER = re.compile(r"-?\d*\.?\d+")
Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Run:
    """A command in this process, which keeps its logs: how it ends, what it prints, what it complains of."""
    monkeypatch.setattr("chassis.commands.set_up", lambda *_names, **_more: None)

    def command(*arguments: object) -> tuple[int, str, str]:
        code = commands.main([str(argument) for argument in arguments])
        printed = capsys.readouterr()
        return code, printed.out.strip(), printed.err.strip()

    return command


def test_a_good_lap_ends_with_0_and_says_what_it_would_become(run: Run):
    code, said, _ = run("judge", GOOD)
    assert code == 0
    assert said.splitlines()[0] == "kestrel-park.json can become a map."
    assert "clockwise" in said
    code, said, _ = run("judge", GOOD, "--json")
    findings = json.loads(said)
    assert (code, findings["verdict"], findings["direction"]) == (0, "accepted", "cw")
    assert findings["length_m"] == pytest.approx(3434, abs=1)
    assert len(findings["corners"]) == 16


def test_a_lap_that_is_refused_ends_with_1_and_says_every_reason_and_where(run: Run):
    code, said, _ = run("judge", WRONG)
    assert code == 1
    assert "off_track    The lap leaves the track for 132 m. At 30 % of the lap." in said
    code, said, _ = run("judge", WRONG, "--json")
    found = json.loads(said)
    assert (code, found["verdict"]) == (1, "rejected")
    assert [reason["code"] for reason in found["reasons"]] == ["lap_invalid", "off_track", "teleport", "open"]


def test_the_same_layout_ends_with_0_and_a_variant_with_1(run: Run):
    code, said, _ = run("compare", ELSEWHERE, GOOD, "--json")
    found = json.loads(said)
    assert (code, found["relation"]) == (0, "same")
    assert (found["scaled"], found["turned_deg"]) == (pytest.approx(1 / 1.02, abs=0.003), pytest.approx(35.5, abs=0.5))
    code, said, _ = run("compare", SHORT, GOOD)
    assert code == 1
    assert said.splitlines()[0] == "kestrel-park-short.json on kestrel-park.json: a variant of the layout."


def test_a_lap_that_says_its_hand_wrongly_is_recognised_if_one_says_so(run: Run, tmp_path: Path):
    lying = tmp_path / "lying.json"
    lying.write_text(ELSEWHERE.read_text().replace('"handedness":"left"', '"handedness":"right"'))
    assert run("compare", lying, GOOD)[0] == 1
    code, said, _ = run("compare", lying, GOOD, "--mirror", "--json")
    assert (code, json.loads(said)["is_mirrored"]) == (0, True)


def test_a_lap_that_would_be_refused_is_compared_and_said_to_be_none(run: Run):
    _, said, _ = run("compare", WRONG, GOOD)
    assert "kestrel-park-wrong.json would be refused as a lap (open): The lap ends 222 m from where it began." in said


def test_drawings_go_where_they_are_wanted(run: Run, tmp_path: Path):
    code, said, _ = run("draw", GOOD)
    assert code == 0
    assert ElementTree.fromstring(said).tag.endswith("svg")
    out = tmp_path / "good.svg"
    assert run("draw", GOOD, "--svg", out) == (0, f"Drawn: {out}", "")
    assert out.read_text().strip() == said
    beyond = tmp_path / "nowhere" / "good.svg"
    assert run("draw", GOOD, "--svg", beyond) == (2, "", f"{beyond} cannot be written: No such file or directory.")


def test_what_is_no_lap_ends_with_2_and_a_sentence(run: Run, tmp_path: Path):
    assert run("judge", tmp_path) == (2, "", f"{tmp_path} is a folder: name a file in it.")
    few = tmp_path / "few.csv"
    few.write_text("x,y\n1,2\n3,4\n")
    assert run("compare", GOOD, few) == (2, "", f"{few}: 2 points are too few: a map needs 60 or more.")


def test_files_are_judged_without_any_environment(tmp_path: Path):
    ended = subprocess.run(
        [sys.executable, "-m", "services.tracks", "judge", str(GOOD)],
        env={"PATH": os.environ["PATH"]},
        cwd=PROJECT,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert (ended.returncode, ended.stderr) == (0, "")
    assert ended.stdout.startswith("kestrel-park.json can become a map.\n")


async def test_what_nothing_names_is_listed_and_removed(
    run: Run, settings: TracksSettings, objects: Objects, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(orphans, "SETTLED_AFTER", timedelta(seconds=-60))
    for name in ("database_url", "s3_endpoint", "s3_access_key", "s3_secret_key", "s3_bucket"):
        monkeypatch.setenv(name.upper(), str(getattr(settings, name)))
    path = "maps/an-object-that-no-row-names.json.gz"
    await objects.put(path, b"nothing")
    code, said, _ = await asyncio.to_thread(run, "orphans")
    assert code == 0
    assert path in said
    assert said.endswith("`orphans --remove` removes them.")
    code, said, _ = await asyncio.to_thread(run, "orphans", "--remove")
    assert (code, said.splitlines()[-1].endswith(" removed.")) == (0, True)
    assert path not in (await asyncio.to_thread(run, "orphans"))[1]


@pytest.mark.parametrize("step", steps(PROJECT / "docs" / "tracks.md"), ids=lambda step: step.commands.split()[3])
def test_the_page_about_tracks_shows_what_its_commands_print_and_draw(
    run: Run, step: Step, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    """The pictures of the page are what its commands draw today, to a tenth: processors round in their own ways."""
    monkeypatch.chdir(PROJECT)
    python, *words = shlex.split(step.commands.replace("\\\n", "").replace("docs/images", str(tmp_path)))
    assert (python, *words[:2]) == (".venv/bin/python", "-m", "services.tracks")
    _, said, complaint = run(*words[2:])
    assert complaint == ""
    assert is_as_shown(step, said.replace(str(tmp_path), "docs/images")), said
    for drawn in tmp_path.iterdir():
        (words, numbers), (shown, shown_numbers) = taken_apart(drawn), taken_apart(IMAGES / drawn.name)
        assert words == shown, f"{drawn.name}: draw it again"
        assert numbers == pytest.approx(shown_numbers, abs=0.15), f"{drawn.name}: draw it again"


def taken_apart(picture: Path) -> tuple[list[str], list[float]]:
    """What stands between the numbers of a drawing, and the numbers."""
    text = picture.read_text()
    return NUMBER.split(text), [float(number) for number in NUMBER.findall(text)]


def test_the_page_about_tracks_explains_every_reason_that_is_given():
    reasons = (PROJECT / "docs" / "tracks.md").read_text().partition("\n## Reasons\n")[2].partition("\n## ")[0]
    explained = re.findall(r"^\| `(\w+)` \|", reasons, re.MULTILINE)
    code = "".join(path.read_text() for path in (PROJECT / "services" / "tracks").rglob("*.py"))
    given = set(re.findall(r"\bReason\(\s*\"(\w+)\"", code))
    assert len(given) > 15
    assert sorted(explained) == sorted(given)


def test_the_page_about_tracks_tells_the_thresholds_that_hold():
    page = (PROJECT / "docs" / "tracks.md").read_text()
    (spike, times), limit = recognition.SAME_SPIKE, recognition.SAME_MAX_M
    for told in (
        f"| within {canonical.CLOSING_REACH_M:g} m |",
        f"| {spike:g} m and {times:g} times what nine tenths of the lap keep to, at most {limit:g} m |",
        f"| {recognition.SAME_P95_M:g} m | of both",
        f"| {alignment.SCALES[0]:g} to {alignment.SCALES[1]:g} |",
        f"| {100 * recognition.VARIANT_SHARE:g} % of both lines side by side |",
        f"| unless another one lies {alignment.AMBIGUOUS_M:g} m closer |",
        f"| by {100 * (1 - versioning.BETTER):.0f} % for at least {versioning.ENOUGH_TRIALS} laps of 2 drivers",
        f"| by {100 * versioning.WIDER:g} % of the lap |",
        f"| by {envelope.FREE_M:g} m, unless {envelope.AGREEING} drivers were there |",
        f"| when the last {verdict.VOTES} drivers agree, {verdict.VOTES_OF_CONFIRMED} where the map is confirmed |",
        f"| {lesson.MOST_LAPS} for each line |",
        f"| {verdict.MAX_UNCONFIRMED} | a game has",
        f"| `off_track` | It leaves the track for long. | {validate.MAX_OFF_TRACK_RUN_M:g} m at a stretch |",
        f"| `impossible_g` | No car takes these bends at that rate. | {validate.MAX_G:g} g over {validate.SPAN_S:g} s",
    ):
        assert told in page, told
