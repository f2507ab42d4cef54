"""docs/api.md is run from top to bottom against a running cloud, as somebody who reads it would run it."""

from __future__ import annotations

import pytest
from cloud_stack import CloudStack
from guide import PROJECT, Step, assert_true, is_as_shown


@pytest.mark.timeout(120)
def test_every_command_of_the_guide_answers_what_the_guide_shows(cloud: CloudStack):
    assert_true(PROJECT / "docs" / "api.md", cloud.ca.parent, within=110)


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
