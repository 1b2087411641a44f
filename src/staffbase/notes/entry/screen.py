"""One entry in full, with everything that was said about it since; and the keys that mend it."""

from collections.abc import Awaitable, Callable, Iterable
from functools import partial
from typing import TYPE_CHECKING, Any

from textual.binding import Binding
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Static

from staffbase.journal.items import Correction, TimelineItem
from staffbase.journal.model import IMPORTANCE_NAMES, KIND_NAMES, NOTE_KINDS, Importance, Kind
from staffbase.kernel.access import Permission
from staffbase.kernel.i18n import N_, _
from staffbase.kernel.moments import show_date, show_day, show_moment, show_span, show_time
from staffbase.notes.entry.dialogs import MoveDialog, TimeDialog, WordsDialog
from staffbase.notes.rows import with_found
from staffbase.ui.desk import Desk, signed_in
from staffbase.ui.job import job
from staffbase.ui.screen import StaffScreen
from staffbase.ui.text import line, lines, shown

if TYPE_CHECKING:
    from staffbase.notes.service import Labels, Notes

_MENDING = ("correct", "retime", "move", "withdraw")

_CHECKS = (Kind.CHECK, Kind.EXTRA_CHECK)
"""What a check found hangs together with its round, which withdraws it."""

Saving = Callable[[str], Awaitable[Any]]


class EntryScreen(StaffScreen):
    """One entry. Keys that would be refused for its kind are absent."""

    CSS_PATH = "screen.tcss"
    AUTO_FOCUS = "#entry"
    BINDINGS = [
        Binding("c", "comment", N_("Comment"), tooltip=N_("Write a comment under it"), id="entry.comment"),
        Binding("r", "correct", N_("Correct"), tooltip=N_("Another text; the first one stays readable"), id="entry.correct"),
        Binding("t", "retime", N_("Time"), tooltip=N_("It was seen at another time"), id="entry.time"),
        Binding("b", "move", N_("Wrong resident"), tooltip=N_("It was written on the wrong resident"), id="entry.move"),
        Binding("v", "withdraw", N_("Withdraw"), tooltip=N_("Take it back, with the reason"), id="entry.withdraw"),
        Binding("e", "epj", N_("EPJ"), tooltip=N_("It must stand in the EPJ; and once more: it does now"), id="entry.epj"),
        Binding("delete", "erase_entry", N_("Erase"), tooltip=N_("Erase it for good, by decision (§ 43); and what was decided"), id="entry.erase", key_display="del"),
        Binding("escape", "leave", N_("Back"), tooltip=N_("Back to the list"), id="entry.back"),
    ]  # fmt: skip

    def __init__(self, desk: Desk, notes: "Notes", entry_id: int) -> None:
        super().__init__(desk)
        self._notes = notes
        self._entry_id = entry_id
        self.again = partial(EntryScreen, desk, notes, entry_id)
        self._item: TimelineItem | None = None
        self._labels: Labels | None = None

    def compose_body(self) -> Iterable[Widget]:
        with VerticalScroll(id="entry"):
            yield Static(id="entry-head")
            yield Static(id="entry-text")
            yield Static(id="entry-history")
            yield Static(id="entry-comments")

    async def refresh_view(self) -> None:
        self._labels = await self.ask(self._notes.labels)
        read = self._notes.entry if self._item is None else self._notes.journal.entry
        self._item = await self.ask(read, self._entry_id)
        self._labels.found.update(await self.ask(self._notes.found, [self._item]))
        self._show(self._item, self._labels)
        self.refresh_bindings()

    def _show(self, item: TimelineItem, labels: "Labels") -> None:
        self.query_one("#entry-head", Static).update(self._head(item, labels))
        text = self.query_one("#entry-text", Static)
        if item.hidden:
            words = (
                _("It was moved to another resident.")
                if item.moved
                else _("It was withdrawn: %(reason)s") % {"reason": item.withdrawn_reason}
            )
            text.update(shown(words, "$warning-text"))
        else:
            style = "$warning-text" if item.erased_at is not None else ""
            text.update(shown(with_found(item.text, labels.found.get(item.entry_id, "")) or "–", style))
        history, comments = self._history(item, labels), self._comments(item, labels)
        for name, told in (("history", history), ("comments", comments)):
            part = self.query_one(f"#entry-{name}", Static)
            part.display = bool(told)
            part.update(lines(*told))

    def _head(self, item: TimelineItem, labels: "Labels") -> Content:
        now = self.desk.clock.now()
        seen = f"{show_day(item.observed_from)} {show_span(item.observed_from, item.observed_to)}"
        title = line(
            (labels.resident(item.resident_id), "bold"),
            (seen, "bold"),
            (_(KIND_NAMES[item.kind]), "$muted"),
            between="   ",
        )
        by = _("%(name)s wrote it %(when)s") % {
            "name": labels.person(item.author_id),
            "when": show_moment(item.recorded_at, now),
        }
        if item.on_behalf_id:
            by = _("%(by)s, seen by %(name)s") % {"by": by, "name": labels.person(item.on_behalf_id)}
        facts: list[str | Content | tuple[str, str]] = [(by, "$muted")]
        if item.importance is not Importance.ROUTINE:
            facts.append(
                (
                    _(IMPORTANCE_NAMES[item.importance]),
                    "$danger-text" if item.importance is Importance.URGENT else "$warning-text",
                )
            )
        if item.late_reason:
            facts.append((_("entered later: %(reason)s") % {"reason": item.late_reason}, "$warning-text"))
        if item.epj:
            facts.append(
                (_("stands in the EPJ"), "$ok-text")
                if item.epj_done
                else (_("must also stand in the EPJ"), "$accent-text")
            )
        if item.withdrawn and item.erased_at is not None:
            facts.append((_("withdrawn"), "$warning-text"))
        elif item.withdrawn:
            facts.append((_("withdrawn: %(reason)s") % {"reason": item.withdrawn_reason}, "$warning-text"))
        return lines(title, line(*facts, between=" · "))

    def _history(self, item: TimelineItem, labels: "Labels") -> list[Content]:
        if not item.corrections or item.hidden:
            return []
        told = [shown(_("HISTORY"), "$muted")]
        if item.corrected and item.erased_at is None:
            told.append(
                line(
                    (show_time(item.recorded_at), "bold"),
                    (_("first written"), "$muted"),
                    item.original_text,
                    between="  ",
                )
            )
        told += [self._correction(one, labels) for one in item.corrections]
        return told

    def _correction(self, one: Correction, labels: "Labels") -> Content:
        when = show_moment(one.recorded_at, self.desk.clock.now())
        what = {
            Kind.CORRECTION: _("text corrected to"),
            Kind.TIME_CORRECTION: _("seen at %(date)s %(time)s")
            % {"date": show_date(one.observed_from), "time": show_time(one.observed_from)},
            Kind.WRONG_RESIDENT: _("moved to %(about)s") % {"about": labels.resident(one.resident_id)},
            Kind.WITHDRAWN: _("withdrawn"),
        }[one.kind]
        by = (labels.person(one.author_id), "$warning-text" if one.by_other else "$muted")
        return line((when, "bold"), by, (what, "$muted"), one.text, between="  ")

    def _comments(self, item: TimelineItem, labels: "Labels") -> list[Content]:
        if not item.comments:
            return []
        told = [shown(_("COMMENTS"), "$muted")]
        for comment in item.comments:
            when = (show_moment(comment.recorded_at, self.desk.clock.now()), "bold")
            words = (_("withdrawn"), "$muted") if comment.withdrawn else comment.text
            mark = (_("corrected"), "$muted") if comment.corrected else ""
            told.append(line(when, (labels.person(comment.author_id), "$muted"), words, mark, between="  "))
        return told

    def chosen_resident(self) -> int | None:
        return self._item.resident_id if self._item else None

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        item = self._item
        if action in (*_MENDING, "comment", "epj"):
            person = signed_in(self.desk)
            if item is None or item.hidden or item.erased_at is not None or person is None:
                return False
            own = person.person_id in (item.author_id, item.on_behalf_id)
            may = not item.withdrawn and (own or person.may(Permission.CORRECT_OTHERS))
            mending = may and item.kind in NOTE_KINDS
            if action == "withdraw" and item.kind in _CHECKS:
                mending = may and self.desk.offers("mend_check")
            return {"comment": True, "epj": not item.withdrawn}.get(action, mending)
        if action == "erase_entry" and (item is None or item.hidden):
            return False
        return super().check_action(action, parameters)

    def action_erase_entry(self) -> None:
        self.desk.erase_entry(self._entry_id)

    def action_leave(self) -> None:
        self.dismiss(None)

    def action_comment(self) -> None:
        self._words(
            N_("Comment"), N_("It stands under the entry, with your name. ctrl+s saves."), "comment",
            lambda text: self.ask(self._notes.journal.comment, self._entry_id, text),
        )  # fmt: skip

    def action_correct(self) -> None:
        self._words(
            N_("Correct the text"), N_("The first text stays readable, and it is marked as corrected. ctrl+s saves."),
            "correct", lambda text: self.ask(self._notes.journal.correct_text, self._entry_id, text),
            self._item.text if self._item else "",
        )  # fmt: skip

    def action_withdraw(self) -> None:
        if self._item is not None and self._item.kind in _CHECKS:
            self.desk.mend_check(self._entry_id)
            return
        self._words(
            N_("Withdraw: why?"), N_("That it stood there, and why it went, stays visible. ctrl+s withdraws it."),
            "withdraw", lambda text: self.ask(self._notes.journal.withdraw, self._entry_id, text),
        )  # fmt: skip

    @job(group="mend")
    async def _words(self, title: str, hint: str, what: str, saving: Saving, text: str = "") -> None:
        form = f"{what}:{self._entry_id}"
        dialog = WordsDialog(self.desk, title, hint, form, saving, text, self.chosen_resident())
        await self.app.push_screen_wait(dialog)
        await self.read_again()

    @job(group="mend")
    async def action_retime(self) -> None:
        if self._item is not None:
            await self.app.push_screen_wait(TimeDialog(self.desk, self._notes, self._item))
            await self.read_again()

    @job(group="mend")
    async def action_move(self) -> None:
        if self._item is not None and self._labels is not None:
            await self.app.push_screen_wait(MoveDialog(self.desk, self._notes, self._item, self._labels))
            await self.read_again()

    @job(group="mend")
    async def action_epj(self) -> None:
        if self._item is not None:
            done = self._item.epj and not self._item.epj_done
            await self.ask(self._notes.journal.mark_epj, self._entry_id, done)
            await self.read_again()
