"""What the documents say is there."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

PROJECT = Path(__file__).parents[1]
LISTED = subprocess.run(
    ["git", "ls-files", "--cached", "--others", "--exclude-standard"], cwd=PROJECT, capture_output=True, text=True
)
FILES = [PROJECT / line for line in LISTED.stdout.splitlines() if (PROJECT / line).is_file()]
DOCUMENTS = [path for path in FILES if path.suffix == ".md"]
MAKEFILE = (PROJECT / "Makefile").read_text()
TARGETS = set(re.findall(r"^([a-z0-9-]+):.*## ", MAKEFILE, re.MULTILINE))


def _name(path: Path) -> str:
    return str(path.relative_to(PROJECT))


@pytest.mark.parametrize("document", DOCUMENTS, ids=_name)
def test_every_link_leads_somewhere(document: Path):
    text = document.read_text()
    for link in re.findall(r"\]\(([^)\s]+)\)", text):
        if link.startswith(("http://", "https://", "mailto:")):
            continue
        target, _, _fragment = link.partition("#")
        assert (document.parent / target).exists(), f"{link} leads nowhere"


@pytest.mark.parametrize("document", DOCUMENTS, ids=_name)
def test_every_file_that_is_named_exists(document: Path):
    roots = ("contracts", "chassis", "services", "desktop_client", "devstack", "k8s", "bench", "tests", "docs")
    for named in re.findall(r"`([\w./-]+)`", document.read_text()):
        if named.split("/")[0] in roots and "/" in named:
            assert (PROJECT / named).exists(), f"{named} is not there"


@pytest.mark.parametrize("document", DOCUMENTS, ids=_name)
def test_every_make_target_that_is_named_exists(document: Path):
    named = set(re.findall(r"(?:^|`)make ([a-z][a-z-]+)(?: test)?(?:`|$)", document.read_text(), re.MULTILINE))
    assert named <= TARGETS


def test_make_alone_lists_every_target():
    listed = subprocess.run(["make", "-s"], cwd=PROJECT, capture_output=True, text=True, check=True).stdout
    assert set(re.findall(r"^  make (\S+)", listed, re.MULTILINE)) == TARGETS
    promised = "setup run cloud client demo screenshots test test-fast check fix bench images k8s-check clean"
    assert set(promised.split()) <= TARGETS


def test_every_decision_begins_with_what_was_decided():
    decisions = sorted((PROJECT / "docs" / "decisions").glob("*.md"))
    assert decisions
    for number, decision in enumerate(decisions, start=1):
        title, sentence, *_ = decision.read_text().splitlines()
        assert title.startswith(f"# {number}. ")
        assert sentence.startswith("**Decision.** ")


def test_no_lock_names_an_address():
    locks = [path for path in FILES if path.suffix == ".lock"]
    assert len(locks) == 6
    for lock in locks:
        text = lock.read_text()
        assert "://" not in text, lock
        assert "--hash=sha256:" in text


def test_nothing_names_a_package_index():
    for path in FILES:
        if path.suffix in {".toml", ".lock", ".cfg", ".ini", ".txt", ".yaml", ".yml", ""} and path.name != "LICENSE":
            said = path.read_text(errors="replace")
            assert not re.search(r"(?<!--no-emit-)index[-]url|find[-]links", said), path
