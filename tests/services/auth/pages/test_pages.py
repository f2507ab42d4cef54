from __future__ import annotations

import base64
import hashlib
import re

import pytest
from auth_service import PASSWORD, Auth

PAGES = {
    "/auth/verify": "Confirm my address",
    "/auth/password/reset": "Use this password",
    "/auth/email/confirm": "Use this address",
}


async def test_opening_a_page_uses_nothing_up_and_runs_nothing_but_its_own_script(auth: Auth):
    await auth.post("/auth/register", email="a@b.example", password=PASSWORD)
    code = await auth.mail.code_for("a@b.example")
    for path, button in PAGES.items():
        async with auth.http.get(f"{auth.address}{path}") as answer:
            assert answer.status == 200
            assert answer.content_type == "text/html"
            page, headers = await answer.text(), answer.headers
        assert f"<button>{button}</button>" in page
        assert f'data-path="{path}"' in page
        policy = headers["content-security-policy"]
        assert policy.startswith("default-src 'none';")
        for tag in ("script", "style"):
            (inside,) = re.findall(f"<{tag}>(.*?)</{tag}>", page, re.DOTALL)
            assert f"{tag}-src 'sha256-{_hash(inside)}'" in policy
        assert (headers["cache-control"], headers["referrer-policy"]) == ("no-store", "no-referrer")
        assert not re.search(r"(src|href)=|style=\"|\son\w+=", page), "the policy would refuse it"
    assert (await auth.post("/auth/verify", email="a@b.example", code=code))[0] == 204


@pytest.mark.parametrize("path", PAGES)
async def test_only_the_page_that_chooses_a_password_asks_for_one(auth: Auth, path: str):
    async with auth.http.get(f"{auth.address}{path}") as answer:
        assert ('name="new_password"' in await answer.text()) is (path == "/auth/password/reset")


def _hash(text: str) -> str:
    return base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
