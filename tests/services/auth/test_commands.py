"""The commands of auth, each in a process of its own, as operators run them."""

from __future__ import annotations

import asyncio
import base64
import os
import re
import secrets
import sys
from dataclasses import dataclass, field

import asyncpg
import pytest


@dataclass
class Shell:
    """`python -m services.auth …` with an environment that has what commands need and nothing of a server."""

    database_url: str
    environment: dict[str, str] = field(default_factory=dict)

    async def run(self, *arguments: str) -> tuple[int, str, str]:
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "services.auth", *arguments),
            env={"PATH": os.environ["PATH"]} | self.environment,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
        out, err = await process.communicate()
        return process.returncode or 0, out.decode().strip(), err.decode().strip()

    async def states(self) -> list[tuple[str, str]]:
        """Key id and state of each key that `keys` lists."""
        code, out, err = await self.run("keys")
        assert code == 0, err
        head, *lines = out.splitlines()
        assert head.split() == ["KID", "STATE", "SINCE", "UNTIL"]
        for line in lines:
            assert line.index(line.split()[1]) == head.index("STATE"), "columns are aligned"
            assert re.search(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\dZ$", line)
        return [(line.split()[0], line.split()[1]) for line in lines]

    async def rows(self, sql: str, *arguments: object) -> list[asyncpg.Record]:
        connection = await asyncpg.connect(self.database_url)
        try:
            return await connection.fetch(sql, *arguments)
        finally:
            await connection.close()


@pytest.fixture
async def shell(database_of) -> Shell:
    url = await database_of("auth")
    secret = base64.b64encode(secrets.token_bytes(32)).decode()
    return Shell(url, {"DATABASE_URL": url, "AUTH_SECRET": secret})


async def test_keys_are_listed_rotated_and_revoked(shell: Shell):
    assert (await shell.run("keys"))[1] == "There are no keys yet: auth makes the first when it starts."
    code, said, _ = await shell.run("keys", "rotate")
    (first, state), (second, _) = await shell.states()
    assert (code, state) == (0, "current")
    assert re.fullmatch(rf"{second} signs from \d{{4}}-\d\d-\d\d \d\d:\d\d:\d\dZ on\. Nobody notices\.", said)
    code, said, _ = await shell.run("keys", "revoke", first)
    assert code == 0
    assert said.startswith(f"{first} is gone; {second} signs.")
    assert "Drivers stay signed in" in said
    (current, state), (_, following) = await shell.states()
    assert (current, state, following) == (second, "current", "next")


async def test_a_command_that_cannot_be_done_is_one_sentence(shell: Shell):
    assert await shell.run("keys", "revoke", "nonsense") == (1, "", "There is no key nonsense. `keys` lists them.")
    assert await shell.run("roles", "nobody@raceoverlay.example") == (
        1,
        "",
        "Nobody has signed up with nobody@raceoverlay.example.",
    )
    shell.environment["AUTH_SECRET"] = "short"
    code, _, said = await shell.run("keys", "rotate")
    assert (code, said) == (2, "Cannot do that: AUTH_SECRET is wrong: it must be base64 of at least 32 random bytes.")
    del shell.environment["DATABASE_URL"]
    code, _, said = await shell.run("keys")
    assert code == 2
    assert said.startswith("Cannot do that: DATABASE_URL is not set")
    shell.environment["DATABASE_URL"] = "postgresql://nobody:nothing@127.0.0.1:1/auth"
    code, _, said = await shell.run("keys")
    assert (code, said) == (1, "This part of the service cannot answer just now; try again a little later.")


async def test_the_first_admin_is_made_from_a_shell_and_needs_the_database_alone(shell: Shell):
    del shell.environment["AUTH_SECRET"]
    await shell.rows(
        "INSERT INTO users (id, email, password_hash) VALUES (gen_random_uuid(), 'first@raceoverlay.example', '')"
    )
    code, _, said = await shell.run("roles", "first@raceoverlay.example", "admin")
    assert (code, said) == (1, "This account has not proved its address yet, so nobody knows whose it is.")
    await shell.rows("UPDATE users SET is_verified = true")
    assert (await shell.run("roles", "First@raceoverlay.example"))[1] == "first@raceoverlay.example is driver."
    assert (await shell.run("roles", "first@raceoverlay.example", "admin"))[1] == (
        "first@raceoverlay.example is admin from now on; it was driver."
    )
    assert (await shell.run("roles", "first@raceoverlay.example", "admin"))[1] == (
        "first@raceoverlay.example is admin already."
    )
    code, _, said = await shell.run("roles", "first@raceoverlay.example", "driver")
    assert (code, said) == (1, "Somebody must be an admin: make another one first.")
    (note,) = await shell.rows("SELECT action, detail, by_user FROM audit")
    assert tuple(note) == ("role_changed", "driver to admin", None)
    (letter,) = await shell.rows("SELECT recipient FROM mails")
    assert letter["recipient"] == "first@raceoverlay.example"


async def test_whoever_lost_the_second_factor_gets_back_in_and_nobody_stays_signed_in(shell: Shell):
    del shell.environment["AUTH_SECRET"]
    email = "lost@raceoverlay.example"
    code, _, said = await shell.run("remove-second-factor", email)
    assert (code, said) == (1, f"Nobody has signed up with {email}.")
    await shell.rows(
        "WITH lost AS (INSERT INTO users (id, email, password_hash, is_verified)"
        " VALUES (gen_random_uuid(), $1, '', true) RETURNING id)"
        " INSERT INTO sessions (id, user_id, created_at, rotated_at, last_seen_at, authenticated_at, expires_at)"
        " SELECT gen_random_uuid(), id, now(), now(), now(), now(), now() + interval '1 day' FROM lost",
        email,
    )
    code, _, said = await shell.run("remove-second-factor", email)
    assert (code, said) == (1, f"{email} has no second factor.")
    await shell.rows(
        "INSERT INTO second_factors (user_id, secret, enrolled_at, confirmed_at) SELECT id, '', now(), now() FROM users"
    )
    code, said, _ = await shell.run("remove-second-factor", email)
    assert (code, said.split(", ")[1]) == (0, "is signed out everywhere")
    assert await shell.rows("SELECT FROM second_factors") == []
    assert await shell.rows("SELECT FROM sessions WHERE revoked_at IS NULL") == []
    assert [row["subject"] for row in await shell.rows("SELECT subject FROM outbox")] == ["session.revoked"]
    assert [row["action"] for row in await shell.rows("SELECT action FROM audit")] == ["second_factor_off"]
    assert [row["recipient"] for row in await shell.rows("SELECT recipient FROM mails")] == [email]


async def test_help_says_what_there_is_and_a_wrong_command_is_told(shell: Shell):
    code, said, _ = await shell.run("--help")
    assert code == 0
    assert {"keys", "roles"} <= set(said.split())
    code, _, said = await shell.run("dance")
    assert code == 2
    assert "invalid choice: 'dance'" in said
