"""The crisis card on screen: the whole of it at once, nothing to scroll, nothing to edit, and esc goes back."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Horizontal, ScrollableContainer
from textual.content import Content
from textual.widgets import Static

from staffbase.crisis_plans.card import Card, opened_words
from staffbase.crisis_plans.card_lines import WIDE, CardLine, Ink, card_lines
from staffbase.kernel.errors import StaffbaseError
from staffbase.kernel.i18n import N_
from staffbase.ui.desk import Desk
from staffbase.ui.footer import KeyFooter
from staffbase.ui.job import job
from staffbase.ui.screen import StaffScreen
from staffbase.ui.text import shown

if TYPE_CHECKING:
    from staffbase.crisis_plans.service import CrisisPlans

INKS = {
    Ink.PLAIN: "",
    Ink.MUTED: "$muted",
    Ink.STRONG: "bold",
    Ink.DANGER: "bold $danger-text",
    Ink.WATCH: "bold $warning-text",
    Ink.OK: "bold $ok-text",
    Ink.NOTE: "bold $accent-text",
    Ink.BANNER: "bold $alarm-text on $alarm",
}
PATIENCE = 0.7
"""Seconds the card waits for the ledger before it is shown, while another program holds the database."""
_ROOMY = (WIDE + 6, 32)
"""Columns and rows from which the card gets a margin."""


def card_in(card: Card, width: int, height: int) -> tuple[Content, bool]:
    """The card drawn for so much room, and whether that has a margin around it."""
    roomy = width >= _ROOMY[0] and height >= _ROOMY[1]
    room = (width - 6, height - 2) if roomy else (width, height)
    return card_content(card_lines(card, *room)), roomy


def card_content(lines: Sequence[CardLine]) -> Content:
    """The lines of a card in the colours of the theme."""
    return Content("\n").join(
        Content("").join(shown(piece.text, INKS[piece.ink]) for piece in told) if told else Content(" ")
        for told in lines
    )


class CardScreen(StaffScreen, inherit_bindings=False):
    """One resident's crisis card, over whatever was there. Opening it stands in the ledger.

    Every key works here that works elsewhere; the last row is for the two that matter and when it was opened.
    """

    CSS_PATH = "screen.tcss"
    CRISIS = True
    AUTO_FOCUS = ""
    BINDINGS = [
        Binding("h", "start_incident", N_("Start an incident"), tooltip=N_("Start an incident with its timeline"), id="card.incident"),
        Binding("escape", "leave", N_("Back"), tooltip=N_("Back to exactly where you were"), id="card.back"),
        *(
            replace(binding, show=False)
            for binding in StaffScreen.BINDINGS
            if isinstance(binding, Binding) and binding.action not in ("start_incident", "open_card", "to_board")
        ),
    ]  # fmt: skip

    def __init__(self, desk: Desk, plans: "CrisisPlans", resident_id: int) -> None:
        super().__init__(desk)
        self._plans, self._resident_id = plans, resident_id
        self._card: Card | None = None
        self._opened: Card | None = None

    def compose(self) -> ComposeResult:
        """The card has the whole screen but the last row."""
        with ScrollableContainer(id="card-whole", can_focus=False):
            yield Static(id="card")
        with Horizontal(id="card-foot"):
            yield KeyFooter(sections=False)
            yield Static(id="card-opened")

    def on_mount(self) -> None:
        """Open it; that is not part of a refresh, which a newer one may replace. No message may cover a line of it."""
        self.app.clear_notifications()
        self._open()

    @job(group="open-card")
    async def _open(self) -> None:
        opening = asyncio.ensure_future(self.ask(self._plans.card, self._resident_id))
        try:
            if not (await asyncio.wait({opening}, timeout=PATIENCE))[0]:
                self._card = await self.ask(self._plans.card_now, self._resident_id)
                self._draw()
            self._card = self._opened = await opening
        except StaffbaseError:
            self.dismiss(None)
            raise
        self._draw()

    async def refresh_view(self) -> None:
        """Who answers now, and what was changed since."""
        if self._opened is not None:
            found = await self.ask(self._plans.card_now, self._resident_id)
            self._card = replace(found, opened_at=self._opened.opened_at, logged=self._opened.logged)
            self._draw()

    def on_resize(self) -> None:
        """The same card in another room."""
        self._draw()

    def chosen_resident(self) -> int | None:
        """Whose card it is."""
        return self._resident_id

    def _draw(self) -> None:
        if self._card is None:
            return
        width, height = self.size.width, self.size.height - 1
        content, roomy = card_in(self._card, width, height)
        self.set_class(roomy, "-roomy")
        self.query_one("#card", Static).update(content)
        self.query_one("#card-opened", Static).update(
            shown(opened_words(self._card), "$warning-text" if self._card.logged is False else "$muted")
        )

    def action_leave(self) -> None:
        """Back to exactly where one was."""
        self.dismiss(None)
