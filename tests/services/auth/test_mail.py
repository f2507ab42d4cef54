from __future__ import annotations

import asyncio
import contextlib
import ssl
from collections.abc import AsyncIterator, Callable
from datetime import timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any
from uuid import uuid4

import aiosmtplib
import pytest
import trustme
from aiosmtpd.smtp import SMTP
from auth_service import PASSWORD, Auth, MailBox, text_of
from prometheus_client import REGISTRY
from waiting import eventually

from chassis.database import Database
from chassis.settings import MissingSettings
from services.auth.letters import Letter
from services.auth.mail import Postman, Undeliverable, composed, pause_after
from services.auth.store.mails import Mail, MailStore

LETTER = Letter("Box, box", "Box this lap.\n", "<p>Box this lap.</p>")
SENDER = "RaceOverlay <no-reply@raceoverlay.example>"


@pytest.fixture
async def database(database_of: Callable) -> AsyncIterator[Database]:
    opened = Database(await database_of("auth"))
    await opened.open()
    yield opened
    await opened.close()


async def test_a_mail_is_said_twice_in_one_message_and_answered_by_no_machine(database: Database, mail_box: MailBox):
    await _post(database, "a@b.example")
    assert await Postman(database, _smtp(mail_box), SENDER).deliver_one()
    (mail,) = mail_box.mails
    assert mail.get_content_type() == "multipart/alternative"
    assert text_of(mail).split() == LETTER.text.split()
    assert mail.get_body(("html",)).get_content().strip() == LETTER.html  # type: ignore[union-attr]
    assert (mail["From"], mail["To"], mail["Subject"]) == (SENDER, "a@b.example", LETTER.subject)
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["Message-ID"].endswith("@raceoverlay.example>")


async def test_several_postmen_send_every_mail_once(database: Database, mail_box: MailBox):
    for number in range(30):
        await _post(database, f"driver{number}@b.example")

    async def empty(postman: Postman) -> None:
        while await postman.deliver_one():
            pass

    await asyncio.gather(*(empty(Postman(database, _smtp(mail_box), SENDER)) for _ in range(3)))
    assert sorted(mail["To"] for mail in mail_box.mails) == sorted(f"driver{n}@b.example" for n in range(30))


async def test_a_mail_server_that_is_away_delays_the_mail_but_not_the_answer(auth: Auth):
    auth.mail.refusing = True
    assert (await auth.post("/auth/register", email="a@b.example", password=PASSWORD))[0] == 202
    await eventually(lambda: auth.rows("SELECT FROM mails WHERE tries > 0"))
    auth.mail.refusing = False
    await auth.rows("UPDATE mails SET due_at = now()")
    assert await auth.mail.code_for("a@b.example")


def test_the_pauses_grow_to_hours_and_no_further():
    pauses = [pause_after(tries) for tries in range(1000)]
    assert pauses[:3] == [timedelta(seconds=5), timedelta(seconds=10), timedelta(seconds=20)]
    assert pauses == sorted(pauses)
    assert pauses[-1] == timedelta(hours=4)


async def test_a_mail_that_nobody_needs_any_more_is_given_up_and_counted(database: Database, mail_box: MailBox):
    before = _given_up()
    await _post(database, "a@b.example", good_for=timedelta(minutes=30))
    mail_box.refusing = True
    postman = Postman(database, _smtp(mail_box), SENDER)
    assert await postman.deliver_one()
    assert not await postman.deliver_one(), "it waits"
    async with database.transaction() as tx:
        await tx.run("UPDATE mails SET due_at = now(), created_at = created_at - interval '31 minutes'")
    mail_box.refusing = False
    assert await postman.deliver_one()
    assert (mail_box.mails, await _waiting(database), _given_up()) == ([], 0, before + 1)


async def test_a_mailbox_that_does_not_exist_is_not_tried_again(database: Database):
    before = _given_up()
    async with _server(_NoSuchMailbox()) as port:
        await _post(database, "a@b.example")
        await Postman(database, f"smtp://127.0.0.1:{port}", SENDER).deliver_one()
    assert (await _waiting(database), _given_up()) == (0, before + 1)


@pytest.mark.parametrize(
    "recipient",
    [
        *("a,b@c.example", "a@b.example\r\nBcc: x@y.example", "a<x@y.example", '"a@b.example'),
        *("<@b.example", "(@b.example", "a@[b.example", "a@b..example"),
    ],
)
async def test_an_address_that_means_more_than_one_mailbox_gets_nothing(
    database: Database, mail_box: MailBox, recipient: str
):
    await _post(database, recipient)
    assert await Postman(database, _smtp(mail_box), SENDER).deliver_one()
    assert (mail_box.mails, await _waiting(database)) == ([], 0)


async def test_a_mail_that_cannot_be_sent_for_a_reason_nobody_thought_of_holds_up_no_other(
    database: Database, mail_box: MailBox, monkeypatch: pytest.MonkeyPatch
):
    really_send = aiosmtplib.send

    async def stumbling(message: EmailMessage, **how: Any) -> object:
        if message["To"] == "first@b.example":
            raise LookupError("nobody thought of it")
        return await really_send(message, **how)

    monkeypatch.setattr("services.auth.mail.aiosmtplib.send", stumbling)
    await _post(database, "first@b.example")
    await _post(database, "second@b.example")
    postman = Postman(database, _smtp(mail_box), SENDER)
    while await postman.deliver_one():
        pass
    assert [mail["To"] for mail in mail_box.mails] == ["second@b.example"]
    assert await _waiting(database) == 1


def test_no_letter_brings_a_header_of_its_own():
    letter = Letter("One\r\nBcc: x@y.example", "text\r\n.\r\nRCPT TO:<x@y.example>", "")
    with pytest.raises(Undeliverable):
        composed(_mail(letter), SENDER)
    message = message_from_bytes(composed(_mail(LETTER), SENDER).as_bytes(), policy=policy.default)
    assert sorted(message.keys()) == sorted(
        ["From", "To", "Subject", "Date", "Message-ID", "Auto-Submitted", "MIME-Version", "Content-Type"]
    )


async def test_starttls_is_asked_for_and_without_it_nothing_is_sent(
    database: Database, mail_box: MailBox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    authority = trustme.CA()
    authority.cert_pem.write_to_path(tmp_path / "ca.pem")
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "ca.pem"))
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    authority.issue_cert("localhost").configure_cert(context)
    await _post(database, "a@b.example")
    plain = Postman(database, f"smtp+starttls://localhost:{mail_box.port}", SENDER)
    assert await plain.deliver_one()
    assert mail_box.mails == []
    async with database.transaction() as tx:
        assert await tx.run("UPDATE mails SET due_at = now() WHERE tries = 1") == 1
    async with _server(mail_box, tls_context=context, require_starttls=True) as port:
        assert await Postman(database, f"smtp+starttls://localhost:{port}", SENDER).deliver_one()
    assert [mail["To"] for mail in mail_box.mails] == ["a@b.example"]


@pytest.mark.parametrize("address", ["mail.example:25", "http://mail.example", "smtp://"])
def test_an_smtp_address_that_is_none_is_refused_at_the_start(address: str):
    with pytest.raises(MissingSettings, match="SMTP_URL is wrong"):
        Postman(Database("postgresql://nowhere"), address, SENDER)


class _NoSuchMailbox:
    async def handle_RCPT(self, server, session, envelope, address, options) -> str:
        return "550 no such mailbox"


@contextlib.asynccontextmanager
async def _server(handler: object, **options: object) -> AsyncIterator[int]:
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: SMTP(handler, loop=loop, **options), "localhost", 0)
    yield server.sockets[0].getsockname()[1]
    server.close()
    await server.wait_closed()


async def _post(database: Database, recipient: str, *, good_for: timedelta = timedelta(days=1)) -> None:
    async with database.transaction() as tx:
        await MailStore(tx).post(recipient, LETTER, good_for=good_for)


async def _waiting(database: Database) -> int:
    async with database.transaction() as tx:
        return await tx.value("SELECT count(*) FROM mails")


def _mail(letter: Letter) -> Mail:
    return Mail(uuid4(), "a@b.example", letter, tries=0, is_late=False)


def _smtp(box: MailBox) -> str:
    return f"smtp://127.0.0.1:{box.port}"


def _given_up() -> float:
    return REGISTRY.get_sample_value("raceoverlay_mails_total", {"outcome": "given_up"}) or 0.0
