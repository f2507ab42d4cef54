"""The whole cloud, as `make cloud` brings it up: real servers, real processes, one for all journeys."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from cloud_stack import CloudStack
from whole_cloud import whole_cloud


@pytest.fixture(scope="session")
def cloud(tmp_path_factory: pytest.TempPathFactory) -> Iterator[CloudStack]:
    with whole_cloud(tmp_path_factory.mktemp("cloud")) as running:
        yield running.stack
