import email
from email.message import EmailMessage
from pathlib import Path

import aiosmtplib

from devstack.mail import Letterbox, MailCatcher


def message(subject: str) -> EmailMessage:
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = "no-reply@raceoverlay.example", "driver@example.com", subject
    mail.set_content("12345678\n")
    return mail


async def test_each_message_becomes_a_file_that_only_the_owner_may_read(folder: Path, running):
    async with MailCatcher(folder) as server:
        for subject in ("first", "second"):
            await aiosmtplib.send(message(subject), hostname="127.0.0.1", port=server.port)
        files = sorted(server.mail_dir.iterdir())
        assert [email.message_from_bytes(file.read_bytes())["Subject"] for file in files] == ["first", "second"]
        assert all(file.suffix == ".eml" and file.stat().st_mode & 0o077 == 0 for file in files)
    assert running() == []


async def test_only_the_newest_messages_are_kept(folder: Path):
    class Arrived:
        content = b"Subject: again\r\n\r\n"

    letterbox = Letterbox(folder / "mail")
    for _ in range(501):
        await letterbox.handle_DATA(None, None, Arrived())  # type: ignore[arg-type]  # as much of it as is read
    names = sorted(file.name for file in (folder / "mail").iterdir())
    assert len(names) == 500
    assert names[0].endswith("-000001.eml")
