"""One's own drafts in one list: what each is, and enter goes on with it."""

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding
from textual.content import Content
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from staffbase.journal.drafts import DraftFacts
from staffbase.kernel.i18n import N_, _
from staffbase.kernel.moments import show_moment
from staffbase.notes.dialogs import NoteDialog
from staffbase.notes.drafts.rules import first_words, place_of
from staffbase.notes.service import Labels, Notes
from staffbase.ui.desk import Desk
from staffbase.ui.dialog import StaffDialog
from staffbase.ui.job import job
from staffbase.ui.listing import Listing
from staffbase.ui.text import line, lines, shown

ONLY_THEIR_SECTION = {
    "rounds": N_("Night rounds open: go on with it there."),
    "handover": N_("The handover opens: go on with it there."),
    "tasks": N_("The tasks open: go on with it there."),
    "crisis_plans": N_("The crisis plans open: choose the resident, then e goes on with it."),
    "notes": N_("The notes open: open the entry, and go on with it there."),
    "admin": N_("Administration opens: go on with it there."),
}
"""Said where a draft belongs to something that one opens oneself."""


class DraftsDialog(StaffDialog[None]):
    """Half-written text is only safe when one finds it again."""

    DEFAULT_CSS = """
    DraftsDialog > .dialog { width: 92; }
    DraftsDialog #drafts { height: auto; max-height: 14; }
    DraftsDialog #no-drafts { height: auto; }
    """
    title_text = N_("My drafts")
    AUTO_FOCUS = "#drafts"
    BINDINGS = [
        Binding("u", "throw_away", N_("Throw away"), tooltip=N_("Throw this draft away; twice, to be sure"), id="drafts.throw-away"),
    ]  # fmt: skip

    def __init__(self, desk: Desk, notes: Notes) -> None:
        super().__init__(desk)
        self._notes = notes
        self._drafts: list[DraftFacts] = []
        self._labels = Labels({}, {})
        self._sure = ""
        """The draft that goes when u is pressed once more."""

    def compose_form(self) -> ComposeResult:
        yield Listing(id="drafts")
        yield Static(id="no-drafts")
        yield Static(_("enter goes on with it · u throws away · esc back"), classes="hint")

    def on_mount(self) -> None:
        self._look()

    @job(group="look")
    async def _look(self) -> None:
        self._drafts = await self.ask(self._notes.journal.drafts)
        self._labels = await self.ask(self._notes.labels)
        listed = self.query_one("#drafts", OptionList)
        here = listed.highlighted or 0
        listed.set_options([Option(self._row(one)) for one in self._drafts])
        listed.display = bool(self._drafts)
        if self._drafts:
            listed.highlighted = min(here, len(self._drafts) - 1)
        words = "" if self._drafts else _("Nothing is half written.")
        self.query_one("#no-drafts", Static).update(shown(words, "$muted"))

    def _row(self, one: DraftFacts) -> Content:
        place = place_of(one.form)
        whose = " ".join(self._labels.residents.get(place.resident_id or 0, ())) or one.fields.get("resident", "")
        width = max(20, min(92, self.app.size.width) - 12)
        head = line(
            (_(place.words), "bold"), whose, (show_moment(one.saved_at, self.desk.clock.now()), "$muted"), between="  "
        )
        return lines(
            head.truncate(width, ellipsis=True), shown(first_words(one.fields), "$muted").truncate(width, ellipsis=True)
        )

    def _here(self) -> DraftFacts | None:
        at = self.query_one("#drafts", OptionList).highlighted
        return self._drafts[at] if at is not None and at < len(self._drafts) else None

    @on(OptionList.OptionHighlighted, "#drafts")
    def _moved(self) -> None:
        self._sure = ""
        self.say("")

    @on(OptionList.OptionSelected, "#drafts")
    def _go_on(self) -> None:
        if (one := self._here()) is None:
            return
        place = place_of(one.form)
        self.dismiss(None)
        match place.where:
            case "note":
                if self.desk.offers("write_note"):
                    self.app.push_screen(NoteDialog(self.desk, self._notes, place.resident_id, one.form))
            case "extra_check":
                self.app.call_later(self.desk.extra_check, place.resident_id)
            case "incident":
                self.app.call_later(self.desk.start_incident)
            case "resident" if place.resident_id is not None:
                self.app.call_later(self.desk.open_resident, place.resident_id)
            case section:
                self.app.notify(_(ONLY_THEIR_SECTION[section]), markup=False, timeout=6)
                self.app.call_later(self.desk.show_section, section)

    @job(group="throw-away")
    async def action_throw_away(self) -> None:
        """Only the second u in a row does it: half-written is written, too."""
        if (one := self._here()) is None:
            return
        if self._sure != one.form:
            self._sure = one.form
            self.say(_("u once more throws this draft away for good."))
            return
        self._sure = ""
        await self.ask(self._notes.journal.finish_draft, one.form)
        self.say("")
        await self._look().wait()
