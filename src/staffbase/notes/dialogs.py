"""Writing a note, from anywhere: whom, what kind, how far it must travel, when it was seen, and the words."""

from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Horizontal
from textual.content import Content
from textual.widgets import Input, Label, Static

from staffbase.journal.model import IMPORTANCE_NAMES, KIND_NAMES, NOTE_KINDS, Importance, Kind
from staffbase.kernel.errors import Invalid
from staffbase.kernel.i18n import N_, _, ngettext
from staffbase.kernel.moments import read_moment, show_moment, show_time
from staffbase.notes.rules import free_form, is_late, person_meant, whom
from staffbase.ui.choice import Choice
from staffbase.ui.desk import Desk
from staffbase.ui.dialog import FormDialog
from staffbase.ui.fields import LineField, TextField
from staffbase.ui.job import job
from staffbase.ui.text import shown

if TYPE_CHECKING:
    from staffbase.journal.drafts import DraftFacts
    from staffbase.notes.service import Addressees, Notes, NoteSaved

_FEW = 20
"""Characters of what was typed where a resident is asked for, which tell a draft from others."""
_HOUSE_WORDS = frozenset({"", "huset", "the house", "house", "hus"})


class NoteDialog(FormDialog["NoteSaved"]):
    """A note. With a resident chosen one types at once and saves with one key.

    There is a draft for each resident, which comes back with the next note about them. Where nobody is chosen a note is
    always a fresh one, so that what was half typed about one never turns up under another. `form` goes on with a draft.
    """

    DEFAULT_CSS = """
    NoteDialog .note-row { height: auto; margin: 0; }
    NoteDialog .note-row > Label { width: 12; }
    NoteDialog .note-row > LineField { width: 30; }
    NoteDialog .note-row > .echo { width: 1fr; padding: 0 0 0 2; }
    NoteDialog .note-row > Choice { width: 1fr; }
    NoteDialog #text { height: 6; margin: 1 0; }
    NoteDialog > .dialog { width: 92; }
    NoteDialog .late { display: none; }
    NoteDialog.-late .late { display: block; }
    """
    title_text = N_("New note")
    AUTO_FOCUS = ""
    BINDINGS = [
        Binding("ctrl+o", "other_draft", N_("Other draft"), tooltip=N_("Open another half-written note"), id="note.other-draft"),
        Binding("ctrl+n", "fresh", N_("New note"), tooltip=N_("Keep this one as a draft and begin a new note"), id="note.fresh"),
    ]  # fmt: skip

    def __init__(self, desk: Desk, notes: "Notes", resident_id: int | None = None, form: str = "") -> None:
        super().__init__(desk)
        self._notes = notes
        self._resident_id = resident_id
        self._asks_whom = resident_id is None and not form
        self.form_name = f"note:{resident_id}" if resident_id and not form else form
        self._known: Addressees | None = None
        self._fresh: dict[str, str] = {}
        """The fields of a note in which nothing is written."""

    def compose_form(self) -> ComposeResult:
        with Horizontal(classes="note-row"):
            yield Label(_("about"))
            yield LineField(placeholder=_("unit, name; empty: house"), id="resident")
            yield Static(id="resident-echo", classes="echo")
        with Horizontal(classes="note-row"):
            yield Label(_("kind"))
            yield Choice([(str(kind), _(KIND_NAMES[kind])) for kind in NOTE_KINDS], id="kind")
        with Horizontal(classes="note-row"):
            yield Label(_("importance"))
            yield Choice([(str(one), _(words)) for one, words in IMPORTANCE_NAMES.items()], id="importance")
        with Horizontal(classes="note-row"):
            yield Label(_("when"))
            yield LineField(placeholder=_("now; 23:52; yesterday 22:10"), id="observed")
            yield Static(id="observed-echo", classes="echo")
        with Horizontal(classes="note-row late"):
            yield Label(_("why later"), classes="late")
            yield LineField(id="late_reason", classes="late")
        yield TextField(id="text")
        with Horizontal(classes="note-row"):
            yield Label(_("EPJ"))
            yield Choice([("", _("only here")), ("epj", _("must also stand in the EPJ"))], id="epj")
        with Horizontal(classes="note-row"):
            yield Label(_("seen by"))
            yield LineField(placeholder=_("me; or a colleague's name"), id="behalf")
        yield Static(_("ctrl+s saves · tab next field · esc keeps the draft · F2 crisis card"), classes="hint")

    def on_mount(self) -> None:
        self.query_one("#resident" if self._asks_whom else "#text").focus()

    async def prepare(self) -> None:
        """Whom it can be about; and a name for the draft, where nobody is chosen."""
        try:
            self._known = await self.ask(self._notes.addressees)
        finally:  # what cannot be asked now must not be written over later
            if not self.form_name:
                taken = [one.form for one in self._known.drafts] if self._known else []
                at_least = "note:house" if self._known else f"note:house:{self.desk.clock.now():%Y%m%d%H%M%S}"
                self.form_name = free_form(at_least, taken)
        field = self.query_one("#resident", LineField)
        if not field.value and self._resident_id in self._known.residents:
            field.value = self._known.residents[self._resident_id][0]
            self._kept = self.fields()
        self._fresh = self.fields()

    def begun(self) -> None:
        self._stay_here()
        self._echo()
        if not self.query_one("#text", TextField).text:
            self._tell_of_others()
        if self._known and not self._known.residents and self.focused is self.query_one("#resident"):
            self.query_one("#text").focus()  # where nobody lives it is about the house

    def taken_up(self) -> None:
        """What is typed goes on behind the words that stand there."""
        saved_at = next((one.saved_at for one in self._drafts() if one.form == self.form_name), self.desk.clock.now())
        told = _("This is your draft of %(when)s, as you left it. ctrl+n begins a new note.")
        self.say(told % {"when": show_moment(saved_at, self.desk.clock.now())})
        if self.query_one("#text", TextField).text:
            self.query_one("#text").focus()

    def _stay_here(self) -> None:
        """Whoever locked over it comes back to this note, not to another."""
        self.again = partial(NoteDialog, self.desk, self._notes, self._resident_id, self.form_name)

    def _drafts(self) -> tuple["DraftFacts", ...]:
        return self._known.drafts if self._known else ()

    def _tell_of_others(self) -> None:
        others = [one for one in self._drafts() if one.form != self.form_name]
        if others:
            now = self.desk.clock.now()
            about = "; ".join(f"{self._about(one)}, {show_moment(one.saved_at, now)}" for one in others)
            words = ngettext(
                "%(count)d draft (%(about)s): ctrl+o opens it.",
                "%(count)d drafts (%(about)s): ctrl+o opens one.",
                len(others),
            )
            self.say(words % {"count": len(others), "about": about})

    def _about(self, draft: "DraftFacts") -> str:
        """Whom a draft is about: as its form says, or as it was typed."""
        residents = self._known.residents if self._known else {}
        key, typed = draft.form.split(":")[1], draft.fields.get("resident", "").strip()
        meant = [int(key)] if key.isdigit() else whom(typed, residents) if typed else []
        if len(meant) == 1 and meant[0] in residents:
            return " ".join(residents[meant[0]])
        return (typed if len(typed) <= _FEW else f"{typed[:_FEW]}…") or _("the house")

    @on(Input.Changed)
    @on(Choice.Changed)
    def _echo(self) -> None:
        """Say beside the fields how they are read."""
        if self._known is None or not self.is_mounted:
            return
        found = self._meant(self._typed("resident"))
        if self._typed("resident").casefold() in _HOUSE_WORDS:
            about = _("the house")
        elif len(found) == 1:
            about = " ".join(self._known.residents[found[0]])
        elif found:
            about = ", ".join(self._known.residents[one][0] for one in found[:8]) + " ?"
        else:
            about = _("nobody here")
        self.query_one("#resident-echo", Static).update(self.plain(about))
        try:
            seen = self._seen()
            told = show_moment(seen, self.desk.clock.now())
        except Invalid as error:
            seen, told = self.desk.clock.now(), str(error)
        self.query_one("#observed-echo", Static).update(self.plain(told))
        self.set_class(is_late(seen, self.desk.clock.now()), "-late")

    @on(Input.Submitted, "#resident")
    def _whom_said(self) -> None:
        """Enter after whom it is about leads to the words."""
        self.query_one("#text").focus()

    @staticmethod
    def plain(text: str) -> Content:
        return shown(text, "$muted")

    def _typed(self, field: str) -> str:
        return self.query_one(f"#{field}", LineField).value.strip()

    def _seen(self) -> datetime:
        return read_moment(self._typed("observed"), self.desk.clock.now())

    def _meant(self, typed: str) -> list[int]:
        if self._known is None or typed.casefold() in _HOUSE_WORDS:
            return []
        return whom(typed, self._known.residents)

    def _misplaced(self, typed: str) -> bool:
        """What stands where a resident is asked for is nobody: the note itself, typed from habit."""
        return self._known is not None and typed.casefold() not in _HOUSE_WORDS and not self._meant(typed)

    def _resident(self) -> int | None:
        """Whom the note is about. Raises Invalid when that is not clear."""
        if self._known is None:
            return self._resident_id
        typed = self._typed("resident")
        if typed.casefold() in _HOUSE_WORDS:
            return None
        found = self._meant(self._typed("resident"))
        if not found:
            raise Invalid(
                _("Nobody here is called that. Type a unit such as A3, a name, or nothing for the house."), "resident"
            )
        if len(found) > 1:
            raise Invalid(_("This fits several. Type the unit, such as A3."), "resident")
        return found[0]

    def _behalf(self) -> int | None:
        typed = self._typed("behalf")
        if not typed or self._known is None:
            return None
        found = person_meant(typed, self._known.people)
        if len(found) != 1:
            raise Invalid(_("Type the colleague's whole name, as in the list of staff."), "behalf")
        return None if found[0] == self.desk.actor.person_id else found[0]

    def card_resident(self) -> int | None:
        found = self._meant(self._typed("resident"))
        return found[0] if len(found) == 1 else self._resident_id

    def fields(self) -> dict[str, str]:
        typed = {field.id or "": field.value for field in self.query(LineField)}
        typed["text"] = self.query_one("#text", TextField).text
        typed |= {choice.id or "": choice.value for choice in self.query(Choice)}
        return typed

    def restore(self, fields: dict[str, str]) -> None:
        for field in self.query(LineField):
            field.value = fields.get(field.id or "", "")
        for choice in self.query(Choice):
            choice.value = fields.get(choice.id or "", "")
        self.query_one("#text", TextField).text = fields.get("text", "")
        self._echo()

    def blank(self, fields: dict[str, str]) -> bool:
        """A note without a word is no draft. Words typed where a resident is asked for are words, too."""
        worded = any(fields.get(name, "").strip() for name in ("text", "late_reason"))
        return not worded and not self._misplaced(fields.get("resident", "").strip())

    async def save(self) -> "NoteSaved":
        typed = self.fields()
        saved = await self.ask(
            self._notes.write, typed["text"], self._resident(), kind=Kind(typed["kind"]),
            importance=Importance(typed["importance"]), observed_at=self._seen(), late_reason=typed["late_reason"],
            on_behalf_id=self._behalf(), epj=bool(typed["epj"]),
        )  # fmt: skip
        told = _("Saved: %(about)s, seen %(seen)s, written %(written)s.") % {
            "about": saved.unit_code or _("the house"),
            "seen": show_moment(saved.observed_at, saved.recorded_at),
            "written": show_time(saved.recorded_at),
        }
        self.app.notify(told, markup=False, timeout=4)
        return saved

    @job(group="other")
    async def action_other_draft(self) -> None:
        """Keep this one and open the next half-written note."""
        await self.keep_draft()
        known = await self.ask(self._notes.addressees)
        self._known = known
        forms = [one.form for one in known.drafts]
        if not forms or forms == [self.form_name]:
            self.say(_("There is no other draft."))
            return
        at = forms.index(self.form_name) if self.form_name in forms else -1
        self.form_name = forms[(at + 1) % len(forms)]
        kept = await self.ask(self.desk.drafts.draft, self.form_name)
        self._kept = None
        self.restore(kept or {})
        self.to_the_end()
        self._kept = self.fields()
        self._drafted = True
        self._stay_here()
        self.query_one("#text").focus()
        self.taken_up()

    @job(group="other")
    async def action_fresh(self) -> None:
        """Keep what stands here as a draft, and begin a note in which nothing is written."""
        if not await self.keep_draft():
            self.say(_("Nothing is written here yet."))
            return
        self._known = await self.ask(self._notes.addressees)
        beginning = ":".join(self.form_name.split(":")[:2])
        self.form_name = free_form(beginning, [one.form for one in self._known.drafts])
        self._kept, self._drafted = None, False
        self.restore(self._fresh)
        self._kept = self.fields()
        self._stay_here()
        self.query_one("#resident" if self._resident_id is None else "#text").focus()
        self._tell_of_others()
