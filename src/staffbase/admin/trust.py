"""Access and safety: who opened what, the emergency accesses that wait, the backup, the verification, who holds a key.

The leader sees all of it; the access auditor the log and the verification. What is in no order now stands in amber or red
with what to do; all else is quiet.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING, Any

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Container, VerticalScroll
from textual.content import Content
from textual.widget import Widget
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from staffbase.admin.backup_words import folder_rows, unseen_rows
from staffbase.admin.trust_words import (
    leaver_rows,
    opened_row,
    opener_rows,
    queue_row,
    verification_rows,
    waiting_words,
)
from staffbase.handover.dialogs import WordsDialog
from staffbase.kernel.access import Actor, Permission
from staffbase.kernel.errors import DatabaseDamaged, NobodySignedIn
from staffbase.kernel.i18n import N_, _, ngettext
from staffbase.kernel.moments import show_day, show_moment
from staffbase.ui.desk import Desk
from staffbase.ui.job import job
from staffbase.ui.listing import Listing
from staffbase.ui.row_list import RowList
from staffbase.ui.screen import StaffScreen
from staffbase.ui.text import lines, shown
from staffbase.ui.words import Words

if TYPE_CHECKING:
    from staffbase.exchange.automatic import AutomaticBackups
    from staffbase.exchange.openers import Openers
    from staffbase.exchange.verification import Verifications
    from staffbase.residents.access_log import AccessLog, OpeningsOfAll
    from staffbase.residents.emergency import Emergency, EmergencyFacts

LOOKED_BACK = timedelta(days=7)
"""As far as the list of openings goes; each resident's own log goes further."""


_SHOWN_EACH = 0.2
"""Seconds between two looks at how far a verification is."""


@dataclass(frozen=True)
class TrustRooms:
    """The services behind the page."""

    access_log: "AccessLog"
    emergency: "Emergency"
    backups: "AutomaticBackups"
    verifications: "Verifications"
    openers: "Openers"


class TrustScreen(StaffScreen):
    """The page. The two lists are walked with tab; enter opens a resident's log, or the review of an emergency access."""

    CSS_PATH = "trust.tcss"
    HEAD = "#trust-head"
    AUTO_FOCUS = "#opened"
    BINDINGS = [
        Binding("enter", "open", N_("Open"), tooltip=N_("Who opened this resident's record; or look at this emergency access"), id="trust.open"),
        Binding("v", "verify", N_("Verify now"), tooltip=N_("Look now whether everything is as staffbase wrote it"), id="trust.verify"),
        Binding("tab", "app.focus_next", N_("Next list"), tooltip=N_("From the log to the emergency accesses, and back"), id="trust.next", show=False),
        Binding("pagedown", "page(1)", N_("Further down"), tooltip=N_("What stands further down on this page"), id="trust.down", key_display="PgDn", show=False, priority=True),
        Binding("pageup", "page(-1)", N_("Further up"), tooltip=N_("What stands further up on this page"), id="trust.up", key_display="PgUp", show=False, priority=True),
        Binding("escape", "leave", N_("Back"), tooltip=N_("Back to Administration"), id="trust.leave", show=False),
    ]  # fmt: skip

    def __init__(self, desk: Desk, rooms: TrustRooms) -> None:
        super().__init__(desk)
        self._rooms = rooms
        self._may = {permission for permission in Permission if desk.actor.may(permission)}
        self._opened: OpeningsOfAll | None = None
        self._queue: Sequence[EmergencyFacts] = ()
        self._at_folder = False
        """Somebody looks into the backup folder just now."""
        self._folder_seen = False
        self._verifying = False
        self._share = 0
        """Hundredths that are verified."""
        self._shown_by: Any = None
        """The running program, for the thread that must not outlive it."""

    def compose_body(self) -> ComposeResult:
        with Container(id="trust"):
            with Container(id="trust-log"):
                yield Static(id="trust-head")
                yield RowList(id="opened")
                yield Words(id="whole-house")
            with VerticalScroll(id="trust-side", can_focus=False):
                yield from self._sides()

    def _sides(self) -> Iterable[Widget]:
        yield Words(id="queue-head")
        yield Listing(id="queue")
        yield Words(id="verification")
        if Permission.BACKUP in self._may:
            yield Words(id="backup")
        if Permission.OPENERS in self._may:
            yield Words(id="openers")
            yield Words(id="leavers")

    async def refresh_view(self) -> None:
        now, rooms = self.desk.clock.now(), self._rooms
        opened = await self.ask(rooms.access_log.openings, now - LOOKED_BACK, now + timedelta(seconds=1))
        queue = await self.ask(rooms.emergency.emergency_queue)
        verification = await self.ask(rooms.verifications.facts)
        said = []
        if Permission.BACKUP in self._may:
            known = await self.ask(rooms.backups.known)
            if not self._folder_seen:
                said.append(("backup", _("BACKUP"), unseen_rows(known, now)))
        if Permission.OPENERS in self._may:
            said.append(("openers", _("WHO CAN OPEN THE STATION"), await self._openers()))
            said.append(("leavers", _("LEFT LATELY"), leaver_rows(await self.ask(rooms.openers.leavers))))
        if not self._verifying:
            said.append(("verification", _("VERIFICATION"), verification_rows(verification, now)))
        self._opened, self._queue = opened, queue
        self._show_lists()
        for name, heading, rows in said:
            self._say(name, heading, rows)
        if Permission.BACKUP in self._may and not self._at_folder:
            self._at_folder = True
            self._look_at_folder()

    @job(group="backup-folder", behind=True)
    async def _look_at_folder(self) -> None:
        """Apart from the reading that keys wait for: a drive on another machine takes its time, or never answers."""
        try:
            facts = await self.ask(self._rooms.backups.facts)
        finally:
            self._at_folder = False
        self._folder_seen = True
        self._say("backup", _("BACKUP"), folder_rows(facts, self.desk.clock.now()))

    async def _openers(self) -> list[Content]:
        """Who can; a card of the station that cannot be read is said here, and the rest of the page stands."""
        try:
            return opener_rows(await self.ask(self._rooms.openers.all))
        except DatabaseDamaged as error:
            return [shown(str(error), "bold $danger-text")]

    def _say(self, name: str, heading: str, rows: Iterable[Content]) -> None:
        self.query_one(f"#{name}", Words).update(lines(shown(heading, "$muted"), *rows))

    def _show_lists(self) -> None:
        if self._opened is None:
            return
        now = self.desk.clock.now()
        since = show_day(now - LOOKED_BACK)
        head = (_("WHO OPENED WHAT"), _("since %(day)s") % {"day": since}, "", _("enter: the whole log of one"))
        self.query_one("#trust-head", Static).update(shown(" ".join(head), "$muted"))
        opened = self.query_one("#opened", OptionList)
        here, width = opened.highlighted, max(20, opened.size.width - 2)
        opened.set_options([Option(opened_row(one, width)) for one in self._opened.residents])
        if self._opened.residents:
            opened.highlighted = min(here or 0, len(self._opened.residents) - 1)
        times = self._opened.whole_house
        told = ngettext(
            "Reports and readings, which tell of the whole house, were opened %(count)d time.",
            "Reports and readings, which tell of the whole house, were opened %(count)d times.",
            times,
        )
        self.query_one("#whole-house", Words).update(shown(told % {"count": times}, "$muted"))
        queue = self.query_one("#queue", OptionList)
        queue.display = bool(self._queue)
        width = max(20, (queue.size.width or self.query_one("#queue-head").size.width) - 2)
        at = queue.highlighted or 0
        queue.set_options([Option(queue_row(one, now, width)) for one in self._queue])
        if self._queue:
            queue.highlighted = min(at, len(self._queue) - 1)
        heading = _("EMERGENCY ACCESS")
        if self._queue and Permission.REVIEW_ACCESS in self._may:
            heading += "   " + _("tab, then enter: look at one")
        self._say("queue-head", heading, [waiting_words(len(self._queue))])

    @on(RowList.Widened)
    def _widened(self) -> None:
        self._show_lists()

    # -- keys -----------------------------------------------------------------------------------------------------

    @on(OptionList.OptionSelected)
    def _selected(self) -> None:
        self.action_open()

    def action_open(self) -> None:
        focused = self.focused
        at = focused.highlighted if isinstance(focused, OptionList) else None
        if at is None or focused is None:
            return
        if focused.id == "queue":
            self._review(self._queue[at])
        elif self._opened is not None:
            self.desk.access_log(self._opened.residents[at].subject.resident_id)

    @job(group="review")
    async def _review(self, one: "EmergencyFacts") -> None:
        """A leader says in a line that it was looked at; the auditor reads it here and in the log."""
        if Permission.REVIEW_ACCESS not in self._may:
            self.notify(_("A leader reviews emergency access."), markup=False)
            return
        told = {
            "who": one.person, "when": show_moment(one.opened_at, self.desk.clock.now()),
            "whom": f"{one.unit_code} {one.resident}".strip(), "why": one.reason,
        }  # fmt: skip
        dialog = WordsDialog(
            self.desk,
            _("Emergency access: what you found"),
            _("%(who)s opened %(whom)s %(when)s: %(why)s") % told,
            f"review:{one.id}",
            partial(_reviewed, self._rooms.emergency.review, one.id),
            resident_id=one.resident_id,
        )
        if await self.app.push_screen_wait(dialog):
            self.look_again()

    def action_page(self, step: int) -> None:
        """The lists are short; it is the page that is longer than a small terminal."""
        page = self.query_one("#trust" if self.has_class("-narrow") else "#trust-side")
        page.scroll_relative(y=step * max(1, page.size.height - 2), animate=False)

    def action_verify(self) -> None:
        if not self._verifying:
            self._verify()

    @job(group="verify", behind=True)
    async def _verify(self) -> None:
        """In a thread, with how far it is; whoever goes elsewhere meanwhile finds the result here."""
        self._verifying, self._share, self._shown_by = True, 0, self.app
        self._show_share()
        shows = self.set_interval(_SHOWN_EACH, self._show_share)
        try:
            await self.ask(self._rooms.verifications.verify, self._far, beside=self.desk.settings)
        finally:
            self._verifying = False
            shows.stop()
        self.look_again()

    def _far(self, done: int, of: int) -> None:
        """Told by the thread, which nobody waits for when the program is closed."""
        if not self._shown_by.is_running:
            raise NobodySignedIn(_("Nobody is signed in."))
        self._share = 100 * done // max(1, of)

    def _show_share(self) -> None:
        words = _("verifying … %(percent)d %%") % {"percent": self._share}
        self._say("verification", _("VERIFICATION"), [shown(words, "bold $accent-text")])

    def action_leave(self) -> None:
        if len(self.app.screen_stack) > 1:
            self.dismiss(None)
        else:  # the auditor's whole Administration
            self.action_to_board()


def _reviewed(review: Callable[[Actor, int, str], Any], access_id: int, actor: Actor, words: str) -> None:
    review(actor, access_id, words)
