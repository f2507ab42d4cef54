"""A small window that asks the gateway for one thing at a time and never keeps anybody waiting for the answer."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Coroutine
from typing import Any, Final

from PyQt6.QtGui import QCloseEvent
from PyQt6.QtWidgets import QDialog, QLabel, QVBoxLayout, QWidget

from desktop_client.gateway import GatewayFailure
from desktop_client.windows import look
from desktop_client.windows.refusals import said
from desktop_client.windows.small_page import SmallPage

log = logging.getLogger(__name__)

OURS: Final = "Something went wrong in RaceOverlay itself; its log says what."


class SmallWindow(QDialog):
    """Needs a running asyncio loop. It shows one of its pages, and is as tall as that. Closing it ends what it does."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._working: asyncio.Task[None] | None = None
        self.pages: tuple[SmallPage, ...] = ()
        self.page: SmallPage
        self.setWindowTitle("RaceOverlay")
        self.setWindowIcon(look.icon())
        self.setStyleSheet(look.style_sheet())
        sign = QLabel()
        sign.setPixmap(look.mark(44))
        self._around = QVBoxLayout(self)
        self._around.setContentsMargins(28, 26, 28, 18)
        self._around.setSpacing(14)
        self._around.setSizeConstraint(QVBoxLayout.SizeConstraint.SetFixedSize)
        self._around.addWidget(sign)

    @property
    def is_busy(self) -> bool:
        return self._working is not None

    def closeEvent(self, a0: QCloseEvent | None) -> None:
        self._end()
        super().closeEvent(a0)

    def reject(self) -> None:
        self._end()
        super().reject()

    def _show_first(self, *pages: SmallPage) -> None:
        """Take the pages in, and show the first."""
        self.pages = pages
        for page in pages:
            self._around.addWidget(page)
        self._show(pages[0])

    def _show(self, page: SmallPage) -> None:
        self.page = page
        for other in self.pages:
            other.setVisible(other is page)
        page.say("")
        page.focus()

    def _run(self, work: Coroutine[Any, Any, None], done: str = "", *, by_link: bool = False) -> None:
        """Do it, and say `done` or what went wrong. What a link did shuts no button."""
        if self._working is not None:
            work.close()
            return
        self._working = asyncio.ensure_future(self._guarded(work, done, by_link))
        self.page.set_busy(True)

    async def _guarded(self, work: Coroutine[Any, Any, None], done: str, by_link: bool) -> None:
        page = self.page
        page.say("")
        try:
            await work
            page.say(done, is_problem=False)
        except GatewayFailure as failure:
            self.page.fail(said(failure, self.page.fields), shuts=not by_link)
        except Exception:
            log.exception("a small window failed")
            self.page.say(OURS)
        finally:
            self._working = None
            page.set_busy(False)
            self.page.focus()

    def _end(self) -> None:
        if self._working is not None:
            self._working.cancel()
