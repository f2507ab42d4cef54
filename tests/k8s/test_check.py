"""`k8s/check.sh FOLDER` refuses what the tools under it would let pass with a warning."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.k8s.rendered import ROOT

REMOVED_API = "apiVersion: autoscaling/v2beta2\nkind: HorizontalPodAutoscaler\nmetadata: {name: x}\n"
UNKNOWN_FIELD = "apiVersion: v1\nkind: Service\nmetadata: {name: x}\nspec: {ports: [{port: 80, colour: red}]}\n"
GOOD = "apiVersion: v1\nkind: ServiceAccount\nmetadata: {name: x}\n"


def check(folder: Path, manifest: str, more: str = "") -> subprocess.CompletedProcess[str]:
    (folder / "kustomization.yaml").write_text(f"resources: [object.yaml]\n{more}")
    (folder / "object.yaml").write_text(manifest)
    environment = {**os.environ, "VENV": str(Path(sys.executable).parents[1])}
    return subprocess.run(
        [ROOT / "k8s/check.sh", folder], env=environment, capture_output=True, text=True, check=False, timeout=60
    )


def test_what_is_right_passes(tmp_path: Path) -> None:
    said = check(tmp_path, GOOD)
    assert (said.returncode, said.stderr) == (0, "")


@pytest.mark.parametrize(
    ("manifest", "more", "sentence"),
    [
        (REMOVED_API, "", "Couldn't find schema for kind HorizontalPodAutoscaler"),
        (UNKNOWN_FIELD, "", "spec.ports.0: Additional properties are not allowed ('colour' was unexpected)"),
        (GOOD, "commonLabels: {a: b}\n", "'commonLabels' is deprecated"),
        (GOOD, "resource: [more.yaml]\n", "unknown field"),
    ],
    ids=["a removed API", "an unknown field", "a warning of kustomize", "a folder that cannot be rendered"],
)
def test_what_is_wrong_is_refused_with_folder_and_field(
    tmp_path: Path, manifest: str, more: str, sentence: str
) -> None:
    said = check(tmp_path, manifest, more)
    assert said.returncode == 1
    assert sentence in said.stderr
    assert said.stderr.startswith(f"{tmp_path}: ")
